import type { ServerResponse } from 'node:http';

import { CLOSED_POLICY } from '../../policy/compile.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import { UNCERTAIN_ROUTE, isOwnRoute } from '../../routing/route.js';
import type { RequestHook } from '../platform/platform.js';
import { stateOf } from '../response/cors-state.js';
import type { CorsRuntime } from './cors.runtime.js';

/** A route of an application that a request may reach. */
export interface Claim {
  /** Its position in the router, if the router tries its routes in order. */
  readonly position: number;
  /** It takes every request that reaches it, so later routes are not reached. */
  readonly isLast: boolean;
}

/**
 * What an application tells the others on the same Express or Fastify instance. Two copies of this package may meet there, so
 * it holds plain values and functions only.
 */
export interface ServedApp {
  /** Handles a request as if the application were alone. */
  readonly onRequest: RequestHook;
  /** Whether it decides at URLs that no application serves: from the end of its start until it is closed. */
  speaks(): boolean;
  /** Closed, and none of its layers is left in the router. */
  isGone(): boolean;
  /** Whether Nest registered this layer of the router for the application. */
  holds(layer: object): boolean;
  /** The application's own routes for a request or, with the method that it announces, for a preflight. */
  claims(method: string, url: string, request: unknown, isPreflight: boolean): readonly Claim[];
  /** What the application has decided for a response; undefined if none of its policies applies. */
  answerOf(response: ServerResponse): RequestDecision | undefined;
  /** Replaces that decision; undefined: the application writes nothing. */
  answer(response: ServerResponse, decision: RequestDecision | undefined): void;
  takeOver(reply: unknown): void;
}

/** The phase of an application's life. */
export type AppPhase = 'starting' | 'started' | 'closed';

/** A started application, as the others on its server see it. */
export class ServedCorsApp implements ServedApp {
  phase: AppPhase = 'starting';
  readonly onRequest: RequestHook;
  readonly #runtime: CorsRuntime;

  constructor(runtime: CorsRuntime, onRequest: RequestHook) {
    this.#runtime = runtime;
    this.onRequest = onRequest;
  }

  speaks(): boolean {
    return this.phase === 'started';
  }

  isGone(): boolean {
    return this.phase === 'closed' && !this.#runtime.platform.isInRouter();
  }

  holds(layer: object): boolean {
    return this.#runtime.platform.holds(layer);
  }

  claims(method: string, url: string, request: unknown, isPreflight: boolean): readonly Claim[] {
    const { table, platform } = this.#runtime;
    if (!isPreflight) {
      const found = table.find(method, url, request);
      if (found !== UNCERTAIN_ROUTE) {
        return isOwnRoute(found) ? [claimOf(platform.positionOf(found), true)] : [];
      }
    }
    return table
      .candidates(method, url, request)
      .filter(isOwnRoute)
      .map((route) => claimOf(platform.positionOf(route), isPreflight && !route.selective));
  }

  answerOf(response: ServerResponse): RequestDecision | undefined {
    const state = stateOf(response);
    // The state belongs to another application: this one's hook has failed, which allows nothing.
    return state !== undefined && this.#runtime.hasJudged(state) ? state.decision : undefined;
  }

  answer(response: ServerResponse, decision: RequestDecision | undefined): void {
    stateOf(response)?.answerWith(decision === undefined ? undefined : CLOSED_POLICY, decision);
  }

  takeOver(reply: unknown): void {
    this.#runtime.platform.takeOver(reply);
  }
}

/** A router that is not known may try a route of any other application before this one. */
function claimOf(position: number | undefined, takesAll: boolean): Claim {
  return { position: position ?? 0, isLast: takesAll && position !== undefined };
}
