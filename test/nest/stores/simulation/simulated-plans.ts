import fc from 'fast-check';

import type { WorldPlan } from './simulated-world.js';

const WEATHER = fc.oneof(
  fc.record({ delay: fc.integer({ min: 0, max: 500 }), doubled: fc.constant(0), lost: fc.constant(0) }),
  fc.record({
    delay: fc.integer({ min: 0, max: 10_000 }),
    doubled: fc.integer({ min: 0, max: 50 }),
    lost: fc.constantFrom(0, 0, 5, 50),
  }),
);

/** Small worlds and large ones, in good weather and in bad. */
export const PLANS: fc.Arbitrary<WorldPlan> = fc.record({
  seed: fc.integer({ min: 0 }),
  instances: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 100, max: 300 })),
  tenants: fc.integer({ min: 1, max: 20 }),
  ttl: fc.constantFrom(2000, 10_000, 60_000, 200_000),
  staleFor: fc.constantFrom(0, 30_000, 120_000, 600_000),
  max: fc.constantFrom(16, 64, 1000),
  concurrency: fc.constantFrom(4, 8, 32),
  weather: WEATHER,
  untold: fc.constantFrom(0, 0, 20),
  strangers: fc.constantFrom(0, 10, 50),
  requests: fc.constantFrom(500, 1000),
  changes: fc.integer({ min: 1, max: 100 }),
  troubles: fc.integer({ min: 0, max: 10 }),
  partitions: fc.integer({ min: 0, max: 40 }),
});
