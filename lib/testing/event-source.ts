import { readEvents, type StreamState } from './event-stream.js';
import { type FetchRequest, PLAIN_REQUEST } from './fetch-request.js';
import { NetworkError } from './network-error.js';
import type { PageAddress } from './page-address.js';
import type { PageResponse } from './page-response.js';

/** The second argument of `new EventSource()`. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource */
export interface PageEventSourceInit {
  /** Default false: cookies are sent to the page's own origin only. */
  readonly withCredentials?: boolean | undefined;
}

/**
 * What `new EventSource()` returns in a page. Unlike in a browser, `error` events have a reason: their `error` is a
 * `CorsBlockedError` if the page is refused.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface
 */
export interface PageEventSource extends EventTarget {
  readonly url: string;
  readonly withCredentials: boolean;
  /** 0: connecting or reconnecting; 1: open; 2: closed. */
  readonly readyState: 0 | 1 | 2;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSED: 2;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: PageErrorEvent) => void) | null;
  /** Closes the connection. Without it, the connection stays open after the test. */
  close(): void;
}

/** An `error` event with its reason; browsers only write the reason to the console. */
export interface PageErrorEvent extends Event {
  readonly error: unknown;
}

/** Sends the request of an EventSource. */
export type AskForEvents = (request: FetchRequest, signal: AbortSignal) => Promise<PageResponse>;

/** Chromium's; a stream changes it with `retry:`. */
const RETRY = 3000;

/** Opens an EventSource, which reconnects until it is closed or fails for good. */
export function openEventSource(
  page: PageAddress,
  url: URL,
  { withCredentials = false }: PageEventSourceInit,
  ask: AskForEvents,
): PageEventSource {
  const source = new Source(url.href, withCredentials);
  const request: FetchRequest = {
    ...PLAIN_REQUEST,
    origin: page.origin,
    url,
    headers: [['Accept', 'text/event-stream']],
    credentials: withCredentials ? 'include' : 'same-origin',
    cache: 'no-store',
    referrer: page.url,
  };
  // Errors are dispatched as events: it never rejects.
  source.run(request, ask).catch(() => undefined);
  return source;
}

class Source extends EventTarget implements PageEventSource {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readyState: PageEventSource['readyState'] = 0;
  onopen: PageEventSource['onopen'] = null;
  onmessage: PageEventSource['onmessage'] = null;
  onerror: PageEventSource['onerror'] = null;
  /** One for each connection, so that listeners do not accumulate on one signal. */
  #connection = new AbortController();
  readonly #state: StreamState = { lastEventId: '', retry: RETRY };

  constructor(
    readonly url: string,
    readonly withCredentials: boolean,
  ) {
    super();
    this.addEventListener('open', (event) => this.onopen?.(event));
    this.addEventListener('message', (event) => {
      if (event instanceof MessageEvent) {
        this.onmessage?.(event);
      }
    });
    this.addEventListener('error', (event) => {
      if (event instanceof SourceErrorEvent) {
        this.onerror?.(event);
      }
    });
  }

  close(): void {
    this.readyState = 2;
    this.#connection.abort();
  }

  /** A lost connection is opened again; any answer but an event stream closes the EventSource. */
  async run(request: FetchRequest, ask: AskForEvents): Promise<void> {
    while (this.readyState !== 2) {
      this.#connection = new AbortController();
      const { signal } = this.#connection;
      try {
        const response = await ask(this.#withLastEventId(request), signal);
        checkStream(response);
        await this.#listen(response, signal);
        this.#fail(0, new TypeError(`${this.url}: the stream has ended`));
      } catch (error) {
        this.#fail(error instanceof NetworkError ? 0 : 2, error);
      }
      await this.#pause(signal);
    }
    // An answer that is not an event stream may never end.
    this.#connection.abort();
  }

  #withLastEventId(request: FetchRequest): FetchRequest {
    const { lastEventId } = this.#state;
    return lastEventId === ''
      ? request
      : { ...request, headers: [...request.headers, ['Last-Event-ID', Buffer.from(lastEventId).toString('latin1')]] };
  }

  async #listen({ body, url }: PageResponse, signal: AbortSignal): Promise<void> {
    if (this.readyState === 2 || body === null) {
      return;
    }
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
    const { origin } = new URL(url);
    for await (const { type, data, lastEventId } of readEvents(body, this.#state)) {
      if (signal.aborted) {
        return;
      }
      this.dispatchEvent(new MessageEvent(type, { data, lastEventId, origin }));
    }
  }

  #fail(state: 0 | 2, error: unknown): void {
    if (this.readyState !== 2) {
      this.readyState = state;
      this.dispatchEvent(new SourceErrorEvent(error));
    }
  }

  /** Waits until it is time to reconnect, or until close(). */
  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.readyState === 2) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, this.#state.retry);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
}

class SourceErrorEvent extends Event implements PageErrorEvent {
  constructor(readonly error: unknown) {
    super('error');
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model */
function checkStream({ status, headers, url }: PageResponse): void {
  const type = headers.get('content-type');
  if (status !== 200) {
    throw new TypeError(`${url} answered ${status}: an event stream has the status 200`);
  }
  if (type?.split(';')[0]?.trim().toLowerCase() !== 'text/event-stream') {
    throw new TypeError(`${url} answered with ${String(type)}: an event stream is text/event-stream`);
  }
}
