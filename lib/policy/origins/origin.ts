import { isHost, isPlainName } from './origin-host.js';

/** 64 for the scheme, `://`, 253 for the host (RFC 1035), a colon and five digits. */
export const MAX_ORIGIN_LENGTH = 64 + 3 + 253 + 6;

const SCHEME = /^[a-z][a-z0-9+.-]{0,63}$/;
const PORT = /^:[1-9][0-9]{0,4}$/;
const MAX_PORT = 65_535;

/** URL standard, "special scheme": their default ports are never serialised. */
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
 * True for an origin as browsers serialise it: `scheme://host[:port]`, lower case, no default port, no path, at most
 * 326 characters. False for `null`, which identifies no page, and for `file`, whose pages are `null` to every browser that
 * gives them an origin at all. Total, and linear in at most 326 characters.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function isWellFormedOrigin(origin: string): boolean {
  if (origin.length > MAX_ORIGIN_LENGTH) {
    return false;
  }
  // Nearly all: the rest takes five times as long.
  if (origin.startsWith('https://') && isPlainName(origin, 8)) {
    return true;
  }
  const { hostStart, hostEnd } = originBounds(origin);
  const scheme = origin.slice(0, Math.max(hostStart - 3, 0));
  return isScheme(scheme) && isPort(origin.slice(hostEnd), scheme) && isHost(origin.slice(hostStart, hostEnd));
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
