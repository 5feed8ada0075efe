import { run } from '../src/cli.js';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly report: string;
}

/** Runs the command in this process, as a terminal in `cwd` would. */
export async function command(cwd: string, args: readonly string[], input = ''): Promise<Outcome> {
  let out = '';
  let report = '';
  const code = await run(args, {
    cwd,
    out: (text) => void (out += text),
    error: (text) => void (report += text),
    input: (async function* bytes() {
      yield Buffer.from(input);
    })(),
  });
  return { code, out, report };
}
