import type { DecisionReason } from '../model/decision.js';
import { isSetByBrowsers } from '../names/header-name.js';
import { isSafelistedMethod, isSendableMethod } from '../names/method-name.js';
import type { CorsPolicy } from '../model/policy.js';

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
  // A method that no browser can send never passes, so ACAM never repeats bytes that only an attacker sends.
  const isSendable = isSendableMethod(method);
  for (const policy of policies) {
    const { methods } = policy;
    const isAuto = methods === 'auto';
    const passes = isAuto ? isServed(policy) : methods === '*' || methods.includes(method);
    if (!isSendable || !passes) {
      return isAuto ? 'method-not-served' : 'method-not-allowed';
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
 * header with it, or what was asked for where all say `'*'`. Empty, so no header, where none was asked for.
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
    return eachOnce(asked).join(', ');
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
    if (allowedHeaders !== '*' && !allowedHeaders.names.has(name) && !allowedHeaders.names.has(name.toLowerCase())) {
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
