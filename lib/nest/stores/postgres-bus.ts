import { settle } from '../report/settle.js';
import { checkBusOptions, hasMethods, optionOf, type Wanted } from './bus-options.js';
import { SYSTEM_CLOCK, type Clock } from './clock.js';
import { EchoCheck, type CorsBus, type Subscriber } from './cors-bus.js';
import { beforeEnd, Connection, type PostgresNotification, type PostgresPool } from './postgres-connection.js';

/** The options of a `PostgresCorsBus`. */
export interface PostgresCorsBusOptions {
  /**
   * A pool of pg, for two connections or more: the bus keeps one. Set `keepAlive: true` in its options to detect a dead
   * connection.
   */
  readonly pool: PostgresPool;
  /** If applications share a channel, they only load lists too often. Default: `nestjs_cors`. */
  readonly channel?: string | undefined;
}

/** A pool without a free connection lets callers wait for as long as it has none: after this time it is reported. */
const LATE = 10_000;

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
  // Not in fields with a hash: as a provider it may be called through a proxy, which does not have them.
  constructor(private readonly options: PostgresCorsBusOptions) {
    checkBusOptions('PostgresCorsBus', options, WANTED);
  }

  /** Rejects a text that PostgreSQL does not accept: 8000 bytes or more. Messages of this package are shorter. */
  async publish(message: string): Promise<void> {
    await listeningOf(this.options).send(message);
  }

  async subscribe(
    listener: (message: string) => void,
    report: (problem: unknown) => void = () => undefined,
  ): Promise<() => Promise<void>> {
    return listeningOf(this.options).add({ listener, report });
  }
}

/** What listens for a bus, by its options: a proxy of the bus has the same. */
const listening = new WeakMap<PostgresCorsBusOptions, Listening>();

function listeningOf(options: PostgresCorsBusOptions): Listening {
  const own = listening.get(options) ?? new Listening(options.pool, channelOf(options), SYSTEM_CLOCK);
  listening.set(options, own);
  return own;
}

/** PostgreSQL cuts off a longer name, in bytes, for `LISTEN`, and does not take it for `NOTIFY`. */
const LONGEST_NAME = 63;

const WANTED: Readonly<Record<string, Wanted>> = {
  pool: {
    expected:
      'a pool of pg for two connections or more, such as new Pool({ connectionString }); a single client cannot connect again',
    // Only a client has these parameters. A pool may come from another package, and have no options.
    is: (pool) =>
      hasMethods(pool, 'connect', 'query') &&
      optionOf(pool, 'connectionParameters') === undefined &&
      optionOf(optionOf(pool, 'options'), 'max') !== 1,
  },
  channel: {
    expected: `the name of a channel, of 1 to ${LONGEST_NAME} bytes, or leave it out`,
    is: (channel) =>
      channel === undefined ||
      (typeof channel === 'string' &&
        channel !== '' &&
        !channel.includes('\0') &&
        Buffer.byteLength(channel) <= LONGEST_NAME),
  },
};

function channelOf({ channel = 'nestjs_cors' }: PostgresCorsBusOptions): string {
  return channel;
}

/**
 * The connection that listens, one for all subscribers, and its replacement if it breaks. There are several attempts to connect if
 * one takes long: the first that listens is kept, and the others give their connection back.
 */
class Listening {
  readonly #subscribers = new Set<Subscriber>();
  /** Each resolves a call of `add()` that waits for a connection, whichever attempt provides it. */
  readonly #waiting = new Set<() => void>();
  readonly #pending = new Set<Connection>();
  #connection: Connection | undefined;
  readonly #echo: EchoCheck;
  #mayHaveLost = false;
  #isEnded = false;
  #stopPause: () => void = () => undefined;
  #leavePool: () => void = () => undefined;

  constructor(
    private readonly pool: PostgresPool,
    private readonly channel: string,
    private readonly clock: Clock,
  ) {
    const silent = new Error(
      'PostgreSQL has accepted LISTEN, but what this instance sends does not come back to it; a pooler in transaction mode, such as pgbouncer, cannot listen: give the bus a pool that connects to PostgreSQL itself',
    );
    this.#echo = new EchoCheck(clock, () => this.#each(({ report }) => report(silent)));
  }

