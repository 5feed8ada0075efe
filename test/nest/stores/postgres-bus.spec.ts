import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PostgresCorsBus } from 'nestjs-cors/postgres';

class FakeClient extends EventEmitter {
  readonly queries: string[] = [];
  failure: Error | undefined;
  /** How it was given back. */
  released: boolean | undefined;

  async query(text: string): Promise<void> {
    this.queries.push(text);
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }

  /** As pg has it: who gives a client back twice is told so. */
  release(destroy = false): void {
    if (this.released !== undefined) {
      throw new Error('Release called on client which has already been released to the pool.');
    }
    this.released = destroy;
  }
}

class FakePool {
  readonly clients: FakeClient[] = [];
  readonly sent: (readonly string[])[] = [];
  failure: Error | undefined;

  async connect(): Promise<FakeClient> {
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw this.failure;
    }
    const client = new FakeClient();
    this.clients.push(client);
    return client;
  }

  async query(text: string, values: string[]): Promise<void> {
    await Promise.resolve();
    this.sent.push([text, ...values]);
  }
}

describe('a bus over Postgres', () => {
  let pool = new FakePool();
  let heard: string[] = [];
  const subscribe = async (channel?: string) =>
    new PostgresCorsBus({ pool, channel }).subscribe((message) => heard.push(message));

  beforeEach(() => {
    jest.useFakeTimers();
    pool = new FakePool();
    heard = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('listens on a connection of its own, and notifies over the pool', async () => {
    const stop = await subscribe();
    const [client] = pool.clients;
    expect(client?.queries).toEqual(['LISTEN "nestjs_cors"']);
    client?.emit('notification', { channel: 'nestjs_cors', payload: 'one' });
    client?.emit('notification', { channel: 'another', payload: 'two' });
    client?.emit('notification', { channel: 'nestjs_cors', payload: '' });
    client?.emit('notification', { channel: 'nestjs_cors' });
    expect(heard).toEqual(['one']);
    await new PostgresCorsBus({ pool }).publish('three');
    expect(pool.sent).toEqual([['SELECT pg_notify($1, $2)', 'nestjs_cors', 'three']]);

    await stop();
    expect(client?.queries).toEqual(['LISTEN "nestjs_cors"', 'UNLISTEN "nestjs_cors"']);
    expect(client?.released).toBe(false);
    expect(client?.eventNames()).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes the name of its channel as a name, whatever is in it', async () => {
    await subscribe('a"; DROP TABLE tenants; --');
    expect(pool.clients[0]?.queries).toEqual(['LISTEN "a""; DROP TABLE tenants; --"']);
  });

  it('connects again when its connection breaks, and says then that messages may be lost', async () => {
    const stop = await subscribe();
    const [first] = pool.clients;
    pool.failure = new Error('the database system is starting up');
    first?.emit('error', new Error('terminating connection due to administrator command'));
    first?.emit('end');
    expect(first?.released).toBe(true);
    await jest.advanceTimersByTimeAsync(500);
    expect([heard, pool.clients.length]).toEqual([[], 1]);

    pool.failure = undefined;
    await jest.advanceTimersByTimeAsync(1000);
    expect([heard, pool.clients.length]).toEqual([[''], 2]);
    pool.clients[1]?.emit('notification', { channel: 'nestjs_cors', payload: 'one' });
    expect(heard).toEqual(['', 'one']);
    // What the dead connection still says ends nothing.
    first?.emit('error', new Error('read ECONNRESET'));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(pool.clients).toHaveLength(2);
    expect(pool.clients[1]?.released).toBeUndefined();
    await stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stops for good while it is connecting again, and gives a connection back that comes too late', async () => {
    const stop = await subscribe();
    pool.failure = new Error('no');
    pool.clients[0]?.emit('end');
    await jest.advanceTimersByTimeAsync(10);
    await stop();
    expect(jest.getTimerCount()).toBe(0);

    pool.failure = undefined;
    const again = await subscribe();
    pool.clients[1]?.emit('end');
    jest.advanceTimersByTime(1);
    await again();
    await jest.advanceTimersByTimeAsync(10);
    expect(pool.clients.map(({ released }) => released)).toEqual([true, true, true]);
    expect(heard).toEqual([]);
  });

  it('rejects where it cannot connect, or cannot listen', async () => {
    pool.failure = new Error('too many clients already');
    await expect(subscribe()).rejects.toThrow('too many clients already');

    pool.failure = undefined;
    const connect = pool.connect.bind(pool);
    pool.connect = async () => {
      const client = await connect();
      client.failure = new Error('LISTEN is not supported');
      return client;
    };
    await expect(subscribe()).rejects.toThrow('LISTEN is not supported');
    expect(pool.clients[0]?.released).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('destroys the connection where it cannot be asked to stop listening', async () => {
    const stop = await subscribe();
    const [client] = pool.clients;
    if (client !== undefined) {
      client.failure = new Error('Connection terminated');
    }
    await expect(stop()).resolves.toBeUndefined();
    expect(client?.released).toBe(true);
  });

  it('destroys the connection where nothing answers any more, so that the pool can end', async () => {
    const silence = async (): Promise<never> => new Promise(() => undefined);
    const stop = await subscribe();
    const [client] = pool.clients;
    Object.assign(client ?? {}, { query: silence });
    void stop();
    await jest.advanceTimersByTimeAsync(999);
    expect(client?.released).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(client?.released).toBe(true);
    expect(jest.getTimerCount()).toBe(0);

    // And so where it has connected again, and waits for LISTEN.
    const again = await subscribe();
    const connect = pool.connect.bind(pool);
    pool.connect = async () => Object.assign(await connect(), { query: silence });
    pool.clients[1]?.emit('end');
    await jest.advanceTimersByTimeAsync(10);
    void again();
    await jest.advanceTimersByTimeAsync(1000);
    expect(pool.clients.map(({ released }) => released)).toEqual([true, true, true]);
    expect(heard).toEqual([]);
  });

  it('gives a connection back once that breaks while it stops', async () => {
    const stop = await subscribe();
    const stopping = stop();
    pool.clients[0]?.emit('error', new Error('read ECONNRESET'));
    await expect(stopping).resolves.toBeUndefined();
    expect(pool.clients[0]?.released).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
