/** Jest runs the sources: ES modules through swc, with the decorator metadata that Nest reads. */

/** @type {import('@swc/core').Options} */
const swc = {
  sourceMaps: 'inline',
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
};

/** Suites that need more than Node and npm, and have a command (and a configuration) of their own. */
const NEEDS_MORE = ['<rootDir>/test/browsers/', '<rootDir>/test/matrix/', '<rootDir>/test/soak/'];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/lib', '<rootDir>/packages/migrate'],
  testMatch: ['<rootDir>/test/**/*.spec.ts', '<rootDir>/packages/migrate/test/*.spec.ts'],
  moduleFileExtensions: ['ts', 'cts', 'js', 'mjs', 'cjs', 'json', 'node'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.c?ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    // Properties: how often, and from which seed.
    '^fast-check$': '<rootDir>/test/fuzz/properties.ts',
    '^nestjs-cors$': '<rootDir>/lib/index.ts',
    '^nestjs-cors/inspector$': '<rootDir>/lib/inspector/index.ts',
    '^nestjs-cors/(postgres|redis)$': '<rootDir>/lib/$1.ts',
    '^nestjs-cors/testing$': '<rootDir>/lib/testing/index.ts',
    // The sources name what they import as it is called once built. A package's own .js files come first.
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'],
    '^(\\.{1,2}/.*)\\.cjs$': ['$1.cjs', '$1.cts'],
  },
  maxWorkers: 2,
  // Modules of vm contexts are not given back before the worker ends.
  workerIdleMemoryLimit: '500MB',
  reporters: ['default', '<rootDir>/.ci/jest-counts.js'],
  // Nothing here is about time: a busy machine may take long.
  testTimeout: 60_000,
  collectCoverageFrom: ['lib/**/*.{ts,cts}', '!lib/**/index.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...NEEDS_MORE],
  coverageDirectory: 'coverage',
  coverageReporters: ['text', 'json'],
};
