import type { ReadableStream } from 'node:stream/web';
import type { CorsExchange, ReceivedMessage } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { isForbiddenResponseHeader } from './forbidden-header.js';
import { extractTokens } from './header-list.js';

/** @see https://fetch.spec.whatwg.org/#concept-response-type */
/** What a page is told of a response: `basic` and `cors` are readable; of `opaque` and `opaqueredirect` it sees nothing. */
export type PageResponseType = 'basic' | 'cors' | 'opaque' | 'opaqueredirect';

/**
 * An answer as the page sees it, without everything that CORS hides. These members are those of a `Response`.
 *
 * @see https://fetch.spec.whatwg.org/#concept-filtered-response
 */
export interface PageResponse {
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
  /** Safelisted and exposed ones, never `Set-Cookie`. What the server really sent is in the transcript. */
  readonly headers: Headers;
  /** Null if there is none or the page may not have it. A stream that never ends is left with `body.cancel()`. */
  readonly body: ReadableStream<Uint8Array> | null;
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
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

/** What an opaque answer shows of itself. Not a constant: the first of the global `Headers` loads all of Node's fetch. */
function nothing(): { status: 0; statusText: ''; headers: Headers; body: null } {
  return { status: 0, statusText: '', headers: new Headers(), body: null };
}

/** Hides what the page must not see. @see https://fetch.spec.whatwg.org/#main-fetch step 14 */
export function filterResponse(
  request: FetchRequest,
  response: PassedResponse,
  type: PageResponseType,
  transcript: readonly CorsExchange[],
): PageResponse {
  const { status, statusText, headers, body } =
    type === 'basic' || type === 'cors' ? { ...response, headers: visibleHeaders(request, response, type) } : nothing();
  const reader = new Response(body);
  return {
    type,
    ok: status >= 200 && status <= 299,
    status,
    statusText,
    url: type === 'opaque' ? '' : withoutFragment(request.url),
    redirected: type !== 'opaque' && request.earlierUrls.length > 0,
    headers,
    body,
    text: () => reader.text(),
    json: () => reader.json(),
    arrayBuffer: () => reader.arrayBuffer(),
    transcript,
  };
}

function withoutFragment(url: URL): string {
  const { href, hash } = url;
  return href.slice(0, href.length - hash.length);
}

function visibleHeaders(request: FetchRequest, { headers }: ReceivedMessage, type: 'basic' | 'cors'): Headers {
  const isExposed = type === 'basic' ? () => true : exposure(request, headers);
  const visible = new Headers();
  for (const [name, value] of headers) {
    if (isExposed(name) && !isForbiddenResponseHeader(name)) {
      visible.append(name, value);
    }
  }
  return visible;
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
