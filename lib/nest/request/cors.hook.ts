import type { IncomingMessage, ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import { concludeRequest, evaluateRequest } from '../../policy/decisions/evaluate.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute } from '../../routing/route.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import { answerForbidden, isRefusedByEnforce } from './enforcement.js';
import { CorsState, ONLY_VARY } from '../response/cors-state.js';
import { askOrigin, questionOf } from './ask-origin.js';
import type { RequestHook } from '../platform/platform.js';
import { VARY_ONLY } from '../policies/policy-finder.js';
import { PreflightResponder } from './preflight.js';

/** Whether the request goes on to the app; a promise where somebody has to be asked first. */
type GoesOn = boolean | Promise<boolean>;

/** The request hook: preflights are answered, and it is decided what every other response is going to carry. */
export class CorsHook {
  readonly #preflights: PreflightResponder;

  constructor(private readonly runtime: CorsRuntime) {
    this.#preflights = new PreflightResponder(runtime);
  }

  /** Nothing throws or rejects out of it, and it returns nothing: the adapters expect neither. */
  readonly onRequest: RequestHook = (request, reply, raw, response, done) => {
    let goesOn: GoesOn = true;
    try {
      goesOn = this.#receive(request, reply, raw, response);
    } catch (error) {
      this.runtime.reportFault(error);
    }
    // Outside of the try: what the app throws while it goes on is none of our faults.
    if (goesOn === true) {
      done();
    } else if (goesOn !== false) {
      void this.#goOnLater(goesOn, done);
    }
  };

  async #goOnLater(asking: Promise<boolean>, done: () => void): Promise<void> {
    let goesOn = true;
    try {
      goesOn = await asking;
    } catch (error) {
      this.runtime.reportFault(error);
    }
    if (goesOn) {
      done();
    }
  }

  #receive(request: unknown, reply: unknown, raw: IncomingMessage, response: ServerResponse): GoesOn {
    const { method = 'GET', url = '/', headers } = raw;
    const { appPolicies, table, finder } = this.runtime;
    const announced = headers['access-control-request-method'];
    if (method === 'OPTIONS' && headers.origin !== undefined && announced !== undefined) {
      const target = finder.ofPreflight(appPolicies, announced, url, request);
      if (target !== undefined) {
        const route = target.routes.find(isOwnRoute);
        const state = new CorsState(appPolicies, route, request, reply, raw, response);
        return this.#preflights.respond(state, target, announced);
      }
      // No policy is concerned: to us it is an OPTIONS request like any other.
    }
    const found = table.find(method, url, request);
    const route = isOwnRoute(found) ? found : undefined;
    const policy =
      route === undefined ? finder.ofUnrouted(appPolicies, found, method, url, request) : appPolicies.byRoute[route.id];
    const state = new CorsState(appPolicies, route, request, reply, raw, response);
    this.runtime.platform.attach(state);
    if (policy === undefined) {
      return true;
    }
    if (policy === VARY_ONLY) {
      state.answerWith(undefined, ONLY_VARY);
      return true;
    }
    const decision = evaluateRequest(policy, headers.origin);
    return decision.verdict === 'pending' ? this.#ask(state, policy) : this.#answer(state, policy, decision);
  }

  async #ask(state: CorsState, policy: CorsPolicy): Promise<boolean> {
    const question = questionOf(state, this.runtime, 'request', state.method);
    const allowed = await askOrigin(policy, question, state.appPolicies, state.route);
    return this.#answer(state, policy, concludeRequest(policy, question.origin, allowed));
  }

  #answer(state: CorsState, policy: CorsPolicy, decision: RequestDecision): boolean {
    if (isRefusedByEnforce(state, policy, decision, state.method)) {
      this.runtime.reportForbidden(state, decision, 'enforce');
      this.runtime.platform.takeOver(state.reply);
      answerForbidden(state, policy);
      return false;
    }
    state.answerWith(policy, decision);
    publishDecision(state, this.runtime, 'request', decision);
    return true;
  }
}
