/** What the log gets to know about clients of Redis that do not connect. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { RedisCorsBus } from 'nestjs-cors/redis';

/** All that both clients need, with a connection that comes when the test says so. */
class ConnectingClient extends EventEmitter {
  connected = (): void => undefined;
  refused = (_error: Error): void => undefined;

  publish = async () => Promise.resolve(0);
  unsubscribe = async () => Promise.resolve();

  subscribe(): Promise<void> {
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
    const subscribed = new RedisCorsBus({ publisher: client, subscriber: client }).subscribe(
      () => undefined,
      (problem) => problems.push(String(problem)),
    );
    return { client, problems, subscribed };
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

  it('watches no client that it could not subscribe with', async () => {
    const { client, subscribed } = open();
    client.refused(new Error('NOAUTH Authentication required.'));
    await expect(subscribed).rejects.toThrow('NOAUTH');
    expect(client.eventNames()).toEqual([]);
  });
});
