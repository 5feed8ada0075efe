import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { PGlite } from '@electric-sql/pglite';
import { Redis } from 'ioredis';
import type { CorsBus } from 'nestjs-cors';
import { PostgresCorsBus } from 'nestjs-cors/postgres';
import { RedisCorsBus } from 'nestjs-cors/redis';
import pg from 'pg';

/** What PostgreSQL and PGlite have in common, as far as it is needed here. */
export interface Database {
  query<Row extends object>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * The servers of this sample. `DATABASE_URL` names a PostgreSQL; without it PGlite runs in this process. Instances tell each
 * other of changes over the Redis of `REDIS_URL`, or else over PostgreSQL; one on PGlite has nobody to tell.
 */
@Injectable()
export class Connections implements OnApplicationShutdown {
  readonly database: Database;
  readonly bus: CorsBus | undefined;
  /** Run one after the other, when the CORS policies have let go of the bus. */
  readonly #closing: (() => Promise<unknown>)[] = [];
  readonly #logger = new Logger(Connections.name);

  constructor() {
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
    const pool = databaseUrl ? this.#openPool(databaseUrl) : undefined;
    this.database = pool ?? this.#openPGlite();
    if (redisUrl) {
      this.bus = this.#openRedis(redisUrl);
    } else if (pool) {
      this.bus = new PostgresCorsBus({ pool });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    for (const close of this.#closing) {
      await close();
    }
  }

  #openPool(connectionString: string): pg.Pool {
    // A server that is stalled must not keep the connections of the pool: each step has its time.
    const pool = new pg.Pool({
      connectionString,
      keepAlive: true,
      connectionTimeoutMillis: 2000,
      query_timeout: 2000,
    });
    // Without a listener the error of an idle connection ends the process.
    pool.on('error', (error) => this.#logger.warn(`PostgreSQL: ${error.message}`));
    this.#closing.push(() => pool.end());
    return pool;
  }

  #openPGlite(): PGlite {
    const database = new PGlite();
    this.#closing.push(() => database.close());
    return database;
  }

  #openRedis(url: string): RedisCorsBus {
    const publisher = new Redis(url);
    const subscriber = publisher.duplicate();
    for (const client of [publisher, subscriber]) {
      client.on('error', (error: Error) => this.#logger.warn(`Redis: ${error.message}`));
      this.#closing.push(async () => client.disconnect());
    }
    return new RedisCorsBus({ publisher, subscriber });
  }
}
