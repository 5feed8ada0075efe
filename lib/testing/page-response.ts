import type { CorsExchange, ReceivedMessage } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { isForbiddenResponseHeader } from './forbidden-header.js';
import { extractTokens, type HeaderLine, immutable } from './header-list.js';

/** What a page is told of a response: `basic` and `cors` are readable; of `opaque` and `opaqueredirect` it sees nothing. @see https://fetch.spec.whatwg.org/#concept-response-type */
export type PageResponseType = 'basic' | 'cors' | 'opaque' | 'opaqueredirect';

/**
 * An answer as the page sees it, without everything that CORS hides: a real `Response`, with a transcript of all messages.
 *
 * @see https://fetch.spec.whatwg.org/#concept-filtered-response
 */
export interface PageResponse extends Response {
  /** `basic` from the page's own origin, `cors` from another, `opaque` under `no-cors`, `opaqueredirect` under `redirect: 'manual'`. */
  readonly type: PageResponseType;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  /** 0 if the page may not know. */
  readonly status: number;
  readonly statusText: string;
  /** Of the last redirect, without the fragment; empty if the page may not know. */
  readonly url: string;
  readonly redirected: boolean;
  /** Safelisted and exposed ones, never `Set-Cookie`. What the server really sent is in the transcript. Immutable. */
  readonly headers: Headers;
  /** Like all readers of the body, it rejects with a TypeError if the connection is lost, and with the signal's reason if it is aborted. */
  json(): Promise<unknown>;
  clone(): PageResponse;
  /** Everything that this call sent, and every answer: preflights, redirects and the request itself. */
  readonly transcript: readonly CorsExchange[];
}

/** An answer that passed every check, before parts of it are hidden. */
export interface PassedResponse extends ReceivedMessage {
  readonly statusText: string;
  readonly body: ReadableStream<Uint8Array> | null;
}

const SAFELISTED_RESPONSE_HEADERS: readonly string[] = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];

/** The visible parts of an answer. */
interface Seen extends Pick<PageResponse, 'type' | 'status' | 'statusText' | 'url' | 'redirected' | 'transcript'> {
  readonly lines: readonly HeaderLine[];
}

/** Hides what the page must not see. @see https://fetch.spec.whatwg.org/#main-fetch step 14 */
export function filterResponse(
  request: FetchRequest,
  response: PassedResponse,
  type: PageResponseType,
  transcript: readonly CorsExchange[],
): PageResponse {
  const isReadable = type === 'basic' || type === 'cors';
  const seen: Seen = {
    type,
    status: isReadable ? response.status : 0,
    statusText: isReadable ? response.statusText : '',
    url: type === 'opaque' ? '' : withoutFragment(request.url),
    redirected: type !== 'opaque' && request.earlierUrls.length > 0,
    lines: isReadable ? visibleLines(request, response, type) : [],
    transcript: Object.freeze(transcript),
  };
  const headers = seen.lines.map(([name, value]): [string, string] => [name, value]);
  const shown = new Response(response.body, { headers });
  reveal(shown, seen);
  return shown;
}

/** Sets what the constructor of `Response` does not accept: type, URL and status 0. */
function reveal(response: Response, seen: Seen): asserts response is PageResponse {
  const { lines: _lines, ...rest } = seen;
  const clone = (): PageResponse => {
    const copy = Response.prototype.clone.call(response);
    reveal(copy, seen);
    return copy;
  };
  const values = { ...rest, ok: seen.status >= 200 && seen.status <= 299, headers: immutable(response.headers), clone };
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(response, key, { value, configurable: true });
  }
}

function withoutFragment(url: URL): string {
  const bare = new URL(url);
  bare.hash = '';
  return bare.href;
}

function visibleLines(
  request: FetchRequest,
  { headers }: ReceivedMessage,
  type: 'basic' | 'cors',
): readonly HeaderLine[] {
  const isExposed = type === 'basic' ? () => true : exposure(request, headers);
  return [...headers].filter(([name]) => isExposed(name) && !isForbiddenResponseHeader(name));
}

/** With credentials, `*` is a name like any other. @see https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list */
function exposure({ credentials }: FetchRequest, headers: Headers): (name: string) => boolean {
  const extracted = extractTokens(headers, 'access-control-expose-headers');
  const names = extracted === null || extracted === 'failure' ? [] : extracted.map((name) => name.toLowerCase());
  if (credentials !== 'include' && names.includes('*')) {
    return () => true;
  }
  return (name) => names.includes(name) || SAFELISTED_RESPONSE_HEADERS.includes(name);
}
