import type { Browser } from './browser.js';
import { fetchMetadata } from './fetch-metadata.js';
import type { FetchRequest, PageCache } from './fetch-request.js';
import { includesCredentials, isStream, requestSite, serialisedOrigin } from './fetch-request.js';
import { combineLines, hasHeader, type HeaderLine } from './header-list.js';
import { OPAQUE_ORIGIN } from './origin.js';
import { hidesOrigin, refererOf } from './referrer.js';

const CONDITIONAL_HEADERS = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range'];

/**
 * The headers that are sent: those of the page as it wrote them, and those that the browser adds.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch step 8
 */
export function requestHeaders(request: FetchRequest, { cookies }: Browser): readonly HeaderLine[] {
  const written = combineLines(request.headers);
  const lines: HeaderLine[] = [['Host', request.url.host], ...written];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && !hasHeader(written, name)) {
      lines.push([name, value]);
    }
  };
  add('Content-Length', contentLength(request));
  add('Origin', originHeader(request));
  for (const [name, value] of Object.entries(fetchMetadata(request))) {
    add(name, value);
  }
  add('Referer', refererOf(request));
  add('User-Agent', 'Mozilla/5.0 (nestjs-cors/testing)');
  add('Accept-Language', 'en');
  // Bodies arrive uncompressed.
  add('Accept-Encoding', 'identity');
  for (const [name, value] of cacheHeaders(request.cache, written)) {
    add(name, value);
  }
  add(
    'Cookie',
    includesCredentials(request) ? cookies.headerFor(request.url, requestSite(request)) || undefined : undefined,
  );
  return lines;
}

/** The headers of a cache mode. @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch steps 8.16 to 8.18 */
function cacheHeaders(mode: PageCache, written: readonly HeaderLine[]): readonly HeaderLine[] {
  if (mode === 'no-cache') {
    return [['Cache-Control', 'max-age=0']];
  }
  if (mode === 'no-store' || mode === 'reload' || (mode === 'default' && isConditional(written))) {
    return [
      ['Pragma', 'no-cache'],
      ['Cache-Control', 'no-cache'],
    ];
  }
  return [];
}

/** A page that asks by itself whether something has changed wants no cache to answer. */
function isConditional(lines: readonly HeaderLine[]): boolean {
  return CONDITIONAL_HEADERS.some((name) => hasHeader(lines, name));
}

/** A stream is sent in chunks, as its length is unknown. */
function contentLength({ body, method }: FetchRequest): string | undefined {
  if (body !== null) {
    return isStream(body) ? undefined : String(body.byteLength);
  }
  return method === 'POST' || method === 'PUT' ? '0' : undefined;
}

/** @see https://fetch.spec.whatwg.org/#append-a-request-origin-header */
function originHeader(request: FetchRequest): string | undefined {
  if (request.tainting === 'cors') {
    return serialisedOrigin(request);
  }
  if (request.method === 'GET' || request.method === 'HEAD') {
    return undefined;
  }
  return request.mode !== 'cors' && hidesOrigin(request) ? OPAQUE_ORIGIN : serialisedOrigin(request);
}
