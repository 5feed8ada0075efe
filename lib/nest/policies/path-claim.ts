import { CLOSED_POLICY, compilePolicy } from '../../policy/compile.js';
import { readNamedPolicies } from '../../policy/layers/named-policies.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isDisputed } from '../../routing/path-list.js';
import type { AppPolicies } from './app-policies.js';

/** What `paths` say of a URL: a policy, or, where it is undefined, that the URL is untouched. */
export interface PathVerdict {
  readonly policy: CorsPolicy | undefined;
}

/** What `paths` say of this method and request target; undefined where they say nothing. */
export function policyOfPath(appPolicies: AppPolicies, method: string, target: string): PathVerdict | undefined {
  const claim = appPolicies.paths.find(method, target);
  if (!isDisputed(claim)) {
    return claim?.value;
  }
  const policies = new Set(claim.claims.map((entry) => (entry === undefined ? appPolicies.base : entry.value.policy)));
  const [policy, ...others] = policies;
  return { policy: others.length === 0 ? policy : noneOf([policy, ...others]) };
}

/**
 * The policy of a handshake that no gateway takes: a subscription's, a proxy's. No controller's route can be meant, as no
 * controller serves an upgrade: a `GET *` that is open to everyone must not open a socket that stands beside it.
 */
export function policyOfUpgrade(appPolicies: AppPolicies, target: string): CorsPolicy | undefined {
  const path = policyOfPath(appPolicies, 'GET', target);
  return path === undefined ? appPolicies.base : path.policy;
}

/** The entries that decide about a URL, for a reader: several where readings of it lead to different ones. */
export function entriesOfPath(appPolicies: AppPolicies, method: string, target: string): readonly string[] {
  const claim = appPolicies.paths.find(method, target);
  const entries = isDisputed(claim) ? claim.claims : [claim];
  return [...new Set(entries.flatMap((entry) => entry?.where ?? []))];
}

/** Whether what serves a path, and what lies below it, has CORS of its own: `app.use('/legacy', cors())`. */
export function isUntouched(appPolicies: AppPolicies): (path: string) => boolean {
  return (path) => {
    const verdict = path === '/' ? undefined : policyOfPath(appPolicies, 'GET', path);
    return verdict !== undefined && verdict.policy === undefined;
  };
}

/** A disputed target is shared with nobody: only a page that looks for a way round an entry asks for one. */
function noneOf(policies: readonly (CorsPolicy | undefined)[]): CorsPolicy {
  return policies.some((policy) => policy?.enforce === true) ? closedAndEnforced() : CLOSED_POLICY;
}

let enforced: CorsPolicy | undefined;

/** Compiled where an app needs it first: compiling at import would be paid for by every start. */
function closedAndEnforced(): CorsPolicy {
  const stack = [{ where: 'paths', values: [{ origin: false, enforce: true }] }];
  enforced ??= compilePolicy(stack, readNamedPolicies(undefined).named).policy ?? CLOSED_POLICY;
  return enforced;
}
