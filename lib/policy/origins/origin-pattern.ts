import type { Finding } from '../mistakes/issue-data.js';
import { isMissingPart, noOriginIn, unquoted } from '../mistakes/no-origin.js';
import { canonicalHost, isAddress, isKeptHost, isLoopback, canonicalPort, isScheme, keepsHosts } from './origin.js';

/** The parts of an origin or an origin pattern as it was written: `https://*.example.com:*`. */
export interface OriginPattern {
  readonly text: string;
  readonly scheme: string;
  /** Without the leading `*.`; `*` alone for any host of a scheme whose hosts are ids, not names. */
  readonly host: string;
  /** `''`, `':8080'` or `':*'`. */
  readonly port: string;
  /** `*.` in front of the host: one or more whole labels. */
  readonly subdomains: boolean;
}

/** What is wrong with a text, without the place where it stands. */
type Problem =
  | { readonly code: 'origin-undefined' | 'origin-list-in-string' | 'origin-scheme' | 'wildcard-position' }
  | { readonly code: 'origin-invalid'; readonly suggestion: string | undefined }
  | { readonly code: 'origin-not-serialized'; readonly right: string };

/** Any host: of an extension whose id differs per installation. */
export const ANY_HOST = '*';

/** Whose hosts are names that anyone can have: any host of these is everyone, which is what `'*'` says. */
const NETWORK_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss']);

/** The pattern that was probably meant: as written, or as it would be accepted, where that can be told. */
export function guessPattern(text: string): OriginPattern | undefined {
  const read = parseOriginPattern(text);
  if (!('code' in read)) {
    return read;
  }
  const right =
    read.code === 'origin-not-serialized' ? read.right : read.code === 'origin-invalid' ? read.suggestion : undefined;
  return right === undefined ? undefined : guessPattern(right);
}

/** Anyone on the network path can pose as this origin: it is not encrypted, and not on the machine itself. */
export function isInsecure({ scheme, host }: OriginPattern): boolean {
  return (scheme === 'http' || scheme === 'ws') && !isLoopback(host);
}

/** Reads a string of the `origin` option other than `'*'` and `'null'`. Total. */
export function readOriginPattern(text: string, path: string): OriginPattern | Finding {
  const read = parseOriginPattern(text);
  return 'code' in read ? { ...read, path, value: text } : read;
}

/**
 * Origins are compared byte for byte, so a spelling that no browser sends could never match: it is refused, and the
 * message has the right spelling. Repairing it silently would teach the next reader the wrong one.
 */
