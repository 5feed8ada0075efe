import { Redis } from 'ioredis';
import pg from 'pg';

import type { CorsBus } from '../../lib/index.js';
import { PostgresCorsBus } from '../../lib/postgres.js';
import { RedisCorsBus } from '../../lib/redis.js';

export interface OpenBus {
  readonly bus: CorsBus;
  close(): Promise<void>;
}

export function openBus(kind: string, url: string): OpenBus {
  if (kind === 'redis') {
    const publisher = new Redis(url);
    const subscriber = publisher.duplicate();
    return {
      bus: new RedisCorsBus({ publisher, subscriber }),
      close: async () => {
        await Promise.all([publisher.quit(), subscriber.quit()]);
      },
    };
  }
  const pool = new pg.Pool({ connectionString: url, keepAlive: true });
  // The engine is stopped in the end, and may be quicker than the last connection.
  pool.on('error', () => undefined);
  return { bus: new PostgresCorsBus({ pool }), close: () => pool.end() };
}
