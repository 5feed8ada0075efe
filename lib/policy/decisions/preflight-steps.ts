import type { DecisionReason } from '../model/decision.js';
import { isSetByBrowsers } from '../names/header-name.js';
import { isSafelistedMethod, isSendableMethod } from '../names/method-name.js';
import type { AllowedHeaderNames, CorsPolicy } from '../model/policy.js';

/** The methods that a policy allows at the URL asked about. */
export type MethodList = '*' | readonly string[];

/** One list per policy, `'auto'` looked up. */
export function methodLists(
  policies: readonly CorsPolicy[],
  served: (policy: CorsPolicy) => readonly string[],
): readonly MethodList[] {
  return policies.map((policy) => (policy.methods === 'auto' ? served(policy) : policy.methods));
}

/**
 * Why the announced method is refused; undefined: it passes. GET, HEAD and POST always pass, browsers send them without
 * asking. Otherwise exact, as methods are case-sensitive (RFC 9110 9.1): a page's `patch` is not PATCH.
 */
export function methodStep(
  policies: readonly CorsPolicy[],
  lists: readonly MethodList[],
  method: string,
): DecisionReason | undefined {
  if (isSafelistedMethod(method)) {
    return undefined;
  }
  // What no browser can send passes nowhere, so that ACAM never repeats a stranger's bytes.
  const index = lists.findIndex((list) => !isSendableMethod(method) || !(list === '*' || list.includes(method)));
  if (index === -1) {
    return undefined;
  }
  return policies[index]?.methods === 'auto' ? 'method-not-served' : 'method-not-allowed';
}

/**
 * ACAM: the whole list that the policies have in common, so that browsers cache more; the announced method where all
 * say `'*'`. Empty: no header.
 */
export function allowMethods(policies: readonly CorsPolicy[], lists: readonly MethodList[], announced: string): string {
  const text = policies.length === 1 ? policies[0]?.methodsText : undefined;
  if (text !== undefined) {
    return text;
  }
  const [first, ...others] = lists.filter((list) => list !== '*');
  if (first === undefined) {
    return announced;
  }
  return first.filter((method) => others.every((list) => list.includes(method))).join(', ');
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
 */
export function allowHeaders(
  policies: readonly CorsPolicy[],
  asked: readonly string[],
  alwaysAllowed: string | undefined,
): string | undefined {
  if (asked.length === 0) {
    return '';
  }
  const lists = policies.map((policy) => policy.allowedHeaders).filter((allowed) => allowed !== '*');
  const [first, ...others] = lists;
  if (first === undefined) {
    return eachOnce(asked).join(', ');
  }
  if (!asked.every((name) => isAllowed(name, lists, alwaysAllowed))) {
    return withNamesOfBrowsers(policies, asked, alwaysAllowed);
  }
  const complete = alwaysAllowed === undefined || first.names.has(alwaysAllowed);
  if (complete && others.length === 0) {
    return first.text;
  }
  const names = first.spelled.filter((name) => isAllowed(name, others, alwaysAllowed));
  return (complete ? names : [...names, alwaysAllowed]).join(', ');
}

/**
 * Old browsers announce `Origin` and others that no page can set, and look for them in the answer. Refusing them would
 * protect nothing; a page cannot send them on account of it.
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

/** Header names are case-insensitive (RFC 9110 5.1); the sets hold them in lower case. */
function isAllowed(name: string, lists: readonly AllowedHeaderNames[], alwaysAllowed: string | undefined): boolean {
  const lower = name.toLowerCase();
  return lower === alwaysAllowed || lists.every(({ names }) => names.has(lower));
}

/**
 * In the order and spelling of the first mention. Each name is a token, so nothing of what a stranger sent can break
 * the header.
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
