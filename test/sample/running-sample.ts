/** A sample, started as `npm start` starts it, in a process of its own. */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START = 'sample/dist/runner/start.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningSample {
  readonly page: string;
  readonly stranger: string;
  readonly api: string;
  /** Sends the signal, and waits until the process and its output have ended. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Ports that nobody else has: the sample asks for any free ones, and says which it got. */
const ANY_PORTS = { API_PORT: '0', PAGE_PORT: '0', STRANGER_PORT: '0', PROXY_PORT: '0' };

/** Starts a sample and waits for the addresses it prints. `undefined` is `npm start` alone. */
export async function startSample(name: string | undefined, environment: Environment = {}): Promise<RunningSample> {
  const { child, output, ended } = run(name, environment);
  const printed = new Promise<void>((resolve) => {
    child.stdout?.on('data', () => {
      if (output.stdout.includes('Ctrl-C ends it all.')) {
        resolve();
      }
    });
  });
  const early = await Promise.race([printed, ended]);
  if (early) {
    throw new Error(`${name} ended with ${early.code}:\n${early.stdout}${early.stderr}`);
  }

  const [page, api, stranger] = output.stdout.match(/http:\/\/localhost:\d+/g)?.slice(-3) ?? [];
  if (!page || !api || !stranger) {
    throw new Error(`${name} did not say where it is:\n${output.stdout}`);
  }
  return {
    page,
    stranger,
    api,
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a sample that is expected to end by itself. */
export async function runToTheEnd(name: string, environment: Environment = {}): Promise<Ended> {
  return run(name, environment, { timeout: 12_000, killSignal: 'SIGKILL' }).ended;
}

function run(name: string | undefined, environment: Environment, limits: SpawnOptions = {}) {
  const child: ChildProcess = spawn(process.execPath, name === undefined ? [START] : [START, name], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...ANY_PORTS, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...limits,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  return { child, output, ended };
}
