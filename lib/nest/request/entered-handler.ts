import type { ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import { concludeRequest, evaluateRequest } from '../../policy/decisions/evaluate.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import { answerForbidden, isRefusedAsRewritten, isRefusedByEnforce } from './enforcement.js';
import { CorsState, stateOf } from '../response/cors-state.js';
import { askOrigin, questionOf } from './ask-origin.js';
import type { EnterRoute } from '../platform/platform.js';
import { rawRequestOf } from '../platform/node-http.js';

/**
 * The last word belongs to the handler that is really entered: where it is another than the hook predicted, the answer is
 * judged again with this one's policy, and a request that its preflight did not ask about may go no further.
 */
export class EnteredHandlerJudge {
  constructor(private readonly runtime: CorsRuntime) {}

  readonly onEnter: EnterRoute = (route, request, reply, response, run) => {
    const state = stateOf(response) ?? this.#unhooked(route, request, reply, response);
    if (state.preflight !== undefined || !this.runtime.takes(route, request)) {
      // A preflight's headers are never judged again; and a route for another host or version is about to be passed by.
      return run();
    }
    // Only what a preflight for the request as sent would have asked about; that the route fits that URL as well is not enough.
    const asked = this.runtime.table.candidates(state.method, state.url, request);
    const isRewritten = state.raw.method !== state.method || (state.route !== route && !asked.includes(route));
    if (isRewritten) {
      state.appPolicies.requestLog.rewritten(state.route, route);
    }
    state.route = route;
    const policy = state.appPolicies.byRoute[route.id];
    const { origin = '' } = state.raw.headers;
    const decision = policy === undefined ? undefined : evaluateRequest(policy, origin);
    if (policy === undefined || decision?.verdict !== 'pending') {
      return this.#enter(state, policy, decision, isRewritten, run);
    }
    const question = questionOf(state, this.runtime, 'request', state.raw.method ?? state.method);
    return askOrigin(policy, question, state.appPolicies, route).then((allowed) =>
      this.#enter(state, policy, concludeRequest(policy, origin, allowed), isRewritten, run),
    );
  };

  /**
   * The hook did not see the request, or failed at it. Nothing is left but to judge it here: later than it should be, but
   * `enforce` must not depend on who took the hook away.
   */
  #unhooked(route: Route, request: unknown, reply: unknown, response: ServerResponse): CorsState {
    this.runtime.reportUnhooked();
    const state = new CorsState(this.runtime.appPolicies, route, request, reply, rawRequestOf(request), response);
    this.runtime.platform.attach(state);
    return state;
  }

  #enter(
    state: CorsState,
    policy: CorsPolicy | undefined,
    decision: RequestDecision | undefined,
    isRewritten: boolean,
    run: () => unknown,
  ): unknown {
    if (isRewritten && isRefusedAsRewritten(state, policy, decision)) {
      return this.#forbid(state, policy, decision, 'rewritten');
    }
    if (policy === undefined || decision === undefined) {
      state.answerWith(undefined, undefined);
      return run();
    }
    if (isRefusedByEnforce(state, policy, decision, state.raw.method ?? state.method)) {
      return this.#forbid(state, policy, decision, 'enforce');
    }
    state.answerWith(policy, decision);
    publishDecision(state, this.runtime, 'rewritten', decision);
    return run();
  }

  #forbid(
    state: CorsState,
    policy: CorsPolicy | undefined,
    decision: RequestDecision | undefined,
    why: 'enforce' | 'rewritten',
  ): void {
    this.runtime.reportForbidden(state, decision, why);
    this.runtime.platform.takeOver(state.reply);
    answerForbidden(state, policy);
  }
}
