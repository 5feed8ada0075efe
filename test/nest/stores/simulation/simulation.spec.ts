import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SimulatedWorld, type WorldPlan } from './simulated-world.js';

const WEATHER = fc.oneof(
  fc.record({ delay: fc.integer({ min: 0, max: 500 }), doubled: fc.constant(0), lost: fc.constant(0) }),
  fc.record({
    delay: fc.integer({ min: 0, max: 10_000 }),
    doubled: fc.integer({ min: 0, max: 50 }),
    lost: fc.constantFrom(0, 0, 5, 50),
  }),
);

const PLAN: fc.Arbitrary<WorldPlan> = fc.record({
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

describe('a simulated application of many instances', () => {
  it('allows nothing that was revoked, longer than it says, and loads nothing twice', async () => {
    const total = { allowed: 0, refused: 0, worlds: 0 };
    await fc.assert(
      fc.asyncProperty(PLAN, async (plan) => {
        const { violations, allowed, refused } = await new SimulatedWorld(plan).run();
        expect(violations).toEqual([]);
        total.allowed += allowed;
        total.refused += refused;
        total.worlds += 1;
      }),
      { numRuns: 12 },
    );
    // A world in which nobody is allowed anything has shown nothing.
    expect(total.allowed).toBeGreaterThan(50 * total.worlds);
    expect(total.refused).toBeGreaterThan(50 * total.worlds);
  });

  it('is the same again from the same plan', async () => {
    const [plan] = fc.sample(PLAN, { seed: 1, numRuns: 1 });
    const run = async () => new SimulatedWorld(plan as WorldPlan).run();
    expect(await run()).toEqual(await run());
  });
});
