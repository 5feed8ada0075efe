import type { FetchRequest, PageCredentials, PageRedirect, PageRequestMode } from './fetch-request.js';
import { isForbiddenMethod, isForbiddenRequestHeader } from './forbidden-header.js';
import type { HeaderLine } from './header-list.js';
import { isToken } from './header-list.js';
import { isNoCorsSafelistedHeader, isSafelistedMethod } from './safelisted-header.js';

/** What a page can send. Its Content-Type follows from the kind, as in `fetch()`, unless the headers name one. */
export type PageBody = string | URLSearchParams | FormData | Blob | ArrayBuffer | Uint8Array;

/** Headers as `fetch()` takes them: a record, pairs, or a `Headers`. */
export type PageHeaders = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

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
  /** Aborts the call, and the body if it is still coming. */
  readonly signal?: AbortSignal | undefined;
}

const MODES: readonly string[] = ['cors', 'same-origin', 'no-cors'];
const CREDENTIALS: readonly string[] = ['omit', 'same-origin', 'include'];
const REDIRECTS: readonly string[] = ['follow', 'error', 'manual'];

/**
 * Creates a request from what a page wrote.
 *
 * @throws TypeError for everything that `fetch()` refuses: CONNECT, TRACE and TRACK, a body on GET or HEAD, a URL with a user name,
 * another scheme than http(s), PUT under `no-cors`, invalid header names and values.
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export async function createRequest(origin: string, url: URL, init: PageRequestInit): Promise<FetchRequest> {
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`fetch() does not accept a URL with credentials: ${url}`);
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw new TypeError(`fetch() sends requests to http(s) URLs only: ${url}`);
  }
  const mode = oneOf(MODES, 'mode', init.mode ?? 'cors');
  const credentials = oneOf(CREDENTIALS, 'credentials', init.credentials ?? 'same-origin');
  const redirect = oneOf(REDIRECTS, 'redirect', init.redirect ?? 'follow');
  const method = normaliseMethod(init.method ?? 'GET');
  if (mode === 'no-cors' && !isSafelistedMethod(method)) {
    throw new TypeError(`mode "no-cors" allows GET, HEAD and POST, not ${method}`);
  }
  const body = await extractBody(method, init.body ?? null);
  const headers = fillHeaders(mode, init.headers ?? [], body.type);
  return {
    origin,
    method,
    url,
    earlierUrls: [],
    headers,
    body: body.bytes,
    mode,
    credentials,
    redirect,
    tainting: 'basic',
  };
}

function oneOf<T extends string>(allowed: readonly string[], key: string, value: T): T {
  if (allowed.includes(value)) {
    return value;
  }
  throw new TypeError(`${key} must be one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`);
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

/** @see https://fetch.spec.whatwg.org/#concept-bodyinit-extract */
async function extractBody(method: string, body: PageBody | null) {
  if (body === null) {
    return { bytes: null, type: null };
  }
  if (method === 'GET' || method === 'HEAD') {
    throw new TypeError(`fetch() does not accept a body with ${method}`);
  }
  // Node's own Response extracts by the same clause.
  const extracted = new Response(body);
  return { bytes: new Uint8Array(await extracted.arrayBuffer()), type: extracted.headers.get('content-type') };
}

/** Fills the header list as a `Headers` object with the guard of the mode would. @see https://fetch.spec.whatwg.org/#headers-validate */
function fillHeaders(mode: PageRequestMode, init: PageHeaders, bodyType: string | null): readonly HeaderLine[] {
  const isAllowed = mode === 'no-cors' ? isAllowedWithoutCors : isAllowedToPages;
  const lines: HeaderLine[] = [];
  const append = (name: string, value: string): void => {
    // Headers refuses invalid names and values, and strips the blanks around a value.
    for (const line of new Headers([[name, value]])) {
      if (isAllowed(line, lines)) {
        lines.push(line);
      }
    }
  };
  for (const [name, value] of Symbol.iterator in init ? init : Object.entries(init)) {
    append(name, value);
  }
  if (bodyType !== null && !has(lines, 'content-type')) {
    append('content-type', bodyType);
  }
  // A page that accepts nothing in particular accepts everything. @see https://fetch.spec.whatwg.org/#fetching step 13
  return has(lines, 'accept') ? lines : [...lines, ['accept', '*/*']];
}

function has(lines: readonly HeaderLine[], wanted: string): boolean {
  return lines.some(([name]) => name === wanted);
}

function isAllowedToPages([name, value]: HeaderLine): boolean {
  return !isForbiddenRequestHeader(name, value);
}

/** Judged together with what the name already has. @see https://fetch.spec.whatwg.org/#concept-headers-append step 3 */
function isAllowedWithoutCors([name, value]: HeaderLine, lines: readonly HeaderLine[]): boolean {
  const values = lines.filter(([other]) => other === name).map(([, earlier]) => earlier);
  return isNoCorsSafelistedHeader([name, [...values, value].join(', ')]);
}
