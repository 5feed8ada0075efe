/** A process that was stopped (SIGSTOP, a frozen container) or whose machine slept: what it knows is older than its timers tell. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { SYSTEM_CLOCK } from '../../../lib/nest/stores/clock.js';
import { settled } from './manual-clock.js';
import { StoredLists } from './stored-lists.js';

const A = 'https://a.example';

describe('after it was suspended, an instance', () => {
  async function withOldList() {
    const stored = new StoredLists({ ttl: 60_000, staleFor: 86_400_000 });
    const first = stored.allows('acme');
    stored.loads[0]?.answer([A]);
    await first;
    await stored.clock.pass(60_000);
    const waiting = stored.allows('acme');
    await settled();
    expect(stored.loads).toHaveLength(2);
    return { stored, waiting };
  }

  it.each([
    ['its timers come first', false],
    ['the answer of the database comes first', true],
  ])('decides by a list that it has loaded since, where %s', async (_, isAnswered) => {
    const { stored, waiting } = await withOldList();
    stored.clock.sleep(3_600_000);
    if (isAnswered) {
      stored.loads[1]?.answer([A]);
      await settled();
    }
    await stored.clock.pass(0);
    expect(stored.loads).toHaveLength(3);
    const next = stored.allows('acme');
    stored.loads[1]?.answer([A]);
    await settled();
    stored.loads[2]?.answer([]);
    expect([await waiting, await next]).toEqual([false, false]);
    expect(stored.loads[1]?.signal.aborted).toBe(!isAnswered);
    expect(stored.said).toEqual([]);
    await stored.clock.pass(60_000);
    expect(stored.clock.timers).toBe(0);
  });

  it('gives the database its second once more before it uses the old list', async () => {
    const { stored, waiting } = await withOldList();
    let isDecided = false;
    void Promise.resolve(waiting).then(() => (isDecided = true));
    stored.clock.sleep(30_000);
    await stored.clock.pass(999);
    expect([isDecided, stored.said]).toEqual([false, []]);
    await stored.clock.pass(1);
    expect([await waiting, stored.said.length]).toEqual([true, 1]);
  });

  it('begins no load again that nobody waits for', async () => {
    const stored = new StoredLists();
    const leaves = new AbortController();
    const waiting = stored.allows('acme', A, leaves.signal);
    leaves.abort();
    expect(await waiting).toBe(false);
    stored.clock.sleep(3_600_000);
    await stored.clock.pass(60_000);
    expect([stored.loads.length, stored.clock.timers]).toEqual([1, 0]);
  });
});

describe('the clock of stores', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('counts the time for which the machine sleeps, and never goes back', () => {
    let [monotonic, system] = [performance.now(), Date.now()];
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
    jest.spyOn(Date, 'now').mockImplementation(() => system);
    const pass = (milliseconds: number, { asleep = 0, setBy = 0 } = {}): number => {
      const before = SYSTEM_CLOCK.now();
      monotonic += milliseconds;
      system += milliseconds + asleep + setBy;
      return Math.round(SYSTEM_CLOCK.now() - before);
    };
    const day = 86_400_000;
    expect(pass(500)).toBe(500);
    expect(pass(10, { asleep: 3_600_000 })).toBe(3_600_010);
    expect(pass(10, { setBy: -day })).toBe(10);
    expect(pass(10, { asleep: 60_000 })).toBe(60_010);
    // Set forward: lists are loaded again early.
    expect(pass(10, { setBy: day })).toBe(day + 10);
    const start = SYSTEM_CLOCK.now();
    for (const setBy of [900, -900, -400, 300, -500]) {
      expect(pass(100, { setBy })).toBeGreaterThanOrEqual(0);
    }
    pass(1000);
    expect(SYSTEM_CLOCK.now() - start).toBeGreaterThanOrEqual(1500);
    expect(SYSTEM_CLOCK.now() - start).toBeLessThan(2700);
  });
});
