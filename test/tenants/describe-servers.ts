/**
 * Tests with real servers. They run where `SERVERS` says so, as `npm run test:servers` and CI do, and fail there where the servers
 * are missing; `npm test` reports them as skipped.
 */
import { describe } from '@jest/globals';

export const describeServers = process.env['SERVERS'] === 'required' ? describe : describe.skip;
