import type { CorsBus } from './cors-bus.js';

/** What is used of a client of ioredis. */
export interface IoRedisClient {
  publish(channel: string, message: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...values: string[]) => void): unknown;
  off(event: string, listener: (...values: string[]) => void): unknown;
}

/** What is used of a client of node-redis (`redis`, `@redis/client`). */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  publish(channel: string, message: string): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: 'ready', listener: () => void): unknown;
  off(event: 'ready', listener: () => void): unknown;
}

/** The options of a `RedisCorsBus`. */
export interface RedisCorsBusOptions {
  /** Sends messages. Any client of the application. */
  readonly publisher: IoRedisClient | NodeRedisClient;
  /** Receives messages. A client that is used for nothing else, such as `publisher.duplicate()`. */
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
  /** Not in fields with a hash: as a provider it may be called through a proxy, which does not have them. */
  constructor(private readonly options: RedisCorsBusOptions) {}

  async publish(message: string): Promise<void> {
    await this.options.publisher.publish(channelOf(this.options), message);
  }

  async subscribe(listener: (message: string) => void): Promise<() => Promise<void>> {
    const { subscriber } = this.options;
    const channel = channelOf(this.options);
    return isNodeRedis(subscriber)
      ? subscribeNodeRedis(subscriber, channel, listener)
      : subscribeIoRedis(subscriber, channel, listener);
  }
}

function channelOf({ channel = 'nestjs-cors' }: RedisCorsBusOptions): string {
  return channel;
}

function isNodeRedis(client: IoRedisClient | NodeRedisClient): client is NodeRedisClient {
  return 'isOpen' in client;
}

/** The client resubscribes by itself before it emits `ready`. */
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

/** The client emits `ready` before it resubscribes: messages in between count as lost. */
async function subscribeIoRedis(
  client: IoRedisClient,
  channel: string,
  listener: (message: string) => void,
): Promise<() => Promise<void>> {
  const receive = (from?: string, message?: string): void => {
    if (from === channel && message !== undefined) {
      listener(message);
    }
  };
  const lost = (): void => {
    // If this fails, the connection has ended: the next one emits `ready` again.
    client.subscribe(channel).then(
      () => listener(''),
      () => undefined,
    );
  };
  client.on('message', receive);
  try {
    await client.subscribe(channel);
  } catch (error) {
    client.off('message', receive);
    throw error;
  }
  client.on('ready', lost);
  return async () => {
    client.off('ready', lost);
    client.off('message', receive);
    await client.unsubscribe(channel);
  };
}
