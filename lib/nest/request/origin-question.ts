import type { CorsOriginQuestion } from '../../policy/model/origin-resolver.js';
import { NO_PARAMS, type RouteParams } from '../../routing/route-table.js';
import type { CorsState } from '../response/cors-state.js';
import type { CorsRuntime } from './cors.runtime.js';
import { hostOf } from './cross-origin.js';

/** What every function origin or resolver gets; the other fields depend on the policy that asks. */
export type QuestionBase = Omit<CorsOriginQuestion, 'signal' | 'credentials'>;

/** The question about a request in progress. Fields are computed when they are read, as most of them never are. */
export class RequestQuestion implements QuestionBase {
  readonly #state: CorsState;
  readonly #runtime: CorsRuntime;
  #params: RouteParams | undefined;

  constructor(
    state: CorsState,
    runtime: CorsRuntime,
    readonly phase: 'preflight' | 'request',
    readonly method: string,
  ) {
    this.#state = state;
    this.#runtime = runtime;
  }

  get origin(): string {
    return this.#state.raw.headers.origin ?? '';
  }

  get url(): string {
    return this.#state.url;
  }

  get params(): RouteParams {
    return (this.#params ??= this.#readParams());
  }

  get host(): string | undefined {
    return hostOf(this.#state.raw);
  }

  get route(): string | undefined {
    return this.#runtime.nameOf(this.#state.route);
  }

  #readParams(): RouteParams {
    const { route, url } = this.#state;
    return route === undefined ? NO_PARAMS : this.#runtime.table.paramsOf(route, this.method, url);
  }
}

/** The question of one policy. It is immutable, as other functions get the same data. */
export class OriginQuestion implements CorsOriginQuestion {
  readonly #base: QuestionBase;
  readonly #asking: { readonly signal: AbortSignal };

  constructor(
    base: QuestionBase,
    readonly credentials: boolean,
    asking: { readonly signal: AbortSignal },
  ) {
    this.#base = base;
    this.#asking = asking;
    Object.freeze(this);
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
    return this.#base.params;
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
