/** `npm run test:browsers`: what `npm test` leaves out, as it needs browsers. */
import config from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  roots: ['<rootDir>/test/browsers'],
  testPathIgnorePatterns: ['/node_modules/'],
  // The engines of one suite are enough for two cores.
  maxWorkers: 1,
};
