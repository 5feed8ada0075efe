import { isIPv4 } from 'node:net';

/** RFC 1035 2.3.4. */
const MAX_HOST_LENGTH = 253;

/** Unambiguous on purpose: each character has one way to match, so a hostile host costs one pass. `_` is in use, though no RFC 952 name. */
const LABELS = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** URL standard, "ends in a number checker": such a host is an IPv4 address or nothing. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;

/** As the URL standard serialises `::ffff:a.b.c.d`. */
const IPV4_MAPPED = /^\[::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}\]$/;

/** A host as browsers serialise it: domain labels in lower case, a canonical IPv4 address, or a canonical IPv6 address in brackets. */
export function isHost(host: string): boolean {
  if (host.length > MAX_HOST_LENGTH) return false;
  if (host.startsWith('[')) return isIpv6(host);
  return LABELS.test(host) && (!ENDS_IN_NUMBER.test(host) || isIPv4(host));
}

/** An address, which has no subdomains. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || isIPv4(host);
}

/**
 * A name or address of the machine itself, where plain `http` crosses no network. `localhost` and all names below it resolve to
 * loopback in every browser.
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
  );
}

/**
 * The right spelling of a host without a port: lower case, punycode, canonical addresses; undefined where no URL can have this host.
 * The parser is asked with a special scheme whatever the scheme is: for others it would keep `LocalHost` as it stands.
 */
export function canonicalHost(host: string): string | undefined {
  const url = `http://${host}/`;
  if (!URL.canParse(url)) return undefined;
  const canonical = new URL(url).hostname;
  return isHost(canonical) ? canonical : undefined;
}

/** IPv4-mapped addresses are refused: whether a page at one is at the IPv4 address too is for the reader to guess. */
function isIpv6(host: string): boolean {
  const url = `http://${host}/`;
  return URL.canParse(url) && new URL(url).hostname === host && !IPV4_MAPPED.test(host);
}
