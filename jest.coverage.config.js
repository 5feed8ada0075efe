/** `npm run test:cov`: the table by folder, and the two folders that have no excuse. */
import config from './jest.config.js';

const everything = { lines: 100, branches: 100, functions: 100, statements: 100 };

/** @type {import('jest').Config} */
export default {
  ...config,
  collectCoverage: true,
  // The packed tarball and its consumers run in processes of their own: they cover nothing here, and take a minute.
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, '<rootDir>/test/package/'],
  coverageThreshold: { './lib/policy/': everything, './lib/routing/': everything },
};
