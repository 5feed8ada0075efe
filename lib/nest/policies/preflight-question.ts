import type { PreflightQuestion } from '../../policy/decisions/preflight-decision.js';
import type { AppPolicies } from './app-policies.js';
import type { PolicyFinder } from './policy-finder.js';
import type { AskedRequest, PreflightTarget } from './preflight-target.js';

/** What a preflight says, and where. */
export interface PreflightWords extends AskedRequest {
  readonly origin: string;
  readonly headers: string | undefined;
}

/** Translates a preflight into the question that the policies decide. */
export function preflightQuestion(
  finder: PolicyFinder,
  appPolicies: AppPolicies,
  target: PreflightTarget,
  words: PreflightWords,
): PreflightQuestion {
  const { origin, method, headers } = words;
  return {
    origin,
    method,
    headers,
    isServed: (policy) => finder.isServed(appPolicies, target, policy, method),
    promised: () => finder.promised(appPolicies, target, words),
    hasOptionsHandler: () => finder.hasOptionsHandler(appPolicies, target, words),
    alwaysAllowed: target.routes.find((route) => route.versionHeader !== undefined)?.versionHeader,
    unserved: target.isUnserved,
    debug: appPolicies.debug,
  };
}
