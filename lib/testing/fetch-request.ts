import type { HeaderLine } from './header-list.js';
import { isSafelistedMethod, unsafeHeaderNames } from './safelisted-header.js';
import { isSameOrigin, OPAQUE_ORIGIN } from './origin.js';

/** `cors` asks the server, `same-origin` never leaves the page's origin, `no-cors` sends without a right to read. */
export type PageRequestMode = 'cors' | 'same-origin' | 'no-cors';

/** Whether cookies are sent: never, to the page's own origin, or always. */
export type PageCredentials = 'omit' | 'same-origin' | 'include';

/** What a redirect answer does: it is followed, an error, or handed over unread. */
export type PageRedirect = 'follow' | 'error' | 'manual';

/** How the HTTP cache is used. It is always empty here: `only-if-cached` finds nothing, and the others differ in what they send. */
export type PageCache = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/** How much `Referer` tells whom. @see https://w3c.github.io/webappsec-referrer-policy/#referrer-policies */
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
  /** `navigate` is a form or a link: the answer is shown to the user, and no page has to be allowed to read it. */
  readonly mode: PageRequestMode | 'navigate';
  readonly credentials: PageCredentials;
  readonly redirect: PageRedirect;
  /** How much of the answer the page may see. Never becomes less than it was before a redirect. */
  readonly tainting: 'basic' | 'cors' | 'opaque';
  readonly cache: PageCache;
  /** Hashes that the body of the answer has to have; empty if any body will do. */
  readonly integrity: string;
  readonly keepalive: boolean;
  /** The URL that `Referer` is made from; undefined if there is none to tell. */
  readonly referrer: URL | undefined;
  readonly referrerPolicy: PageReferrerPolicy;
  /** Whether a script chose method and headers, so that the server may have to be asked first. An EventSource never asks. */
  readonly unsafeRequest: boolean;
}

/** Bytes can be sent again after a redirect; a stream cannot. */
export type RequestBody = Uint8Array | ReadableStream<Uint8Array> | null;

/** Whether the body has to be read from the page piece by piece. */
export function isStream(body: RequestBody): body is ReadableStream<Uint8Array> {
  return body !== null && !(body instanceof Uint8Array);
}

/** What every request has in common until something else is said. */
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

/** Whether a cross-origin request has anything that the server must be asked about first. @see https://fetch.spec.whatwg.org/#main-fetch step 12 */
export function needsPreflight({ unsafeRequest, method, headers, body }: FetchRequest): boolean {
  return unsafeRequest && (isStream(body) || !isSafelistedMethod(method) || unsafeHeaderNames(headers).length > 0);
}

/** @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch step 8.3 (includeCredentials) */
export function includesCredentials({ credentials, tainting }: FetchRequest): boolean {
  return credentials === 'include' || (credentials === 'same-origin' && tainting === 'basic');
}

/** Whose request it is, which decides what cookies travel. */
export interface RequestSite {
  /** The origin of the page. */
  readonly page: string;
  /** The user goes there: the method of the navigation, undefined for what a page asks for by itself. */
  readonly navigation: string | undefined;
}

export function requestSite({ origin, mode, method }: FetchRequest): RequestSite {
  return { page: origin, navigation: mode === 'navigate' ? method : undefined };
}
