/** Redis, without a file of its own. */
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { freePort } from '../../support/free-port.js';
import { Engine } from './engine.js';
import { findProgram } from './find-program.js';

export class RedisEngine extends Engine {
  private constructor(readonly port: number) {
    const command = findProgram('redis-server');
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()];
    super({ command, args }, () => this.ask((client) => client.ping()));
  }

  static async create(): Promise<RedisEngine> {
    return new RedisEngine(await freePort());
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Over a connection of its own, which is closed then. */
  async ask<Result>(run: (client: Redis) => Promise<Result>): Promise<Result> {
    const client = new Redis(this.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    // The command fails, too, and that is told.
    client.on('error', () => undefined);
    try {
      return await run(client);
    } finally {
      client.disconnect();
    }
  }
}
