/**
 * Changes, over real buses. Lists are kept for an hour here: whatever an instance learns, it learns from the bus, or because
 * the bus may have lost something.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeServers } from './describe-servers.js';
import { PostgresEngine } from './engines/postgres.engine.js';
import { RedisEngine } from './engines/redis.engine.js';
import { Fleet, ORIGINS, TENANTS } from './fleet.js';
import { until } from './until.js';

const HOUR = 3_600_000;
const KEPT = { ORIGINS_TTL: String(HOUR), ORIGINS_STALE_FOR: String(HOUR) };

/** With a bus that works, what a verdict goes by is no older than a message and a load; a busy machine takes its time for both. */
const BOUNDS = { usual: 5000, inFault: HOUR, refusesInFault: true };

const [NORTH, SOUTH] = TENANTS;
const [ONE, TWO, EU] = ORIGINS;

describeServers('three instances, told by Redis', () => {
  let postgres: PostgresEngine;
  let redis: RedisEngine;
  let fleet: Fleet;

  beforeAll(async () => {
    postgres = await PostgresEngine.create();
    redis = await RedisEngine.create();
    await Promise.all([postgres.start(), redis.start()]);
    fleet = await Fleet.start(postgres, { ...KEPT, REDIS_URL: redis.url }, BOUNDS);
  }, 120_000);

  afterAll(async () => {
    // They end with their servers gone, too.
    await redis?.stop();
    await fleet?.end();
    await postgres?.stop();
    postgres?.remove();
  }, 60_000);

  it('know of a change in one of them within a second', async () => {
    await expectPrompt(fleet);
  });

  it('learn what was changed while their connections were cut', async () => {
    await fleet.untilAgreed();
    await fleet.judge.fault(async () => {
      const cut = redis.ask(async (client) => client.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      await fleet.set(0, NORTH, TWO, true);
      expect(await cut).toBe(3);
      await redis.ask(async (client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal'));
      await fleet.set(1, NORTH, EU, true);
      await fleet.untilAgreed();
    });
    await fleet.set(2, NORTH, TWO, false);
    await fleet.untilAgreed();
  });

  it('learn what was changed while Redis was away, and answer meanwhile', async () => {
    await fleet.untilAgreed();
    await fleet.judge.fault(async () => {
      await redis.stop();
      await fleet.set(0, SOUTH, ONE, true);
      await fleet.set(1, NORTH, EU, false);
      await fleet.traffic();
      await redis.start();
      await fleet.untilAgreed();
    });
    await fleet.set(2, SOUTH, ONE, false);
    await fleet.untilAgreed();
  });

  it('learn what was changed while Redis stalled, and answer meanwhile', async () => {
    await fleet.untilAgreed();
    await fleet.judge.fault(async () => {
      redis.stall();
      await fleet.set(0, SOUTH, TWO, true);
      await fleet.traffic();
      redis.resume();
      await fleet.untilAgreed();
    });
  });

  it('do not mind what strangers say on the bus', async () => {
    await fleet.untilAgreed();
    await redis.ask(async (client) => {
      const binary = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
      const texts = [
        'hello',
        'null',
        '["nestjs-cors",1,"stranger","changed",7]',
        '["nestjs-cors",1,"stranger","changed","__proto__"]',
        '["nestjs-cors",1,"stranger","changed-any"]',
        '["nestjs-cors",1,"stranger","reload"]',
        '{"__proto__":{"kind":"reload"}}',
        'x'.repeat(10_000_000),
      ];
      for (const message of [...texts, binary]) {
        expect(await client.publish('nestjs-cors', message)).toBe(3);
      }
    });
    await fleet.traffic();
    await fleet.set(1, SOUTH, EU, true);
    await fleet.untilAgreed();
  });
});

describeServers('three instances, told by PostgreSQL', () => {
  let postgres: PostgresEngine;
  let fleet: Fleet;

  beforeAll(async () => {
    postgres = await PostgresEngine.create();
    await postgres.start();
    fleet = await Fleet.start(postgres, KEPT, BOUNDS);
  }, 120_000);

  afterAll(async () => {
    await postgres?.stop();
    await fleet?.end();
    postgres?.remove();
  }, 60_000);

  it('know of a change in one of them within a second', async () => {
    await expectPrompt(fleet);
  });

  it('learn what was changed while their connections were terminated', async () => {
    await fleet.untilAgreed();
    await fleet.judge.fault(async () => {
      const cut = await postgres.ask(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
      // One that listens in each instance, at least.
      expect(cut.length).toBeGreaterThanOrEqual(3);
      await fleet.setAfterCut(0, NORTH, TWO, true);
      await fleet.untilAgreed();
    });
    await fleet.set(2, NORTH, TWO, false);
    await fleet.untilAgreed();
  });

  it('learn what was changed before they listened to PostgreSQL again, and answer meanwhile', async () => {
    await fleet.untilAgreed();
    await fleet.judge.fault(async () => {
      await postgres.stop();
      await fleet.traffic();
      await postgres.start();
      // Some of them do not listen again yet.
      await fleet.set(0, SOUTH, ONE, true);
      await fleet.untilAgreed();
    });
    await fleet.set(2, SOUTH, ONE, false);
    await fleet.untilAgreed();
  });

  it('do not mind what strangers say on the bus', async () => {
    await fleet.untilAgreed();
    for (const message of ['hello', 'null', '["nestjs-cors",1,"stranger","changed",7]', '', 'x'.repeat(7999)]) {
      await postgres.ask('SELECT pg_notify($1, $2)', ['nestjs_cors', message]);
    }
    await fleet.traffic();
    await fleet.set(1, SOUTH, EU, true);
    await fleet.untilAgreed();
  });
});

/** The quickest of some: a machine that is busy with something else proves nothing. */
async function expectPrompt(fleet: Fleet): Promise<void> {
  await fleet.untilAgreed();
  const delays: number[] = [];
  for (const isListed of [true, false, true, false, true]) {
    await fleet.set(0, NORTH, ONE, isListed);
    const told = Date.now();
    for (const other of [1, 2]) {
      await until('another instance knows', async () => (await fleet.ask(other, NORTH, ONE)).isAllowed === isListed);
    }
    delays.push(Date.now() - told);
  }
  expect(Math.min(...delays)).toBeLessThan(1000);
}
