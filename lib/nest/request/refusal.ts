import type { ServerResponse } from 'node:http';

import { CLOSED_POLICY } from '../../policy/compile.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import type { FlatHeaders } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { answerNow } from '../response/write-head.js';
import { ONLY_VARY, type CorsState } from '../response/cors-state.js';
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
  state.answerWith(policy ?? CLOSED_POLICY, ONLY_VARY);
  runtime.reportForbidden(state, decision, why);
  answerForbidden(runtime, state.reply, state.response);
  return false;
}

/** The same if this library failed, so that the policy's decision is unknown. */
export function refuseUnjudged(runtime: CorsRuntime, error: unknown, reply: unknown, response: ServerResponse): false {
  runtime.reportFault(error, 'refused');
  answerForbidden(runtime, reply, response);
  return false;
}

function answerForbidden(runtime: CorsRuntime, reply: unknown, response: ServerResponse): void {
  runtime.takeOver(reply);
  const unanswered = answerNow(response, 403, HEADERS, FORBIDDEN);
  if (unanswered !== undefined) {
    runtime.reportFault(unanswered.fault, 'cut off');
  }
}
