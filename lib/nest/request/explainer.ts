import {
  concludePreflight,
  concludeRequest,
  evaluatePreflight,
  evaluateRequest,
} from '../../policy/decisions/evaluate.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import { pairsOf } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import { entriesOfPath } from '../policies/path-claim.js';
import { VARY_ONLY } from '../policies/policy-finder.js';
import type { AppRegistry } from './app-registry.js';
import { askOrigin, type QuestionBase } from './ask-origin.js';
import type { CorsRuntime } from './cors.runtime.js';
import type { CandidateExplanation, CorsExplanation, CorsQuestion } from './explanation.js';
import { preflightQuestion } from './preflight.js';

export const DEFAULT_HOST = 'localhost';
const SAFELISTED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** Explains hypothetical requests, with the same table, policies and decisions as the hook. */
export class Explainer {
  constructor(
    private readonly runtime: CorsRuntime,
    private readonly asks: boolean,
    /** Where an application is mounted that serves the request in this one's place. */
    private readonly mountPathAt: AppRegistry['mountPathAt'] = () => undefined,
  ) {}

  async explain(question: CorsQuestion): Promise<CorsExplanation> {
    const { method = 'GET', headers = [] } = question;
    const phase = question.phase ?? (headers.length > 0 || !SAFELISTED.has(method) ? 'preflight' : 'request');
    const mountPath = this.mountPathAt(method, question.url, standIn(question), phase === 'preflight');
    if (mountPath !== undefined) {
      const untouched = this.#untouched(phase, [], method, question.url);
      return { ...untouched, verdict: 'undecided', routes: [`the application mounted at ${mountPath}`], paths: [] };
    }
    return phase === 'preflight' ? this.#preflight(question, method, headers) : this.#request(question, method);
  }

  async #preflight(question: CorsQuestion, method: string, names: readonly string[]): Promise<CorsExplanation> {
    const { url, origin = '' } = question;
    const { appPolicies } = this.runtime;
    const request = standIn(question);
    const target = this.runtime.finder.ofPreflight(appPolicies, method, url, request);
    if (target === undefined) {
      return this.#untouched('preflight', this.runtime.table.candidates(method, url, request), method, url);
    }
    const headers = names.length === 0 ? undefined : names.join(',');
    const asked = preflightQuestion(this.runtime, appPolicies, target, { origin, method, headers, url, request });
    let decision = evaluatePreflight(target.policies, asked);
    if (decision.verdict === 'pending' && this.asks) {
      const answers = new Map<CorsPolicy, boolean>();
      for (const policy of target.policies.filter(({ asks }) => asks.length > 0)) {
        answers.set(policy, await this.#ask(question, policy, 'preflight', target.routes[0]));
      }
      decision = concludePreflight(target.policies, asked, answers);
    }
    const { verdict, step, reason, status } = decision;
    return {
      phase: 'preflight',
      verdict: verdict === 'pending' ? 'undecided' : verdict,
      step,
      reason,
      status,
      headers: Object.fromEntries(pairsOf(decision.headers)),
      routes: this.#names(target.routes),
      paths: this.#entries(target.routes, method, url),
      candidates: [],
    };
  }

