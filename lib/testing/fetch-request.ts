import type { HeaderLine } from './header-list.js';
import { isSafelistedMethod, unsafeHeaderNames } from './safelisted-header.js';
import { isSameOrigin, OPAQUE_ORIGIN } from './origin.js';

/** `cors` asks the server, `same-origin` never leaves the page's origin, `no-cors` sends without a right to read. */
export type PageRequestMode = 'cors' | 'same-origin' | 'no-cors';

/** Whether cookies are sent: never, to the page's own origin, or always. */
export type PageCredentials = 'omit' | 'same-origin' | 'include';

/** What a redirect answer does: it is followed, an error, or handed over unread. */
export type PageRedirect = 'follow' | 'error' | 'manual';

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
  readonly body: Uint8Array | null;
  readonly mode: PageRequestMode;
  readonly credentials: PageCredentials;
  readonly redirect: PageRedirect;
  /** How much of the answer the page may see. Never becomes less than it was before a redirect. */
  readonly tainting: 'basic' | 'cors' | 'opaque';
}

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
export function needsPreflight(request: FetchRequest): boolean {
  return !isSafelistedMethod(request.method) || unsafeHeaderNames(request.headers).length > 0;
}

/** @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch step 8.3 (includeCredentials) */
export function includesCredentials({ credentials, tainting }: FetchRequest): boolean {
  return credentials === 'include' || (credentials === 'same-origin' && tainting === 'basic');
}
