import { STEP_OF, type DecisionReason, type PreflightDecision } from '../model/decision.js';
import type { JointPolicy } from './joint-policy.js';

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
