import type { PreflightDecision } from '../../policy/model/decision.js';
import { concludePreflight, evaluatePreflight } from '../../policy/decisions/evaluate.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import type { Exchange } from '../response/cors-state.js';
import { askOrigin, questionOf } from './ask-origin.js';
import type { PreflightTarget } from '../policies/policy-finder.js';
import { answerPreflight, continuePreflight } from './preflight-answer.js';
import { preflightQuestion } from './preflight-question.js';

/** Answers preflights: nothing of the app sees them, unless the policy says `preflightContinue`. */
export class PreflightResponder {
  constructor(private readonly runtime: CorsRuntime) {}

  /** True where the app's own OPTIONS handler goes on with it; a promise where somebody has to be asked first. */
  respond(exchange: Exchange, target: PreflightTarget, method: string): boolean | Promise<boolean> {
    const { book, url, request, raw } = exchange;
    const { origin = '', 'access-control-request-headers': headers } = raw.headers;
    const question = preflightQuestion(this.runtime, book, target, { origin, method, headers, url, request });
    const decision = evaluatePreflight(target.policies, question);
    if (decision.verdict !== 'pending') {
      return this.#conclude(exchange, target, decision);
    }
    return this.#askAll(exchange, target, method).then((answers) =>
      this.#conclude(exchange, target, concludePreflight(target.policies, question, answers)),
    );
  }

  async #askAll(
    exchange: Exchange,
    target: PreflightTarget,
    method: string,
  ): Promise<ReadonlyMap<CorsPolicy, boolean>> {
    const base = questionOf(exchange, this.runtime, 'preflight', method);
    const answers = target.policies
      .filter((policy) => policy.asks.length > 0)
      .map(async (policy) => [policy, await askOrigin(policy, base, exchange.book, exchange.route)] as const);
    return new Map(await Promise.all(answers));
  }

  #conclude(exchange: Exchange, target: PreflightTarget, decision: PreflightDecision): boolean {
    publishDecision(exchange, this.runtime, 'preflight', decision);
    if (decision.continues) {
      this.runtime.platform.attach(exchange);
      continuePreflight(exchange, target.policies[0], decision);
      return true;
    }
    this.runtime.platform.takeOver(exchange.reply);
    answerPreflight(exchange, decision);
    return false;
  }
}
