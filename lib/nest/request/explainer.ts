import { concludeRequest, evaluateRequest } from '../../policy/decisions/request-decision.js';
import { concludePreflight, evaluatePreflight, policiesToAsk } from '../../policy/decisions/preflight-decision.js';
import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import { STEP_OF, type RequestDecision } from '../../policy/model/decision.js';
import { pairsOf } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isSafelistedMethod } from '../../policy/names/http-names.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { entriesOfPath } from '../policies/path-claim.js';
import { UNTOUCHED_BUT_VARYING } from '../policies/policy-finder.js';
import { routeOf } from '../policies/preflight-target.js';
import type { AppRegistry } from './app-registry.js';
import { UNSHARED } from '../response/cors-state.js';
import { joinVary } from '../response/vary.js';
import { askOrigin } from './ask-origin.js';
import { isRefusedByEnforce } from './enforcement.js';
import type { QuestionBase } from './origin-question.js';
import type { CorsRuntime } from './cors.runtime.js';
import { Diagnostician, type DiagnosedQuestion } from './diagnostician.js';
import { headersOf, type CandidateExplanation, type CorsExplanation, type CorsQuestion } from './explanation.js';

export const DEFAULT_HOST = 'localhost';

/** Explains hypothetical requests, with the same table, policies and decisions as the hook. */
export class Explainer {
  readonly #diagnostician: Diagnostician;

  constructor(
    private readonly runtime: CorsRuntime,
    private readonly asks: boolean,
    /** Where an application is mounted that serves the request in this one's place. */
    private readonly mountPathAt: AppRegistry['mountPathAt'] = () => undefined,
    /** Of the question's moment: while a function is asked, `update()` may bring others. */
    private readonly appPolicies = runtime.appPolicies,
  ) {
    this.#diagnostician = new Diagnostician(runtime);
  }

  async explain(question: CorsQuestion): Promise<CorsExplanation> {
    const { method = 'GET', headers = [] } = question;
    const phase = question.phase ?? (headers.length > 0 || !isSafelistedMethod(method) ? 'preflight' : 'request');
    const mountPath = this.mountPathAt(method, question.url, standIn(question), phase === 'preflight');
    if (mountPath !== undefined) {
      const untouched = this.#untouched(phase, [], question, undefined);
      return { ...untouched, verdict: 'undecided', routes: [`the application mounted at ${mountPath}`], paths: [] };
    }
    return phase === 'preflight' ? this.#preflight(question, method, headers) : this.#answer(question, method);
  }

