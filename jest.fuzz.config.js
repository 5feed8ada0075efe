/** `npm run fuzz`: the suites that have properties, each property for FUZZ_SECONDS (60 if not set). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import config from './jest.config.js';

const root = import.meta.dirname;
const seconds = Number(process.env.FUZZ_SECONDS ?? 60);

/** @type {import('jest').Config} */
export default {
  ...config,
  testMatch: readdirSync(join(root, 'test'), { recursive: true })
    .map((path) => join(root, 'test', String(path)))
    .filter((path) => path.endsWith('.spec.ts') && readFileSync(path, 'utf8').includes(`from 'fast-check'`)),
  moduleNameMapper: { ...config.moduleNameMapper, '^fast-check$': '<rootDir>/test/fuzz/longer.ts' },
  // Besides the property itself there may be an application to start.
  testTimeout: (seconds + 60) * 1000,
  verbose: true,
};
