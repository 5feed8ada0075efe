import type { IncomingMessage, ServerResponse } from 'node:http';

import type { PreflightDecision, RequestDecision } from '../policy/decision.js';
import { concludePreflight, concludeRequest, evaluatePreflight, evaluateRequest } from '../policy/evaluate.js';
import type { CorsPolicy } from '../policy/policy.js';
import { isOwnRoute, type Route } from '../routing/route.js';
import { hostOf } from './cross-origin.js';
import type { CorsRuntime } from './cors.runtime.js';
import { decisionsAreWatched, publishDecision, type CorsDecisionEvent } from './decision-channel.js';
import { answerForbidden, isRefusedAsRewritten, isRefusedByEnforce } from './enforcement.js';
import { Exchange, exchangeOf, keepExchange } from './exchange.js';
import { answerWith } from './head-writer.js';
import { askOrigin, type QuestionBase } from './origin-asker.js';
import type { EnterRoute, RequestHook } from './platform.js';
import { VARY_ONLY, type PreflightTarget } from './policy-finder.js';
import { answerPreflight, continuePreflight } from './preflight-answer.js';
import { preflightQuestion } from './preflight-question.js';

/** No policy's decision: the answer would differ by origin, and that is all there is to say. */
const ONLY_VARY: RequestDecision = Object.freeze({
  verdict: 'refused',
  reason: undefined,
  allowOrigin: undefined,
  allowCredentials: false,
  exposeHeaders: undefined,
  vary: true,
});

const FORBIDDEN_BECAUSE = {
  enforce: 'its policy is enforced and takes neither this origin nor, perhaps, this method',
  rewritten: 'middleware led it to this handler, whose policy refuses it, and the preflight asked about another',
} as const;

/** What happens at the hook: preflights are answered, and it is decided what every other response is going to carry. */
export class CorsHook {
  constructor(private readonly runtime: CorsRuntime) {}

  /** Nothing throws or rejects out of it, and it returns nothing: the adapters expect neither. */
  readonly onRequest: RequestHook = (request, reply, raw, response, done) => {
    let goesOn = true;
    try {
      goesOn = this.#receive(request, reply, raw, response, done);
    } catch (error) {
      // A fault of ours: the response goes without CORS headers, which refuses.
      this.runtime.reportFault(error);
    }
    // Outside of the try: what the app throws while it goes on is none of our faults.
    if (goesOn) {
      done();
    }
  };

