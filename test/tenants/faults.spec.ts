/** A database that is down, stalled or slow, and instances that die, with lists that are kept for a second and a half. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeServers } from './describe-servers.js';
import { PostgresEngine } from './engines/postgres.engine.js';
import { RedisEngine } from './engines/redis.engine.js';
import { Fleet, ORIGINS, TENANTS } from './fleet.js';
import { until } from './until.js';

const TTL = 1500;
const STALE_FOR = 5000;
const KEPT = { ORIGINS_TTL: String(TTL), ORIGINS_STALE_FOR: String(STALE_FOR) };
const BOUNDS = { usual: TTL, inFault: STALE_FOR, refusesInFault: true };

const [NORTH, SOUTH] = TENANTS;
const [ONE, TWO, EU] = ORIGINS;

describeServers('three instances, told by Redis, and their database', () => goThroughFaults('Redis'));
describeServers('three instances, told by PostgreSQL, and their database', () => goThroughFaults('PostgreSQL'));

function goThroughFaults(bus: 'Redis' | 'PostgreSQL'): void {
  let postgres: PostgresEngine;
  let redis: RedisEngine | undefined;
  let fleet: Fleet;

  beforeAll(async () => {
    postgres = await PostgresEngine.create();
    await postgres.start();
    if (bus === 'Redis') {
      redis = await RedisEngine.create();
      await redis.start();
    }
    fleet = await Fleet.start(postgres, { ...KEPT, ...(redis && { REDIS_URL: redis.url }) }, BOUNDS);
    await fleet.set(0, NORTH, ONE, true);
    await fleet.set(0, SOUTH, EU, true);
    await fleet.untilAgreed();
  }, 120_000);

  afterAll(async () => {
    await fleet?.end();
    await redis?.stop();
    await postgres?.stop();
    postgres?.remove();
  }, 60_000);

  it('go on with their lists while it is stopped, and refuse when those are too old', async () => {
    await fleet.judge.fault(async () => {
      await postgres.stop();
      expect((await fleet.ask(1, NORTH, ONE)).isAllowed).toBe(true);
      await until('too old', async () => !(await fleet.ask(1, NORTH, ONE)).isAllowed);
      await postgres.start();
      await fleet.untilAgreed();
    });
  });

  it('go on while it is stalled', async () => {
    await fleet.judge.fault(async () => {
      postgres.stall();
      await fleet.traffic(120);
      postgres.resume();
      await fleet.untilAgreed();
    });
    await fleet.set(2, SOUTH, TWO, true);
    await fleet.untilAgreed();
  });

  it('go on while it is slow', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await fleet.judge.fault(async () => {
      for (let times = 0; times < 4; times += 1) {
        await client.query('BEGIN; LOCK TABLE tenant_origin IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(0.6); COMMIT');
        await fleet.traffic(12);
      }
    });
    await client.end();
    await fleet.set(1, SOUTH, TWO, false);
    await fleet.untilAgreed();
  });

  it('forget what one of them changed without a word when that is older than `ttl`', async () => {
    await fleet.setQuietly(NORTH, ONE, false);
    await fleet.untilAgreed();
    await fleet.setQuietly(NORTH, ONE, true);
    await fleet.untilAgreed();
  });

  it('agree again after one of them was killed in the middle of a change', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    // The change waits for the lock, and so does whoever made it when it dies.
    await client.query('BEGIN; LOCK TABLE tenant_origin IN SHARE MODE');
    const changing = fleet.set(0, NORTH, ONE, false).catch(() => 'died');
    await until('the change waits', async () => {
      const waiting = await postgres.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      return waiting.length > 0;
    });
    await fleet.kill(0);
    expect(await changing).toBe('died');
    await client.query('COMMIT');
    await client.end();
    await fleet.restart(0);
    await fleet.untilAgreed();
    await fleet.set(0, NORTH, ONE, false);
    await fleet.untilAgreed();
  });
}
