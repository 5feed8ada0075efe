import {
  type FetchRequest,
  isStream,
  type PageCache,
  type PageCredentials,
  type PageRedirect,
  type PageReferrerPolicy,
  type PageRequestMode,
  PLAIN_REQUEST,
} from './fetch-request.js';
import { isForbiddenMethod } from './forbidden-header.js';
import { isToken } from './header-list.js';
import { checkScheme, type PageAddress } from './page-address.js';
import { checkStream, extractBody, type PageBody } from './page-body.js';
import { fillHeaders, type PageHeaders, readHeaders } from './page-headers.js';
import { isReferrerPolicy, REFERRER_POLICIES } from './referrer.js';
import { readRequest, textOf } from './request-input.js';
import { isSafelistedMethod } from './safelisted-header.js';

/**
 * The second argument of `fetch()`; every key may be left out.
 *
 * @see https://fetch.spec.whatwg.org/#requestinit
 */
export interface PageRequestInit {
  /** Default `GET`. Only DELETE, GET, HEAD, OPTIONS, POST and PUT are upper-cased: `patch` is not `PATCH`. */
  readonly method?: string | undefined;
  /** Default none. Names that a page cannot set (`Cookie`, `Origin`, `Sec-…`) are dropped silently, as in a browser. */
  readonly headers?: PageHeaders | undefined;
  /** Default none. */
  readonly body?: PageBody | null | undefined;
  /** Default `cors`. */
  readonly mode?: PageRequestMode | undefined;
  /** Default `same-origin`. */
  readonly credentials?: PageCredentials | undefined;
  /** Default `follow`. */
  readonly redirect?: PageRedirect | undefined;
  /** Default `default`. There is no HTTP cache here: `only-if-cached` is a TypeError, other values only set `Cache-Control` and `Pragma`. */
  readonly cache?: PageCache | undefined;
  /** Default none. Hashes as in `<script integrity>`: a body that does not match is a TypeError. */
  readonly integrity?: string | undefined;
  /** Default false. The bodies of all such requests in flight are limited to 64 KiB together. */
  readonly keepalive?: boolean | undefined;
  /** Default: the address of the page. Empty for none, or a URL of the page's own origin; other URLs are replaced by the default. */
  readonly referrer?: string | undefined;
  /** Default `strict-origin-when-cross-origin`. */
  readonly referrerPolicy?: PageReferrerPolicy | '' | undefined;
  /** Aborts the call, and the body if it is still coming. */
  readonly signal?: AbortSignal | null | undefined;
  /** Required if the body is a stream. */
  readonly duplex?: 'half' | undefined;
  /** Validated, and otherwise without effect. */
  readonly priority?: 'high' | 'low' | 'auto' | undefined;
}

const MODES = ['cors', 'same-origin', 'no-cors'] as const;
const CREDENTIALS = ['omit', 'same-origin', 'include'] as const;
const REDIRECTS = ['follow', 'error', 'manual'] as const;
const CACHES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'] as const;
const PRIORITIES = ['high', 'low', 'auto'] as const;

/** A request, and the signal that aborts it. */
export interface PageRequest {
  readonly request: FetchRequest;
  readonly signal: AbortSignal | undefined;
}

/**
 * Creates a request from what a page wrote: the two arguments of `fetch()`.
 *
 * @param base the base of a relative URL.
 * @throws TypeError for everything that `fetch()` refuses: CONNECT, TRACE and TRACK, a body on GET or HEAD, a URL with a user name,
 * another scheme than http(s), PUT under `no-cors`, invalid header names and values, and so on.
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export async function createRequest(
  page: PageAddress,
  input: unknown,
  init: object | undefined,
  base: URL | string | undefined,
): Promise<PageRequest> {
  const written = readRequest(input, init, base);
  const { url } = written;
  checkUrl(url);
  const mode = oneOf(MODES, 'mode', written.mode, 'cors');
  const method = methodFor(mode, written.method);
  const cache = cacheFor(mode, written.cache);
  const chosen = {
    method,
    mode,
    cache,
    credentials: oneOf(CREDENTIALS, 'credentials', written.credentials, 'same-origin'),
    redirect: oneOf(REDIRECTS, 'redirect', written.redirect, 'follow'),
    integrity: textOf(written.integrity),
    keepalive: Boolean(written.keepalive),
    referrer: referrerFor(page, written.referrer),
    referrerPolicy: referrerPolicyFor(written.referrerPolicy),
  } as const;
  oneOf(PRIORITIES, 'priority', written.priority, 'auto');
  const signal = signalFor(written.signal);
  const lines = readHeaders(written.headers);
  const body = await extractBody(written, method);
  if (isStream(body.body)) {
    checkStream(written, mode);
  }
  const headers = fillHeaders(mode, lines, body.type);
  const request = {
    ...PLAIN_REQUEST,
    ...chosen,
    origin: page.origin,
    url,
    headers,
    body: body.body,
    unsafeRequest: true,
  };
  return { request, signal };
}

function checkUrl(url: URL): void {
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`fetch() does not accept a URL with credentials: ${url}`);
  }
  checkScheme(url, 'fetch()');
}

function oneOf<T extends string>(allowed: readonly T[], key: string, value: unknown, otherwise: T): T {
  const found = value === undefined ? otherwise : allowed.find((each) => each === value);
  if (found === undefined) {
    throw new TypeError(`${key} must be one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`);
  }
  return found;
}

function methodFor(mode: PageRequestMode, written: unknown): string {
  const method = normaliseMethod(textOf(written, 'GET'));
  if (mode === 'no-cors' && !isSafelistedMethod(method)) {
    throw new TypeError(`mode "no-cors" allows GET, HEAD and POST, not ${method}`);
  }
  return method;
}

/** @see https://fetch.spec.whatwg.org/#concept-method-normalize */
function normaliseMethod(method: string): string {
  if (!isToken(method)) {
    throw new TypeError(`${JSON.stringify(method)} is not a method`);
  }
  if (isForbiddenMethod(method)) {
    throw new TypeError(`fetch() does not accept the method ${method}`);
  }
  return /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i.test(method) ? method.toUpperCase() : method;
}

function cacheFor(mode: PageRequestMode, written: unknown): PageCache {
  const cache = oneOf(CACHES, 'cache', written, 'default');
  if (cache === 'only-if-cached' && mode !== 'same-origin') {
    throw new TypeError('cache "only-if-cached" requires mode "same-origin"');
  }
  return cache;
}

/** @see https://fetch.spec.whatwg.org/#dom-request step 14 */
function referrerFor(page: PageAddress, written: unknown): URL | undefined {
  const text = textOf(written, 'about:client');
  if (text === '') {
    return undefined;
  }
  if (!URL.canParse(text, page.url?.href)) {
    throw new TypeError(`referrer ${JSON.stringify(text)} is not a URL`);
  }
  const referrer = new URL(text, page.url?.href);
  return referrer.origin === page.url?.origin ? referrer : page.url;
}

function referrerPolicyFor(written: unknown): PageReferrerPolicy {
  const text = textOf(written);
  if (text === '') {
    return PLAIN_REQUEST.referrerPolicy;
  }
  if (!isReferrerPolicy(text)) {
    throw new TypeError(`referrerPolicy must be one of ${REFERRER_POLICIES.join(', ')}, not ${JSON.stringify(text)}`);
  }
  return text;
}

/** Judged by its members: tests may create signals in another realm. */
function signalFor(written: unknown): AbortSignal | undefined {
  if (written === undefined || written === null) {
    return undefined;
  }
  if (!isSignal(written)) {
    throw new TypeError('signal must be an AbortSignal');
  }
  return written;
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}
