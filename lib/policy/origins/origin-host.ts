/** RFC 1035 2.3.4, without the dot of the root. */
const MAX_HOST_LENGTH = 253;

const MAX_LABEL_LENGTH = 63;

const DOT = 0x2e;
const LETTER_A = 0x61;
const LETTER_Z = 0x7a;

/** What labels are made of, by character code. `_` is in use, though no RFC 952 name has it. */
const LABEL_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[a-z0-9_-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** URL standard, "ends in a number checker": a host whose last label is one is an IPv4 address or nothing. */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/;

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** As the URL standard serialises `::ffff:a.b.c.d`. */
const IPV4_MAPPED = /^\[::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}\]$/;

/**
 * A host as browsers serialise it: domain labels in lower case, a canonical IPv4 address, or a canonical IPv6 address
 * in brackets. Labels may end in the dot of a fully qualified name, which browsers keep: it makes another origin.
 */
export function isHost(host: string): boolean {
  const name = withoutRootDot(host);
  if (name.length > MAX_HOST_LENGTH) {
    return false;
  }
  if (host.startsWith('[')) {
    return isIpv6(host);
  }
  // An address has no root to be below: browsers drop its dot.
  return isLabels(name) && (!NUMBER.test(name.slice(name.lastIndexOf('.') + 1)) || isIPv4(host));
}

/** The name that a fully qualified name stands for: the same machine, but to browsers another origin. */
export function withoutRootDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/**
 * True if the text from `start` on is a name whose last label begins with a letter, as that of nearly every name does: such a
 * name cannot be an IPv4 address.
 */
export function isPlainName(text: string, start: number): boolean {
  const last = text.charCodeAt(Math.max(text.lastIndexOf('.') + 1, start));
  return last >= LETTER_A && last <= LETTER_Z && text.length - start <= MAX_HOST_LENGTH && isLabels(text, start);
}

/**
 * Labels of 1 to 63 characters with dots between them. One look at each: in a regular expression, counting costs ten
 * times as much.
 */
function isLabels(host: string, start = 0): boolean {
  let length = 0;
  for (let index = start; index < host.length; index += 1) {
    const code = host.charCodeAt(index);
    if (code === DOT && length > 0) {
      length = 0;
    } else if (code >= 128 || LABEL_CHARACTERS[code] !== 1 || length === MAX_LABEL_LENGTH) {
      return false;
    } else {
      length += 1;
    }
  }
  return length > 0;
}

/** An IPv4 address as the URL standard serialises it: four decimal numbers without leading zeros. */
export function isIPv4(host: string): boolean {
  return IPV4.test(host);
}

/** An address, which has no subdomains. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || isIPv4(host);
}

/**
 * A name or address of the machine itself, where plain `http` crosses no network. `localhost` and all names below it
 * resolve to loopback in every browser.
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export function isLoopback(host: string): boolean {
  const name = withoutRootDot(host);
  return (
    name === 'localhost' || name.endsWith('.localhost') || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
  );
}

/**
 * The right spelling of a host without a port: lower case, punycode, canonical addresses; undefined where no URL can
 * have this host. The parser is asked with a special scheme whatever the scheme is: for others it would keep
 * `LocalHost` as it stands.
 */
export function canonicalHost(host: string): string | undefined {
  const url = `http://${host}/`;
  if (!URL.canParse(url)) {
    return undefined;
  }
  const canonical = new URL(url).hostname;
  return isHost(canonical) ? canonical : undefined;
}

/** IPv4-mapped addresses are refused: whether a page at one is at the IPv4 address too is for the reader to guess. */
function isIpv6(host: string): boolean {
  const url = `http://${host}/`;
  return URL.canParse(url) && new URL(url).hostname === host && !IPV4_MAPPED.test(host);
}
