/** What the pool of pg does meanwhile, on a pool with all that is used of it. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PostgresCorsBus } from 'nestjs-cors/postgres';

/** Like pg's: it ends once every connection was given back, and gives out none after that. */
class EndingPool {
  readonly held = new Set<EventEmitter>();
  isEnding = false;
  connect = async () => {
    await Promise.resolve();
    if (this.isEnding) {
      throw new Error('Cannot use a pool after calling end on the pool');
    }
    return this.give();
  };
  #ended = (): void => undefined;

  give() {
    const client = new EventEmitter();
    this.held.add(client);
    const release = (): void => {
      this.held.delete(client);
      if (this.isEnding && this.held.size === 0) {
        this.#ended();
      }
    };
    return Object.assign(client, { release, query: async () => Promise.resolve() });
  }

  query = async () => Promise.resolve();

  end(): Promise<void> {
    this.isEnding = true;
    return new Promise((resolve) => {
      this.#ended = resolve;
      if (this.held.size === 0) {
        resolve();
      }
    });
  }
}

describe('a bus over Postgres', () => {
  let pool = new EndingPool();
  let problems: string[] = [];
  const subscribe = async () =>
    new PostgresCorsBus({ pool }).subscribe(
      () => undefined,
      (problem) => problems.push(String(problem)),
    );

  beforeEach(() => {
    jest.useFakeTimers();
    pool = new EndingPool();
    problems = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('lets the pool end before the application has left the bus', async () => {
    const stop = await subscribe();
    await pool.end();
    expect(pool.held.size).toBe(0);
    await stop();
    expect([problems, jest.getTimerCount()]).toEqual([[], 0]);
  });

  it('leaves the pool as it was once nobody listens any more', async () => {
    const stop = await subscribe();
    expect(Object.hasOwn(pool, 'end')).toBe(true);
    await stop();
    expect(Object.hasOwn(pool, 'end')).toBe(false);
    const own = async () => Promise.resolve();
    pool.end = own;
    const again = await subscribe();
    await again();
    expect(pool.end).toBe(own);
  });

  it('leaves an end() in place with which other code has covered its own', async () => {
    const stop = await subscribe();
    const end = pool.end.bind(pool);
    const covering = async () => end();
    pool.end = covering;
    await stop();
    expect(pool.end).toBe(covering);
    await pool.end();
    expect([pool.held.size, problems, jest.getTimerCount()]).toEqual([0, [], 0]);
  });

  it('reports a pool that has ended, if the application goes on', async () => {
    const stop = await subscribe();
    await pool.end();
    await jest.advanceTimersByTimeAsync(1000);
    expect(problems).toEqual(['Error: Cannot use a pool after calling end on the pool']);
    await stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets the pool end while it connects', async () => {
    let isConnected = (): void => undefined;
    pool.connect = async () => {
      const client = pool.give();
      await new Promise<void>((resolve) => (isConnected = resolve));
      return client;
    };
    const subscribed = Promise.allSettled([subscribe()]);
    const ended = pool.end();
    isConnected();
    await ended;
    expect(await subscribed).toEqual([{ status: 'rejected', reason: new Error('the pool was ended') }]);
    expect([pool.held.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('lets the pool end while the server does not answer LISTEN', async () => {
    pool.connect = async () =>
      Promise.resolve(Object.assign(pool.give(), { query: async () => new Promise<void>(() => undefined) }));
    void subscribe();
    await jest.advanceTimersByTimeAsync(1);
    expect(pool.held.size).toBe(1);
    await pool.end();
    expect(pool.held.size).toBe(0);
  });

  it('reports why its connection broke before it listened', async () => {
    const { connect } = pool;
    pool.connect = async () => {
      const client = await connect();
      const query = async () => {
        client.emit('error', new Error('terminating connection due to administrator command'));
        client.emit('end');
        return Promise.resolve();
      };
      pool.connect = connect;
      return Object.assign(client, { query });
    };
    const stop = await subscribe();
    expect(problems).toEqual(['Error: terminating connection due to administrator command']);
    await stop();
  });

  it('reports why its connection broke, such as a server that ends idle sessions', async () => {
    const stop = await subscribe();
    const [client] = pool.held;
    client?.emit('error', new Error('terminating connection due to idle-session timeout'));
    client?.emit('end');
    await jest.advanceTimersByTimeAsync(1);
    expect(problems).toEqual(['Error: terminating connection due to idle-session timeout']);
    expect(pool.held.size).toBe(1);
    await stop();
  });
});
