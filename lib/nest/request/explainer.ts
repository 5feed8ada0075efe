import {
  concludePreflight,
  concludeRequest,
  evaluatePreflight,
  evaluateRequest,
} from '../../policy/decisions/evaluate.js';
import type { DecisionReason, RefusedStep, RequestDecision } from '../../policy/model/decision.js';
import { pairsOf } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import { entriesOfPath } from '../policies/path-claim.js';
import { VARY_ONLY } from '../policies/policy-finder.js';
import { askOrigin, type QuestionBase } from './ask-origin.js';
import type { CorsRuntime } from './cors.runtime.js';
import { preflightQuestion } from './preflight.js';

/** A request to be explained, as a browser would send it. */
export interface CorsQuestion {
  /** The page's origin; left out: a request without `Origin`. */
  readonly origin?: string | undefined;
  /** The method of the request, announced by the preflight if there is one. Default: `GET`. */
  readonly method?: string | undefined;
  /** Path and query, as the app sees it: with the global prefix. */
  readonly url: string;
  /** The `Host`, for host controllers. Default: `localhost`. */
  readonly host?: string | undefined;
  /** The request headers that a preflight announces. */
  readonly headers?: readonly string[] | undefined;
  /** What to explain. Default: the preflight if headers are given or the method is not GET, HEAD or POST; else the request. */
  readonly phase?: 'preflight' | 'request' | undefined;
}

/** What `CorsService.explain()` found. */
export interface CorsExplanation {
  /** What was explained: as asked, or as the question's default has it. */
  readonly phase: 'preflight' | 'request';
  /**
   * `untouched`: no policy is concerned, the app answers. `undecided`: a function or a resolver would be asked, and
   * `askResolvers` was not given.
   */
  readonly verdict: 'allowed' | 'refused' | 'untouched' | 'undecided';
  /** The step that refused; undefined where nothing did. */
  readonly step: RefusedStep | undefined;
  /** Why it refused, in a word. */
  readonly reason: DecisionReason | undefined;
  /** The status of the preflight's answer; undefined for a request, whose status is the app's. */
  readonly status: number | undefined;
  /** The headers of the answer that are ours. */
  readonly headers: Readonly<Record<string, string>>;
  /** The routes that the method may reach; several where a version header chooses, none where `paths` or `forRoot` decide. */
  readonly routes: readonly string[];
  /** The entries of `paths` that decide, where no controller serves the request; several where readers of the URL differ. */
  readonly paths: readonly string[];
}

const DEFAULT_HOST = 'localhost';
const SAFELISTED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** Answers questions about requests that nobody sent: with the same table, policies and decisions as the hook. */
export class Explainer {
  constructor(
    private readonly runtime: CorsRuntime,
    private readonly asks: boolean,
  ) {}

  async explain(question: CorsQuestion): Promise<CorsExplanation> {
    const { method = 'GET', headers = [] } = question;
    const phase = question.phase ?? (headers.length > 0 || !SAFELISTED.has(method) ? 'preflight' : 'request');
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
    };
  }

  async #request(question: CorsQuestion, method: string): Promise<CorsExplanation> {
    const { url, origin } = question;
    const { appPolicies, table, finder } = this.runtime;
    const request = standIn(question);
    const routes = table.candidates(method, url, request);
    const own = routes.filter(isOwnRoute);
    const policies = new Set(own.map((route) => appPolicies.byRoute[route.id]));
    const governing =
      own.length === 0 ? finder.ofUnrouted(appPolicies, routes[0], method, url, request) : [...policies][0];
    if (governing === undefined || governing === VARY_ONLY) {
      return {
        ...this.#untouched('request', routes, method, url),
        headers: governing === VARY_ONLY ? { Vary: 'Origin' } : {},
      };
    }
    let decision = evaluateRequest(governing, origin);
    if (decision.verdict === 'pending' && this.asks) {
      decision = concludeRequest(governing, origin ?? '', await this.#ask(question, governing, 'request', own[0]));
    }
    const { verdict, reason } = decision;
    return {
      phase: 'request',
      verdict: verdict === 'pending' ? 'undecided' : verdict,
      step: verdict === 'refused' ? 'origin' : undefined,
      reason,
      status: undefined,
      headers: headersOf(decision),
      routes: this.#names(routes),
      paths: this.#entries(routes, method, url),
    };
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

function headersOf(decision: RequestDecision): Record<string, string> {
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
