import { isIPv4 } from '../policy/origins/origin.js';
import { isTrustworthy, registrableDomain } from './origin.js';

/** A stored cookie. HttpOnly is not kept: there is no `document.cookie` here that could ask for it. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** The host that set it, or the domain it is for. */
  readonly domain: string;
  /** Only for `domain` itself, not for the names below. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  /** `lax` only because there was no SameSite attribute. */
  readonly isLaxByDefault: boolean;
  /** Milliseconds. */
  readonly created: number;
  /** Milliseconds; infinite for a session cookie. */
  readonly expires: number;
}

/**
 * Reads a `Set-Cookie` line as a browser does that got it from `url`. A string says why the cookie is refused.
 *
 * @see https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
 */
export function parseSetCookie(line: string, url: URL, now: number): Cookie | string {
  const [pair = '', ...rest] = line.split(';');
  const { name, value } = splitPair(pair);
  if (name === '' && value === '') {
    return 'it has neither name nor value';
  }
  const attributes = new Map(rest.map(splitAttribute));
  const domain = parseDomain(attributes.get('domain') ?? '', url.hostname);
  if (domain === null) {
    return `its Domain is not a site that ${url.hostname} belongs to`;
  }
  const sameSite = parseSameSite(attributes.get('samesite'));
  const cookie: Cookie = {
    name,
    value,
    ...domain,
    path: parsePath(attributes.get('path'), url.pathname),
    secure: attributes.has('secure'),
    sameSite: sameSite ?? 'lax',
    isLaxByDefault: sameSite === undefined,
    created: now,
    expires: parseExpiry(attributes, now),
  };
  return refusal(cookie, url, attributes.get('path')) ?? cookie;
}

/** A pair without `=` is a value without a name. */
function splitPair(pair: string): { readonly name: string; readonly value: string } {
  const at = pair.indexOf('=');
  return { name: pair.slice(0, Math.max(at, 0)).trim(), value: pair.slice(at + 1).trim() };
}

/** Of an attribute that is repeated, the last one counts: a Map sees to that. */
function splitAttribute(attribute: string): readonly [name: string, value: string] {
  const [name = '', ...value] = attribute.split('=');
  return [name.trim().toLowerCase(), value.join('=').trim()];
}

/** Null if the host may not set cookies for that domain. */
function parseDomain(attribute: string, host: string): Pick<Cookie, 'domain' | 'hostOnly'> | null {
  const domain = attribute.replace(/^\./, '').toLowerCase();
  if (domain === '' || domain === host) {
    return { domain: host, hostOnly: domain === '' || isPublicSuffix(host) };
  }
  return isBelow(host, domain) && !isPublicSuffix(domain) ? { domain, hostOnly: false } : null;
}

function isPublicSuffix(host: string): boolean {
  return registrableDomain(host) === null;
}

/** Whether a name stands below a domain; an address stands below nothing. */
export function isBelow(host: string, domain: string): boolean {
  return host.endsWith(`.${domain}`) && !isIPv4(host);
}

/** Without a Path, the cookie is for the folder it was set from. @see https://httpwg.org/specs/rfc6265.html#cookie-path */
function parsePath(attribute: string | undefined, requestPath: string): string {
  if (attribute?.startsWith('/') === true) {
    return attribute;
  }
  return requestPath.slice(0, requestPath.lastIndexOf('/')) || '/';
}

/** Undefined for a missing or unknown value. */
function parseSameSite(attribute: string | undefined): Cookie['sameSite'] | undefined {
  const sameSite = attribute?.toLowerCase();
  return sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : undefined;
}

/** Max-Age takes precedence over Expires; unreadable values are ignored. */
function parseExpiry(attributes: ReadonlyMap<string, string>, now: number): number {
  const maxAge = attributes.get('max-age') ?? '';
  if (/^-?\d+$/.test(maxAge)) {
    return now + Number(maxAge) * 1000;
  }
  const date = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(date) ? Infinity : date;
}

function refusal({ name, secure, sameSite, hostOnly }: Cookie, url: URL, path: string | undefined): string | null {
  if (sameSite === 'none' && !secure) {
    return 'SameSite=None needs Secure';
  }
  if (secure && !isTrustworthy(url)) {
    return 'Secure needs https';
  }
  if (/^__secure-/i.test(name) && !secure) {
    return '__Secure- needs Secure';
  }
  if (/^__host-/i.test(name) && !(secure && hostOnly && path === '/')) {
    return '__Host- needs Secure, Path=/ and no Domain';
  }
  return null;
}
