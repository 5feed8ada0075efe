import type { HeaderLine } from './header-list.js';
import { isSafelistedMethod, unsafeHeaderNames } from './safelisted-header.js';
import { isSameOrigin, OPAQUE_ORIGIN } from './origin.js';

/** `cors` asks the server, `same-origin` never leaves the page's origin, `no-cors` sends without a right to read. */
export type PageRequestMode = 'cors' | 'same-origin' | 'no-cors';

/** Whether cookies are sent: never, to the page's own origin, or always. */
export type PageCredentials = 'omit' | 'same-origin' | 'include';

/** What a redirect does: it is followed, is an error, or is returned unread. */
export type PageRedirect = 'follow' | 'error' | 'manual';

/** How the HTTP cache is used. There is none here: the values differ only in the headers they add, and `only-if-cached` fails. */
export type PageCache = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/** How much of the page's URL `Referer` has, by the request's origin. @see https://w3c.github.io/webappsec-referrer-policy/#referrer-policies */
export type PageReferrerPolicy =
  | 'no-referrer'
  | 'no-referrer-when-downgrade'
  | 'same-origin'
  | 'origin'
  | 'strict-origin'
  | 'origin-when-cross-origin'
  | 'strict-origin-when-cross-origin'
  | 'unsafe-url';

/**
 * A request on its way. A redirect makes a new one of it; none is ever changed.
 *
 * @see https://fetch.spec.whatwg.org/#concept-request
 */
export interface FetchRequest {
  /** The page's origin. */
  readonly origin: string;
  readonly method: string;
  /** Where it goes now. */
  readonly url: URL;
  /** Where redirects led it from, first to last. */
  readonly earlierUrls: readonly URL[];
  readonly headers: readonly HeaderLine[];
  readonly body: RequestBody;
  /** `navigate` is a form or a link: the user sees the answer, so CORS does not apply. */
  readonly mode: PageRequestMode | 'navigate';
  readonly credentials: PageCredentials;
  readonly redirect: PageRedirect;
  /** How much of the answer the page may see. Never becomes less than it was before a redirect. */
  readonly tainting: 'basic' | 'cors' | 'opaque';
  readonly cache: PageCache;
  /** The hashes of which the body of the answer must have one; empty for any body. */
  readonly integrity: string;
  readonly keepalive: boolean;
  /** The URL from which `Referer` is made; undefined for none. */
  readonly referrer: URL | undefined;
  readonly referrerPolicy: PageReferrerPolicy;
  /** Whether a script chose method and headers, so that a preflight may be needed. An EventSource never sends one. */
  readonly unsafeRequest: boolean;
}

/** Bytes can be sent again after a redirect; a stream cannot. */
export type RequestBody = Uint8Array | ReadableStream<Uint8Array> | null;

/** Whether the body is a stream, which can be sent once. */
export function isStream(body: RequestBody): body is ReadableStream<Uint8Array> {
  return body !== null && !(body instanceof Uint8Array);
}

/** The defaults of a request. */
export const PLAIN_REQUEST = {
  method: 'GET',
  earlierUrls: [],
  headers: [],
  body: null,
  mode: 'cors',
  credentials: 'same-origin',
  redirect: 'follow',
  tainting: 'basic',
  cache: 'default',
  integrity: '',
  keepalive: false,
  referrer: undefined,
  referrerPolicy: 'strict-origin-when-cross-origin',
  unsafeRequest: false,
} as const satisfies Omit<FetchRequest, 'origin' | 'url'>;

/**
 * The `Origin` of a request: the page's, until a redirect led from one foreign origin to another.
 *
 * @see https://fetch.spec.whatwg.org/#serializing-a-request-origin
 */
export function serialisedOrigin(request: FetchRequest): string {
  return isRedirectTainted(request) ? OPAQUE_ORIGIN : request.origin;
}

/** @see https://fetch.spec.whatwg.org/#concept-request-redirect-taint */
export function isRedirectTainted({ origin, url, earlierUrls }: FetchRequest): boolean {
  const next = [...earlierUrls.slice(1), url];
  return earlierUrls.some((from, i) => from.origin !== next[i]?.origin && !isSameOrigin(origin, from.origin));
}

/** Whether a cross-origin request needs a preflight. @see https://fetch.spec.whatwg.org/#main-fetch step 12 */
export function needsPreflight({ unsafeRequest, method, headers, body }: FetchRequest): boolean {
  return unsafeRequest && (isStream(body) || !isSafelistedMethod(method) || unsafeHeaderNames(headers).length > 0);
}

/** @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch step 8.3 (includeCredentials) */
export function includesCredentials({ credentials, tainting }: FetchRequest): boolean {
  return credentials === 'include' || (credentials === 'same-origin' && tainting === 'basic');
}

/** Where a request comes from, which decides which cookies are sent. */
export interface RequestSite {
  /** The origin of the page. */
  readonly page: string;
  /** The method of a navigation; undefined for a request of a script. */
  readonly navigation: string | undefined;
}

export function requestSite({ origin, mode, method }: FetchRequest): RequestSite {
  return { page: origin, navigation: mode === 'navigate' ? method : undefined };
}
