import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { RedisCorsBus } from 'nestjs-cors/redis';

import { settled } from './manual-clock.js';

/** Redis itself, as far as pub/sub goes. */
class FakeRedis {
  readonly subscribed = new Map<string, Set<(channel: string, message: string) => void>>();

  publish(channel: string, message: string): void {
    for (const deliver of this.subscribed.get(channel) ?? []) {
      deliver(channel, message);
    }
  }

  listen(channel: string, deliver: (channel: string, message: string) => void): void {
    this.subscribed.set(channel, (this.subscribed.get(channel) ?? new Set()).add(deliver));
  }
}

/** A client as ioredis has it: one event for all channels, and it subscribes again after it is ready. */
class FakeIoRedis extends EventEmitter {
  failure: Error | undefined;
  readonly calls: string[] = [];
  readonly #channels = new Set<string>();
  readonly #deliver = (channel: string, message: string) => void this.emit('message', channel, message);

  constructor(private readonly redis: FakeRedis) {
    super();
  }

  async publish(channel: string, message: string): Promise<number> {
    await this.#ask(`publish ${channel}`);
    this.redis.publish(channel, message);
    return 1;
  }

  async subscribe(channel: string): Promise<number> {
    await this.#ask(`subscribe ${channel}`);
    this.#channels.add(channel);
    this.redis.listen(channel, this.#deliver);
    return this.#channels.size;
  }

  async unsubscribe(channel: string): Promise<number> {
    await this.#ask(`unsubscribe ${channel}`);
    this.#channels.delete(channel);
    this.redis.subscribed.get(channel)?.delete(this.#deliver);
    return this.#channels.size;
  }

  cut(): void {
    for (const channel of this.#channels) {
      this.redis.subscribed.get(channel)?.delete(this.#deliver);
    }
  }

  async #ask(call: string): Promise<void> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }
}

/** A client as node-redis has it: a listener for each channel, and it subscribes again before it is ready. */
class FakeNodeRedis extends EventEmitter {
  readonly isOpen = true;
  readonly #listeners = new Map<(message: string) => void, (channel: string, message: string) => void>();

  constructor(private readonly redis: FakeRedis) {
    super();
  }

  async publish(channel: string, message: string): Promise<number> {
    await Promise.resolve();
    this.redis.publish(channel, message);
    return 1;
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    await Promise.resolve();
    const deliver = (_: string, message: string): void => listener(message);
    this.#listeners.set(listener, deliver);
    this.redis.listen(channel, deliver);
  }

  async unsubscribe(channel: string, listener: (message: string) => void): Promise<void> {
    await Promise.resolve();
    const deliver = this.#listeners.get(listener);
    if (deliver !== undefined) {
      this.redis.subscribed.get(channel)?.delete(deliver);
    }
  }
}

describe.each([
  ['ioredis', FakeIoRedis],
  ['node-redis', FakeNodeRedis],
])('a bus over %s', (_, Client) => {
  it('carries messages on its channel until it is unsubscribed from', async () => {
    const redis = new FakeRedis();
    const [publisher, subscriber] = [new Client(redis), new Client(redis)];
    const bus = new RedisCorsBus({ publisher, subscriber });
    const heard: string[] = [];
    const stop = await bus.subscribe((message) => heard.push(message));
    await bus.publish('one');
    redis.publish('another channel', 'two');
    expect(heard).toEqual(['one']);

    await stop();
    await bus.publish('three');
    subscriber.emit('ready');
    await settled();
    expect(heard).toEqual(['one']);
    expect(redis.subscribed.get('nestjs-cors')?.size).toBe(0);
    expect(subscriber.eventNames()).toEqual([]);
  });

  it('uses the channel that it is given', async () => {
    const redis = new FakeRedis();
    const bus = new RedisCorsBus({ publisher: new Client(redis), subscriber: new Client(redis), channel: 'mine' });
    await bus.subscribe(() => undefined);
    expect([...redis.subscribed.keys()]).toEqual(['mine']);
  });

  it('says that messages may be lost when it has connected again', async () => {
    const redis = new FakeRedis();
    const subscriber = new Client(redis);
    const heard: string[] = [];
    await new RedisCorsBus({ publisher: subscriber, subscriber }).subscribe((message) => heard.push(message));
    expect(heard).toEqual([]);
    subscriber.emit('ready');
    await settled();
    expect(heard).toEqual(['']);
  });
});

describe('a bus over ioredis', () => {
  it('says so when it listens again, and not before', async () => {
    const redis = new FakeRedis();
    const subscriber = new FakeIoRedis(redis);
    const heard: string[] = [];
    const bus = new RedisCorsBus({ publisher: new FakeIoRedis(redis), subscriber });
    await bus.subscribe((message) => heard.push(message));
    subscriber.cut();
    await bus.publish('lost');
    subscriber.failure = new Error('Connection is closed.');
    subscriber.emit('ready');
    await settled();
    expect(heard).toEqual([]);

    subscriber.failure = undefined;
    subscriber.emit('ready');
    await settled();
    await bus.publish('heard');
    expect(heard).toEqual(['', 'heard']);
  });

  it('that cannot subscribe leaves no listener behind', async () => {
    const subscriber = new FakeIoRedis(new FakeRedis());
    subscriber.failure = new Error('NOAUTH Authentication required.');
    const bus = new RedisCorsBus({ publisher: subscriber, subscriber });
    await expect(bus.subscribe(() => undefined)).rejects.toThrow('NOAUTH');
    await expect(bus.publish('one')).rejects.toThrow('NOAUTH');
    expect(subscriber.eventNames()).toEqual([]);
  });
});
