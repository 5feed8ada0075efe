import { SYSTEM_CLOCK, type Clock } from './clock.js';
import type { CorsBus } from './cors-bus.js';

/** What is used of a client from a pool of pg. */
export interface PostgresClient {
  query(text: string): Promise<unknown>;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  on(event: 'error' | 'end', listener: () => void): unknown;
  off(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  off(event: 'error' | 'end', listener: () => void): unknown;
  /** @param destroy - closes the connection instead of reusing it. */
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

/** The options of a `PostgresCorsBus`. */
export interface PostgresCorsBusOptions {
  /** A pool of pg; the bus keeps one of its connections. Set `keepAlive: true` in its options to detect a dead connection. */
  readonly pool: PostgresPool;
  /** If applications share a channel, they only load lists too often. Default: `nestjs_cors`. */
  readonly channel?: string | undefined;
}

/** A silently dead connection would keep `pool.end()` waiting: it is destroyed after this time. */
const PATIENCE = 1000;

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/**
 * `LISTEN` and `NOTIFY` of PostgreSQL between the instances of an application, over a pool of pg. The application creates the
 * pool, listens to its errors, and ends it after `app.close()`. A pooler in transaction mode, such as pgbouncer, cannot
 * `LISTEN`.
 *
 * PostgreSQL does not keep notifications for disconnected clients: the bus reconnects, and everything is loaded again.
 *
 * ```ts
 * const bus = new PostgresCorsBus({ pool: new Pool({ connectionString, keepAlive: true }) });
 * CorsModule.forRoot({ origin: 'https://app.example.com', bus });
 * ```
 *
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export class PostgresCorsBus implements CorsBus {
  /** Not in fields with a hash: as a provider it may be called through a proxy, which does not have them. */
  constructor(private readonly options: PostgresCorsBusOptions) {}

  /** Rejects a text that PostgreSQL does not accept: 8000 bytes or more. Messages of this package are shorter. */
  async publish(message: string): Promise<void> {
    await this.options.pool.query('SELECT pg_notify($1, $2)', [channelOf(this.options), message]);
  }

  async subscribe(listener: (message: string) => void): Promise<() => Promise<void>> {
    const listening = new Listening(this.options.pool, channelOf(this.options), listener, SYSTEM_CLOCK);
    await listening.connect();
    return async () => listening.stop();
  }
}

function channelOf({ channel = 'nestjs_cors' }: PostgresCorsBusOptions): string {
  return channel;
}

/** A connection that listens, and its replacement if it breaks. */
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

  /** Rejects if it cannot connect or cannot listen. */
  async connect(): Promise<void> {
    const connection = new Connection(await this.pool.connect(), (message) => this.#receive(message));
    if (this.#isStopped) {
      connection.destroy();
      return;
    }
    this.#connection = connection;
    try {
      await connection.client.query(`LISTEN ${this.#quotedChannel()}`);
    } catch (error) {
      this.#connection = undefined;
      connection.destroy();
      throw error;
    }
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
    const giveUp = this.clock.after(PATIENCE, () => connection?.destroy());
    try {
      await connection?.client.query(`UNLISTEN ${this.#quotedChannel()}`);
      connection?.giveBack();
    } catch {
      connection?.destroy();
    } finally {
      giveUp();
    }
  }

  #receive({ channel, payload }: PostgresNotification): void {
    // An empty payload is ignored: in this bus, an empty text means lost messages.
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
        // The pool reports the error to its owner. After the reconnection, everything is loaded again.
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

/** A client of the pool, while the bus holds it. */
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
