import { isAbsolute, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { readFolder, UsageError, writeFiles, type ReadFolder } from './disk.js';
import { hasSources, migrate, type Migration } from './migrate.js';
import { diffOf, reportOf } from './report.js';
import { fromStandardInput } from './standard-input.js';

const HELP = `Moves a NestJS application from enableCors() and other CORS code to nestjs-cors.

Usage: nestjs-cors-migrate [options] [dir]

  dir          the folder of the application or workspace; default: this one
  --write      change the files; without it, a diff is printed
  --add        where there is nothing to migrate, import CorsModule into the root module
  --json       print { files, left, notes } instead of a diff
  --stdin      read { files } as JSON from the standard input, and nothing from the disk
  -h, --help   this text

Exit codes: 0 done, or nothing to do; 1 something is left for you to decide; 2 wrong use.
`;

const OPTIONS = {
  write: { type: 'boolean', default: false },
  add: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  stdin: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

export interface Terminal {
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly input: AsyncIterable<Uint8Array>;
}

/** @returns the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await runOrThrow(args, terminal);
  } catch (error) {
    // A stack says nothing to whoever only wants to migrate, unless the fault is ours.
    const sentence = error instanceof Error ? error.message : String(error);
    terminal.error(
      error instanceof UsageError ? `${sentence}\n` : `The migration failed, and nothing was written: ${sentence}\n`,
    );
    return 2;
  }
}

async function runOrThrow(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, dirs } = parsed(args);
  if (values.help) {
    terminal.out(HELP);
    return 0;
  }
  const [dir = terminal.cwd] = dirs;
  const { sources, skipped } = values.stdin ? await fromStandardInput(terminal.input) : await readFolder(dir);
  if (!hasSources(sources) && !values.stdin) {
    throw new UsageError(`there are no source files in ${dir}. Name the folder of the application.`);
  }
  const migration = migrate(sources, { add: values.add });
  const written = values.write && !values.stdin;
  if (written) {
    await writeFiles(sources.root, migration.files);
  }
  report(migration, { ...values, written }, { sources, skipped: [...skipped, ...migration.skipped] }, terminal);
  return migration.left.length > 0 ? 1 : 0;
}

function report(
  migration: Migration,
  { json, written }: { readonly json: boolean; readonly written: boolean },
  { sources, skipped }: ReadFolder,
  terminal: Terminal,
): void {
  const { files, left, notes, found } = migration;
  if (json) {
    const texts = [...files].map(([file, { after }]) => ({ file, text: after }));
    terminal.out(`${JSON.stringify({ found, files: texts, left, notes, skipped })}\n`);
    return;
  }
  const below = relative(terminal.cwd, sources.root).replaceAll('\\', '/');
  const prefix = below === '' || below.startsWith('..') || isAbsolute(below) ? '' : `${below}/`;
  if (!written) {
    terminal.out(diffOf(migration, prefix));
  }
  terminal.error(reportOf(migration, { written, prefix, skipped }));
}

function parsed(args: readonly string[]): {
  values: { [K in keyof typeof OPTIONS]: boolean };
  dirs: readonly string[];
} {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    if (positionals.length > 1) {
      throw new UsageError(`one folder can be migrated at a time, not ${positionals.length}.`);
    }
    return { values, dirs: positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP.trimEnd()}`);
  }
}
