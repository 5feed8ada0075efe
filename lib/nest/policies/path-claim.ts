import { CLOSED_POLICY, compilePolicy } from '../../policy/compile.js';
import { readNamedPolicies } from '../../policy/layers/named-policies.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isDisputed } from '../../routing/path-list.js';
import type { AppPolicies } from './app-policies.js';

/** What `paths` say about a URL: a policy, or undefined if the URL is untouched. */
export interface PathVerdict {
  readonly policy: CorsPolicy | undefined;
}

/** What `paths` say about this method and request target; undefined if they say nothing. */
export function policyOfPath(appPolicies: AppPolicies, method: string, target: string): PathVerdict | undefined {
  const claim = appPolicies.paths.find(method, target);
  if (!isDisputed(claim)) {
    return claim?.value;
  }
  const policies = new Set(claim.claims.map((entry) => (entry === undefined ? appPolicies.base : entry.value.policy)));
  const [policy, ...others] = policies;
  return { policy: others.length === 0 ? policy : noneOf([policy, ...others]) };
}

/** The policy of a request that no controller serves: of an entry of `paths`, else of `forRoot`. */
export function policyWithoutRoute(appPolicies: AppPolicies, method: string, target: string): CorsPolicy | undefined {
  const path = policyOfPath(appPolicies, method, target);
  return path === undefined ? appPolicies.base : path.policy;
}

/**
 * The policy of a handshake that no gateway takes: of a subscription, of a proxy. Routes of controllers do not count, as no
 * controller serves an upgrade: a `GET *` that is open to everyone must not open a socket at the same URL.
 */
export function policyOfUpgrade(appPolicies: AppPolicies, target: string): CorsPolicy | undefined {
  return policyWithoutRoute(appPolicies, 'GET', target);
}

/** The entries that decide about a URL, to be shown: several if its readings match different ones. */
export function entriesOfPath(appPolicies: AppPolicies, method: string, target: string): readonly string[] {
  const claim = appPolicies.paths.find(method, target);
  const entries = isDisputed(claim) ? claim.claims : [claim];
  return [...new Set(entries.flatMap((entry) => entry?.where ?? []))];
}

/** Whether the code that serves a path and everything below it handles CORS itself: `app.use('/legacy', cors())`. */
export function isUntouched(appPolicies: AppPolicies): (path: string) => boolean {
  return (path) => {
    const verdict = path === '/' ? undefined : policyOfPath(appPolicies, 'GET', path);
    return verdict !== undefined && verdict.policy === undefined;
  };
}

/** A disputed target allows no origin: only a page that tries to bypass an entry requests one. */
function noneOf(policies: readonly (CorsPolicy | undefined)[]): CorsPolicy {
  return policies.some((policy) => policy?.enforce === true) ? closedAndEnforced() : CLOSED_POLICY;
}

let enforced: CorsPolicy | undefined;

/** Compiled at first use: compiling it at import would slow down every start. */
function closedAndEnforced(): CorsPolicy {
  const stack = [{ where: 'paths', values: [{ origin: false, enforce: true }] }];
  enforced ??= compilePolicy(stack, readNamedPolicies(undefined).named).policy ?? CLOSED_POLICY;
  return enforced;
}
