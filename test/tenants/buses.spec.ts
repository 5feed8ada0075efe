/** The buses over real servers, with every client they take. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { CorsBus } from 'nestjs-cors';
import { PostgresCorsBus } from 'nestjs-cors/postgres';
import { RedisCorsBus } from 'nestjs-cors/redis';
import pg from 'pg';
import { createClient } from 'redis';
import { describeServers } from './describe-servers.js';
import { PostgresEngine } from './engines/postgres.engine.js';
import { RedisEngine } from './engines/redis.engine.js';
import { until } from './until.js';

interface Open {
  readonly bus: CorsBus;
  close(): Promise<unknown>;
}

type Kind = 'ioredis' | 'node-redis' | 'pg';

async function openIoRedis(url: string): Promise<Open> {
  const publisher = new Redis(url);
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber]) {
    // They connect again by themselves.
    client.on('error', () => undefined);
  }
  const close = async (): Promise<void> => {
    await Promise.all([publisher.quit(), subscriber.quit()]);
  };
  await publisher.ping();
  return { bus: new RedisCorsBus({ publisher, subscriber }), close };
}

async function openNodeRedis(url: string): Promise<Open> {
  const publisher = createClient({ url });
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber]) {
    client.on('error', () => undefined);
    await client.connect();
  }
  const close = async (): Promise<void> => {
    await Promise.all([publisher.close(), subscriber.close()]);
  };
  return { bus: new RedisCorsBus({ publisher, subscriber }), close };
}

async function openPg(connectionString: string): Promise<Open> {
  const pool = new pg.Pool({ connectionString, keepAlive: true });
  pool.on('error', () => undefined);
  await pool.query('SELECT 1');
  return { bus: new PostgresCorsBus({ pool }), close: () => pool.end() };
}

describeServers('the buses', () => {
  let redis: RedisEngine;
  let postgres: PostgresEngine;

  beforeAll(async () => {
    redis = await RedisEngine.create();
    postgres = await PostgresEngine.create();
    await Promise.all([redis.start(), postgres.start()]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([redis?.stop(), postgres?.stop()]);
    postgres?.remove();
  });

  const engineOf = (kind: Kind): RedisEngine | PostgresEngine => (kind === 'pg' ? postgres : redis);

  const open = async (kind: Kind): Promise<Open> =>
    kind === 'pg' ? openPg(postgres.url) : kind === 'ioredis' ? openIoRedis(redis.url) : openNodeRedis(redis.url);

  /** The server hangs up on all of them. */
  const cut = async (kind: Kind): Promise<void> => {
    if (kind === 'pg') {
      await postgres.ask(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
    } else {
      await redis.ask(async (client) => client.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      await redis.ask(async (client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal'));
    }
  };

  /** What goes wrong while a client is not connected is told later: it is tried until it succeeds. */
  const publish = async (bus: CorsBus, message: string): Promise<void> => {
    await until('the bus takes a message', async () =>
      bus.publish(message).then(
        () => true,
        () => false,
      ),
    );
  };

  describe.each(['ioredis', 'node-redis', 'pg'] as const)('over %s', (kind) => {
    let one: Open;
    let other: Open;
    const heard: string[] = [];
    let stop: () => Promise<void>;

    beforeAll(async () => {
      one = await open(kind);
      other = await open(kind);
      stop = await other.bus.subscribe((message) => heard.push(message));
    });

    afterAll(async () => {
      await Promise.all([one?.close(), other?.close()]);
    });

    it('carry what is published, to who is subscribed', async () => {
      await one.bus.publish('first');
      await one.bus.publish('zweite, ünïcödé 🎈');
      await until('both have come', () => heard.length >= 2);
      expect(heard).toEqual(['first', 'zweite, ünïcödé 🎈']);
    });

    it('say that something may be lost after the server has cut them off, and go on', async () => {
      heard.length = 0;
      await cut(kind);
      await until('something may be lost', () => heard.includes(''));
      await publish(one.bus, 'after');
      await until('the next message has come', () => heard.includes('after'));
    });

    it('say so after the server was away, and go on', async () => {
      heard.length = 0;
      await engineOf(kind).stop();
      await engineOf(kind).start();
      await until('something may be lost', () => heard.includes(''));
      await publish(one.bus, 'back');
      await until('the next message has come', () => heard.includes('back'));
    });

    it('go on for one subscriber when another one has stopped', async () => {
      const second: string[] = [];
      const end = await other.bus.subscribe((message) => second.push(message));
      await publish(one.bus, 'for both');
      await until('both have heard', () => heard.includes('for both') && second.includes('for both'));
      await end();
      await publish(one.bus, 'for one');
      await until('the first hears', () => heard.includes('for one'));
      expect(second).not.toContain('for one');
    });

    it('are silent after they were told to stop', async () => {
      await stop();
      heard.length = 0;
      const sentinel: string[] = [];
      const end = await one.bus.subscribe((message) => sentinel.push(message));
      await publish(one.bus, 'into the void');
      await until('the message has come elsewhere', () => sentinel.includes('into the void'));
      await end();
      expect(heard).toEqual([]);
    });
  });

  it.each(['ioredis', 'node-redis'] as const)(
    'over %s listen again when a user may use the channel again, and no promise fails unheard',
    async (kind) => {
      const rules = async (...words: string[]) =>
        redis.ask(async (client) => client.call('ACL', 'SETUSER', 'u', ...words));
      await rules('reset', 'on', '>pw', '+@all', 'allchannels');
      const url = redis.url.replace('//', '//u:pw@');
      const { bus, close } = await (kind === 'ioredis' ? openIoRedis(url) : openNodeRedis(url));
      const unhandled: unknown[] = [];
      const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', onUnhandled);
      const heard: string[] = [];
      const problems: unknown[] = [];
      const stop = await bus.subscribe(
        (message) => heard.push(message),
        (problem) => problems.push(problem),
      );
      // Cuts off who listens to it.
      await rules('resetchannels', '&another');
      const refusals = async () => redis.ask(async (client) => client.call('ACL', 'LOG'));
      await until('it was refused', async () => JSON.stringify(await refusals()).includes('channel'));
      if (kind === 'ioredis') {
        // node-redis tells its own listeners of errors.
        await until('it is reported', () => String(problems[0]).includes('NOPERM'));
      }
      expect(heard).toEqual([]);
      await rules('allchannels');
      await until('something may be lost', () => heard.includes(''));
      await publish(bus, 'again');
      await until('the next message has come', () => heard.includes('again'));
      await stop();
      await close();
      process.off('unhandledRejection', onUnhandled);
      await redis.ask(async (client) => client.call('ACL', 'LOG', 'RESET'));
      expect(unhandled).toEqual([]);
    },
  );
});
