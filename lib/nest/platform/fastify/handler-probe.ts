import type { RouteParams } from '../../../routing/route-table.js';

/**
 * Finds out whether Nest's wrappers around a handler would let a request through, without running the handler.
 *
 * The wrapped handler recognises this object when it gets it as the reply. So the adapter's own checks are run and need not be
 * written again here. It is only called with functions that the adapter created: no code of the app is run.
 */
export class HandlerProbe {
  readonly #raw = { url: '', originalUrl: '' };
  readonly #request: { params: RouteParams; readonly raw: object } = { params: {}, raw: this.#raw };
  #reached = false;

  /** True when the function, called as the platform calls it, gets as far as the handler. */
  reaches(guarded: (this: unknown, ...args: never[]) => unknown, params: RouteParams, url: string): boolean {
    this.#request.params = params;
    this.#raw.url = url;
    this.#raw.originalUrl = url;
    this.#reached = false;
    try {
      Reflect.apply(guarded, undefined, [this.#request, this]);
    } catch {
      // It is not known what the adapter does with such a request: the route keeps its policy.
      return true;
    }
    return this.#reached;
  }

  /** The handler's stand-in was called. */
  reach(): void {
    this.#reached = true;
  }

  /** What the adapter calls where it turns a request away. */
  callNotFound(): void {
    // Nothing to answer: `reaches` sees that the handler was not reached.
  }
}
