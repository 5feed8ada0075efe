import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this machine has `redis-server`: Debian's package of that name brings it. */
export const HAS_REDIS = hasRedis();

/** A Redis of the test's own, which listens on a socket file, keeps nothing and ends with the test. */
export class RedisServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'redis-'));
    const options = ['--port', '0', '--unixsocket', join(folder, 'redis.sock'), '--save', '', '--dir', folder];
    const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of child.stdout) {
      if (String(line).includes('ready to accept connections')) {
        break;
      }
    }
    return new RedisServer(child, folder);
  }

  /** The path of its socket file. */
  get path(): string {
    return join(this.folder, 'redis.sock');
  }

  async stop(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill();
    await exit;
    rmSync(this.folder, { recursive: true });
  }
}

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
