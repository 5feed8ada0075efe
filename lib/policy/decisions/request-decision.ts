import type { DecisionReason, RequestDecision } from '../model/decision.js';
import type { CorsPolicy, RequestAnswers } from '../model/policy.js';

/** An allowed origin's answer: the one decision that is created per request, because it contains the origin. */
export function allowedDecision(policy: CorsPolicy, origin: string): RequestDecision {
  return {
    verdict: 'allowed',
    reason: undefined,
    allowOrigin: origin,
    allowCredentials: policy.credentials,
    exposeHeaders: policy.exposedHeaders,
    vary: true,
  };
}

/**
 * All other decisions of a policy. A refused origin gets no header that names it, its credentials or anything exposed
 * (expressjs/cors and
 * @fastify/cors send ACAC to everybody), but `Vary: Origin`, as a cache must not give its answer to an allowed one.
 */
export function answersOf(policy: {
  readonly closed: boolean;
  /** Closed, and beside a policy whose answers depend on the origin. */
  readonly closedVaries?: boolean;
  readonly fixedEveryone: boolean;
  readonly exposed: string | undefined;
}): RequestAnswers {
  return Object.freeze({
    fixed: fixedAnswer(policy),
    withoutOrigin: refused('no-origin', true),
    malformed: refused('origin-malformed', true),
    'not-allowed': refused('origin-not-allowed', true),
    unsettled: Object.freeze({ ...refused('origin-not-allowed', true), verdict: 'pending', reason: undefined }),
  });
}

/** Where the `Origin` makes no difference, `Vary` does not name it: caches keep one answer for all. */
function fixedAnswer(policy: Parameters<typeof answersOf>[0]): RequestDecision | undefined {
  const { closed, closedVaries = false, fixedEveryone, exposed } = policy;
  if (closed) {
    return refused('closed', closedVaries);
  }
  if (!fixedEveryone) {
    return undefined;
  }
  return Object.freeze({
    ...refused('closed', false),
    verdict: 'allowed',
    reason: undefined,
    allowOrigin: '*',
    exposeHeaders: exposed,
  });
}

function refused(reason: DecisionReason, vary: boolean): RequestDecision {
  return Object.freeze({
    verdict: 'refused',
    reason,
    allowOrigin: undefined,
    allowCredentials: false,
    exposeHeaders: undefined,
    vary,
  });
}

/** Hands the headers of a decision to `put`, one by one. Without `Vary`, which the caller joins with the app's own. */
export function putHeaders<T>(
  decision: Pick<RequestDecision, 'allowOrigin' | 'allowCredentials' | 'exposeHeaders'>,
  target: T,
  put: (target: T, name: string, value: string) => void,
): void {
  if (decision.allowOrigin !== undefined) {
    put(target, 'Access-Control-Allow-Origin', decision.allowOrigin);
  }
  if (decision.allowCredentials) {
    put(target, 'Access-Control-Allow-Credentials', 'true');
  }
  if (decision.exposeHeaders !== undefined) {
    put(target, 'Access-Control-Expose-Headers', decision.exposeHeaders);
  }
}