  async #answer(question: CorsQuestion, method: string): Promise<CorsExplanation> {
    const { appPolicies } = this;
    const vary =
      method === 'OPTIONS'
        ? this.runtime.finder.varyOfOptions(appPolicies, undefined, question.url, standIn(question))
        : undefined;
    const found = await this.#request(question, method);
    const { headers } = found;
    return vary === undefined ? found : { ...found, headers: { ...headers, Vary: joinVary(headers['Vary'], vary) } };
  }

  async #preflight(question: CorsQuestion, method: string, names: readonly string[]): Promise<CorsExplanation> {
    const { url, origin = '' } = question;
    const { appPolicies } = this;
    const request = standIn(question);
    const target = this.runtime.finder.ofPreflight(appPolicies, method, url, request);
    const headers = names.length === 0 ? undefined : names.join(',');
    const answers = new Map<CorsPolicy, boolean>();
    const diagnosed = diagnosedQuestion(question, 'preflight', appPolicies, request, (policy) => answers.get(policy));
    if (target === undefined) {
      const routes = this.runtime.table.candidates(method, url, request);
      return this.#untouched('preflight', routes, question, this.#diagnostician.diagnose(diagnosed));
    }
    const asked = this.runtime.finder.questionOf(appPolicies, target, {
      origin,
      method,
      headers,
      url,
      request,
    });
    let decision = evaluatePreflight(target.policies, asked);
    if (decision.verdict === 'pending' && this.asks) {
      for (const policy of policiesToAsk(target.policies, origin)) {
        const route = routeOf(policy, target, appPolicies);
        answers.set(policy, await this.#ask(question, policy, 'preflight', route));
      }
      decision = concludePreflight(target.policies, asked, answers);
    }
    const { verdict, step, reason, status } = decision;
    const diagnosis = this.#diagnostician.diagnose(diagnosed);
    return {
      phase: 'preflight',
      ...judged({ verdict: verdict === 'pending' ? 'undecided' : verdict, step, reason }, diagnosis),
      status,
      headers: Object.fromEntries(pairsOf(decision.headers)),
      routes: this.#names(target.routes),
      paths: this.#entries(target.routes, method, url),
      candidates: [],
    };
  }

  async #request(question: CorsQuestion, method: string): Promise<CorsExplanation> {
    const { url, origin } = question;
    const { appPolicies } = this;
    const { table, finder } = this.runtime;
    const request = standIn(question);
    const routes = table.candidates(method, url, request);
    const own = routes.filter(isOwnRoute);
    const policies = new Set(own.map((route) => appPolicies.byRoute[route.id]));
    if (policies.size > 1) {
      return this.#severalRoutes(question, own);
    }
    const governing =
      own.length === 0 ? finder.ofUnrouted(appPolicies, routes[0], method, url, request) : [...policies][0];
    const answers = new Map<CorsPolicy, boolean>();
    const diagnosed = diagnosedQuestion(question, 'request', appPolicies, request, (policy) => answers.get(policy));
    if (governing === undefined || governing === UNTOUCHED_BUT_VARYING) {
      return {
        ...this.#untouched('request', routes, question, this.#diagnostician.diagnose(diagnosed)),
        headers: governing === UNTOUCHED_BUT_VARYING ? { Vary: 'Origin' } : {},
      };
    }
    const decision = await this.#decide(question, governing, own[0], origin, answers);
    return {
      phase: 'request',
      ...answered(question, governing, decision, this.#diagnostician.diagnose(diagnosed)),
      routes: this.#names(routes),
      paths: this.#entries(routes, method, url),
      candidates: [],
    };
  }

  /** Which of them a request reaches is said by something that no question has: a version, a constraint. */
  async #severalRoutes(question: CorsQuestion, routes: readonly Route[]): Promise<CorsExplanation> {
    const answers = new Map<CorsPolicy, boolean>();
    const { appPolicies } = this;
    const answerOf: DiagnosedQuestion['answerOf'] = (policy) => answers.get(policy);
    const diagnosed = diagnosedQuestion(question, 'request', appPolicies, standIn(question), answerOf);
    const candidates = await Promise.all(
      routes.map(async (route) => this.#candidate(question, route, diagnosed, answers)),
    );
    const [first, ...others] = candidates;
    const base = this.#untouched('request', routes, question, undefined);
    const agreed = first !== undefined && others.every((other) => isSameAnswer(first, other));
    if (!agreed) {
      return { ...base, verdict: 'undecided', candidates };
    }
    const { route: _, ...answer } = first;
    return { ...base, ...answer, diagnosis: this.#diagnostician.diagnose(diagnosed), candidates };
  }

  async #candidate(
    question: CorsQuestion,
    route: Route,
    diagnosed: DiagnosedQuestion,
    answers: Map<CorsPolicy, boolean>,
  ): Promise<CandidateExplanation> {
    const policy = this.appPolicies.byRoute[route.id];
    const name = this.runtime.nameOf(route) ?? route.path;
    const decision = policy && (await this.#decide(question, policy, route, question.origin, answers));
    const diagnosis = this.#diagnostician.diagnoseRoute(diagnosed, route);
    return policy === undefined || decision === undefined
      ? { route: name, ...UNTOUCHED, diagnosis }
      : { route: name, ...answered(question, policy, decision, diagnosis) };
  }

  async #decide(
    question: CorsQuestion,
    policy: CorsPolicy,
    route: Route | undefined,
    origin: string | undefined,
    answers: Map<CorsPolicy, boolean>,
  ): Promise<RequestDecision> {
    const decision = evaluateRequest(policy, origin);
    if (decision.verdict !== 'pending' || !this.asks) {
      return decision;
    }
    const answer = await this.#ask(question, policy, 'request', route);
    answers.set(policy, answer);
    return concludeRequest(policy, origin ?? '', answer);
  }

  async #ask(
    question: CorsQuestion,
    policy: CorsPolicy,
    phase: QuestionBase['phase'],
    route: Route | undefined,
  ): Promise<boolean> {
    const { url, method = 'GET', origin = '', host = DEFAULT_HOST } = question;
    const { appPolicies, runtime } = this;
    const request = standIn(question);
    const base: QuestionBase = {
      origin,
      phase,
      method,
      url,
      get params() {
        return route ? runtime.table.paramsOf(route, method, url) : runtime.finder.paramsAt(method, url, request);
      },
      host,
      route: runtime.nameOf(route),
    };
    const asked = { route, method, url, rewrittenTo: undefined, request, raw: { headers: {} }, appPolicies };
    return askOrigin(policy, base, appPolicies, asked);
  }

  #untouched(
    phase: CorsExplanation['phase'],
    routes: readonly Route[],
    { method = 'GET', url }: CorsQuestion,
    diagnosis: CorsDiagnosis | undefined,
  ): CorsExplanation {
    return {
      phase,
      ...UNTOUCHED,
      routes: this.#names(routes),
      paths: this.#entries(routes, method, url),
      candidates: [],
      diagnosis,
    };
  }

  #entries(routes: readonly Route[], method: string, url: string): readonly string[] {
    return routes.some(isOwnRoute) ? [] : entriesOfPath(this.appPolicies, method, url);
  }

  #names(routes: readonly Route[]): readonly string[] {
    return routes.flatMap((route) => this.runtime.nameOf(route) ?? []);
  }
}

