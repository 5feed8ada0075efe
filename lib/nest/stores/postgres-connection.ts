import type { Clock } from './clock.js';

/** A message as pg gives it. */
export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** What is used of a client from a pool of pg. */
export interface PostgresClient {
  query(text: string): Promise<unknown>;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  off(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  off(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  /** @param destroy - closes the connection instead of reusing it. */
  release(destroy?: boolean): void;
}

/** What is used of a pool of pg. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  query(text: string, values: string[]): Promise<unknown>;
}

/** A silently dead connection would keep `pool.end()` waiting: it is destroyed after this time. */
const PATIENCE = 1000;

/**
 * Runs a function in front of `pool.end()`, which waits for every connection: if a module awaited it before the application leaves the
 * bus, `app.close()` would never end.
 *
 * @returns how to undo it, unless other code has replaced the method since.
 */
export function beforeEnd(pool: object, run: () => void): () => void {
  const end: unknown = Reflect.get(pool, 'end');
  if (typeof end !== 'function') {
    return () => undefined;
  }
  const own = Object.getOwnPropertyDescriptor(pool, 'end');
  const watched = (...values: readonly unknown[]): unknown => {
    run();
    return Reflect.apply(end, pool, values);
  };
  Reflect.set(pool, 'end', watched);
  return () => {
    if (Reflect.get(pool, 'end') === watched) {
      Reflect.deleteProperty(pool, 'end');
      Object.defineProperties(pool, own === undefined ? {} : { end: own });
    }
  };
}

/** A client of the pool, while the bus holds it. */
export class Connection {
  #isOurs = true;
  #isBroken = false;
  #reason: unknown;
  #onBroken: (reason: unknown) => void = () => undefined;
  readonly #break = (error?: unknown): void => {
    this.#reason ??= error;
    this.#isBroken = true;
    if (this.#isOurs) {
      this.#onBroken(this.#reason);
    }
  };

  constructor(
    readonly client: PostgresClient,
    private readonly receive: (message: PostgresNotification) => void,
  ) {
    client.on('notification', receive);
    client.on('error', this.#break);
    client.on('end', this.#break);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** @param run - gets the error of the server or the network; undefined if there is none. */
  whenBroken(run: (reason: unknown) => void): void {
    this.#onBroken = run;
    if (this.#isBroken) {
      run(this.#reason);
    }
  }

  /** Gives the client back once it does not listen any more. */
  async unlisten(channel: string, clock: Clock): Promise<void> {
    const giveUp = clock.after(PATIENCE, () => this.destroy());
    try {
      await this.client.query(`UNLISTEN ${channel}`);
      this.#giveBack();
    } catch {
      this.destroy();
    } finally {
      giveUp();
    }
  }

  #giveBack(): void {
    if (this.#isOurs) {
      this.#letGo();
      this.client.off('error', this.#break);
      this.client.release(false);
    }
  }

  /** A destroyed client may still emit an error, and an error without a listener ends the process. */
  destroy(): void {
    if (this.#isOurs) {
      this.#letGo();
      this.client.release(true);
    }
  }

  #letGo(): void {
    this.#isOurs = false;
    this.client.off('notification', this.receive);
    this.client.off('end', this.#break);
  }
}
