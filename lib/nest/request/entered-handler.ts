import type { IncomingMessage, ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import { concludeRequest, evaluateRequest } from '../../policy/decisions/evaluate.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import { isRefusedAsRewritten, isRefusedByEnforce, isRefusedUnjudged } from './enforcement.js';
import { refuse, refuseUnjudged } from './refusal.js';
import { CorsState, ONLY_VARY, stateOf } from '../response/cors-state.js';
import { interceptHead } from '../response/write-head.js';
import { askAbout } from './ask-origin.js';
import type { EnterRoute } from '../platform/platform.js';
import { rawRequestOf } from '../platform/node-http.js';

/** A request whose handler is about to run, and what is known about it. */
interface Entered {
  readonly state: CorsState;
  readonly policy: CorsPolicy | undefined;
  /** Middleware redirected it to this handler: its preflight, if there was one, asked about another route. */
  readonly isRewritten: boolean;
}

/**
 * The handler that is entered decides: if the hook predicted another one, the request is checked again with this handler's
 * policy, and a request that its preflight did not ask about is stopped.
 */
export class EnteredHandlerJudge {
  constructor(private readonly runtime: CorsRuntime) {}

  readonly onEnter: EnterRoute = (route, request, reply, response, run) => {
    const known = stateOf(response);
    let runs: boolean | Promise<boolean>;
    try {
      const state = known ?? this.#unhooked(route, request, reply, response);
      runs =
        // The headers of a preflight are not decided again, and Nest is about to skip a route for another host or version.
        state.preflight !== undefined || !this.runtime.takes(route, request) || this.#judge(state, route, request);
    } catch (error) {
      runs = this.#unjudged(error, route, request, reply, response, known !== undefined);
    }
    // Outside the try: an error of the handler goes to its caller.
    // If it does not run, nothing is returned: Fastify would send it.
    const runIf = (may: boolean): unknown => (may ? run() : undefined);
    return typeof runs === 'boolean' ? runIf(runs) : runs.then(runIf);
  };

  #judge(state: CorsState, route: Route, request: unknown): boolean | Promise<boolean> {
    // Only routes that a preflight for the original request asked about; matching the same URL is not enough.
    const asked = this.runtime.table.candidates(state.method, state.url, request);
    const isRewritten =
      state.isLedAstray || state.raw.method !== state.method || (state.route !== route && !asked.includes(route));
    if (isRewritten) {
      state.appPolicies.requestLog.rewritten(state.route, route);
    }
    state.route = route;
    const policy = state.appPolicies.byRoute[route.id];
    const entered: Entered = { state, policy, isRewritten };
    const decision = policy === undefined ? undefined : evaluateRequest(policy, state.raw.headers.origin);
    return policy === undefined || decision?.verdict !== 'pending'
      ? this.#conclude(entered, decision)
      : this.#ask(entered, policy, route);
  }

  /** Never rejects. */
  async #ask(entered: Entered, policy: CorsPolicy, route: Route): Promise<boolean> {
    const { state } = entered;
    try {
      const { method = state.method, headers } = state.raw;
      const allowed = await askAbout(state, this.runtime, policy, method);
      return this.#conclude(entered, concludeRequest(policy, headers.origin ?? '', allowed));
    } catch (error) {
      const { request, reply, response } = state;
      return this.#unjudged(error, route, request, reply, response, entered.isRewritten);
    }
  }

  /**
   * The hook did not see the request, or failed at it. So the request is checked here, later than usual: `enforce` must work
   * even if other code replaced the hook.
   */
  #unhooked(route: Route, request: unknown, reply: unknown, response: ServerResponse): CorsState {
    if (!this.runtime.hasFailedAt(response)) {
      this.runtime.reportUnhooked();
    }
    const state = new CorsState(this.runtime.appPolicies, route, request, reply, rawRequestOf(request), response);
    interceptHead(state);
    return state;
  }

  #conclude({ state, policy, isRewritten }: Entered, decision: RequestDecision | undefined): boolean {
    if (isRewritten && isRefusedAsRewritten(state, policy, decision)) {
      return refuse(this.runtime, state, policy, decision, 'rewritten');
    }
    if (policy === undefined || decision === undefined) {
      state.answerWith(undefined, undefined);
      return true;
    }
    if (isRefusedByEnforce(state, policy, decision, state.raw.method ?? state.method)) {
      return refuse(this.runtime, state, policy, decision, 'enforce');
    }
    state.answerWith(policy, decision);
    publishDecision(state, this.runtime, 'rewritten', decision);
    return true;
  }

  /** This library failed before the decision: a request is refused under `enforce`, or if its preflight may have asked about another route. */
  #unjudged(
    error: unknown,
    route: Route,
    request: unknown,
    reply: unknown,
    response: ServerResponse,
    mayBeRewritten: boolean,
  ): boolean {
    const state = stateOf(response);
    const policy = (state?.appPolicies ?? this.runtime.appPolicies).byRoute[route.id];
    state?.answerWith(policy, ONLY_VARY);
    if ((policy?.enforce === true || mayBeRewritten) && isForeignOrUnreadable(request)) {
      return refuseUnjudged(this.runtime, error, reply, response);
    }
    this.runtime.reportFault(error, 'went on');
    return true;
  }
}

function isForeignOrUnreadable(request: unknown): boolean {
  let raw: IncomingMessage;
  try {
    raw = rawRequestOf(request);
  } catch {
    return true;
  }
  return isRefusedUnjudged(raw);
}
