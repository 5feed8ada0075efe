import { hasGenerator, NO_GENERATOR } from '../../policy/model/function-kinds.js';
import type { Clock } from './clock.js';

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
   * @param report - call it with the reason if the bus receives nothing for now, or may miss messages unnoticed; it is logged.
   * A bus that listens again by itself need not call it.
   */
  subscribe(listener: (message: string) => void, report?: (problem: unknown) => void): Promise<() => Promise<void>>;
}

/** What `subscribe()` was called with. */
export interface Subscriber {
  listener(message: string): void;
  report(problem: unknown): void;
}

/** How long a message of this instance may take until it comes back. */
const ECHO = 5000;

/** Finds out whether a bus hears what it sends itself: if it never has, it does not hear the other instances either. */
export class EchoCheck {
  #hasHeard = false;
  /** The message that is to come back, perhaps before its `send()` has settled. */
  #expected: string | undefined;
  #stop: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly report: () => void,
  ) {}

  /** Sends a message of a bus that listens. */
  async send(message: string, send: () => Promise<unknown>): Promise<void> {
    const isExpected = !this.#hasHeard && this.#expected === undefined;
    if (isExpected) {
      this.#expected = message;
    }
    try {
      await send();
    } catch (error) {
      if (isExpected) {
        this.#expected = undefined;
      }
      throw error;
    }
    if (isExpected && this.#expected === message) {
      this.#stop = this.clock.after(ECHO, () => {
        this.#expected = undefined;
        this.report();
      });
    }
  }

  hear(message: string): void {
    if (message === this.#expected) {
      this.reset();
      this.#hasHeard = true;
    }
  }

  /** The connection is another one now, or there is none. */
  reset(): void {
    this.#stop();
    this.#expected = undefined;
    this.#hasHeard = false;
  }
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
