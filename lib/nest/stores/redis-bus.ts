import { errorMonitor } from 'node:events';

import { settle } from '../report/settle.js';
import { checkBusOptions, hasMethods, optionOf, type Wanted } from './bus-options.js';
import { SYSTEM_CLOCK } from './clock.js';
import { EchoCheck, type CorsBus } from './cors-bus.js';

/** What is used of a client of ioredis. */
export interface IoRedisClient {
  publish(channel: string, message: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: string | symbol, listener: (...values: string[]) => void): unknown;
  off(event: string | symbol, listener: (...values: string[]) => void): unknown;
}

/** What is used of a client of node-redis (`redis`, `@redis/client`). */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  publish(channel: string, message: string): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: string | symbol, listener: (problem?: unknown) => void): unknown;
  off(event: string | symbol, listener: (problem?: unknown) => void): unknown;
}

/** The options of a `RedisCorsBus`. */
export interface RedisCorsBusOptions {
  /** Sends messages. Any client of the application. */
  readonly publisher: IoRedisClient | NodeRedisClient;
  /**
   * Receives messages. A client that is used for nothing else, such as `publisher.duplicate()`. In a cluster, use a client of
   * one node, which gets what is published at any node. A client of a whole cluster, or of node-redis for sentinels, does not
   * report reconnections: messages sent meanwhile are lost, and only `ttl` bounds the delay.
   */
  readonly subscriber: IoRedisClient | NodeRedisClient;
  /** If applications share a channel, they only load lists too often. Default: `nestjs-cors`. */
  readonly channel?: string | undefined;
}

/**
 * Redis pub/sub between the instances of an application, over clients of ioredis or node-redis. The application creates them,
 * listens to their errors, and closes them.
 *
 * Pub/sub does not keep messages for disconnected clients: everything is loaded again after each reconnection.
 *
 * ```ts
 * const publisher = new Redis(url);
 * const bus = new RedisCorsBus({ publisher, subscriber: publisher.duplicate() });
 * CorsModule.forRoot({ origin: 'https://app.example.com', bus });
 * ```
 *
 * @see https://redis.io/docs/latest/develop/pubsub/
 */
export class RedisCorsBus implements CorsBus {
  // Not in fields with a hash: as a provider it may be called through a proxy, which does not have them.
  constructor(private readonly options: RedisCorsBusOptions) {
    checkBusOptions('RedisCorsBus', options, WANTED);
  }

  async publish(message: string): Promise<void> {
    const { echo, reports } = listeningOf(this.options);
    const send = async (): Promise<unknown> => this.options.publisher.publish(channelOf(this.options), message);
    await (reports.size === 0 ? send() : echo.send(message, send));
  }

  async subscribe(
    listener: (message: string) => void,
    report: (problem: unknown) => void = () => undefined,
  ): Promise<() => Promise<void>> {
    const { subscriber } = this.options;
    const channel = channelOf(this.options);
    const { echo, reports } = listeningOf(this.options);
    const hear = (message: string): void => {
      if (message === '') {
        echo.reset();
      }
      echo.hear(message);
      listener(message);
    };
    const unwatch = watch(subscriber, (problem) => {
      echo.reset();
      report(problem);
    });
    try {
      const stop = await (isNodeRedis(subscriber)
        ? subscribeNodeRedis(subscriber, channel, hear)
        : new IoRedisSubscription(subscriber, channel, hear, report).begin());
      if (SILENT.some((name) => optionOf(subscriber, name) !== undefined && optionOf(subscriber, name) !== false)) {
        report(
          new Error(
            'the subscriber is a client of several servers and does not tell when it has connected again; use a client of one of them, which hears all messages',
          ),
        );
      }
      reports.add(report);
      return async () => {
        reports.delete(report);
        echo.reset();
        unwatch();
        await stop();
      };
    } catch (error) {
      unwatch();
      throw error;
    }
  }
}

const NO_ECHO =
  'what this instance publishes does not come back to it; publisher and subscriber have to reach the same Redis, and the publisher its master';

/** What the subscribers of a bus share. */
class Listening {
  readonly reports = new Set<(problem: unknown) => void>();
  readonly echo = new EchoCheck(SYSTEM_CLOCK, () => this.reports.forEach((report) => report(new Error(NO_ECHO))));
}

/** By the options of the bus: a proxy of the bus has the same. */
const listening = new WeakMap<RedisCorsBusOptions, Listening>();

function listeningOf(options: RedisCorsBusOptions): Listening {
  const own = listening.get(options) ?? new Listening();
  listening.set(options, own);
  return own;
}

/**
 * Reports why the client does not connect, such as a certificate, while `subscribe()` of most clients waits; and that it was closed,
 * as it does not connect again. `errorMonitor` does not count as a listener for errors: the application still has to have one.
 */
function watch(client: IoRedisClient | NodeRedisClient, report: (problem: unknown) => void): () => void {
  const failed = (problem?: unknown): void => report(problem);
  const ended = (): void => report(new Error('the subscriber was closed, and does not connect again'));
  client.on(errorMonitor, failed);
  client.on('end', ended);
  return () => {
    client.off(errorMonitor, failed);
    client.off('end', ended);
  };
}

