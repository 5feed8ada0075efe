import onDemand from '../packages/on-demand.cjs';

/** How the origin of a sandboxed or `data:` page is written: one that equals no origin, itself included. */
export const OPAQUE_ORIGIN = 'null';

/** An origin as HTML serialises one, of any scheme: an app's `capacitor://localhost` too. */
const SERIALISED_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\]+$/;

/**
 * Checks that `text` is an origin as browsers write it.
 *
 * @throws TypeError with the right spelling, if there is one: `https://app.example.com/` has a slash too many.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function parseOrigin(text: string): string {
  if (text === OPAQUE_ORIGIN) {
    return text;
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  // Only the schemes that the URL standard calls special have an origin there; others are taken as they are written.
  const origin = url === null || url.origin === OPAQUE_ORIGIN ? null : url.origin;
  if (origin === text || (url !== null && origin === null && SERIALISED_ORIGIN.test(text))) {
    return text;
  }
  const cure = origin === null ? `write "https://app.example.com", or "${OPAQUE_ORIGIN}"` : `write "${origin}"`;
  throw new TypeError(`${JSON.stringify(text)} is not an origin as browsers write it: ${cure}`);
}

/** @see https://html.spec.whatwg.org/multipage/browsers.html#same-origin */
export function isSameOrigin(a: string, b: string): boolean {
  return a !== OPAQUE_ORIGIN && a === b;
}

/**
 * Schemeful, as in HTML: `http://example.com` and `https://example.com` are two sites.
 *
 * @see https://html.spec.whatwg.org/multipage/browsers.html#same-site
 */
export function isSameSite(a: string, b: string): boolean {
  if (a === OPAQUE_ORIGIN || b === OPAQUE_ORIGIN) {
    return false;
  }
  const [one, other] = [new URL(a), new URL(b)];
  if (one.protocol !== other.protocol) {
    return false;
  }
  // The list of public suffixes is loaded where it decides: hosts with the same last label, such as `com`.
  const { hostname } = one;
  return (
    hostname === other.hostname ||
    (lastLabel(hostname) === lastLabel(other.hostname) && siteOf(hostname) === siteOf(other.hostname))
  );
}

function siteOf(hostname: string): string {
  return registrableDomain(hostname) ?? hostname;
}

function lastLabel(hostname: string): string {
  return hostname.slice(hostname.lastIndexOf('.') + 1);
}

/**
 * Null for an IP address, and for a name that is itself a public suffix. A trailing dot stays: `example.com.` is another
 * domain than `example.com`.
 *
 * @see https://url.spec.whatwg.org/#host-registrable-domain
 */
export function registrableDomain(hostname: string): string | null {
  const name = hostname.replace(/\.$/, '');
  const domain = onDemand.tldts().getDomain(name, { allowPrivateDomains: true });
  return domain === null ? null : domain + hostname.slice(name.length);
}

/** @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy steps 4 and 5 */
export function isLoopback(url: URL): boolean {
  const { hostname } = url;
  return isLocalhost(hostname) || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

/** `localhost` and every name below it, with or without a trailing dot. */
export function isLocalhost(hostname: string): boolean {
  return /^(?:.*\.)?localhost\.?$/.test(hostname);
}

/** @see https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url);
}
