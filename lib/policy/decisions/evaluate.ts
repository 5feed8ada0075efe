import type { DecisionReason, PreflightDecision, RequestDecision } from '../model/decision.js';
import { jointMethods, jointPolicy } from './joint-policy.js';
import type { CorsPolicy } from '../model/policy.js';
import {
  addHeader,
  addOriginHeaders,
  allowedPreflight,
  firstHeaders,
  PENDING_PREFLIGHT,
  refusedPreflight,
} from './preflight-decision.js';
import { allowHeaders, longestName, methodStep } from './preflight-steps.js';
import { allowedDecision } from './request-decision.js';
import { requestedHeaders } from './requested-headers.js';

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

/** What a preflight asks for, and what its answer depends on besides the policies. */
export interface PreflightQuestion {
  readonly origin: string;
  /** ACRM. */
  readonly method: string;
  /** ACRH. */
  readonly headers: string | undefined;
  /**
   * Whether the announced method is served here under this policy: what `'auto'` means. Called only where a policy says
   * `'auto'`, at most once per policy and evaluation, and only if no static origin refused.
   */
  readonly isServed: (policy: CorsPolicy) => boolean;
  /**
   * The text of ACAM: of the methods that the policies have in common, those that, asked about at this URL and from this
   * origin, the same policies would allow. A browser keeps every method of an answer for the URL, and sends later requests
   * with it unasked. Called at most once per evaluation, and not where the announced method is all there is to name.
   *
   * @see https://fetch.spec.whatwg.org/#cors-preflight-cache
   */
  readonly promised: () => string;
  /**
   * Whether the app has an OPTIONS handler here, which a request without `Origin` gets to. Called at most once, and
   * only where everyone gets `*`.
   */
  readonly hasOptionsHandler: () => boolean;
  /** Lower-case name of the versioning header, which is always allowed: no page could reach the route without it. */
  readonly alwaysAllowed: string | undefined;
  /**
   * The URL is served, but not with the announced method: the method step refuses it, whatever the policies say of
   * methods. Left out: it is served.
   */
  readonly unserved?: boolean | undefined;
  /** Answer the steps before the one that refused, so that the browser's console names the right one. */
  readonly debug: boolean;
}

/** What the functions and resolvers of the policies answered; undefined: none has been asked yet. */
type Answers = ReadonlyMap<CorsPolicy, boolean> | undefined;

/**
 * How a preflight is answered. Pure and total.
 *
 * `pending` means that only asking is left: method and headers passed, and the origins of all policies whose {@link evaluateRequest} is
 * `pending` are to be asked about. A function or resolver is not asked about a preflight that fails anyway.
 *
 * @param candidates - the policies of all routes that the request may reach, one at least; a route without a policy
 * counts as closed.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function evaluatePreflight(candidates: readonly CorsPolicy[], question: PreflightQuestion): PreflightDecision {
  return decidePreflight(candidates, question, undefined);
}

/**
 * The decision of a preflight that was `pending`. A policy without an entry in `answers` refuses: it was asked, but did
 * not answer.
 */
export function concludePreflight(
  candidates: readonly CorsPolicy[],
  question: PreflightQuestion,
  answers: ReadonlyMap<CorsPolicy, boolean>,
): PreflightDecision {
  return decidePreflight(candidates, question, answers);
}

/** The steps are in the order of browsers, so that under `debug` the console names the same one. */
function decidePreflight(
  candidates: readonly CorsPolicy[],
  question: PreflightQuestion,
  answers: Answers,
): PreflightDecision {
  const policies = candidates.length === 1 ? candidates : [...new Set(candidates)];
  const joint = jointPolicy(policies);
  const { method, alwaysAllowed } = question;
  // Without `Origin` it is not a preflight, and the app's own handler answers.
  const varies = !joint.fixedEveryone || question.hasOptionsHandler();
  const headers = firstHeaders(varies);
  // A method that is not served is refused for that reason, whichever origin asks.
  const refuse = (reason: DecisionReason): PreflightDecision =>
    refusedPreflight(
      question.unserved === true ? 'method-not-served' : reason,
      varies,
      question.debug ? joint : undefined,
      headers,
    );

  const origin = originStep(policies, question.origin, answers);
  if (origin !== 'passed' && origin !== 'asked' && origin !== 'pending') {
    return refuse(origin);
  }
  // While a question is open, not even `debug` may name the origin: the answer could be no.
  if (origin !== 'pending') {
    addOriginHeaders(headers, joint, question.origin);
  }

  if (question.unserved === true) {
    return refuse('method-not-served');
  }
  const methodFault = methodStep(policies, method, question.isServed);
  if (methodFault !== undefined) {
    return refuse(methodFault);
  }
  // A function or resolver may answer differently for another method.
  const isPromised = origin === 'passed' && jointMethods(policies) !== '*';
  addHeader(headers, 'Access-Control-Allow-Methods', isPromised ? question.promised() : method);

  const asked = requestedHeaders(question.headers ?? '', longestName(policies, alwaysAllowed));
  if (typeof asked === 'string') {
    return refuse(asked);
  }
  const names = allowHeaders(policies, asked, alwaysAllowed);
  if (names === undefined) {
    return refuse('header-not-allowed');
  }
  addHeader(headers, 'Access-Control-Allow-Headers', names);

  return origin === 'pending' ? PENDING_PREFLIGHT : allowedPreflight(joint, headers);
}

/**
 * Every candidate's origins must pass; a question remains only if none of them refuses. `asked`: they pass, and a
 * function or resolver had to be asked.
 */
function originStep(
  policies: readonly CorsPolicy[],
  origin: string,
  answers: Answers,
): 'passed' | 'asked' | 'pending' | DecisionReason {
  let result: 'passed' | 'asked' | 'pending' = 'passed';
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
    } else if (answers.get(policy) === true) {
      result = 'asked';
    } else {
      return 'origin-not-allowed';
    }
  }
  return result;
}
