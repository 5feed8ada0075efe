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
  #connection: Connection | undefined;
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
    const connection = new Connection(await this.pool.connect(), (message) => this.#receive(message));
    try {
      await connection.client.query(`LISTEN ${this.#quotedChannel()}`);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    if (this.#isStopped) {
      connection.destroy();
      return;
    }
    this.#connection = connection;
    connection.whenBroken(() => {
      this.#connection = undefined;
      connection.destroy();
      this.#connectAgain(0);
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopPause();
    const connection = this.#connection;
    this.#connection = undefined;
    try {
      await connection?.client.query(`UNLISTEN ${this.#quotedChannel()}`);
      connection?.giveBack();
    } catch {
      connection?.destroy();
    }
  }

  #receive({ channel, payload }: PostgresNotification): void {
    // What PostgreSQL calls empty says nothing here: that word is the bus's own.
    if (channel === this.channel && payload !== undefined && payload !== '') {
      this.listener(payload);
    }
  }

  #connectAgain(attempt: number): void {
    const connect = async (): Promise<void> => {
      try {
        await this.connect();
        if (!this.#isStopped) {
          this.listener('');
        }
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

  #quotedChannel(): string {
    return `"${this.channel.replaceAll('"', '""')}"`;
  }
}

/** A client of the pool, while it is ours. */
class Connection {
  #isOurs = true;
  #isBroken = false;
  #onBroken: () => void = () => undefined;
  readonly #break = (): void => {
    this.#isBroken = true;
    if (this.#isOurs) {
      this.#onBroken();
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

  whenBroken(run: () => void): void {
    this.#onBroken = run;
    if (this.#isBroken) {
      run();
    }
  }

  giveBack(): void {
    if (this.#isOurs) {
      this.#letGo();
      this.client.off('error', this.#break);
      this.client.release(false);
    }
  }

  /** What is destroyed may still fail, and an error that nobody listens to ends the process. */
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
