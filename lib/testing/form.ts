import { quotedValue } from '../policy/mistakes/safe-text.js';
import { type FetchRequest, PLAIN_REQUEST } from './fetch-request.js';
import type { HeaderLine } from './header-list.js';
import { checkScheme, type PageAddress } from './page-address.js';

/** The fields of a form: as `application/x-www-form-urlencoded`; a `FormData` as `multipart/form-data`; a string as `text/plain`. */
export type PageFormBody = Readonly<Record<string, string>> | URLSearchParams | FormData | string;

/** The form for `page.submit()`; every key may be left out. */
export interface PageForm {
  /** Default `GET`, as in HTML: the fields become the query of the URL. A link is a form without fields. */
  readonly method?: 'GET' | 'POST' | 'get' | 'post' | undefined;
  /** Default none. A string is sent as it is: an attacker can build any text from the names of fields. */
  readonly body?: PageFormBody | undefined;
}

const ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/**
 * The navigation of a form that is submitted, or of a link that is followed.
 *
 * @throws TypeError for another method than GET and POST, for a URL with another scheme than http(s), and for a string with GET.
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm
 */
export async function createNavigation(page: PageAddress, action: URL, form: PageForm): Promise<FetchRequest> {
  checkScheme(action, 'submit()');
  const method = methodOf(form.method ?? 'GET');
  const { url, body, type } =
    method === 'GET'
      ? { url: withQuery(action, form.body), body: null, type: null }
      : { url: action, ...(await encode(form.body ?? {})) };
  const headers: HeaderLine[] = [
    ['Accept', ACCEPT],
    ['Upgrade-Insecure-Requests', '1'],
  ];
  if (type !== null) {
    headers.push(['Content-Type', type]);
  }
  return {
    ...PLAIN_REQUEST,
    origin: page.origin,
    method,
    url,
    headers,
    body,
    mode: 'navigate',
    credentials: 'include',
    referrer: page.url,
  };
}

/** Callers without types may pass any value. */
function methodOf(written: unknown): 'GET' | 'POST' {
  const method = typeof written === 'string' ? written.toUpperCase() : undefined;
  if (method !== 'GET' && method !== 'POST') {
    throw new TypeError(`The method of a form must be GET or POST, not ${quotedValue(written)}`);
  }
  return method;
}

/** The fields replace the query. Without fields it is a link. */
function withQuery(action: URL, body: PageFormBody | undefined): URL {
  if (body === undefined) {
    return action;
  }
  if (typeof body === 'string') {
    throw new TypeError('The body of a form with the method GET must be a record, URLSearchParams or FormData');
  }
  const url = new URL(action);
  url.search = String(new URLSearchParams(fieldsOf(body)));
  return url;
}

/** Outside of multipart, only the name of a file is sent. */
function fieldsOf(body: Exclude<PageFormBody, string>): [string, string][] {
  const fields: Iterable<readonly [string, unknown]> =
    body instanceof URLSearchParams || body instanceof FormData ? body : Object.entries(body);
  return [...fields].map(([name, value]) => [name, value instanceof File ? value.name : String(value)]);
}

async function encode(body: PageFormBody) {
  if (typeof body === 'string') {
    return { body: new TextEncoder().encode(body), type: 'text/plain' };
  }
  if (!(body instanceof FormData)) {
    const fields = String(new URLSearchParams(fieldsOf(body)));
    return { body: new TextEncoder().encode(fields), type: 'application/x-www-form-urlencoded' };
  }
  const encoded = new Response(body);
  return { body: new Uint8Array(await encoded.arrayBuffer()), type: encoded.headers.get('content-type') };
}
