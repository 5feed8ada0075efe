import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import {
  STEP_OF,
  type DecisionReason,
  type PreflightDecision,
  type RefusedStep,
  type RequestDecision,
} from '../../policy/model/decision.js';
import { safeText } from '../../policy/mistakes/safe-text.js';
import type { Route } from '../../routing/route.js';
import type { DecisionPhase } from './refusal-counter.js';
import type { RequestLog } from './request-log.js';
import { settle } from './settle.js';

/** The name of the diagnostics channel on which every decision is published while there are listeners. */
export const CORS_DECISION_CHANNEL = 'nestjs-cors:decision';

/** What subscribers of `diagnostics_channel.subscribe('nestjs-cors:decision', …)` get. */
export interface CorsDecisionEvent {
  /** `CatsController.update`; undefined if no route of a controller was involved. */
  readonly route: string | undefined;
  /**
   * `enforce`: refused before the app ran. `rewritten`: decided again, as another handler than expected was reached.
   * `handshake`: of a socket, polling requests of socket.io included; `route` is then the gateway's name.
   */
  readonly phase: DecisionPhase;
  /** Of an ordinary request: whether the page may read the answer. */
  readonly verdict: 'allowed' | 'refused';
  /** The step that refused, and why; undefined where nothing did. */
  readonly step: RefusedStep | undefined;
  readonly reason: DecisionReason | undefined;
  /** Made safe for logs and cut to 326 characters; undefined where the request had none. */
  readonly origin: string | undefined;
  /**
   * For a refusal: the layer that wrote it, and the change that would let the request pass. It is computed when read, which
   * takes far longer than the decision, so do not read it for every event. Not enumerable.
   */
  readonly diagnosis: CorsDiagnosis | undefined;
}

const decisions = channel(CORS_DECISION_CHANNEL);
const LONGEST_ORIGIN = 326;

/** Knows the names of routes, and why something is refused. Called only if there are listeners. */
export interface DecisionDetails<Request> {
  nameOf(route: Route | undefined): string | undefined;
  diagnose(request: Request, phase: CorsDecisionEvent['phase'], reason: DecisionReason): CorsDiagnosis | undefined;
}

/** The request that a decision is about. */
export interface DecidedRequest {
  readonly route: Route | undefined;
  readonly raw: IncomingMessage;
  readonly appPolicies: { readonly requestLog: RequestLog };
}

/** Publishes the decision about a request. Never throws. The event is created only while there are listeners. */
export function publishDecision<Request extends DecidedRequest>(
  request: Request,
  details: DecisionDetails<Request>,
  phase: CorsDecisionEvent['phase'],
  decision: RequestDecision | PreflightDecision,
): void {
  const { verdict, reason } = decision;
  if (reason !== undefined && request.appPolicies.requestLog.counters.length > 0) {
    countRefusal(request, details, phase, reason);
  }
  if (!decisions.hasSubscribers || verdict === 'pending') {
    return;
  }
  const onFailure = (error: unknown): void => request.appPolicies.requestLog.listenerFailed(error);
  try {
    const { origin } = request.raw.headers;
    const event = new DecisionEvent(
      details.nameOf(request.route),
      phase,
      verdict,
      reason,
      origin === undefined ? undefined : safeText(origin, LONGEST_ORIGIN),
      () => (reason === undefined ? undefined : details.diagnose(request, phase, reason)),
    );
    tellListeners(event, onFailure);
  } catch (error) {
    // Middleware has left headers that cannot be read.
    onFailure(error);
  }
}

class DecisionEvent implements CorsDecisionEvent {
  readonly step: RefusedStep | undefined;
  readonly #diagnose: () => CorsDiagnosis | undefined;

  constructor(
    readonly route: string | undefined,
    readonly phase: CorsDecisionEvent['phase'],
    readonly verdict: CorsDecisionEvent['verdict'],
    readonly reason: DecisionReason | undefined,
    readonly origin: string | undefined,
    diagnose: () => CorsDiagnosis | undefined,
  ) {
    this.step = reason === undefined ? undefined : STEP_OF[reason];
    this.#diagnose = diagnose;
  }

  /** A listener may be late, and the request changed or gone: then there is nothing to say. */
  get diagnosis(): CorsDiagnosis | undefined {
    try {
      return this.#diagnose();
    } catch {
      return undefined;
    }
  }
}

/** Never throws. */
function countRefusal(
  { route, raw, appPolicies: { requestLog } }: DecidedRequest,
  names: Pick<DecisionDetails<unknown>, 'nameOf'>,
  phase: DecisionPhase,
  reason: DecisionReason,
): void {
  try {
    const name = names.nameOf(route);
    for (const counter of requestLog.counters) {
      counter.count(name, phase, reason, raw);
    }
  } catch (error) {
    // Middleware has left headers that cannot be read.
    requestLog.listenerFailed(error);
  }
}

/**
 * Like `decisions.publish(event)`, except that errors of listeners are caught: Node would throw them again where they cannot
 * be caught, and one request would end the process. Node's list of listeners is internal; without it, Node publishes.
 */
function tellListeners(event: CorsDecisionEvent, onFailure: (error: unknown) => void): void {
  const listeners: unknown = Reflect.get(decisions, '_subscribers');
  if (!Array.isArray(listeners)) {
    decisions.publish(event);
    return;
  }
  // A copy: a listener may stop listening.
  const told: readonly unknown[] = listeners.slice();
  for (const listener of told) {
    try {
      if (typeof listener === 'function') {
        settle(Reflect.apply(listener, undefined, [event, CORS_DECISION_CHANNEL]), onFailure);
      }
    } catch (error) {
      onFailure(error);
    }
  }
}
