/** 64 for the scheme, `://`, 253 for the host (RFC 1035), a colon and five digits. */
export const MAX_ORIGIN_LENGTH = 64 + 3 + 253 + 6;

const SCHEME = /^[a-z][a-z0-9+.-]{0,63}$/;
const PORT = /^:[1-9][0-9]{0,4}$/;
const MAX_PORT = 65_535;

/** URL standard, "special scheme": their default ports are never serialised, and their hosts are canonical. */
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http', ':80'],
  ['https', ':443'],
  ['ws', ':80'],
  ['wss', ':443'],
  ['ftp', ':21'],
]);

/** Where the parts of an origin meet; both indexes are the text's length or -1 where a part is missing. */
export interface OriginBounds {
  readonly hostStart: number;
  readonly hostEnd: number;
}

/**
 * Finds host and port without checking them. Never throws: for a text that is not an origin it gives bounds that {@link
 * isWellFormedOrigin} refuses.
 */
export function originBounds(origin: string): OriginBounds {
  const hostStart = origin.indexOf('://') + 3;
  // The colons of an IPv6 address stand in brackets: the port's colon comes after the last of them.
  const bracket = origin.indexOf(']', hostStart);
  const colon = origin.indexOf(':', Math.max(bracket, hostStart));
  return { hostStart, hostEnd: colon === -1 ? origin.length : colon };
}

/**
 * Nearly every origin: `https`, and a name whose last label begins with a letter, so that it is not an IPv4 address. Reading
 * the parts of an origin one by one takes five times as long.
 */
const PLAIN = /^https:\/\/(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*$/;

/** With a name so short, no label is too long: counting in a regular expression takes ten times as long. */
const LONGEST_PLAIN = 'https://'.length + 63;

/**
 * True for an origin as browsers serialise it: `scheme://host[:port]`, no default port, no path, at most 326 characters, and
 * in lower case but for the hosts of {@link keepsHosts}. False for `null`, which identifies no page, and for `file`, whose pages are `null` to every browser that
 * gives them an origin at all. Total, and linear in at most 326 characters.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function isWellFormedOrigin(origin: string): boolean {
  if (origin.length > MAX_ORIGIN_LENGTH) {
    return false;
  }
  if (origin.length <= LONGEST_PLAIN && PLAIN.test(origin)) {
    return true;
  }
  const { hostStart, hostEnd } = originBounds(origin);
  const scheme = origin.slice(0, Math.max(hostStart - 3, 0));
  const host = origin.slice(hostStart, hostEnd);
  return (
    isScheme(scheme) && isPort(origin.slice(hostEnd), scheme) && (keepsHosts(scheme) ? isKeptHost(host) : isHost(host))
  );
}

/**
 * True for a scheme whose hosts browsers leave as they are written, as in `app://.` and
 * `safari-web-extension://7D8E0A1C-0B1D-4C2E-9F3A-5B6C7D8E9F0A`: upper case is another host there.
 * @see https://url.spec.whatwg.org/#concept-opaque-host-parser
 */
export function keepsHosts(scheme: string): boolean {
  return !DEFAULT_PORTS.has(scheme);
}

/** A scheme whose pages have an origin. */
export function isScheme(scheme: string): boolean {
  return SCHEME.test(scheme) && scheme !== 'file';
}

/** `''`, or a colon and a number that is not the scheme's default. */
export function isPort(port: string, scheme: string): boolean {
  return port === '' || (PORT.test(port) && Number(port.slice(1)) <= MAX_PORT && port !== DEFAULT_PORTS.get(scheme));
}

/** The right spelling of a port: no leading zeros, empty where it is the default; undefined if it is not a port. */
export function canonicalPort(digits: string, scheme: string): string | undefined {
  if (digits === '') {
    return '';
  }
  if (!/^[0-9]+$/.test(digits)) {
    return undefined;
  }
  const port = `:${Number(digits)}`;
  if (port === DEFAULT_PORTS.get(scheme)) {
    return '';
  }
  return isPort(port, scheme) ? port : undefined;
}

/** RFC 1035 2.3.4, without the dot of the root. */
const MAX_HOST_LENGTH = 253;

const MAX_LABEL_LENGTH = 63;

const DOT = 0x2e;

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

/** Without percent signs and punctuation, which an opaque host may have too: no app or extension is known to use them. */
const KEPT_HOST = /^[A-Za-z0-9._-]+$/;

/** A host of a scheme of {@link keepsHosts}: nothing in it is a label or a number. An IPv6 address is one there, too. */
export function isKeptHost(host: string): boolean {
  return host.startsWith('[') ? isIpv6(host) : KEPT_HOST.test(host) && withoutRootDot(host).length <= MAX_HOST_LENGTH;
}

/** The name that a fully qualified name stands for: the same machine, but to browsers another origin. */
export function withoutRootDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/**
 * Labels of 1 to 63 characters with dots between them. One look at each: in a regular expression, counting costs ten
 * times as much.
 */
function isLabels(host: string): boolean {
  let length = 0;
  for (let index = 0; index < host.length; index += 1) {
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
 * have this host. For the schemes of {@link keepsHosts}, only an address has one.
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
