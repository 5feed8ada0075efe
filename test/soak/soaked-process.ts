import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, Condition } from './server.js';

/** Collections settle to within this much of each other, with no leak at all. */
export const TOLERANCE = 1.5 * 2 ** 20;

export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** The application that is soaked, in a process of its own. */
export class SoakedProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** @param module - what the application consists of, as `server.ts` calls it. */
  static async start(platform: string, module: string): Promise<SoakedProcess> {
    const path = fileURLToPath(new URL('./server.js', import.meta.url));
    const child = fork(path, [platform, module], { execArgv: ['--expose-gc'] });
    const [{ port }] = (await once(child, 'message')) as [Condition];
    return new SoakedProcess(child, port);
  }

  async command(command: Command): Promise<Condition> {
    this.child.send(command);
    const [condition] = (await once(this.child, 'message')) as [Condition];
    return condition;
  }

  /** Returns once it has ended by itself, as nobody holds the channel any more. */
  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}
