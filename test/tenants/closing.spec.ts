/** A closed application leaves no handle in its clients either: once their owner has closed them, the process ends by itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BOTH_PLATFORMS } from '../support/ways.js';
import { ENDS_BY_ITSELF, runToItsEnd } from './closing/run-to-its-end.js';
import { describeServers } from './describe-servers.js';
import { PostgresEngine } from './engines/postgres.engine.js';
import { RedisEngine } from './engines/redis.engine.js';

describeServers('a process with a store', () => {
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

  describe.each(BOTH_PLATFORMS)('on %s', (_, way) => {
    it.each(['ioredis', 'node-redis', 'pg'])(
      'and a bus over %s ends once the application is closed',
      async (kind) => {
        expect(await runToItsEnd(way, kind, kind === 'pg' ? postgres.url : redis.url)).toEqual(ENDS_BY_ITSELF);
      },
      120_000,
    );
  });
});