/** What clients of a cluster (`isCluster` of ioredis, `masters` of node-redis) and of sentinels have, and no other client. */
const SILENT = ['isCluster', 'masters', 'getSentinelNode'];

const WANTED: Readonly<Record<string, Wanted>> = {
  publisher: {
    expected: 'a client of ioredis or node-redis, such as new Redis(url)',
    is: (client) => hasMethods(client, 'publish'),
  },
  subscriber: {
    expected:
      'a client of ioredis or node-redis that is used for nothing else, such as publisher.duplicate(); not a pool',
    is: (client) => hasMethods(client, 'subscribe', 'unsubscribe', 'on', 'off'),
  },
  channel: {
    expected: 'the name of a channel, or leave it out',
    is: (channel) => channel === undefined || (typeof channel === 'string' && channel !== ''),
  },
};

function channelOf({ channel = 'nestjs-cors' }: RedisCorsBusOptions): string {
  return channel;
}

function isNodeRedis(client: IoRedisClient | NodeRedisClient): client is NodeRedisClient {
  return 'isOpen' in client;
}

/** The client resubscribes by itself before it emits `ready`, and tries until it succeeds. */
async function subscribeNodeRedis(
  client: NodeRedisClient,
  channel: string,
  listener: (message: string) => void,
): Promise<() => Promise<void>> {
  const receive = (message: string): void => listener(message);
  const lost = (): void => listener('');
  await client.subscribe(channel, receive);
  client.on('ready', lost);
  return async () => {
    client.off('ready', lost);
    await client.unsubscribe(channel, receive);
  };
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * The client emits `ready` before it resubscribes: messages in between count as lost. If the server refuses then, as when its
 * rules for users have changed, the client does not try again.
 */
class IoRedisSubscription {
  readonly #client: IoRedisClient;
  readonly #channel: string;
  readonly #listener: (message: string) => void;
  readonly #report: (problem: unknown) => void;
  #isStopped = false;
  #stopPause: () => void = () => undefined;

  constructor(
    client: IoRedisClient,
    channel: string,
    listener: (message: string) => void,
    report: (problem: unknown) => void,
  ) {
    this.#client = client;
    this.#channel = channel;
    this.#listener = listener;
    this.#report = report;
  }

  /** Rejects if the client cannot subscribe. */
  async begin(): Promise<() => Promise<void>> {
    const isLast = hold(this.#client, this.#channel);
    this.#client.on('message', this.#receive);
    try {
      await this.#client.subscribe(this.#channel);
    } catch (error) {
      this.#client.off('message', this.#receive);
      isLast();
      throw error;
    }
    this.#client.on('ready', this.#lost);
    return async () => {
      if (this.#isStopped) {
        return;
      }
      this.#isStopped = true;
      this.#stopPause();
      this.#client.off('ready', this.#lost);
      this.#client.off('message', this.#receive);
      if (isLast()) {
        await this.#client.unsubscribe(this.#channel);
      }
    };
  }

  readonly #receive = (from?: string, message?: string): void => {
    if (from === this.#channel && message !== undefined) {
      this.#listener(message);
    }
  };

  readonly #lost = (): void => {
    this.#stopPause();
    settle(this.#listenAgain(0), () => undefined);
  };

  async #listenAgain(attempt: number): Promise<void> {
    try {
      await this.#client.subscribe(this.#channel);
      if (!this.#isStopped) {
        this.#listener('');
      }
    } catch (error) {
      if (!this.#isStopped) {
        this.#report(error);
        this.#stopPause();
        const again = (): void => settle(this.#listenAgain(attempt + 1), () => undefined);
        this.#stopPause = SYSTEM_CLOCK.after(Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE), again);
      }
    }
  }
}

/** How many subscriptions each client has to each channel: all of them end with one `UNSUBSCRIBE`. */
const held = new WeakMap<IoRedisClient, Map<string, number>>();

/** Counts one more. Returns what counts it off, which returns true for the last one of its channel. */
function hold(client: IoRedisClient, channel: string): () => boolean {
  const counts = held.get(client) ?? new Map<string, number>();
  if (!held.has(client)) {
    held.set(client, counts);
    shelterSubscribe(client);
  }
  counts.set(channel, (counts.get(channel) ?? 0) + 1);
  return () => {
    const left = (counts.get(channel) ?? 1) - 1;
    counts.set(channel, left);
    return left === 0;
  };
}

/**
 * After a reconnection ioredis calls `subscribe()` of the client, and nothing waits for the promise: if the server refuses, the
 * rejection would end the process. It is handled here, and stays one for those who wait for it.
 */
function shelterSubscribe(client: IoRedisClient): void {
  const subscribe = Reflect.get(client, 'subscribe');
  Reflect.set(client, 'subscribe', (...values: [string]): Promise<unknown> => {
    const subscribed = Reflect.apply(subscribe, client, values);
    settle(subscribed, () => undefined);
    return subscribed;
  });
}
