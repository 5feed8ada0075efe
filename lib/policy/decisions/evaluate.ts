import type { DecisionReason, PreflightDecision, RequestDecision } from '../model/decision.js';
import { jointPolicy } from './joint-policy.js';
import type { CorsPolicy } from '../model/policy.js';
import {
  addHeader,
  addOriginHeaders,
  allowedPreflight,
  firstHeaders,
  PENDING_PREFLIGHT,
  refusedPreflight,
} from './preflight-decision.js';
import { allowHeaders, allowMethods, longestName, methodLists, methodStep } from './preflight-steps.js';
import { allowedDecision } from './request-decision.js';
import { requestedHeaders } from './requested-headers.js';

/**
 * What the answer to an ordinary request carries. Pure and total: any string may be an `Origin`.
 *
 * This is the hot path. An origin that an exact item allows costs one look-up in a Set and one small object; no origin,
 * a refused one and `*` cost no object at all, their decisions were frozen when the policy was compiled.
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

/** The decision of a request whose {@link evaluateRequest} was `pending`, after somebody was asked about its origin. */
export function concludeRequest(policy: CorsPolicy, origin: string, allowed: boolean): RequestDecision {
  return allowed ? allowedDecision(policy, origin) : policy.answers['not-allowed'];
}

/** What a preflight asks, and what its answer depends on besides the policies. */
export interface PreflightQuestion {
  readonly origin: string;
  /** ACRM. */
  readonly method: string;
  /** ACRH. */
  readonly headers: string | undefined;
  /**
   * Methods that this URL serves under an equal policy. Called only where a policy says `'auto'`, at most once per
   * policy and evaluation, and only if no static origin refused.
   */
  readonly served: (policy: CorsPolicy) => readonly string[];
  /** Lower-case name of the versioning header, which is always allowed: without it nobody could reach the route. */
  readonly alwaysAllowed: string | undefined;
  /**
   * The URL is served, but not with the announced method: the method step refuses it, whatever the policies say of
   * methods. Left out: it is served.
   */
  readonly unserved?: boolean | undefined;
  /** Say to the browser's console which step refused, by answering the steps before it. */
  readonly debug: boolean;
}

/** What the functions and resolvers of the policies said; undefined: nobody has been asked yet. */
type Answers = ReadonlyMap<CorsPolicy, boolean> | undefined;

/**
 * How a preflight is answered. Pure and total.
 *
 * `pending` means that only asking is left: method and headers passed, and the origins of all policies whose {@link evaluateRequest} is
 * `pending` are to be asked about. A function or resolver is not bothered with a preflight that fails anyway.
 *
 * @param candidates - the policies of all routes that the request may reach, one at least; a route without a policy
 * counts as closed.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function evaluatePreflight(candidates: readonly CorsPolicy[], question: PreflightQuestion): PreflightDecision {
  return decidePreflight(candidates, question, undefined);
}

/**
 * The decision of a preflight that was `pending`. A policy that `answers` says nothing of was asked in vain, and
 * refuses.
 */
export function concludePreflight(
  candidates: readonly CorsPolicy[],
  question: PreflightQuestion,
  answers: ReadonlyMap<CorsPolicy, boolean>,
): PreflightDecision {
  return decidePreflight(candidates, question, answers);
}

/** The steps stand in the order in which browsers take them, so that under `debug` the console names the same one. */
function decidePreflight(
  candidates: readonly CorsPolicy[],
  question: PreflightQuestion,
  answers: Answers,
): PreflightDecision {
  const policies = candidates.length === 1 ? candidates : [...new Set(candidates)];
  const joint = jointPolicy(policies);
  const { method, debug, alwaysAllowed } = question;
  const headers = firstHeaders(joint);

  const origin = originStep(policies, question.origin, answers);
  if (origin !== 'passed' && origin !== 'pending') {
    return refusedPreflight(joint, origin, debug, headers);
  }
  // As long as somebody is to be asked, not even `debug` may name the origin: the answer could be no.
  if (origin === 'passed') {
    addOriginHeaders(headers, joint, question.origin);
  }

  if (question.unserved === true) {
    return refusedPreflight(joint, 'method-not-served', debug, headers);
  }
  const lists = methodLists(policies, question.served);
  const methodFault = methodStep(policies, lists, method);
  if (methodFault !== undefined) {
    return refusedPreflight(joint, methodFault, debug, headers);
  }
  addHeader(headers, 'Access-Control-Allow-Methods', allowMethods(policies, lists, method));

  const asked = requestedHeaders(question.headers ?? '', longestName(policies, alwaysAllowed));
  if (typeof asked === 'string') {
    return refusedPreflight(joint, asked, debug, headers);
  }
  const names = allowHeaders(policies, asked, alwaysAllowed);
  if (names === undefined) {
    return refusedPreflight(joint, 'header-not-allowed', debug, headers);
  }
  addHeader(headers, 'Access-Control-Allow-Headers', names);

  return origin === 'pending' ? PENDING_PREFLIGHT : allowedPreflight(joint, headers);
}

/** Every candidate's origins must pass; asking is left only if none of them refuses. */
function originStep(
  policies: readonly CorsPolicy[],
  origin: string,
  answers: Answers,
): 'passed' | 'pending' | DecisionReason {
  let result: 'passed' | 'pending' = 'passed';
  for (const policy of policies) {
    const { verdict, reason } = evaluateRequest(policy, origin);
    if (reason !== undefined) {
      return reason;
    }
    if (verdict !== 'pending') {
      continue;
    }
    if (answers === undefined) {
      result = 'pending';
    } else if (answers.get(policy) !== true) {
      return 'origin-not-allowed';
    }
  }
  return result;
}
