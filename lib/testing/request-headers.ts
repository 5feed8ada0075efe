import type { Browser } from './browser.js';
import { fetchMetadata } from './fetch-metadata.js';
import type { FetchRequest } from './fetch-request.js';
import { includesCredentials, serialisedOrigin } from './fetch-request.js';
import { toHeaders } from './header-list.js';
import { isTrustworthy, OPAQUE_ORIGIN } from './origin.js';

const CONDITIONAL_HEADERS = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range'];

/**
 * What is sent: the headers of the page, and those that the browser adds.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch step 8
 */
export function requestHeaders(request: FetchRequest, { cookies }: Browser): Headers {
  const headers = toHeaders(request.headers);
  const add = (name: string, value: string | null): void => {
    if (value !== null && !headers.has(name)) {
      headers.set(name, value);
    }
  };
  add('Host', request.url.host);
  add('Content-Length', contentLength(request));
  add('Origin', originHeader(request));
  for (const [name, value] of Object.entries(fetchMetadata(request))) {
    add(name, value);
  }
  add('Referer', referer(request));
  add('User-Agent', 'Mozilla/5.0 (nestjs-cors/testing)');
  add('Accept-Language', 'en');
  // Bodies arrive uncompressed.
  add('Accept-Encoding', 'identity');
  if (isConditional(headers)) {
    add('Pragma', 'no-cache');
    add('Cache-Control', 'no-cache');
  }
  add('Cookie', includesCredentials(request) ? cookies.headerFor(request.url, request.origin) || null : null);
  return headers;
}

/** A page that revalidates by itself does not want a cache to answer. @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
function isConditional(headers: Headers): boolean {
  return CONDITIONAL_HEADERS.some((name) => headers.has(name));
}

function contentLength({ body, method }: FetchRequest): string | null {
  if (body !== null) {
    return String(body.byteLength);
  }
  return method === 'POST' || method === 'PUT' ? '0' : null;
}

/** @see https://fetch.spec.whatwg.org/#append-a-request-origin-header */
function originHeader(request: FetchRequest): string | null {
  if (request.tainting === 'cors') {
    return serialisedOrigin(request);
  }
  if (request.method === 'GET' || request.method === 'HEAD') {
    return null;
  }
  const isDowngrade = request.origin.startsWith('https:') && request.url.protocol !== 'https:';
  return request.mode !== 'cors' && isDowngrade ? OPAQUE_ORIGIN : serialisedOrigin(request);
}

/** Of the page `/` of its origin, under the default `strict-origin-when-cross-origin`. @see https://w3c.github.io/webappsec-referrer-policy/ */
function referer({ origin, url }: FetchRequest): string | null {
  if (!/^https?:/.test(origin)) {
    return null;
  }
  return isTrustworthy(new URL(origin)) && !isTrustworthy(url) ? null : `${origin}/`;
}
