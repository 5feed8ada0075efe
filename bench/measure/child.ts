import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Runs a program of this folder's build to its end, and returns what it sent. */
export async function runChild<T>(file: string, args: readonly string[], execArgv: readonly string[] = []): Promise<T> {
  const child = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), [...args], { execArgv: [...execArgv] });
  let sent: T | undefined;
  child.on('message', (message) => {
    sent = message as T;
  });
  const [code]: unknown[] = await once(child, 'exit');
  if (sent === undefined) {
    throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}, and said nothing`);
  }
  return sent;
}
