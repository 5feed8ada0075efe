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

/** Bytes. A longer pair is refused, a longer attribute is ignored. */
const LONGEST_PAIR = 4096;
const LONGEST_ATTRIBUTE = 1024;

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
  if (name.length + value.length > LONGEST_PAIR) {
    return `name and value have more than ${LONGEST_PAIR} bytes together`;
  }
  const attributes = new Map(rest.map(splitAttribute).filter(([, text]) => text.length <= LONGEST_ATTRIBUTE));
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
  return refusal(cookie, url, attributes) ?? cookie;
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
  return parseDate(attributes.get('expires') ?? '') ?? Infinity;
}

/** What stands between the parts of a date: a comma, a hyphen, a blank and the like, but no colon. */
const DATE_DELIMITERS = /[\t -/;-@[-`{-~]+/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** In the order in which a part of the text is tried for each. */
const DATE_PARTS = [
  /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/,
  /^(\d{1,2})(?!\d)/,
  new RegExp(`^(${MONTHS.join('|')})`, 'i'),
  /^(\d{2,4})(?!\d)/,
];

/**
 * Not `Date.parse()`, which takes `0` and `-1` for years that are long over: to browsers these are no dates, and the cookie
 * stays. A year before 1601 is over to browsers, if not to the standard.
 *
 * @see https://httpwg.org/specs/rfc6265.html#section-5.1.1
 */
function parseDate(text: string): number | undefined {
  const found: string[][] = [];
  for (const part of text.split(DATE_DELIMITERS)) {
    const at = DATE_PARTS.findIndex((pattern, index) => found[index] === undefined && pattern.test(part));
    if (at !== -1) {
      found[at] = DATE_PARTS[at]?.exec(part)?.slice(1) ?? [];
    }
  }
  const [[hour, minute, second] = [], [day] = [], [month = ''] = [], [year] = []] = found;
  const century = Number(year) < 70 ? 2000 : Number(year) < 100 ? 1900 : 0;
  const numbers = [Number(day), Number(hour), Number(minute), Number(second)] as const;
  const date = new Date(Date.UTC(century + Number(year), MONTHS.indexOf(month.toLowerCase()), ...numbers));
  // 31 Feb and 24:00 are other times than were written; what is missing is NaN.
  const read = [date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return month !== '' && read.every((number, index) => number === numbers[index]) ? date.getTime() : undefined;
}

function refusal(cookie: Cookie, url: URL, attributes: ReadonlyMap<string, string>): string | null {
  const { secure, sameSite } = cookie;
  if (sameSite === 'none' && !secure) {
    return 'SameSite=None needs Secure';
  }
  if (attributes.has('partitioned') && !secure) {
    return 'Partitioned needs Secure';
  }
  if (secure && !isTrustworthy(url)) {
    return 'Secure needs https';
  }
  return prefixFault(cookie, attributes);
}

/** What a cookie needs whose name begins so. */
const PREFIXES = [
  ['__Secure-', 'Secure'],
  ['__Http-', 'Secure and HttpOnly'],
  ['__Host-Http-', 'Secure, HttpOnly, Path=/ and no Domain'],
  ['__Host-', 'Secure, Path=/ and no Domain'],
] as const;

function prefixFault(
  { name, value, secure, hostOnly }: Cookie,
  attributes: ReadonlyMap<string, string>,
): string | null {
  const start = (name === '' ? value : name).toLowerCase();
  const [prefix, needs] = PREFIXES.find(([each]) => start.startsWith(each.toLowerCase())) ?? [];
  if (prefix === undefined) {
    return null;
  }
  if (name === '') {
    // Servers read it as a cookie of that name.
    return `${prefix} needs a name`;
  }
  const isMet =
    secure &&
    (!needs.includes('HttpOnly') || attributes.has('httponly')) &&
    (!needs.includes('Path') || (hostOnly && attributes.get('path') === '/'));
  return isMet ? null : `${prefix} needs ${needs}`;
}
