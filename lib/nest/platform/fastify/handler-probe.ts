import type { RouteParams } from '../../../routing/route-table.js';

/**
 * Asks what Nest puts around a handler whether it would let a request through, without running the handler.
 *
 * The stand-in for the handler knows this object by sight, when it is handed it as the reply. So whatever the adapter checks
 * is checked by the adapter itself; nothing of it is written again here. It is only ever given what the adapter made: no code of
 * the app is run.
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
      // What the adapter does with such a request is not known: leave the route its policy.
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