function parseOriginPattern(text: string): OriginPattern | Problem {
  const trimmed = text.trim();
  const instead = noOriginIn(trimmed);
  if (trimmed === '' || instead === 'missing') {
    return { code: 'origin-undefined' };
  }
  if (instead !== undefined) {
    return { code: 'origin-invalid', suggestion: undefined };
  }
  if (isList(trimmed)) {
    return { code: 'origin-list-in-string' };
  }
  const bare = unquoted(trimmed);
  if (bare !== trimmed) {
    return { code: 'origin-invalid', suggestion: guessPattern(bare)?.text };
  }
  const schemeEnd = trimmed.indexOf(':');
  if (!trimmed.startsWith('://', schemeEnd)) {
    return withoutScheme(trimmed);
  }
  const scheme = trimmed.slice(0, schemeEnd);
  const afterScheme = trimmed.slice(schemeEnd + 3);
  const authorityEnd = afterScheme.search(/[/?#\\]|$/);
  if (scheme.includes('*') || afterScheme.includes('*', authorityEnd)) {
    return { code: 'wildcard-position' };
  }
  if (MISSPELT_SCHEME.test(scheme)) {
    const right = `${/s/i.test(scheme) ? 'https' : 'http'}://${afterScheme}`;
    return { code: 'origin-invalid', suggestion: guessPattern(right)?.text };
  }
  const { name, digits } = splitAuthority(afterScheme.slice(0, authorityEnd));
  return isMissingPart(name, digits)
    ? { code: 'origin-undefined' }
    : readParts(text, scheme.toLowerCase(), name, digits);
}

/** `htps`, `hhtp`, `httpss`: an app may have any scheme, but none has the letters of these. */
const MISSPELT_SCHEME = /^(?!https?$)(?=.*t)(?=.*p)[htps]{3,8}$/i;

function isList(text: string): boolean {
  return text.includes(',') || /\s/.test(text) || text.indexOf('://') !== text.lastIndexOf('://');
}

/** A scheme without all of `://`. What follows `ws:` may be a port: `ws` is also the name of a host. */
const BROKEN_SCHEME = /^(?:(https?)[:/]|(wss?):?\/)?\/*/i;

/**
 * `example.com`, `https:/example.com`, `https//example.com`: often meant, never matched. The suggestion is made only where it would itself be
 * accepted.
 */
function withoutScheme(text: string): Problem {
  const usual = /^(?:localhost|127\.|\[::1\])/i.test(text) ? 'http' : 'https';
  const completed = text.replace(
    BROKEN_SCHEME,
    (_, scheme: string | undefined, socket: string | undefined) => `${scheme ?? socket ?? usual}://`,
  );
  const guess = text.includes('://') ? undefined : parseOriginPattern(completed);
  if (guess !== undefined && !('code' in guess)) {
    return { code: 'origin-invalid', suggestion: guess.text };
  }
  if (guess?.code === 'origin-undefined') {
    return guess;
  }
  if (guess?.code === 'origin-not-serialized') {
    return { code: 'origin-invalid', suggestion: guess.right };
  }
  return text.includes('*') ? { code: 'wildcard-position' } : { code: 'origin-invalid', suggestion: undefined };
}

function readParts(text: string, scheme: string, name: string, digits: string): OriginPattern | Problem {
  if (scheme === 'file') {
    return { code: 'origin-scheme' };
  }
  const invalid: Problem = { code: 'origin-invalid', suggestion: undefined };
  if (name === ANY_HOST && !NETWORK_SCHEMES.has(scheme)) {
    return readAnyHost(text, scheme, digits);
  }
  const subdomains = name.startsWith('*.');
  const written = subdomains ? name.slice(2) : name;
  if (written.includes('*') || (digits.includes('*') && digits !== '*')) {
    return { code: 'wildcard-position' };
  }
  const host = rightHost(scheme, written);
  const port = portOf(digits, scheme);
  if (!isScheme(scheme) || host === undefined || port === undefined) {
    return invalid;
  }
  if (subdomains && !hasSubdomains(host)) {
    return { code: 'wildcard-position' };
  }
  const right = `${scheme}://${subdomains ? '*.' : ''}${host}${port}`;
  return right === text ? { text, scheme, host, port, subdomains } : { code: 'origin-not-serialized', right };
}

/** As browsers write the host. Where they keep it as it is, lower case or Punycode would make another one. */
function rightHost(scheme: string, host: string): string | undefined {
  if (!keepsHosts(scheme) || host.startsWith('[')) {
    return canonicalHost(host);
  }
  return isKeptHost(host) ? host : undefined;
}

/** An address has none: `*.1.1.1.1` would be a host that no URL can have. Nor has what is not a domain: `app://*..`. */
function hasSubdomains(host: string): boolean {
  return !isAddress(host) && canonicalHost(host) === host;
}

/** `moz-extension://*`: Firefox gives an extension another id in every profile, so the ids cannot be listed. */
function readAnyHost(text: string, scheme: string, digits: string): OriginPattern | Problem {
  if (digits.includes('*') && digits !== '*') {
    return { code: 'wildcard-position' };
  }
  const port = portOf(digits, scheme);
  if (!isScheme(scheme) || port === undefined) {
    return { code: 'origin-invalid', suggestion: undefined };
  }
  const right = `${scheme}://${ANY_HOST}${port}`;
  return right === text
    ? { text, scheme, host: ANY_HOST, port, subdomains: false }
    : { code: 'origin-not-serialized', right };
}

function portOf(digits: string, scheme: string): string | undefined {
  return digits === '*' ? ':*' : canonicalPort(digits, scheme);
}

/** Drops `user:password@`, and splits off what follows the last colon outside of brackets. */
function splitAuthority(authority: string): { readonly name: string; readonly digits: string } {
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  const colon = hostAndPort.indexOf(':', Math.max(hostAndPort.lastIndexOf(']'), 0));
  if (colon === -1) {
    return { name: hostAndPort, digits: '' };
  }
  return { name: hostAndPort.slice(0, colon), digits: hostAndPort.slice(colon + 1) };
}
