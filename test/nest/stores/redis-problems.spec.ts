/** What the log gets to know about clients of Redis that do not connect. */
import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { RedisCorsBus } from 'nestjs-cors/redis';

/** All that both clients need, with a connection that comes when the test says so. */
class ConnectingClient extends EventEmitter {
  connected = (): void => undefined;
  refused = (_error: Error): void => undefined;

  publish = async (_channel?: string, _message?: string) => Promise.resolve(0);
  unsubscribe = async () => Promise.resolve();

  /** A message comes. */
  hear(channel: string, message: string): void {
    this.emit('message', channel, message);
    this.listener(message);
  }

  listener = (_message: string): void => undefined;

  subscribe(_channel: string, listener?: (message: string) => void): Promise<void> {
    this.listener = listener ?? this.listener;
    return new Promise((resolve, reject) => {
      this.connected = resolve;
      this.refused = reject;
    });
  }
}

class ConnectingNodeRedis extends ConnectingClient {
  readonly isOpen = true;
}

describe.each([
  ['ioredis', ConnectingClient],
  ['node-redis', ConnectingNodeRedis],
])('a bus over %s', (_, Client) => {
  const open = () => {
    const client = new Client();
    const problems: string[] = [];
    const bus = new RedisCorsBus({ publisher: client, subscriber: client });
    const subscribed = bus.subscribe(
      () => undefined,
      (problem) => problems.push(String(problem)),
    );
    const hear = (message: string): void => client.hear('nestjs-cors', message);
    return { client, bus, problems, subscribed, hear };
  };

  it('reports why its client does not connect, at first and later, and that it never will again', async () => {
    const { client, problems, subscribed } = open();
    // Without a listener for errors the client complains in its own way: ioredis on the console, node-redis by an exception.
    expect(client.listenerCount('error')).toBe(0);
    client.on('error', () => undefined);
    client.emit('error', new Error('self-signed certificate'));
    client.connected();
    const stop = await subscribed;
    client.emit('error', new Error('certificate has expired'));
    client.emit('end');
    expect(problems).toEqual([
      'Error: self-signed certificate',
      'Error: certificate has expired',
      'Error: the subscriber was closed, and does not connect again',
    ]);
    client.removeAllListeners('error');
    await stop();
    expect(client.eventNames()).toEqual([]);
  });

  it('reports that what it publishes does not come back, as from a replica, until something has', async () => {
    jest.useFakeTimers();
    try {
      const { client, bus, problems, subscribed, hear } = open();
      client.connected();
      const stop = await subscribed;
      client.publish = async () => Promise.reject(new Error('no'));
      await expect(bus.publish('one')).rejects.toThrow('no');
      expect(jest.getTimerCount()).toBe(0);
      client.publish = async () => Promise.resolve(1);
      await bus.publish('two');
      await bus.publish('three');
      hear('of another instance');
      await jest.advanceTimersByTimeAsync(5000);
      expect(problems).toEqual([
        'Error: what this instance publishes does not come back to it; publisher and subscriber have to reach the same Redis, and the publisher its master',
      ]);
      client.publish = async (_channel?: string, message = '') => {
        // It comes before the answer.
        hear(message);
        return Promise.resolve(1);
      };
      await bus.publish('four');
      expect(jest.getTimerCount()).toBe(0);
      client.publish = async () => Promise.resolve(1);
      await bus.publish('five');
      expect(jest.getTimerCount()).toBe(0);

      // After a problem it is another connection.
      client.on('error', () => undefined);
      client.emit('error', new Error('read ECONNRESET'));
      await bus.publish('six');
      expect(jest.getTimerCount()).toBe(1);
      client.emit('ready');
      client.connected();
      await jest.advanceTimersByTimeAsync(0);
      expect(jest.getTimerCount()).toBe(0);
      await bus.publish('seven');
      expect(jest.getTimerCount()).toBe(1);
      await stop();
      await bus.publish('eight');
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('watches no client that it could not subscribe with', async () => {
    const { client, subscribed } = open();
    client.refused(new Error('NOAUTH Authentication required.'));
    await expect(subscribed).rejects.toThrow('NOAUTH');
    expect(client.eventNames()).toEqual([]);
  });
});
