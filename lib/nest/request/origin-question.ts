import type { CorsOriginQuestion } from '../../policy/model/origin-resolver.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { RouteParams } from '../../routing/route-table.js';
import type { CorsState } from '../response/cors-state.js';
import type { CorsRuntime } from './cors.runtime.js';
import { hostOf } from './cross-origin.js';

/**
 * What every function origin or resolver gets; the other fields depend on the policy that asks. `params` is another object each
 * time it is read: nobody changes what somebody else has got.
 */
export type QuestionBase = Omit<CorsOriginQuestion, 'signal' | 'credentials'>;

/** The question about a request in progress. Fields are computed when they are read, as most of them never are. */
export class RequestQuestion implements QuestionBase {
  readonly #state: CorsState;
  readonly #runtime: CorsRuntime;
  readonly #route: Route | undefined;

  constructor(
    state: CorsState,
    runtime: CorsRuntime,
    readonly phase: 'preflight' | 'request',
    readonly method: string,
    readonly url: string,
    /** Of several that a preflight may be about, the one whose policy asks. */
    route: Route | undefined,
  ) {
    this.#state = state;
    this.#runtime = runtime;
    this.#route = route;
  }

  get origin(): string {
    return this.#state.raw.headers.origin ?? '';
  }

  get params(): RouteParams {
    const { request, isRedispatched } = this.#state;
    const { table, finder } = this.#runtime;
    const route = this.#route;
    const routed = this.phase === 'request' && !isRedispatched ? request : undefined;
    return route === undefined
      ? finder.paramsAt(this.method, this.url, request)
      : table.paramsOf(route, this.method, this.url, routed);
  }

  get host(): string | undefined {
    return hostOf(this.#state.raw);
  }

  get route(): string | undefined {
    return this.#runtime.nameOf(this.#route);
  }
}

/** What one function or resolver of a policy gets. Its fields cannot be changed. */
export class OriginQuestion implements CorsOriginQuestion {
  readonly #base: QuestionBase;
  readonly #policy: CorsPolicy;
  readonly #asking: { readonly signal: AbortSignal };
  #params: CorsOriginQuestion['params'] | undefined;

  constructor(base: QuestionBase, policy: CorsPolicy, asking: { readonly signal: AbortSignal }) {
    this.#base = base;
    this.#policy = policy;
    this.#asking = asking;
  }

  get credentials(): boolean {
    return this.#policy.credentials;
  }

  get origin(): string {
    return this.#base.origin;
  }

  get phase(): CorsOriginQuestion['phase'] {
    return this.#base.phase;
  }

  get method(): string {
    return this.#base.method;
  }

  get url(): string {
    return this.#base.url;
  }

  get params(): CorsOriginQuestion['params'] {
    return (this.#params ??= this.#base.params);
  }

  get host(): string | undefined {
    return this.#base.host;
  }

  get route(): string | undefined {
    return this.#base.route;
  }

  get signal(): AbortSignal {
    return this.#asking.signal;
  }
}
