import type { ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import { concludeRequest, evaluateRequest } from '../../policy/decisions/evaluate.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import { answerForbidden, isRefusedAsRewritten, isRefusedByEnforce } from './enforcement.js';
import { Exchange, exchangeOf } from '../response/cors-state.js';
import { askOrigin, questionOf } from './ask-origin.js';
import type { EnterRoute } from '../platform/platform.js';
import { rawRequestOf } from '../platform/node-http.js';

/**
 * The last word belongs to the handler that is really entered: where it is another than the hook predicted, the answer is
 * judged again with this one's policy, and a request that its preflight did not ask about may go no further.
 */
export class EnteredRouteJudge {
  constructor(private readonly runtime: CorsRuntime) {}

  readonly onEnter: EnterRoute = (route, request, reply, response, run) => {
    const exchange = exchangeOf(response) ?? this.#unhooked(route, request, reply, response);
    if (exchange.preflight !== undefined || !this.runtime.takes(route, request)) {
      // A preflight's headers are never judged again; and a route for another host or version is about to be passed by.
      return run();
    }
    // Only what a preflight for the request as sent would have asked about; that the route fits that URL as well is not enough.
    const asked = this.runtime.table.candidates(exchange.method, exchange.url, request);
    const isRewritten = exchange.raw.method !== exchange.method || (exchange.route !== route && !asked.includes(route));
    if (isRewritten) {
      exchange.book.notices.rewritten(exchange.route, route);
    }
    exchange.route = route;
    const policy = exchange.book.byRoute[route.id];
    const { origin = '' } = exchange.raw.headers;
    const decision = policy === undefined ? undefined : evaluateRequest(policy, origin);
    if (policy === undefined || decision?.verdict !== 'pending') {
      return this.#enter(exchange, policy, decision, isRewritten, run);
    }
    const question = questionOf(exchange, this.runtime, 'request', exchange.raw.method ?? exchange.method);
    return askOrigin(policy, question, exchange.book, route).then((allowed) =>
      this.#enter(exchange, policy, concludeRequest(policy, origin, allowed), isRewritten, run),
    );
  };

  /**
   * The hook did not see the request, or failed at it. Nothing is left but to judge it here: later than it should be, but
   * `enforce` must not depend on who took the hook away.
   */
  #unhooked(route: Route, request: unknown, reply: unknown, response: ServerResponse): Exchange {
    this.runtime.reportUnhooked();
    const exchange = new Exchange(this.runtime.book, route, request, reply, rawRequestOf(request), response);
    this.runtime.platform.attach(exchange);
    return exchange;
  }

  #enter(
    exchange: Exchange,
    policy: CorsPolicy | undefined,
    decision: RequestDecision | undefined,
    isRewritten: boolean,
    run: () => unknown,
  ): unknown {
    if (isRewritten && isRefusedAsRewritten(exchange, policy, decision)) {
      return this.#forbid(exchange, policy, decision, 'rewritten');
    }
    if (policy === undefined || decision === undefined) {
      exchange.answerWith(undefined, undefined);
      return run();
    }
    if (isRefusedByEnforce(exchange, policy, decision, exchange.raw.method ?? exchange.method)) {
      return this.#forbid(exchange, policy, decision, 'enforce');
    }
    exchange.answerWith(policy, decision);
    publishDecision(exchange, this.runtime, 'rewritten', decision);
    return run();
  }

  #forbid(
    exchange: Exchange,
    policy: CorsPolicy | undefined,
    decision: RequestDecision | undefined,
    why: 'enforce' | 'rewritten',
  ): void {
    this.runtime.reportForbidden(exchange, decision, why);
    this.runtime.platform.takeOver(exchange.reply);
    answerForbidden(exchange, policy);
  }
}
