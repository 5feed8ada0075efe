/** `npm run test:servers`: the tests with real servers, which `npm test` leaves out. */
import config from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  roots: ['<rootDir>/test/tenants', '<rootDir>/test/proxies'],
  // The servers and three processes are enough for two cores.
  maxWorkers: 1,
};
