import type { IncomingMessage, ServerResponse } from 'node:http';

import { CLOSED_POLICY } from '../../policy/compile.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import { concludeRequest, evaluateRequest } from '../../policy/decisions/request-decision.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import { isRefusedAsRewritten, isRefusedByEnforce, isRefusedUnjudged } from './enforcement.js';
import { refuse, refuseUnjudged } from './refusal.js';
import {
  CorsState,
  UNSHARED,
  currentMethod,
  currentUrl,
  exchangeOf,
  isAskedElsewhere,
} from '../response/cors-state.js';
import { interceptHead } from '../response/write-head.js';
import { askAbout } from './ask-origin.js';
import type { EnterRoute } from '../platform/platform.js';
import { rawRequestOf } from '../platform/node-http.js';

/** A request whose handler is about to run, and what is known about it. */
interface Entered {
  readonly state: CorsState;
  readonly policy: CorsPolicy | undefined;
  /** As middleware has left them. */
  readonly method: string;
  readonly url: string;
  /** Middleware led it here: its preflight, if there was one, asked about another route. */
  readonly isRewritten: boolean;
  /** False where the app's version extractor threw: the handler may run, or be passed by. */
  readonly isCertain: boolean;
  /** The version is not known: what the hook has decided for all candidates together stands. */
  readonly keepsDecision: boolean;
}

/**
 * The handler that is entered decides: if the hook predicted another one, the request is checked again with this handler's
 * policy, and a request that its preflight did not ask about is stopped.
 */
export class EnteredHandlerJudge {
  constructor(private readonly runtime: CorsRuntime) {}

  readonly onEnter: EnterRoute = (route, request, reply, response, run) => {
    let known: CorsState | undefined;
    let runs: boolean | Promise<boolean>;
    try {
      known = knownState(request, response);
      const state = known ?? this.#unhooked(route, request, reply, response);
      // A preflight's headers are never judged again; and a route for another host or version is about to be passed by.
      const isTaken = state.preflight === undefined && this.runtime.takes(route, request);
      runs = isTaken === false || this.#judge(state, route, request, isTaken === true);
    } catch (error) {
      runs = this.#failedBeforeDecision(error, route, request, reply, response, known !== undefined);
    }
    // Outside the try: an error of the handler goes to its caller.
    // If it does not run, nothing is returned: Fastify would send it.
    const runIf = (may: boolean): unknown => (may ? run() : undefined);
    return typeof runs === 'boolean' ? runIf(runs) : runs.then(runIf);
  };

  #judge(state: CorsState, route: Route, request: unknown, isCertain: boolean): boolean | Promise<boolean> {
    const raw = rawRequestOf(request);
    const method = currentMethod(raw, state);
    const url = currentUrl(raw, state);
    // Only what a preflight for the request as sent would have asked about; that the route fits that URL as well is not enough.
    const asked = this.runtime.table.candidates(state.method, state.url, request);
    const isOtherHandler =
      state.isRedispatched || method !== state.method || (state.route !== route && !asked.includes(route));
    if (isOtherHandler) {
      state.appPolicies.requestLog.rewritten(state, route);
    }
    const isRewritten = isOtherHandler || isAskedElsewhere(state, raw);
    const keepsDecision = !isCertain && !isRewritten && state.route === undefined;
    if (!keepsDecision) {
      state.route = route;
    }
    const policy = state.appPolicies.byRoute[route.id];
    const entered: Entered = { state, policy, method, url, isRewritten, isCertain, keepsDecision };
    const decision = policy === undefined ? undefined : evaluateRequest(policy, state.raw.headers.origin);
    return policy === undefined || decision?.verdict !== 'pending'
      ? this.#conclude(entered, decision)
      : this.#ask(entered, policy, route);
  }

  /** Never rejects. */
  async #ask(entered: Entered, policy: CorsPolicy, route: Route): Promise<boolean> {
    const { state, method, url } = entered;
    try {
      const { headers } = state.raw;
      const allowed = await askAbout(state, this.runtime, policy, method, url);
      return this.#conclude(entered, concludeRequest(policy, headers.origin ?? '', allowed));
    } catch (error) {
      const { request, reply, response } = state;
      return this.#failedBeforeDecision(error, route, request, reply, response, entered.isRewritten);
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

  #conclude(entered: Entered, decision: RequestDecision | undefined): boolean {
    const { state, policy, method, isRewritten, isCertain, keepsDecision } = entered;
    if (isRewritten && isRefusedAsRewritten(state, method, policy, decision)) {
      return refuse(this.runtime, state, policy, decision, 'rewritten');
    }
    if (policy !== undefined && decision !== undefined && isRefusedByEnforce(state, policy, decision, method)) {
      return refuse(this.runtime, state, policy, decision, 'enforce');
    }
    if (!isCertain) {
      if (!keepsDecision) {
        state.answerWith(policy ?? CLOSED_POLICY, UNSHARED);
      }
      return true;
    }
    if (policy === undefined || decision === undefined) {
      state.answerWith(undefined, undefined);
      return true;
    }
    state.answerWith(policy, decision);
    publishDecision(state, this.runtime, 'rewritten', decision);
    return true;
  }

  /** This library failed before the decision: a request is refused under `enforce`, or if its preflight may have asked about another route. */
  #failedBeforeDecision(
    error: unknown,
    route: Route,
    request: unknown,
    reply: unknown,
    response: ServerResponse,
    mayBeRewritten: boolean,
  ): boolean {
    const state = knownState(request, response);
    const policy = (state?.appPolicies ?? this.runtime.appPolicies).byRoute[route.id];
    state?.answerWith(policy, UNSHARED);
    if ((policy?.enforce === true || mayBeRewritten) && isForeignOrUnreadable(state?.raw ?? request)) {
      return refuseUnjudged(this.runtime, error, reply, response);
    }
    this.runtime.reportFault(error, 'went on');
    return true;
  }
}

/** What is known of an exchange, if its request can be read. */
export function knownState(request: unknown, response: ServerResponse): CorsState | undefined {
  try {
    return exchangeOf(rawRequestOf(request), response);
  } catch {
    return undefined;
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