  /** The last word belongs to the handler that is really entered. */
  readonly onEnter: EnterRoute = (route, response, run) => {
    const exchange = exchangeOf(response);
    if (exchange === undefined || exchange.preflight !== undefined || !this.runtime.takes(route, exchange.request)) {
      // Not through the hook; a preflight, whose headers are never judged again; or Nest is about to pass this route by.
      return run();
    }
    const policy = exchange.book.byRoute[route.id];
    const origin = exchange.raw.headers.origin;
    const decision = policy === undefined ? undefined : evaluateRequest(policy, origin);
    if (policy !== undefined && decision?.verdict === 'pending') {
      return this.#ask(exchange, policy, origin ?? '', route).then((allowed) =>
        this.#enter(exchange, route, policy, concludeRequest(policy, origin ?? '', allowed), run),
      );
    }
    return this.#enter(exchange, route, policy, decision, run);
  };

  /** True where the request goes on to the app at once; false where it is answered, or goes on later. */
  #receive(
    request: unknown,
    reply: unknown,
    raw: IncomingMessage,
    response: ServerResponse,
    done: () => void,
  ): boolean {
    const { method = 'GET', url = '/', headers } = raw;
    const { book } = this.runtime;
    const announced = headers['access-control-request-method'];
    if (method === 'OPTIONS' && headers.origin !== undefined && announced !== undefined) {
      const target = this.runtime.finder.ofPreflight(book, announced, url, request);
      if (target !== undefined) {
        const exchange = new Exchange(book, target.routes.find(isOwnRoute), method, url, request, reply, raw, response);
        return this.#preflight(exchange, target, headers.origin, announced, done);
      }
      // No policy is concerned: to us it is an OPTIONS request like any other.
    }
    const found = this.runtime.table.find(method, url, request);
    const route = isOwnRoute(found) ? found : undefined;
    const policy =
      route === undefined ? this.runtime.finder.ofUnrouted(book, found, method, url, request) : book.byRoute[route.id];
    const exchange = new Exchange(book, route, method, url, request, reply, raw, response);
    keepExchange(exchange);
    if (policy === undefined) {
      return true;
    }
    if (policy === VARY_ONLY) {
      answerWith(exchange, undefined, ONLY_VARY);
      return true;
    }
    const decision = evaluateRequest(policy, headers.origin);
    if (decision.verdict !== 'pending') {
      return this.#answer(exchange, policy, decision);
    }
    const origin = headers.origin ?? '';
    return this.#later(done, async () => {
      const allowed = await this.#ask(exchange, policy, origin, exchange.route);
      return this.#answer(exchange, policy, concludeRequest(policy, origin, allowed));
    });
  }

  /** Goes on when `work` is done and says so. It is held only as long as an `originTimeout`. */
  #later(done: () => void, work: () => Promise<boolean>): false {
    void work()
      .catch((error: unknown) => {
        this.runtime.reportFault(error);
        return true;
      })
      .then((goesOn) => (goesOn ? done() : undefined));
    return false;
  }

  #answer(exchange: Exchange, policy: CorsPolicy, decision: RequestDecision): boolean {
    if (isRefusedByEnforce(exchange, policy, decision, exchange.method)) {
      this.#forbid(exchange, policy, decision, 'enforce');
      return false;
    }
    answerWith(exchange, policy, decision);
    this.#publish(exchange, 'request', decision);
    return true;
  }

  #enter(
    exchange: Exchange,
    route: Route,
    policy: CorsPolicy | undefined,
    decision: RequestDecision | undefined,
    run: () => unknown,
  ): unknown {
    const predicted = exchange.route;
    if (!this.runtime.table.serves(route, exchange.method, exchange.url)) {
      exchange.book.notices.rewritten(predicted, route);
      if (isRefusedAsRewritten(exchange, policy, decision)) {
        exchange.route = route;
        return this.#forbid(exchange, policy, decision, 'rewritten');
      }
    }
    exchange.route = route;
    if (policy === undefined || decision === undefined) {
      exchange.policy = undefined;
      exchange.decision = undefined;
      return run();
    }
    if (isRefusedByEnforce(exchange, policy, decision, exchange.raw.method ?? exchange.method)) {
      return this.#forbid(exchange, policy, decision, 'enforce');
    }
    answerWith(exchange, policy, decision);
    this.#publish(exchange, 'rewritten', decision);
    return run();
  }

  #preflight(
    exchange: Exchange,
    target: PreflightTarget,
    origin: string,
    announced: string,
    done: () => void,
  ): boolean {
    const { book, url, request, raw } = exchange;
    const headers = raw.headers['access-control-request-headers'];
    const question = preflightQuestion(this.runtime, book, target, {
      origin,
      method: announced,
      headers,
      url,
      request,
    });
    const decision = evaluatePreflight(target.policies, question);
    if (decision.verdict !== 'pending') {
      return this.#conclude(exchange, target, decision);
    }
    return this.#later(done, async () => {
      const answers = await this.#askAll(exchange, target, origin, announced);
      return this.#conclude(exchange, target, concludePreflight(target.policies, question, answers));
    });
  }

  #conclude(exchange: Exchange, target: PreflightTarget, decision: PreflightDecision): boolean {
    this.#publish(exchange, 'preflight', decision);
    if (decision.continues) {
      continuePreflight(exchange, target.policies[0], decision);
      keepExchange(exchange);
      return true;
    }
    this.runtime.platform.takeOver(exchange.reply);
    answerPreflight(exchange, decision);
    return false;
  }

  async #askAll(
    exchange: Exchange,
    target: PreflightTarget,
    origin: string,
    method: string,
  ): Promise<ReadonlyMap<CorsPolicy, boolean>> {
    const base = this.#question(exchange, origin, 'preflight', method);
    const answers = target.policies
      .filter((policy) => policy.asks.length > 0)
      .map(async (policy) => [policy, await askOrigin(policy, base, exchange.book, exchange.route)] as const);
    return new Map(await Promise.all(answers));
  }

  async #ask(exchange: Exchange, policy: CorsPolicy, origin: string, route: Route | undefined): Promise<boolean> {
    return askOrigin(policy, this.#question(exchange, origin, 'request', exchange.method), exchange.book, route);
  }

  #question(exchange: Exchange, origin: string, phase: 'preflight' | 'request', method: string): QuestionBase {
    const { route, url, raw, request } = exchange;
    const params = route === undefined ? {} : this.runtime.table.paramsOf(route, method, url);
    return {
      origin,
      phase,
      method,
      url,
      params: Object.freeze({ ...params }),
      host: hostOf(raw),
      route: this.runtime.nameOf(route),
    };
  }

  #forbid(
    exchange: Exchange,
    policy: CorsPolicy | undefined,
    decision: RequestDecision | undefined,
    phase: 'enforce' | 'rewritten',
  ): void {
    exchange.policy = policy;
    exchange.decision = undefined;
    exchange.book.notices.forbidden(exchange.route, FORBIDDEN_BECAUSE[phase]);
    if (decisionsAreWatched()) {
      this.#publish(exchange, phase, {
        verdict: 'refused',
        step: undefined,
        reason: decision?.reason ?? 'method-not-allowed',
      });
    }
    this.runtime.platform.takeOver(exchange.reply);
    answerForbidden(exchange);
  }

  #publish(
    exchange: Exchange,
    phase: CorsDecisionEvent['phase'],
    decision: Pick<PreflightDecision, 'verdict' | 'reason'> & { readonly step?: PreflightDecision['step'] },
  ): void {
    if (decisionsAreWatched() && decision.verdict !== 'pending') {
      const { verdict, reason } = decision;
      const step = verdict === 'refused' ? (decision.step ?? 'origin') : undefined;
      publishDecision({
        route: this.runtime.nameOf(exchange.route),
        phase,
        verdict,
        step,
        reason,
        origin: exchange.raw.headers.origin,
      });
    }
  }
}
