/** What becomes of the tests with real servers where there are none. */
import { describe, it } from '@jest/globals';

/**
 * Tests with real servers. They run where `SERVERS` is set, as `npm run test:servers` and CI set it, and fail there where the
 * servers are missing; under `npm test` they are one line.
 */
export function describeServers(title: string, tests: () => void): void {
  if (process.env['SERVERS'] === 'required') {
    describe(title, tests);
  } else {
    it.skip(`${title}: npm run test:servers runs it, with redis-server and postgresql installed`, () => undefined);
  }
}
