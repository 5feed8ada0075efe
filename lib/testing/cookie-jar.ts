import type { Cookie } from './cookie.js';
import { isBelow, parseSetCookie } from './cookie.js';
import { isSameSite, isTrustworthy } from './origin.js';

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

  /** Takes a `Set-Cookie` line that came to `page` from `url`; what is refused is dropped. Returns why, or null. */
  store(line: string, url: URL, page: string): string | null {
    const cookie = parseSetCookie(line, url, this.now());
    if (typeof cookie === 'string') {
      return cookie;
    }
    if (!this.#travels(cookie, url, page)) {
      return 'it came from another site than the page';
    }
    const isSame = (other: Cookie): boolean =>
      other.name === cookie.name && other.domain === cookie.domain && other.path === cookie.path;
    this.#cookies = this.#cookies.some(isSame)
      ? this.#cookies.map((other) => (isSame(other) ? cookie : other))
      : [...this.#cookies, cookie];
    return null;
  }

  /** The `Cookie` header of a request that `page` makes to `url`; empty if there is none to send. */
  headerFor(url: URL, page: string): string {
    return this.#cookies
      .filter(
        (cookie) =>
          cookie.expires > this.now() &&
          matchesDomain(cookie, url.hostname) &&
          matchesPath(cookie, url.pathname) &&
          (!cookie.secure || isTrustworthy(url)) &&
          this.#travels(cookie, url, page),
      )
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ');
  }

  /** Between a page and another site only `SameSite=None` cookies are sent, and in some browsers none. */
  #travels({ sameSite }: Cookie, url: URL, page: string): boolean {
    return isSameSite(url.origin, page) || (this.thirdParty && sameSite === 'none');
  }
}

function matchesDomain({ domain, hostOnly }: Cookie, host: string): boolean {
  return host === domain || (!hostOnly && isBelow(host, domain));
}

/** @see https://httpwg.org/specs/rfc6265.html#cookie-path (path-match) */
function matchesPath({ path }: Cookie, requestPath: string): boolean {
  return requestPath === path || requestPath.startsWith(path.endsWith('/') ? path : `${path}/`);
}
