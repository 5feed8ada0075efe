import type { RequestDecision, DecisionReason } from '../model/decision.js';
import type { CorsPolicy, RequestAnswers } from '../model/policy.js';

/**
 * What the answer to an ordinary request carries. Pure and total: any string may be an `Origin`.
 *
 * This is the hot path. An origin that an exact item allows costs one look-up in a Set and one small object; no origin,
 * a refused one and `*` cost no object at all: their decisions were frozen when the policy was compiled.
 *
 * @param origin - the `Origin` header; undefined or empty: there is none.
 * @see https://fetch.spec.whatwg.org/#http-responses
 */
export function evaluateRequest(policy: CorsPolicy, origin: string | undefined): RequestDecision {
  const { answers } = policy;
  if (answers.fixed !== undefined) {
    return answers.fixed;
  }
  if (origin === undefined || origin === '') {
    return answers.withoutOrigin;
  }
  const verdict = policy.origins.judge(origin);
  return verdict === 'allowed' ? allowedDecision(policy, origin) : answers[verdict];
}

/** The decision of a request whose {@link evaluateRequest} was `pending`, after a function or resolver was asked about its origin. */
export function concludeRequest(policy: CorsPolicy, origin: string, allowed: boolean): RequestDecision {
  return allowed ? allowedDecision(policy, origin) : policy.answers['not-allowed'];
}

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
