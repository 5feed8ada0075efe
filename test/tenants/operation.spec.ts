/** What operators do to real servers, and what the log says then: TLS, limits, pools that end early. */
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { PostgresCorsBus } from 'nestjs-cors/postgres';
import { RedisCorsBus } from 'nestjs-cors/redis';
import pg from 'pg';
import { createClient } from 'redis';
import { rootModule, startApp } from '../support/running-app.js';
import { BOTH_PLATFORMS } from '../support/ways.js';
import { LOOPBACK_CERTIFICATE } from '../testing/loopback-certificate.js';
import { describeServers } from './describe-servers.js';
import { PostgresEngine } from './engines/postgres.engine.js';
import { RedisEngine } from './engines/redis.engine.js';
import { until } from './until.js';

describeServers('a bus that is run with', () => {
  let redis: RedisEngine;
  let postgres: PostgresEngine;
  /** TLS in front of Redis, as many hosts of it have it. */
  let front: Server;
  const sockets = new Set<TLSSocket>();

  beforeAll(async () => {
    redis = await RedisEngine.create();
    postgres = await PostgresEngine.create();
    await Promise.all([redis.start(), postgres.start()]);
    front = createServer(LOOPBACK_CERTIFICATE, (socket) => {
      sockets.add(socket);
      const behind = connect(redis.port, '127.0.0.1');
      socket.pipe(behind).pipe(socket);
      for (const end of [socket, behind]) {
        end.on('error', () => undefined);
        end.on('close', () => [socket, behind].forEach((each) => each.destroy()));
      }
    }).listen(0, '127.0.0.1');
    front.on('tlsClientError', () => undefined);
    await once(front, 'listening');
  }, 120_000);

  afterAll(async () => {
    front?.close();
    await Promise.all([redis?.stop(), postgres?.stop()]);
    postgres?.remove();
  });

  /** A bus and what it reports, over clients that trust the certificate or not. */
  const openOverTls = (kind: string, trust: { isTrusted: boolean }) => {
    const { port } = front.address() as AddressInfo;
    const tls = {
      ca: LOOPBACK_CERTIFICATE.cert,
      checkServerIdentity: () => (trust.isTrusted ? undefined : new Error('the certificate has been revoked')),
    };
    const heard: string[] = [];
    const problems: string[] = [];
    const client =
      kind === 'ioredis'
        ? new Redis({ host: '127.0.0.1', port, tls, username: 'default', password: 'secret' })
        : createClient({ socket: { host: '127.0.0.1', port, tls: true, ...tls } });
    client.on('error', () => undefined);
    if ('isOpen' in client) {
      void client.connect().catch(() => undefined);
    }
    const subscribed = new RedisCorsBus({ publisher: client, subscriber: client }).subscribe(
      (message) => heard.push(message),
      (problem) => problems.push(String(problem)),
    );
    const close = async (): Promise<void> => {
      await (
        await subscribed
      )();
      await client.quit();
    };
    return { heard, problems, subscribed, close };
  };

  it.each(['ioredis', 'node-redis'])(
    'TLS over %s reports a certificate that is not trusted, at first and later, and listens once it is',
    async (kind) => {
      await redis.ask(async (client) => client.call('ACL', 'SETUSER', 'default', '>secret', 'nopass'));
      const trust = { isTrusted: false };
      const { heard, problems, subscribed, close } = openOverTls(kind, trust);
      await until('it is reported', () => problems.includes('Error: the certificate has been revoked'));
      trust.isTrusted = true;
      await subscribed;

      problems.length = 0;
      trust.isTrusted = false;
      sockets.forEach((socket) => socket.destroy());
      await until('it is reported again', () => problems.includes('Error: the certificate has been revoked'));
      expect(problems.join(' ')).not.toContain('secret');
      heard.length = 0;
      trust.isTrusted = true;
      await until('something may be lost', () => heard.includes(''));
      await redis.ask(async (client) => client.publish('nestjs-cors', 'again'));
      await until('the next message has come', () => heard.includes('again'));
      await close();
    },
  );

  it('a publisher at a replica of Redis reports that its master does not get what it sends', async () => {
    const replica = await RedisEngine.create();
    await replica.start();
    await replica.ask(async (client) => client.call('REPLICAOF', '127.0.0.1', String(redis.port)));
    const [publisher, subscriber] = [new Redis(replica.url), new Redis(redis.url)];
    try {
      const heard: string[] = [];
      const problems: string[] = [];
      const bus = new RedisCorsBus({ publisher, subscriber });
      const stop = await bus.subscribe(
        (message) => heard.push(message),
        (problem) => problems.push(String(problem)),
      );
      await bus.publish('from a replica');
      await until('it is reported', () => problems.some((problem) => problem.includes('does not come back')));
      expect(heard).toEqual([]);
      await stop();
    } finally {
      publisher.disconnect();
      subscriber.disconnect();
      await replica.stop();
    }
  });

  it('a timeout for idle sessions connects again, and reports the reason', async () => {
    const options = '-c idle_session_timeout=300';
    const pool = new pg.Pool({ connectionString: postgres.url, options });
    pool.on('error', () => undefined);
    const heard: string[] = [];
    const problems: string[] = [];
    const bus = new PostgresCorsBus({ pool });
    const stop = await bus.subscribe(
      (message) => heard.push(message),
      (problem) => problems.push(String(problem)),
    );
    await until('something may be lost', () => heard.includes(''));
    expect(problems[0]).toBe('error: terminating connection due to idle-session timeout');
    await until('the next message has come', async () => {
      await postgres.ask(`SELECT pg_notify('nestjs_cors', 'again')`);
      return heard.includes('again');
    });
    await stop();
    await pool.end();
  });

  describe.each(BOTH_PLATFORMS)('on %s', (_, way) => {
    it.each(['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'])(
      'a pool that a provider ends in %s() lets the application close',
      async (hook) => {
        const pool = new pg.Pool({ connectionString: postgres.url });
        pool.on('error', () => undefined);
        const bus = new PostgresCorsBus({ pool });
        const database = { provide: 'DATABASE', useValue: { [hook]: async () => pool.end() } };
        const app = await startApp(way, rootModule({ providers: [database] }, { bus }));
        await until('it listens', async () => {
          const rows = await postgres.ask(`SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN "nestjs_cors"'`);
          return rows.length === 1;
        });
        await app.close();
        expect(pool.ended).toBe(true);
      },
    );
  });
});