const UNTOUCHED = { verdict: 'untouched', step: undefined, reason: undefined, status: undefined, headers: {} } as const;

/** What a request under a policy gets. One that `enforce` stops is answered by this module. */
function answered(
  { origin, method = 'GET', host = DEFAULT_HOST }: CorsQuestion,
  policy: CorsPolicy,
  decision: RequestDecision,
  diagnosis: CorsDiagnosis | undefined,
): Omit<CandidateExplanation, 'route'> {
  const isStopped =
    decision.verdict !== 'pending' &&
    isRefusedByEnforce({ raw: { headers: { origin, host } } }, policy, decision, method);
  // Its origin is allowed: what is left is the method.
  const { verdict, reason } = isStopped && decision.verdict === 'allowed' ? STOPPED : decision;
  return {
    ...judged(
      { verdict: verdict === 'pending' ? 'undecided' : verdict, step: reason && STEP_OF[reason], reason },
      diagnosis,
    ),
    status: isStopped ? 403 : undefined,
    headers: headersOf(isStopped ? UNSHARED : decision),
  };
}

const STOPPED = { verdict: 'refused', reason: 'method-not-allowed' } as const;

/** What is known so far, and what the diagnosis adds: only it knows whether the page sends credentials. */
function judged(
  found: Pick<CorsExplanation, 'verdict' | 'step' | 'reason'>,
  diagnosis: CorsDiagnosis | undefined,
): Pick<CorsExplanation, 'verdict' | 'step' | 'reason' | 'diagnosis'> {
  return found.verdict === 'allowed' && diagnosis?.step === 'credentials'
    ? { verdict: 'blocked', step: 'credentials', reason: diagnosis.reason, diagnosis }
    : { ...found, diagnosis };
}

/** A question in the terms of the diagnosis. */
export function diagnosedQuestion(
  { origin, method = 'GET', url, headers = [], credentials }: CorsQuestion,
  phase: DiagnosedQuestion['phase'],
  appPolicies: AppPolicies,
  request: object,
  answerOf: DiagnosedQuestion['answerOf'],
): DiagnosedQuestion {
  return {
    phase,
    origin,
    method,
    url,
    headers: headers.length === 0 ? undefined : headers.join(','),
    credentials,
    appPolicies,
    request,
    answerOf,
  };
}

/** As much of a request as a table reads: its host. */
export function standIn({ host = DEFAULT_HOST }: CorsQuestion): object {
  return { hostname: host.replace(/:\d+$/, ''), headers: { host } };
}

function isSameAnswer(one: CandidateExplanation, other: CandidateExplanation): boolean {
  return (
    one.verdict === other.verdict &&
    one.status === other.status &&
    JSON.stringify(one.headers) === JSON.stringify(other.headers)
  );
}
