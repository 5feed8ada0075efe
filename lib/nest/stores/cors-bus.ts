/**
 * What carries messages between the instances of an application: `changed()` of a `CorsOriginStore` and
 * `CorsService.reload({ everywhere: true })` are told to the others. Given once, as the option `bus` of `forRoot()` or of what
 * `forRootAsync()`'s factory returns, or as a provider under `CORS_BUS`. Ready: `nestjs-cors/redis`, `nestjs-cors/postgres`.
 *
 * Messages are short texts that say what to look at again, never what it is now. They may be lost, doubled or come late: the `ttl`
 * of a store bounds what that costs.
 */
export interface CorsBus {
  /** Sends a text to all who are subscribed; this instance may be among them. */
  publish(message: string): Promise<void>;
  /**
   * Calls the listener with every text that was published, until what is returned is called. A bus that may have lost messages,
   * as after it has connected again, calls it with an empty text: everything is loaded anew then.
   */
  subscribe(listener: (message: string) => void): Promise<() => Promise<void>>;
}

/** True for what can be asked to publish and to subscribe. Never throws. */
export function isBus(value: unknown): value is CorsBus {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      typeof Reflect.get(value, 'publish') === 'function' &&
      typeof Reflect.get(value, 'subscribe') === 'function'
    );
  } catch {
    return false;
  }
}
