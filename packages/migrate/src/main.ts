#!/usr/bin/env node
import { cwd, exit, stderr, stdin, stdout, argv } from 'node:process';

import { run } from './cli.js';

const terminal = {
  cwd: cwd(),
  out: (text: string) => void stdout.write(text),
  error: (text: string) => void stderr.write(text),
  input: stdin,
};
const code = await run(argv.slice(2), terminal);
// Pipes are written to the end first.
stdout.write('', () => exit(code));
