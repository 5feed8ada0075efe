import type { IncomingHttpHeaders } from 'node:http';

import { isSafelistedMethod } from '../../policy/names/http-names.js';
import { isSafelistedHeader } from './safelisted-header.js';
import { isUnannouncedHeader } from './unannounced-header.js';

/** The part of a request that is read here. */
export interface SentHeaders {
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value. Empty if an adapter created the request, for example in a serverless function. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/**
 * Whether a page could have sent this request only after a preflight: it has a method that no form has, or a header that is
 * neither safelisted nor added by browsers and proxies themselves.
 *
 * @param methods - as it was sent, and as middleware has rewritten it.
 * @see https://fetch.spec.whatwg.org/#concept-main-fetch "or `unsafe-request flag` is set and either…"
 */
export function wasAnnounced(request: SentHeaders, ...methods: readonly string[]): boolean {
  return methods.some((method) => !isSafelistedMethod(method)) || linesOf(request).some(isAnnouncedLine(request));
}

type HeaderLine = readonly [name: string, value: string];

function isAnnouncedLine({ headers }: SentHeaders): (line: HeaderLine) => boolean {
  // A page cannot set headers of a navigation, an image or a script: long values there come from the browser.
  const mode = headers['sec-fetch-mode'];
  const isPlainFetch = mode === 'navigate' || mode === 'no-cors';
  return ([name, value]) => {
    const isBrowsersOwn = isPlainFetch && (name === 'accept' || name === 'accept-language');
    return !isBrowsersOwn && !isUnannouncedHeader(name) && !isSafelistedHeader(name, value);
  };
}

/** Line by line, as received: middleware may add headers, and Node drops all but the first Content-Type. */
function linesOf({ headers, rawHeaders = [] }: SentHeaders): readonly HeaderLine[] {
  if (rawHeaders.length > 0) {
    return rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
    );
  }
  return Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
}
