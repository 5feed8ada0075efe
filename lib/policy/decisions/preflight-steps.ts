import type { CorsPolicy } from '../model/policy.js';
import type { DecisionReason } from '../model/decision.js';
import { isEchoed, isSetByBrowsers, isSafelistedMethod, isSendableMethod, isTokenCode } from '../names/http-names.js';

/** What is read of a request, whichever layer has it. */
interface AskingRequest {
  readonly method?: string | undefined;
  readonly headers: {
    readonly origin?: string | undefined;
    readonly 'access-control-request-method'?: string | undefined;
  };
}

/**
 * The method that a preflight announces; undefined for every other request.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-request
 */
export function announcedBy({ method, headers }: AskingRequest): string | undefined {
  return method === 'OPTIONS' && headers.origin !== undefined ? headers['access-control-request-method'] : undefined;
}

/**
 * What the candidates of one preflight amount to together, apart from their lists. One policy is its own joint policy.
 *
 * A preflight carries none of the headers that choose between versions of a route, so the request that follows may
 * reach any of them. Hence the intersection: what one of them refuses must not pass here (Spring #26490 let everything
 * pass instead).
 */
export interface JointPolicy {
  /** Every candidate answers `*` whatever the origin, so that the answer does not depend on it. */
  readonly fixedEveryone: boolean;
  readonly credentials: boolean;
  readonly preflightContinue: boolean;
  readonly optionsSuccessStatus: number;
  readonly maxAge: number | undefined;
}

export function jointPolicy(policies: readonly CorsPolicy[]): JointPolicy {
  const [only] = policies;
  if (only !== undefined && policies.length === 1) {
    return only;
  }
  return {
    fixedEveryone: policies.every((policy) => policy.fixedEveryone),
    credentials: policies.every((policy) => policy.credentials),
    preflightContinue: policies.every((policy) => policy.preflightContinue),
    optionsSuccessStatus: Math.min(...policies.map((policy) => policy.optionsSuccessStatus)),
    maxAge: smallest(policies.map((policy) => policy.maxAge)),
  };
}

/** A policy without `maxAge` means the browser's default of 5 seconds, and another policy's number must not extend it. */
function smallest(values: readonly (number | undefined)[]): number | undefined {
  const set = values.filter((value) => value !== undefined);
  return set.length === values.length ? Math.min(...set) : undefined;
}

/**
 * The methods that several policies have in common, before it is known what the URL serves: `'*'` gives way to
 * `'auto'`, and both to a list.
 */
export function jointMethods(policies: readonly CorsPolicy[]): '*' | 'auto' | readonly string[] {
  const [only] = policies;
  if (only !== undefined && policies.length === 1) {
    return only.methods;
  }
  const said = policies.map((policy) => policy.methods);
  const [first, ...others] = said.filter((methods) => typeof methods !== 'string');
  if (first === undefined) {
    return said.includes('auto') ? 'auto' : '*';
  }
  return first.filter((method) => others.every((list) => list.includes(method)));
}

/**
 * Why the announced method is refused; undefined: it passes. GET, HEAD and POST always pass, browsers send them without
 * asking. Otherwise exact, as methods are case-sensitive (RFC 9110 9.1): a page's `patch` is not PATCH.
 *
 * @param isServed - what `'auto'` means for the announced method; called only where a policy says `'auto'`.
 */
export function methodStep(
  policies: readonly CorsPolicy[],
  method: string,
  isServed: (policy: CorsPolicy) => boolean,
): DecisionReason | undefined {
  if (isSafelistedMethod(method)) {
    return undefined;
  }
  for (const policy of policies) {
    const { methods } = policy;
    if (typeof methods !== 'string') {
      // What a list names was checked at start.
      if (!methods.includes(method)) {
        return 'method-not-allowed';
      }
    } else if (!isSendableMethod(method) || (methods === 'auto' && !isServed(policy))) {
      // What no browser can send never passes, so ACAM never repeats bytes that only an attacker sends.
      return methods === 'auto' ? 'method-not-served' : 'method-not-allowed';
    }
  }
  return undefined;
}

/** Of the names that browsers set themselves; they pass whatever a policy lists. */
const LONGEST_OF_BROWSERS = 'access-control-request-headers'.length;

/** The length of the longest name that may pass. */
export function longestName(policies: readonly CorsPolicy[], alwaysAllowed: string | undefined): number {
  let longest = Infinity;
  for (const { allowedHeaders } of policies) {
    if (allowedHeaders !== '*') {
      longest = Math.min(longest, allowedHeaders.longest);
    }
  }
  return Math.max(longest, LONGEST_OF_BROWSERS, alwaysAllowed?.length ?? 0);
}

/**
 * ACAH; undefined where one of the names is refused. The whole list that the policies have in common, the versioning
 * header with it, or what was asked for where all say `'*'`, which {@link isEchoed} limits. Empty, so no header, where none
 * was asked for.
 *
 * Browsers keep header names by URL, not by method, so that a name reaches the other handlers of the URL as well. It is
 * tempting to name only what was asked for, but a page may ask for any name that this handler allows and then send it
 * to the others: the shorter answer would keep nothing from them, and cost a preflight for every new set of names.
 */
