import { fork, type ChildProcess } from 'node:child_process';
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

/** A program of this folder's build that runs until its channel is closed. */
export function startChild(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), [...args]);
}

/** What such a program says next; rejects where it ends instead. */
export async function said<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController();
  const onExit = (): void => gone.abort();
  child.once('exit', onExit);
  const [message]: unknown[] = await once(child, 'message', { signal: gone.signal });
  child.off('exit', onExit);
  return message as T;
}
