import type { IncomingMessage } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isSafelistedMethod } from '../../policy/names/http-names.js';
import { wasAnnounced } from './announced-request.js';
import { hasOrigin, isCrossOrigin, isSafe, type RequestHeaders } from './cross-origin.js';
import type { CorsState } from '../response/cors-state.js';

/** `enforce`: whether the request comes from another origin and the policy does not allow its origin or its method. */
export function isRefusedByEnforce(
  state: { readonly raw: RequestHeaders },
  policy: CorsPolicy,
  decision: RequestDecision,
  method: string,
): boolean {
  if (!policy.enforce || !isCrossOrigin(state.raw, method)) {
    return false;
  }
  // A request that the browser calls cross-origin, but that has no Origin, cannot be allowed by any policy, not even by `*`.
  return decision.verdict !== 'allowed' || !hasOrigin(state.raw) || (!isSafe(method) && !takesMethod(policy, method));
}

/**
 * Whether a request that middleware led to another handler has to be stopped: its preflight, if there was one, asked about
 * another route, and this one's policy would have refused it.
 *
 * A handler without a policy opens nothing: where the preflight was ours to answer, it counts as closed.
 *
 * @param rewritten - the method as middleware has left it.
 */
export function isRefusedAsRewritten(
  state: CorsState,
  rewritten: string,
  policy: CorsPolicy | undefined,
  decision: RequestDecision | undefined,
): boolean {
  const sent = state.method;
  // By either method: a link sends no Origin, and the GET that it is may have become a DELETE.
  const isForeign = isCrossOrigin(state.raw, sent) || isCrossOrigin(state.raw, rewritten);
  if (!isForeign || !wasAnnounced(state.raw, sent, rewritten)) {
    return false;
  }
  if (policy === undefined || decision === undefined) {
    return state.policy !== undefined || state.hadPolicy;
  }
  return decision.verdict !== 'allowed' || !preflightTakes(policy, sent) || !preflightTakes(policy, rewritten);
}

/**
 * Whether to refuse a request under an enforced policy after this library failed: yes, unless it is certain that no other
 * origin sent it. If middleware has replaced headers so that they cannot be read, that is not certain. Never throws.
 */
export function isRefusedUnjudged(request: IncomingMessage): boolean {
  try {
    return isCrossOrigin(request, request.method ?? 'POST');
  } catch {
    return true;
  }
}

/** Whether the policy allows this method to other origins. `'auto'` and `'*'` allow methods that are served, as this one is. */
function takesMethod(policy: CorsPolicy, method: string): boolean {
  return policy.methods === 'auto' || policy.methods === '*' || policy.methods.includes(method);
}

/** Whether a preflight of this policy would let the method pass; the safelisted ones always do. */
function preflightTakes(policy: CorsPolicy, method: string): boolean {
  return isSafelistedMethod(method) || takesMethod(policy, method);
}
