/** `npm run fuzz`: the suites that have properties, run for long and from random seeds: test/fuzz/properties.ts says how. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import config from './jest.config.js';

const root = import.meta.dirname;
const { FUZZ_SECONDS = 60, FUZZ_ROUNDS = 0 } = process.env;
// The workers inherit it.
process.env.FUZZ = 'true';

/** @type {import('jest').Config} */
export default {
  ...config,
  testMatch: ['test', 'packages/migrate/test']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((path) => join(root, folder, String(path))),
    )
    .filter((path) => path.endsWith('.spec.ts') && readFileSync(path, 'utf8').includes(`from 'fast-check'`)),
  // Besides the property itself there may be an application to start.
  testTimeout: (Number(FUZZ_SECONDS) + 60 * (1 + Number(FUZZ_ROUNDS))) * 1000,
  verbose: true,
};
