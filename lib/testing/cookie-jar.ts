import type { Cookie } from './cookie.js';
import { isBelow, parseSetCookie } from './cookie.js';
import type { RequestSite } from './fetch-request.js';
import { isSameSite, isTrustworthy } from './origin.js';

/** How long Chromium sends a cookie without SameSite with forms of other sites. @see https://www.chromium.org/updates/same-site/faq/ */
const LAX_POST_TIME = 120_000;

/**
 * The cookies of a browser: Domain, Path, Secure, Max-Age, Expires, SameSite (Lax where nothing is said), the `__Host-` and
 * `__Secure-` prefixes and public suffixes.
 *
 * @see https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
 */
export class CookieJar {
  /** In the order in which they were first set. */
  #cookies: readonly Cookie[] = [];

  constructor(
    private readonly now: () => number,
    private readonly thirdParty: boolean,
  ) {}

  /** Takes a `Set-Cookie` line that came from `url`; what is refused is dropped. Returns why, or null. */
  store(line: string, url: URL, site: RequestSite): string | null {
    const cookie = parseSetCookie(line, url, this.now());
    if (typeof cookie === 'string') {
      return cookie;
    }
    // A navigation may set every cookie.
    if (site.navigation === undefined && !this.#travels(cookie, url, site)) {
      return 'it came from another site than the page';
    }
    const kept = this.#cookies.filter(({ expires }) => expires > this.now());
    if (!cookie.secure && !isTrustworthy(url) && kept.some((other) => other.secure && isCoveredBy(cookie, other))) {
      return 'it would replace a Secure cookie, and needs https for that';
    }
    const isSame = (other: Cookie): boolean =>
      other.name === cookie.name &&
      other.domain === cookie.domain &&
      other.hostOnly === cookie.hostOnly &&
      other.path === cookie.path;
    this.#cookies = kept.some(isSame)
      ? kept.map((other) => (isSame(other) ? { ...cookie, created: other.created } : other))
      : [...kept, cookie];
    return null;
  }

  /** The `Cookie` header of a request to `url`; empty if there is none to send. */
  headerFor(url: URL, site: RequestSite): string {
    return this.#cookies
      .filter(
        (cookie) =>
          cookie.expires > this.now() &&
          matchesDomain(cookie, url.hostname) &&
          matchesPath(cookie, url.pathname) &&
          (!cookie.secure || isTrustworthy(url)) &&
          this.#travels(cookie, url, site),
      )
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ');
  }

  /**
   * Between a page and another site only `SameSite=None` cookies are sent, and in some browsers none. With a navigation to
   * that site, `None` is always sent, and `Lax` with safe methods.
   *
   * @see https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-algorithm
   */
  #travels({ sameSite, isLaxByDefault, created }: Cookie, url: URL, { page, navigation }: RequestSite): boolean {
    if (isSameSite(url.origin, page)) {
      return true;
    }
    if (navigation === undefined) {
      return this.thirdParty && sameSite === 'none';
    }
    if (sameSite !== 'lax') {
      return sameSite === 'none';
    }
    const isSafe = navigation === 'GET' || navigation === 'HEAD';
    return isSafe || (isLaxByDefault && this.now() - created <= LAX_POST_TIME);
  }
}

/** Whether a cookie may be sent together with another one of its name, which a server could then take for it. */
function isCoveredBy(cookie: Cookie, other: Cookie): boolean {
  const isOneDomain =
    cookie.domain === other.domain || isBelow(cookie.domain, other.domain) || isBelow(other.domain, cookie.domain);
  return cookie.name === other.name && isOneDomain && matchesPath(other, cookie.path);
}

function matchesDomain({ domain, hostOnly }: Cookie, host: string): boolean {
  return host === domain || (!hostOnly && isBelow(host, domain));
}

/** @see https://httpwg.org/specs/rfc6265.html#cookie-path (path-match) */
function matchesPath({ path }: Cookie, requestPath: string): boolean {
  return requestPath === path || requestPath.startsWith(path.endsWith('/') ? path : `${path}/`);
}
