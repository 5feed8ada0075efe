import { SYSTEM_CLOCK, type Clock } from './clock.js';
import type { CorsBus } from './cors-bus.js';

/** What is used of a client that a pool of pg hands out. */
export interface PostgresClient {
  query(text: string): Promise<unknown>;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  on(event: 'error' | 'end', listener: () => void): unknown;
  off(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  off(event: 'error' | 'end', listener: () => void): unknown;
  /** @param destroy - the connection is closed, instead of used again. */
  release(destroy?: boolean): void;
}

/** What is used of a pool of pg. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  query(text: string, values: string[]): Promise<unknown>;
}

interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** What a `PostgresCorsBus` is made of. */
export interface PostgresCorsBusOptions {
  /** A pool of pg, of which the bus keeps one connection. `keepAlive: true` in its options tells when that is dead. */
  readonly pool: PostgresPool;
  /** Applications that share it look again too often, and nothing worse. Default: `nestjs_cors`. */
  readonly channel?: string | undefined;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/**
 * `LISTEN` and `NOTIFY` of PostgreSQL between the instances of an application, over a pool of pg. The application makes the pool,
 * listens to its errors, and ends it, after `app.close()`. A pooler in transaction mode, such as pgbouncer, cannot `LISTEN`.
 *
 * Notifications are not kept for who is not connected: the bus connects again, and everything is loaded anew.
 *
 * ```ts
 * const bus = new PostgresCorsBus({ pool: new Pool({ connectionString, keepAlive: true }) });
 * CorsModule.forRoot({ origin: 'https://app.example.com', bus });
 * ```
 *
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export class PostgresCorsBus implements CorsBus {
  readonly #pool: PostgresPool;
  readonly #channel: string;

  constructor({ pool, channel = 'nestjs_cors' }: PostgresCorsBusOptions) {
    this.#pool = pool;
    this.#channel = channel;
  }

  /** Rejects for a text that PostgreSQL does not take: 8000 bytes or more, which no message of this package has. */
  async publish(message: string): Promise<void> {
    await this.#pool.query('SELECT pg_notify($1, $2)', [this.#channel, message]);
  }

  async subscribe(listener: (message: string) => void): Promise<() => Promise<void>> {
    const listening = new Listening(this.#pool, this.#channel, listener, SYSTEM_CLOCK);
    await listening.connect();
    return async () => listening.stop();
  }
}

/** A connection that listens, and the next one where it breaks. */
class Listening {
  #client: PostgresClient | undefined;
  #isStopped = false;
  #stopPause: () => void = () => undefined;

  constructor(
    private readonly pool: PostgresPool,
    private readonly channel: string,
    private readonly listener: (message: string) => void,
    private readonly clock: Clock,
  ) {}

  /** Rejects where there is no connection to be had, or it cannot listen. */
  async connect(): Promise<void> {
    const client = await this.pool.connect();
    client.on('notification', this.#receive);
    client.on('error', this.#break);
    client.on('end', this.#break);
    try {
      await client.query(`LISTEN ${this.#quotedChannel()}`);
    } catch (error) {
      this.#letGo(client, true);
      throw error;
    }
    if (this.#isStopped) {
      this.#letGo(client, true);
      return;
    }
    this.#client = client;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopPause();
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) {
      return;
    }
    try {
      await client.query(`UNLISTEN ${this.#quotedChannel()}`);
      this.#letGo(client, false);
    } catch {
      this.#letGo(client, true);
    }
  }

  readonly #receive = ({ channel, payload }: PostgresNotification): void => {
    // What PostgreSQL calls empty says nothing here: that word is the bus's own.
    if (channel === this.channel && payload !== undefined && payload !== '') {
      this.listener(payload);
    }
  };

  /** Called by the one client that listens: an error, and then its end. */
  readonly #break = (): void => {
    const client = this.#client;
    if (client !== undefined) {
      this.#client = undefined;
      this.#letGo(client, true);
      this.#connectAgain(0);
    }
  };

  #connectAgain(attempt: number): void {
    const connect = async (): Promise<void> => {
      try {
        await this.connect();
        this.listener('');
      } catch {
        // The pool tells its owner. What it costs here is told when it is over: everything is loaded anew.
        this.#connectAgain(attempt + 1);
      }
    };
    if (!this.#isStopped) {
      const pause = attempt === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
      this.#stopPause = this.clock.after(pause, () => void connect());
    }
  }

  #letGo(client: PostgresClient, destroy: boolean): void {
    client.off('notification', this.#receive);
    client.off('end', this.#break);
    if (!destroy) {
      client.off('error', this.#break);
    }
    // What is destroyed may still fail, and an error that nobody listens to ends the process.
    client.release(destroy);
  }

  #quotedChannel(): string {
    return `"${this.channel.replaceAll('"', '""')}"`;
  }
}
