import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CorsConfigError } from 'nestjs-cors';
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

  it('keeps one connection for all its subscribers, until the last one stops', async () => {
    const bus = new PostgresCorsBus({ pool });
    const stopA = await bus.subscribe((message) => heard.push(`a ${message}`));
    const stopB = await bus.subscribe((message) => heard.push(`b ${message}`));
    const [client] = pool.clients;
    await stopA();
    client?.emit('notification', { channel: 'nestjs_cors', payload: 'one' });
    expect([heard, pool.clients.length, client?.released]).toEqual([['b one'], 1, undefined]);
    // A new application begins while the old one ends.
    const [stopC] = await Promise.all([bus.subscribe((message) => heard.push(`c ${message}`)), stopB()]);
    pool.clients.at(-1)?.emit('notification', { channel: 'nestjs_cors', payload: 'two' });
    expect(heard).toEqual(['b one', 'c two']);
    const stopping = stopC();
    const stopD = await bus.subscribe((message) => heard.push(`d ${message}`));
    await stopping;
    pool.clients.at(-1)?.emit('notification', { channel: 'nestjs_cors', payload: 'three' });
    expect(heard).toEqual(['b one', 'c two', 'd three']);
    await stopD();
    expect(pool.clients.map(({ released }) => released)).not.toContain(undefined);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives back the connections of attempts that took long, so that the pool keeps the others', async () => {
    const bus = new PostgresCorsBus({ pool });
    const connect = pool.connect.bind(pool);
    const open: (() => void)[] = [];
    pool.connect = async () => {
      await new Promise<void>((resolve) => open.push(resolve));
      return connect();
    };
    const attempts = ['a', 'b', 'c'].map((name) => bus.subscribe((message) => heard.push(`${name} ${message}`)));
    open[1]?.();
    // One connection is enough for all of them, also where theirs never comes.
    const stops = await Promise.all(attempts);
    open[0]?.();
    open[2]?.();
    await jest.advanceTimersByTimeAsync(10);
    expect(pool.clients.map(({ released }) => released)).toEqual([undefined, true, true]);
    pool.clients[0]?.emit('notification', { channel: 'nestjs_cors', payload: 'one' });
    expect(heard).toEqual(['a one', 'b one', 'c one']);
    await Promise.all(stops.map((stop) => stop()));
    expect(pool.clients[0]?.released).toBe(false);
  });

  it('reports why it does not connect again, and that the pool lets it wait', async () => {
    const problems: string[] = [];
    const stop = await new PostgresCorsBus({ pool }).subscribe(
      (message) => heard.push(message),
      (problem) => problems.push(String(problem)),
    );
    pool.failure = new Error('password authentication failed');
    pool.clients[0]?.emit('end');
    await jest.advanceTimersByTimeAsync(1);
    expect(problems).toEqual(['Error: password authentication failed']);
    const connect = pool.connect.bind(pool);
    pool.connect = async () => new Promise(() => undefined);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(problems).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(500);
    expect(problems[1]).toMatch(/has not provided a connection that listens for 10000 ms/);
    pool.connect = connect;
    await stop();
    expect([heard, jest.getTimerCount()]).toEqual([[], 0]);
  });

  it('reports that what it sends does not come back, as through a pooler in transaction mode', async () => {
    const problems: string[] = [];
    const bus = new PostgresCorsBus({ pool });
    const stop = await bus.subscribe(
      () => undefined,
      (problem) => problems.push(String(problem)),
    );
    for (const message of ['one', 'two']) {
      await bus.publish(message);
      await jest.advanceTimersByTimeAsync(2500);
    }
    expect(problems).toEqual([expect.stringContaining('a pool that connects to PostgreSQL itself')]);
    await bus.publish('three');
    pool.clients[0]?.emit('notification', { channel: 'nestjs_cors', payload: 'three' });
    await bus.publish('four');
    expect([problems.length, jest.getTimerCount()]).toEqual([1, 0]);
    pool.clients[0]?.emit('end');
    await jest.advanceTimersByTimeAsync(1);
    await bus.publish('five');
    expect(jest.getTimerCount()).toBe(1);
    await stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not take what is not a pool for two connections, or a channel that PostgreSQL cuts off', () => {
    const mistakesOf = (options: unknown): unknown => {
      try {
        return Reflect.construct(PostgresCorsBus, [options]);
      } catch (error) {
        return error instanceof CorsConfigError ? error.issues.map(({ path }) => path) : error;
      }
    };
    const client = { connect: jest.fn(), query: jest.fn(), connectionParameters: {} };
    expect(mistakesOf(undefined)).toEqual(['pool']);
    expect(mistakesOf({ pool: client })).toEqual(['pool']);
    expect(mistakesOf({ pool: { query: jest.fn(), listen: jest.fn() } })).toEqual(['pool']);
    expect(mistakesOf({ pool: Object.assign(new FakePool(), { options: { max: 1 } }) })).toEqual(['pool']);
    for (const channel of ['', 'a\0', 'c'.repeat(64), 'é'.repeat(32), 5]) {
      expect(mistakesOf({ pool, channel })).toEqual(['channel']);
    }
    const wide = Object.assign(new FakePool(), { options: { max: 2 } });
    expect(mistakesOf({ pool: wide, channel: 'c'.repeat(63) })).toBeInstanceOf(PostgresCorsBus);
  });
});
