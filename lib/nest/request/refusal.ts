import type { ServerResponse } from 'node:http';

import { CLOSED_POLICY } from '../../policy/compile.js';
import { firstHeaders } from '../../policy/decisions/preflight-decision.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import type { FlatHeaders } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { answerNow } from '../response/write-head.js';
import { UNSHARED, type CorsState } from '../response/cors-state.js';
import type { CorsRuntime } from './cors.runtime.js';

/**
 * The body that Nest gives a `ForbiddenException` (a test compares the two). What was refused, and why, is in the log and on
 * the diagnostics channel.
 */
export const FORBIDDEN = '{"message":"Forbidden","statusCode":403}';
const HEADERS: FlatHeaders = Object.freeze([
  'Content-Type',
  'application/json; charset=utf-8',
  'Content-Length',
  String(Buffer.byteLength(FORBIDDEN)),
]);

/** Without a decision, nothing else adds `Vary`. Other code on the server may let caches keep what it answers, this included. */
const UNJUDGED_HEADERS = {
  request: Object.freeze([...HEADERS, 'Vary', 'Origin']),
  preflight: Object.freeze([...HEADERS, ...firstHeaders(true)]),
} satisfies Record<string, FlatHeaders>;

/**
 * 403, before the app has read the body. CORS headers that the app has set by then are dropped, as always.
 *
 * It never throws, and the request never goes on: not even if other code has sent the response meanwhile, or if the response
 * cannot be written.
 */
export function refuse(
  runtime: CorsRuntime,
  state: CorsState,
  policy: CorsPolicy | undefined,
  decision: RequestDecision | undefined,
  why: 'enforce' | 'rewritten',
): false {
  state.answerWith(policy ?? CLOSED_POLICY, UNSHARED);
  runtime.reportForbidden(state, decision, why);
  answerForbidden(runtime, state.reply, state.response);
  return false;
}

/** Like `refuse()`, but before any code of the app has run, so its security headers are not set yet. */
export function refuseAtOnce(...[runtime, state, ...why]: Parameters<typeof refuse>): false {
  runtime.secure(state);
  return refuse(runtime, state, ...why);
}

/** What is known of a request before this library has a state for it. */
export type Answerable = Pick<CorsState, 'request' | 'reply' | 'response'>;

/** 403 after this library failed, so that the policy's decision is unknown. */
export function refuseUnjudged(
  runtime: CorsRuntime,
  error: unknown,
  reply: unknown,
  response: ServerResponse,
  what: keyof typeof UNJUDGED_HEADERS = 'request',
): false {
  runtime.reportFault(error, 'refused');
  answerForbidden(runtime, reply, response, UNJUDGED_HEADERS[what]);
  return false;
}

/** Like `refuseUnjudged()`, but before any code of the app has run. */
export function refuseUnjudgedAtOnce(runtime: CorsRuntime, error: unknown, state: Answerable): false {
  runtime.secure(state);
  return refuseUnjudged(runtime, error, state.reply, state.response);
}

function answerForbidden(
  runtime: CorsRuntime,
  reply: unknown,
  response: ServerResponse,
  headers: FlatHeaders = HEADERS,
): void {
  runtime.takeOver(reply);
  const unanswered = answerNow(response, 403, headers, FORBIDDEN);
  if (unanswered !== undefined) {
    runtime.reportFault(unanswered.fault, 'cut off');
  }
}
