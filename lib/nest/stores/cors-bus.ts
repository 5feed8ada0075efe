import { hasGenerator, NO_GENERATOR } from '../../policy/model/function-kinds.js';

/**
 * Carries messages between the instances of an application: it announces `changed()` of a `CorsOriginStore` and
 * `CorsService.reload({ everywhere: true })` to the others. Pass it as the option `bus` of `forRoot()` or of `forRootAsync()`'s
 * factory, or provide it under `CORS_BUS`. Implementations: `nestjs-cors/redis`, `nestjs-cors/postgres`.
 *
 * Messages are short texts that name what to load again, never its contents. They may be lost, doubled or late: the `ttl` of a
 * store bounds the delay.
 */
export interface CorsBus {
  /** Sends a text to all subscribers; this instance may be one of them. */
  publish(message: string): Promise<void>;
  /**
   * Calls the listener with every published text, until the returned function is called. If messages may have been lost, for
   * example after a reconnection, the bus calls it with an empty text; everything is then loaded again.
   *
   * @param report - gets why the bus hears nothing for the time being, or may miss messages without noticing; it is logged. A bus
   * that listens again by itself need not call it.
   */
  subscribe(listener: (message: string) => void, report?: (problem: unknown) => void): Promise<() => Promise<void>>;
}

/** What `subscribe()` was called with. */
export interface Subscriber {
  listener(message: string): void;
  report(problem: unknown): void;
}

/** True for an object with `publish()` and `subscribe()`, neither of them a generator. Never throws. */
export function isBus(value: unknown): value is CorsBus {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      typeof Reflect.get(value, 'publish') === 'function' &&
      typeof Reflect.get(value, 'subscribe') === 'function' &&
      !hasGenerators(value)
    );
  } catch {
    return false;
  }
}

/** @param expected - what to write instead of what is not a bus for another reason. */
export function insteadOfBus(value: unknown, expected: string): string {
  return hasGenerators(value) ? `a bus whose publish() and subscribe() return promises, ${NO_GENERATOR}` : expected;
}

function hasGenerators(value: unknown): boolean {
  return hasGenerator(value, 'publish') || hasGenerator(value, 'subscribe');
}