  /** Rejects if it cannot connect or cannot listen. */
  async add(subscriber: Subscriber): Promise<() => Promise<void>> {
    if (this.#subscribers.size === 0) {
      this.#leavePool = beforeEnd(this.pool, () => this.#giveUp());
    }
    this.#subscribers.add(subscriber);
    try {
      await this.#listens();
    } catch (error) {
      await this.#remove(subscriber);
      throw error;
    }
    return async () => this.#remove(subscriber);
  }

  async send(message: string): Promise<void> {
    const send = async (): Promise<unknown> => this.pool.query('SELECT pg_notify($1, $2)', [this.channel, message]);
    await (this.#connection === undefined ? send() : this.#echo.send(message, send));
  }

  async #listens(): Promise<void> {
    if (this.#connection !== undefined) {
      return;
    }
    let wake = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        this.#waiting.add(wake);
        this.#connect().then(resolve, reject);
      });
    } finally {
      this.#waiting.delete(wake);
    }
  }

  async #connect(): Promise<void> {
    const connection = new Connection(await this.pool.connect(), (message) => this.#receive(message));
    if (this.#isEnded) {
      connection.destroy();
      throw new Error('the pool was ended');
    }
    if (this.#isDone()) {
      connection.destroy();
      return;
    }
    this.#pending.add(connection);
    try {
      await connection.client.query(`LISTEN ${this.#quotedChannel()}`);
    } catch (error) {
      this.#pending.delete(connection);
      connection.destroy();
      throw error;
    }
    // If it is not pending any more, all subscribers had gone meanwhile, and it stops listening.
    if (!this.#pending.delete(connection) || this.#isDone()) {
      connection.destroy();
      return;
    }
    this.#use(connection);
  }

  /** Nobody needs a connection any more, or there is one. */
  #isDone(): boolean {
    return this.#subscribers.size === 0 || this.#connection !== undefined;
  }

  #use(connection: Connection): void {
    this.#connection = connection;
    this.#echo.reset();
    this.#stopPause();
    connection.whenBroken((reason) => {
      this.#forget(connection);
      if (reason !== undefined) {
        this.#each(({ report }) => report(reason));
      }
      this.#connectAgain(0);
    });
    if (!connection.isBroken && this.#mayHaveLost) {
      this.#mayHaveLost = false;
      this.#each(({ listener }) => listener(''));
    }
    for (const wake of this.#waiting) {
      wake();
    }
  }

  #forget(connection: Connection): void {
    this.#connection = undefined;
    this.#echo.reset();
    this.#mayHaveLost = true;
    connection.destroy();
  }

  /** The pool ends. If the application goes on, the next attempt to connect reports it. */
  #giveUp(): void {
    this.#isEnded = true;
    for (const connection of this.#pending) {
      connection.destroy();
    }
    if (this.#connection !== undefined) {
      this.#forget(this.#connection);
      this.#connectAgain(2);
    }
  }

  async #remove(subscriber: Subscriber): Promise<void> {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) {
      return;
    }
    this.#leavePool();
    this.#stopPause();
    this.#echo.reset();
    this.#mayHaveLost = false;
    const connections = [...this.#pending, ...(this.#connection === undefined ? [] : [this.#connection])];
    this.#pending.clear();
    this.#connection = undefined;
    await Promise.all(connections.map(async (connection) => connection.unlisten(this.#quotedChannel(), this.clock)));
  }

  #receive({ channel, payload }: PostgresNotification): void {
    // An empty payload is ignored: in this bus, an empty text means lost messages.
    if (channel === this.channel && payload !== undefined && payload !== '') {
      this.#echo.hear(payload);
      this.#each(({ listener }) => listener(payload));
    }
  }

  #each(run: (subscriber: Subscriber) => void): void {
    for (const subscriber of this.#subscribers) {
      run(subscriber);
    }
  }

  #connectAgain(attempt: number): void {
    const connect = async (): Promise<void> => {
      const late = new Error(`the pool has not provided a connection that listens for ${LATE} ms`);
      const stop = this.clock.after(LATE, () => this.#each(({ report }) => report(late)));
      try {
        await this.#connect();
      } catch (error) {
        this.#each(({ report }) => report(error));
        this.#connectAgain(attempt + 1);
      } finally {
        stop();
      }
    };
    if (!this.#isDone()) {
      const pause = attempt === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
      this.#stopPause();
      this.#stopPause = this.clock.after(pause, () => settle(connect(), () => undefined));
    }
  }

  #quotedChannel(): string {
    return `"${this.channel.replaceAll('"', '""')}"`;
  }
}
