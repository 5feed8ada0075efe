/** A server out of Debian's packages: a process of its own, in a folder and on a port of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../until.js';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Besides that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

const running = new Set<Engine>();

// Whatever ends the tests: no server outlives them.
process.once('exit', () => running.forEach((engine) => engine.signalAll('SIGKILL')));

export class Engine {
  #child: ChildProcess | undefined;
  /** The lines of the server, for the message of a start that fails. */
  #said = '';
  /** @param isReady - resolves where the server answers, and rejects where it does not yet. */
  constructor(
    private readonly program: Program,
    private readonly isReady: () => Promise<unknown>,
  ) {}

  async start(): Promise<void> {
    const { command, args, env, uid, gid } = this.program;
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    this.#child = child;
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => (this.#said = (this.#said + text.toString()).slice(-4000)));
    }
    await until(`${command} answers`, async () => {
      if (child.exitCode !== null) {
        throw new Error(`${command} has ended with ${child.exitCode}:\n${this.#said}`);
      }
      return this.isReady().then(
        () => true,
        () => false,
      );
    });
  }

  /** Whoever is connected is cut off. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'close');
    }
    running.delete(this);
  }

  /** Nothing of it stays on the disk. */
  remove(): void {}

  /** It neither answers nor hangs up. */
  stall(): void {
    this.signalAll('SIGSTOP');
  }

  resume(): void {
    this.signalAll('SIGCONT');
  }

  signalAll(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) {
      return;
    }
    // First the one that would begin others.
    for (const each of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(each, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
  } catch {
    return [];
  }
}