export function allowHeaders(
  policies: readonly CorsPolicy[],
  asked: readonly string[],
  alwaysAllowed: string | undefined,
): string | undefined {
  if (asked.length === 0) {
    return '';
  }
  const first = policies.find(({ allowedHeaders }) => allowedHeaders !== '*')?.allowedHeaders;
  if (first === undefined || first === '*') {
    return asked.every((name) => isAllowed(name, policies, alwaysAllowed)) ? eachOnce(asked).join(', ') : undefined;
  }
  for (const name of asked) {
    if (!isAllowed(name, policies, alwaysAllowed)) {
      return withNamesOfBrowsers(policies, asked, alwaysAllowed);
    }
  }
  const isComplete = alwaysAllowed === undefined || first.names.has(alwaysAllowed);
  if (isComplete && policies.length === 1) {
    return first.text;
  }
  const names = first.spelled.filter((name) => isAllowed(name, policies, alwaysAllowed));
  return (isComplete ? names : [...names, alwaysAllowed]).join(', ');
}

/**
 * Old browsers announce `Origin` and other headers that no page can set, and look for them in the answer. Refusing them
 * would protect nothing, and allowing them does not let a page send them.
 */
function withNamesOfBrowsers(
  policies: readonly CorsPolicy[],
  asked: readonly string[],
  alwaysAllowed: string | undefined,
): string | undefined {
  const theirs = asked.filter((name) => isSetByBrowsers(name.toLowerCase()));
  const others = asked.filter((name) => !theirs.includes(name));
  if (theirs.length === 0) {
    return undefined;
  }
  const allowed = allowHeaders(policies, others, alwaysAllowed);
  return allowed === undefined ? undefined : [...(allowed === '' ? [] : [allowed]), ...eachOnce(theirs)].join(', ');
}

/**
 * Header names are case-insensitive (RFC 9110 5.1); the sets hold them in lower case. Browsers announce them in lower case, so that
 * most need no copy.
 */
function isAllowed(name: string, policies: readonly CorsPolicy[], alwaysAllowed: string | undefined): boolean {
  for (const { allowedHeaders } of policies) {
    const isCovered =
      allowedHeaders === '*'
        ? isEchoed(name.toLowerCase())
        : allowedHeaders.names.has(name) || allowedHeaders.names.has(name.toLowerCase());
    if (!isCovered) {
      return name.toLowerCase() === alwaysAllowed;
    }
  }
  return true;
}

/**
 * In the order and spelling of the first mention. Each name is a token, so client input cannot break the header.
 */
function eachOnce(names: readonly string[]): readonly string[] {
  const byLower = new Map<string, string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!byLower.has(lower)) {
      byLower.set(lower, name);
    }
  }
  return [...byLower.values()];
}

/**
 * Gateways leave empty elements behind when they join or drop lines (rs/cors #174); RFC 9110 5.6.1 asks for "a
 * reasonable number".
 */
const MAX_EMPTY = 16;
/** No page announces more. A longer list is refused, not cut: an answer to half the question would be wrong. */
const MAX_NAMES = 128;

const COMMA = 0x2c;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The names in an ACRH header, in their spelling and order; or the reason to refuse them: it is not a list of tokens, the
 * list exceeds the limits, or a name is too long to be allowed.
 *
 * One pass over the characters, with an exit at the first one that does not belong. It is tempting to `split(',')`, but
 * 15 KB of commas then become 15 000 strings before they are counted (rs/cors #170: 121 MB for one request); and it
 * is tempting to insist on the sorted lower-case list that Fetch makes browsers send, but what arrives has been through
 * gateways.
 *
 * @param longest - the length of the longest name that is allowed: one of 15 KB is not read to its end to be refused.
 * @see https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
 */
export function requestedHeaders(text: string, longest: number): readonly string[] | DecisionReason {
  if (hasTooManyElements(text)) {
    return 'headers-malformed';
  }
  const names: string[] = [];
  let empty = 0;
  let index = 0;
  while (index <= text.length) {
    const start = skipBlanks(text, index);
    const end = skipToken(text, start, start + longest + 1);
    if (end - start > longest) {
      return 'header-not-allowed';
    }
    index = skipBlanks(text, end);
    if (index < text.length && text.charCodeAt(index) !== COMMA) {
      return 'headers-malformed';
    }
    index += 1;
    if (end > start) {
      names.push(text.slice(start, end));
    } else {
      empty += 1;
    }
    if (names.length > MAX_NAMES || empty > MAX_EMPTY) {
      return 'headers-malformed';
    }
  }
  return names;
}

/** Counting commas first avoids creating the first 128 names of a list that is refused anyway. */
function hasTooManyElements(text: string): boolean {
  if (text.length < MAX_NAMES + MAX_EMPTY) {
    return false;
  }
  let commas = 0;
  for (let at = text.indexOf(','); at !== -1 && commas < MAX_NAMES + MAX_EMPTY; at = text.indexOf(',', at + 1)) {
    commas += 1;
  }
  return commas >= MAX_NAMES + MAX_EMPTY;
}

/** RFC 9110 5.6.3, "OWS". Not String.prototype.trim, which also removes characters that a header list must not contain. */
function skipBlanks(text: string, from: number): number {
  let index = from;
  while (index < text.length && isBlank(text.charCodeAt(index))) {
    index += 1;
  }
  return index;
}

function skipToken(text: string, from: number, to: number): number {
  const end = Math.min(to, text.length);
  let index = from;
  while (index < end && isTokenCode(text.charCodeAt(index))) {
    index += 1;
  }
  return index;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
