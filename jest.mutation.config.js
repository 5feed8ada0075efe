/** What `npm run test:mutation` runs for every mutant. */
import { join } from 'node:path';
import config from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  testMatch: ['<rootDir>/test/mutation/all.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  moduleNameMapper: { ...config.moduleNameMapper, '^fast-check$': '<rootDir>/test/mutation/fast-check.ts' },
  testEnvironment: join(import.meta.dirname, 'test/mutation/environment.cjs'),
  reporters: [],
};
