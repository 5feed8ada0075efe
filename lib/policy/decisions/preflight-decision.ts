import { evaluateRequest } from './request-decision.js';
import { type DecisionReason, type PreflightDecision, STEP_OF } from '../model/decision.js';
import {
  jointMethods,
  jointPolicy,
  type JointPolicy,
  allowHeaders,
  longestName,
  methodStep,
  requestedHeaders,
} from './preflight-steps.js';
import type { CorsPolicy } from '../model/policy.js';

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

/** The policies that a `pending` preflight has to ask: no static item of theirs allows the origin. */
export function policiesToAsk(candidates: readonly CorsPolicy[], origin: string): readonly CorsPolicy[] {
  return candidates.filter((policy) => evaluateRequest(policy, origin).verdict === 'pending');
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

/**
 * All three names are on every answer, refusals included, as each of them affects it. `Origin` is left out where every
 * origin gets `*` and no handler of the app answers requests without one.
 */
const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
const VARY_FOR_EVERYONE = 'Access-Control-Request-Method, Access-Control-Request-Headers';

/** The headers of an answer, to which each step that is passed adds its own. */
export function firstHeaders(varies: boolean): string[] {
  return ['Vary', varies ? VARY : VARY_FOR_EVERYONE];
}

/** Adds what a passed origin step gives. */
export function addOriginHeaders(headers: string[], { fixedEveryone, credentials }: JointPolicy, origin: string): void {
  headers.push('Access-Control-Allow-Origin', fixedEveryone ? '*' : origin);
  if (credentials) {
    headers.push('Access-Control-Allow-Credentials', 'true');
  }
}

/** No header instead of an empty one: browsers treat them the same. */
export function addHeader(headers: string[], name: string, value: string): void {
  if (value !== '') {
    headers.push(name, value);
  }
}

/** A function or resolver has to be asked. It has no headers: it is not an answer yet. */
export const PENDING_PREFLIGHT: PreflightDecision = Object.freeze({
  verdict: 'pending',
  step: undefined,
  reason: undefined,
  status: 403,
  headers: Object.freeze([]),
  continues: false,
});

/**
 * All steps passed. No ACEH: it belongs on the response itself (Fetch, 3.2.3).
 *
 * @param headers - what the steps gave; it becomes the decision's.
 */
export function allowedPreflight(joint: JointPolicy, headers: string[]): PreflightDecision {
  const { maxAge, optionsSuccessStatus, preflightContinue } = joint;
  if (maxAge !== undefined) {
    headers.push('Access-Control-Max-Age', String(maxAge));
  }
  // The app's own handler decides what its answer contains.
  if (!preflightContinue) {
    addContentLength(headers, optionsSuccessStatus);
  }
  return {
    verdict: 'allowed',
    step: undefined,
    reason: undefined,
    status: optionsSuccessStatus,
    headers,
    continues: preflightContinue,
  };
}

/**
 * A refusal: a 403 that tells other sites nothing about the policy. Under `debug` it has the headers of the steps that
 * passed and a status that browsers accept, so that browsers report the step that failed.
 *
 * @param varies - whether `Vary` names `Origin`.
 * @param debugged - the policy, under `debug`.
 * @param passed - what those steps gave; under `debug` it becomes the decision's.
 */
export function refusedPreflight(
  reason: DecisionReason,
  varies: boolean,
  debugged: JointPolicy | undefined,
  passed: string[],
): PreflightDecision {
  // Without debug all refusals are the same, so they were made at start.
  if (debugged === undefined) {
    return (varies ? REFUSALS : REFUSALS_FOR_EVERYONE)[reason];
  }
  return refusal(reason, debugged.optionsSuccessStatus, passed);
}

function refusal(reason: DecisionReason, status: number, headers: string[]): PreflightDecision {
  addContentLength(headers, status);
  Object.freeze(headers);
  return Object.freeze({ verdict: 'refused', step: STEP_OF[reason], reason, status, headers, continues: false });
}

/**
 * RFC 9110 8.6: never with a 204, which has no content by definition; with the others it spares a chunked encoding of
 * nothing.
 */
function addContentLength(headers: string[], status: number): void {
  if (status !== 204) {
    headers.push('Content-Length', '0');
  }
}

function refusalsWith(vary: string): Readonly<Record<DecisionReason, PreflightDecision>> {
  const refuse = (reason: DecisionReason): PreflightDecision => refusal(reason, 403, ['Vary', vary]);
  return {
    'no-origin': refuse('no-origin'),
    'origin-malformed': refuse('origin-malformed'),
    'origin-not-allowed': refuse('origin-not-allowed'),
    closed: refuse('closed'),
    'method-not-allowed': refuse('method-not-allowed'),
    'method-not-served': refuse('method-not-served'),
    'header-not-allowed': refuse('header-not-allowed'),
    'headers-malformed': refuse('headers-malformed'),
  };
}

const REFUSALS = refusalsWith(VARY);
const REFUSALS_FOR_EVERYONE = refusalsWith(VARY_FOR_EVERYONE);
