import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { CorsConfigError } from 'nestjs-cors';
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

  it('carries messages to each of its subscribers until that one stops', async () => {
    const redis = new FakeRedis();
    const [publisher, subscriber] = [new Client(redis), new Client(redis)];
    const heard: string[] = [];
    const subscribe = async (name: string) =>
      new RedisCorsBus({ publisher, subscriber }).subscribe((message) => heard.push(`${name} ${message}`));
    const bus = new RedisCorsBus({ publisher, subscriber });
    const stopA = await subscribe('a');
    const stopB = await subscribe('b');
    await stopA();
    // That it has stopped is not counted twice.
    await stopA();
    await bus.publish('one');
    expect(heard).toEqual(['b one']);

    // A new application begins before the old one has ended.
    const [stopC] = await Promise.all([subscribe('c'), stopB()]);
    await bus.publish('two');
    expect(heard).toEqual(['b one', 'c two']);
    await stopC();
    expect(redis.subscribed.get('nestjs-cors')?.size).toBe(0);
    expect(subscriber.eventNames()).toEqual([]);
  });

  it('reports a client that does not tell when it has connected again', async () => {
    const redis = new FakeRedis();
    for (const mark of [
      {},
      { isCluster: false },
      { isCluster: true },
      { masters: [] },
      { getSentinelNode: jest.fn() },
    ]) {
      const problems: string[] = [];
      const subscriber = Object.assign(new Client(redis), mark);
      const bus = new RedisCorsBus({ publisher: subscriber, subscriber });
      await bus.subscribe(
        () => undefined,
        (problem) => problems.push(String(problem)),
      );
      const isSilent = Object.values(mark).some(Boolean);
      expect(problems).toEqual(isSilent ? [expect.stringContaining('use a client of one of them')] : []);
    }
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

  describe('where the server refuses after a reconnection', () => {
    afterEach(() => {
      jest.useRealTimers();
    });

    it('reports it, and tries again until it listens', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
      const redis = new FakeRedis();
      const subscriber = new FakeIoRedis(redis);
      const heard: string[] = [];
      const problems: unknown[] = [];
      const bus = new RedisCorsBus({ publisher: new FakeIoRedis(redis), subscriber });
      const stop = await bus.subscribe(
        (message) => heard.push(message),
        (problem) => problems.push(problem),
      );
      const refusal = new Error('NOPERM this user has no permissions to access one of the channels');
      subscriber.cut();
      subscriber.failure = refusal;
      subscriber.emit('ready');
      await jest.advanceTimersByTimeAsync(2999);
      expect([heard, problems]).toEqual([[], [refusal, refusal]]);
      subscriber.failure = undefined;
      await jest.advanceTimersByTimeAsync(1);
      await bus.publish('heard');
      expect(heard).toEqual(['', 'heard']);

      subscriber.failure = refusal;
      subscriber.emit('ready');
      await jest.advanceTimersByTimeAsync(1);
      expect(jest.getTimerCount()).toBe(1);
      subscriber.failure = undefined;
      await stop();
      expect(jest.getTimerCount()).toBe(0);
    });

    it('handles the rejection of what the client does by itself', async () => {
      const subscriber = new FakeIoRedis(new FakeRedis());
      await new RedisCorsBus({ publisher: subscriber, subscriber }).subscribe(() => undefined);
      subscriber.failure = new Error('NOPERM');
      const unhandled = jest.fn();
      process.on('unhandledRejection', unhandled);
      // As ioredis does it.
      void subscriber.subscribe('nestjs-cors');
      // Node reports it before the next turn of the event loop.
      await setImmediate();
      process.off('unhandledRejection', unhandled);
      expect(unhandled).not.toHaveBeenCalled();
      await expect(subscriber.subscribe('nestjs-cors')).rejects.toThrow('NOPERM');
    });
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

it('does not take what is not a client, and does not write the password of a URL', () => {
  const client = new FakeIoRedis(new FakeRedis());
  const pool = { isOpen: true, publish: jest.fn(), on: jest.fn(), off: jest.fn() };
  const trap = new Proxy(client, {
    get() {
      throw new Error('no');
    },
  });
  const mistakesOf = (options: unknown): unknown => {
    try {
      return Reflect.construct(RedisCorsBus, [options]);
    } catch (error) {
      return error instanceof CorsConfigError ? error.issues.map(({ path }) => path) : error;
    }
  };
  expect(mistakesOf(undefined)).toEqual(['publisher', 'subscriber']);
  expect(mistakesOf({ publisher: client })).toEqual(['subscriber']);
  expect(mistakesOf({ publisher: pool, subscriber: pool })).toEqual(['subscriber']);
  expect(mistakesOf({ publisher: trap, subscriber: null, channel: '' })).toEqual([
    'publisher',
    'subscriber',
    'channel',
  ]);
  // A client in place of the options has many keys.
  expect(mistakesOf(pool)).toEqual(['publisher', 'subscriber']);
  // Ignored, it would be the channel of every other application.
  expect(mistakesOf({ publisher: pool, subscriber: client, chanel: 'mine' })).toEqual(['chanel']);
  expect(mistakesOf({ publisher: pool, subscriber: client, channel: undefined })).toBeInstanceOf(RedisCorsBus);
  expect(() => Reflect.construct(RedisCorsBus, [{ publisher: 'redis://u:secret@h', subscriber: client }])).toThrow(
    /publisher: "redis:\/\/\.\.\." does not belong here; write a client of ioredis or node-redis/,
  );
});
