import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Way } from '../../support/ways.js';

/** How a process ended, and what it printed. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly printed: string;
}

/** What `program.mjs` prints if nothing is wrong. */
export const ENDS_BY_ITSELF: Ending = { code: 0, signal: null, printed: '200 https://page.acme.example\nclosed\n' };

/** Far longer than it takes; it is killed then, as it would never end. */
const LONGEST = 60_000;

/** Runs an application with a store and a bus in a process of its own, from the package as it was built. */
export async function runToItsEnd(way: Way, bus: string, url = ''): Promise<Ending> {
  const program = fileURLToPath(new URL('./program.mjs', import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', program, way.platform.toLowerCase(), bus, url];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, printed };
}
