import type { CorsFailure } from './cors-failure.js';
import type { ReceivedMessage } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { isStream } from './fetch-request.js';
import { isSameOrigin } from './origin.js';
import { policyAfterRedirect, refererOf } from './referrer.js';
import { isNonWildcardHeader } from './safelisted-header.js';

const MOST_REDIRECTS = 20;

/** Headers that describe a body, and are removed with it. */
const BODY_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
]);

/** @see https://fetch.spec.whatwg.org/#redirect-status */
export function isRedirect({ status }: ReceivedMessage): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/**
 * Where a redirect leads: the next request, or the failure. Null if the redirect is the answer itself: it has no Location,
 * or the page handles redirects itself.
 *
 * @throws TypeError for a stream as body, which cannot be sent again.
 * @see https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
 */
export function followRedirect(
  request: FetchRequest,
  { status, headers }: ReceivedMessage,
): FetchRequest | CorsFailure | null {
  const location = headers.get('location');
  const fail = (step: CorsFailure['step'], expected: string): CorsFailure => {
    return { step, header: 'Location', actual: location, expected };
  };
  if (request.redirect === 'error') {
    return fail('redirect-mode', 'no redirect');
  }
  if (request.redirect === 'manual' || location === null) {
    return null;
  }
  const url = locationUrl(location, request.url);
  if (url === null) {
    return fail('redirect-location', 'an http(s) URL');
  }
  if (request.earlierUrls.length >= MOST_REDIRECTS) {
    return fail('redirect-limit', `at most ${MOST_REDIRECTS} redirects`);
  }
  if (hasCredentials(url) && isCorsRedirect(request, url)) {
    return fail('redirect-url-credentials', 'a URL without user name and password');
  }
  if (status !== 303 && isStream(request.body)) {
    throw new TypeError(`${request.method} ${request.url} was redirected, but a stream as body cannot be sent again`);
  }
  const referrerPolicy = policyAfterRedirect(request, headers);
  // What one request did not tell, the next one cannot. @see https://fetch.spec.whatwg.org/#main-fetch
  const referrer = sentReferrer(request);
  const next = { ...request, url, referrer, referrerPolicy, earlierUrls: [...request.earlierUrls, request.url] };
  return withoutAuthorization(request, turnsIntoGet(status, request.method) ? asGet(next) : next);
}

function sentReferrer(request: FetchRequest): URL | undefined {
  const sent = refererOf(request);
  return sent === undefined ? undefined : new URL(sent);
}

/** Keeps the fragment. Null if there is nowhere to go. @see https://fetch.spec.whatwg.org/#concept-response-location-url */
function locationUrl(location: string, base: URL): URL | null {
  if (!URL.canParse(location, base.href)) {
    return null;
  }
  const url = new URL(location, base);
  // An empty fragment counts: `/cats#`.
  if (!url.href.includes('#')) {
    url.hash = base.hash;
  }
  return /^https?:$/.test(url.protocol) ? url : null;
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** @see https://fetch.spec.whatwg.org/#concept-http-redirect-fetch steps 7 and 8 */
function isCorsRedirect({ mode, tainting, origin }: FetchRequest, url: URL): boolean {
  return tainting === 'cors' || (mode === 'cors' && !isSameOrigin(origin, url.origin));
}

function turnsIntoGet(status: number, method: string): boolean {
  if (status === 303) {
    return method !== 'GET' && method !== 'HEAD';
  }
  return (status === 301 || status === 302) && method === 'POST';
}

function asGet(request: FetchRequest): FetchRequest {
  const headers = request.headers.filter(([name]) => !BODY_HEADERS.has(name.toLowerCase()));
  return { ...request, method: 'GET', body: null, headers };
}

/** Headers for one origin are not sent to the next. */
function withoutAuthorization(from: FetchRequest, to: FetchRequest): FetchRequest {
  if (from.url.origin === to.url.origin) {
    return to;
  }
  return { ...to, headers: to.headers.filter(([name]) => !isNonWildcardHeader(name)) };
}
