import { concludePreflight, evaluatePreflight, policiesToAsk } from '../../policy/decisions/preflight-decision.js';
import type { PreflightDecision, RequestDecision } from '../../policy/model/decision.js';
import { pairsOf } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { routeOf, type PreflightTarget } from '../policies/preflight-target.js';
import { publishDecision } from '../report/decision-channel.js';
import { answerNow, interceptHead } from '../response/write-head.js';
import type { CorsState } from '../response/cors-state.js';
import { askOrigin } from './ask-origin.js';
import { RequestQuestion } from './origin-question.js';
import type { CorsRuntime } from './cors.runtime.js';

/** What functions and resolvers answer, by the policy that asked. */
type Answers = ReadonlyMap<CorsPolicy, boolean>;

/** Answers preflights: the app does not see them, unless the policy has `preflightContinue`. */
export class PreflightResponder {
  constructor(private readonly runtime: CorsRuntime) {}

  /** True if the app's own OPTIONS handler continues; a promise if a function or resolver has to be asked first. */
  respond(state: CorsState, target: PreflightTarget, method: string): boolean | Promise<boolean> {
    const { appPolicies, url, request, raw } = state;
    const { origin = '', 'access-control-request-headers': headers } = raw.headers;
    const question = this.runtime.finder.questionOf(appPolicies, target, {
      origin,
      method,
      headers,
      url,
      request,
    });
    const decision = evaluatePreflight(target.policies, question);
    if (decision.verdict !== 'pending') {
      return this.#conclude(state, target, decision);
    }
    const conclude = (answers: Answers): boolean =>
      this.#conclude(state, target, concludePreflight(target.policies, question, answers));
    const answers = this.#askAll(state, target, method);
    return answers instanceof Promise
      ? answers.then((late) => !state.isUnawaited && conclude(late))
      : conclude(answers);
  }

  #askAll(state: CorsState, target: PreflightTarget, method: string): Answers | Promise<Answers> {
    const { appPolicies, url } = state;
    const policies = policiesToAsk(target.policies, state.raw.headers.origin ?? '');
    const answers = policies.map((policy) => {
      const route = routeOf(policy, target, appPolicies);
      const base = new RequestQuestion(state, this.runtime, 'preflight', method, url, route);
      return askOrigin(policy, base, appPolicies, state);
    });
    const byPolicy = (all: readonly boolean[]): Answers =>
      new Map(policies.map((policy, index) => [policy, all[index] === true]));
    return answers.every((answer) => typeof answer === 'boolean')
      ? byPolicy(answers)
      : Promise.all(answers.map(async (answer) => answer)).then(byPolicy);
  }

  #conclude(state: CorsState, target: PreflightTarget, decision: PreflightDecision): boolean {
    publishDecision(state, this.runtime, 'preflight', decision);
    if (decision.continues) {
      interceptHead(state);
      continuePreflight(state, target.policies[0], decision);
      return true;
    }
    this.runtime.takeOver(state.reply);
    const unanswered = answerPreflight(state, decision);
    if (unanswered !== undefined) {
      this.runtime.reportFault(unanswered.fault, 'cut off');
    }
    return false;
  }
}

/** Answers a preflight, which the app does not see. Returns the error that prevented writing, and never throws. */
export function answerPreflight(
  { response }: CorsState,
  { status, headers }: PreflightDecision,
): ReturnType<typeof answerNow> {
  return answerNow(response, status, headers);
}

/** The headers that only the answer to a preflight has. */
const PREFLIGHT_ONLY: ReadonlySet<string> = new Set([
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
]);

/** `preflightContinue`: the app's own OPTIONS handler answers, with the headers of this decision. */
export function continuePreflight(state: CorsState, policy: CorsPolicy | undefined, decision: PreflightDecision): void {
  const pairs = pairsOf(decision.headers);
  const headers = new Map(pairs);
  const answer: RequestDecision = {
    verdict: 'allowed',
    reason: undefined,
    allowOrigin: headers.get('Access-Control-Allow-Origin'),
    allowCredentials: headers.has('Access-Control-Allow-Credentials'),
    exposeHeaders: undefined,
    vary: true,
  };
  state.preflight = {
    headers: new Map(pairs.filter(([name]) => PREFLIGHT_ONLY.has(name))),
    vary: headers.get('Vary') ?? 'Origin',
  };
  state.answerWith(policy, answer);
}
