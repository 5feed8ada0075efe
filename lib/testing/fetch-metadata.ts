import type { FetchRequest } from './fetch-request.js';
import { isSameOrigin, isSameSite, isTrustworthy } from './origin.js';

/**
 * `Sec-Fetch-Site`, `-Mode` and `-Dest`, on https and loopback URLs only. There is no `Sec-Fetch-User`, as there is no click.
 *
 * @see https://w3c.github.io/webappsec-fetch-metadata/#framework
 */
export function fetchMetadata(request: FetchRequest): Readonly<Record<string, string>> {
  if (!isTrustworthy(request.url)) {
    return {};
  }
  const destination = request.mode === 'navigate' ? 'document' : 'empty';
  return { 'Sec-Fetch-Site': fetchSite(request), 'Sec-Fetch-Mode': request.mode, 'Sec-Fetch-Dest': destination };
}

/** Every URL of a redirect chain counts: a request that was cross-site once stays cross-site. @see https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header */
function fetchSite({ origin, url, earlierUrls }: FetchRequest): 'same-origin' | 'same-site' | 'cross-site' {
  const others = [...earlierUrls, url].filter((other) => !isSameOrigin(other.origin, origin));
  if (others.length === 0) {
    return 'same-origin';
  }
  return others.every((other) => isSameSite(other.origin, origin)) ? 'same-site' : 'cross-site';
}