  async #request(question: CorsQuestion, method: string): Promise<CorsExplanation> {
    const { url, origin } = question;
    const { appPolicies, table, finder } = this.runtime;
    const request = standIn(question);
    const routes = table.candidates(method, url, request);
    const own = routes.filter(isOwnRoute);
    const policies = new Set(own.map((route) => appPolicies.byRoute[route.id]));
    if (policies.size > 1) {
      return this.#severalRoutes(question, own);
    }
    const governing =
      own.length === 0 ? finder.ofUnrouted(appPolicies, routes[0], method, url, request) : [...policies][0];
    if (governing === undefined || governing === VARY_ONLY) {
      return {
        ...this.#untouched('request', routes, method, url),
        headers: governing === VARY_ONLY ? { Vary: 'Origin' } : {},
      };
    }
    const { verdict, reason, ...decision } = await this.#decide(question, governing, own[0], origin);
    return {
      phase: 'request',
      verdict: verdict === 'pending' ? 'undecided' : verdict,
      step: verdict === 'refused' ? 'origin' : undefined,
      reason,
      status: undefined,
      headers: headersOf(decision),
      routes: this.#names(routes),
      paths: this.#entries(routes, method, url),
      candidates: [],
    };
  }

  /** Which of them a request reaches is said by something that no question has: a version, a constraint. */
  async #severalRoutes(question: CorsQuestion, routes: readonly Route[]): Promise<CorsExplanation> {
    const candidates = await Promise.all(routes.map(async (route) => this.#candidate(question, route)));
    const [first, ...others] = candidates;
    const base = this.#untouched('request', routes, question.method ?? 'GET', question.url);
    const agreed = first !== undefined && others.every((other) => isSameAnswer(first, other));
    if (!agreed) {
      return { ...base, verdict: 'undecided', candidates };
    }
    const { verdict, step, reason, headers } = first;
    return { ...base, verdict, step, reason, headers, candidates };
  }

  async #candidate(question: CorsQuestion, route: Route): Promise<CandidateExplanation> {
    const policy = this.runtime.appPolicies.byRoute[route.id];
    const name = this.runtime.nameOf(route) ?? route.path;
    if (policy === undefined) {
      return { route: name, verdict: 'untouched', step: undefined, reason: undefined, headers: {} };
    }
    const { verdict, reason, ...decision } = await this.#decide(question, policy, route, question.origin);
    return {
      route: name,
      verdict: verdict === 'pending' ? 'undecided' : verdict,
      step: verdict === 'refused' ? 'origin' : undefined,
      reason,
      headers: headersOf(decision),
    };
  }

  async #decide(
    question: CorsQuestion,
    policy: CorsPolicy,
    route: Route | undefined,
    origin: string | undefined,
  ): Promise<RequestDecision> {
    const decision = evaluateRequest(policy, origin);
    return decision.verdict === 'pending' && this.asks
      ? concludeRequest(policy, origin ?? '', await this.#ask(question, policy, 'request', route))
      : decision;
  }

  async #ask(
    question: CorsQuestion,
    policy: CorsPolicy,
    phase: QuestionBase['phase'],
    route: Route | undefined,
  ): Promise<boolean> {
    const { url, method = 'GET', origin = '', host = DEFAULT_HOST } = question;
    const params = route === undefined ? {} : this.runtime.table.paramsOf(route, method, url);
    const base: QuestionBase = { origin, phase, method, url, params, host, route: this.runtime.nameOf(route) };
    return askOrigin(policy, base, this.runtime.appPolicies, route);
  }

  #untouched(phase: CorsExplanation['phase'], routes: readonly Route[], method: string, url: string): CorsExplanation {
    return {
      phase,
      verdict: 'untouched',
      step: undefined,
      reason: undefined,
      status: undefined,
      headers: {},
      routes: this.#names(routes),
      paths: this.#entries(routes, method, url),
      candidates: [],
    };
  }

  #entries(routes: readonly Route[], method: string, url: string): readonly string[] {
    return routes.some(isOwnRoute) ? [] : entriesOfPath(this.runtime.appPolicies, method, url);
  }

  #names(routes: readonly Route[]): readonly string[] {
    return routes.flatMap((route) => this.runtime.nameOf(route) ?? []);
  }
}

/** As much of a request as a table reads: its host. */
function standIn({ host = DEFAULT_HOST }: CorsQuestion): object {
  return { hostname: host.replace(/:\d+$/, ''), headers: { host } };
}

function isSameAnswer(one: CandidateExplanation, other: CandidateExplanation): boolean {
  return one.verdict === other.verdict && JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

export function headersOf(decision: Omit<RequestDecision, 'verdict' | 'reason'>): Record<string, string> {
  const headers: Record<string, string> = {};
  if (decision.allowOrigin !== undefined) {
    headers['Access-Control-Allow-Origin'] = decision.allowOrigin;
  }
  if (decision.allowCredentials) {
    headers['Access-Control-Allow-Credentials'] = 'true';
  }
  if (decision.exposeHeaders !== undefined) {
    headers['Access-Control-Expose-Headers'] = decision.exposeHeaders;
  }
  if (decision.vary) {
    headers['Vary'] = 'Origin';
  }
  return headers;
}
