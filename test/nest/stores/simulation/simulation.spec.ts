import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PLANS } from './simulated-plans.js';
import { SimulatedWorld, type WorldPlan } from './simulated-world.js';

describe('a simulated application of many instances', () => {
  it('allows nothing that was revoked, longer than it says, and loads nothing twice', async () => {
    const total = { allowed: 0, refused: 0, worlds: 0 };
    await fc.assert(
      fc.asyncProperty(PLANS, async (plan) => {
        const { violations, allowed, refused } = await new SimulatedWorld(plan).run();
        expect(violations).toEqual([]);
        total.allowed += allowed;
        total.refused += refused;
        total.worlds += 1;
      }),
      { numRuns: 5 },
    );
    // A world in which nobody is allowed anything has shown nothing.
    expect(total.allowed).toBeGreaterThan(50 * total.worlds);
    expect(total.refused).toBeGreaterThan(50 * total.worlds);
  });

  it('is the same again from the same plan', async () => {
    const [plan] = fc.sample(PLANS, { seed: 1, numRuns: 1 });
    const run = async () => new SimulatedWorld(plan as WorldPlan).run();
    expect(await run()).toEqual(await run());
  });
});
