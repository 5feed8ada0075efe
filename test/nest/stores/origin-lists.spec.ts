import { describe, expect, it } from '@jest/globals';

import type { AppLog } from '../../../lib/nest/report/app-log.js';
import { OriginLists } from '../../../lib/nest/stores/origin-lists.js';
import { StoreLog } from '../../../lib/nest/stores/store-log.js';
import { readStoreOptions } from '../../../lib/nest/stores/store-options.js';
import { ManualClock, settled } from './manual-clock.js';
import { StoredLists } from './stored-lists.js';

const A = 'https://a.example';
const B = 'https://b.example';
const UNREACHABLE = new Error('connection refused');

async function filled(options: ConstructorParameters<typeof StoredLists>[0] = {}): Promise<StoredLists> {
  const stored = new StoredLists({ ttl: 60_000, staleFor: 600_000, ...options });
  const first = stored.allows('acme');
  stored.loads[0]?.answer([A]);
  await first;
  return stored;
}

async function all(answers: readonly (boolean | Promise<boolean>)[]): Promise<readonly boolean[]> {
  return Promise.all(answers.map(async (answer) => answer));
}

const RESTLESS =
  'the origins of "acme" change during each load, and requests wait for them; if load() calls changed(), call it only where the list is written';

describe('a list', () => {
  it('is loaded once for all who ask meanwhile, and answers without a promise after that', async () => {
    const stored = new StoredLists();
    const asked = [stored.allows('acme'), stored.allows('acme', B), stored.allows('acme')];
    stored.loads[0]?.answer([A]);

    expect(await all(asked)).toEqual([true, false, true]);
    expect([stored.allows('acme'), stored.allows('acme', B)]).toEqual([true, false]);
    expect(stored.loads).toHaveLength(1);
  });

  it('is loaded again when it is ttl old, counted from the beginning of its load', async () => {
    const stored = new StoredLists({ ttl: 60_000 });
    const first = stored.allows('acme');
    await stored.clock.pass(900);
    stored.loads[0]?.answer([A]);
    await first;
    await stored.clock.pass(59_099);
    expect(stored.allows('acme')).toBe(true);

    await stored.clock.pass(1);
    const second = stored.allows('acme');
    expect(second).toBeInstanceOf(Promise);
    stored.loads[1]?.answer([B]);
    expect(await second).toBe(false);
  });

  it('that was changed is not used, and neither is what was being read of it', async () => {
    const stored = new StoredLists();
    const waiting = stored.allows('acme');
    stored.lists.drop('acme');
    const late = stored.allows('acme');
    expect(stored.loads).toHaveLength(1);
    stored.loads[0]?.answer([A]);
    await stored.clock.pass(0);
    expect(stored.loads).toHaveLength(2);
    stored.loads[1]?.answer([B]);

    expect(await Promise.all([waiting, late])).toEqual([false, false]);
    expect(stored.allows('acme', B)).toBe(true);
  });

  it('that was changed while nobody waits for its load is loaded by the next request', async () => {
    const stored = new StoredLists();
    const leaving = new AbortController();
    const left = stored.allows('acme', A, leaving.signal);
    leaving.abort();
    expect(await left).toBe(false);
    stored.lists.dropAll();
    stored.loads[0]?.answer([A]);
    await settled();
    expect(stored.loads).toHaveLength(1);

    const next = stored.allows('acme');
    stored.loads[1]?.answer([B]);
    expect(await next).toBe(false);
  });

  it('has an end where the database is changed all the time: one load after the other, each after a longer pause', async () => {
    const stored = new StoredLists();
    const waiting = stored.allows('acme');
    for (const [times, pause] of [0, 10, 20, 40, 80].entries()) {
      stored.lists.drop('acme');
      stored.lists.drop('acme');
      stored.loads[times]?.answer([A]);
      await (pause === 0 ? settled() : stored.clock.pass(pause - 1));
      expect(stored.loads).toHaveLength(times + 1);
      await stored.clock.pass(Math.min(pause, 1));
      expect(stored.loads).toHaveLength(times + 2);
    }
    stored.loads[5]?.answer([A]);
    expect(await waiting).toBe(true);
    expect([stored.said, stored.clock.timers]).toEqual([[RESTLESS], 0]);
    // At once: nothing has failed.
    stored.lists.drop('acme');
    const next = stored.allows('acme');
    stored.loads[6]?.answer([A]);
    expect(await next).toBe(true);
  });

  it('that changes whenever it is loaded is loaded ever more rarely, until nobody waits for it any more', async () => {
    const stored = new StoredLists();
    stored.database = () => {
      stored.lists.drop('acme');
      return [A];
    };
    const leaving = new AbortController();
    const waiting = stored.allows('acme', A, leaving.signal);
    await settled();
    expect(stored.loads).toHaveLength(1);
    await stored.clock.pass(150);
    expect([stored.loads.length, stored.said]).toEqual([6, [RESTLESS]]);
    await stored.clock.pass(1120 + 2 * 640);
    expect([stored.loads.length, stored.said.length]).toEqual([11, 1]);
    leaving.abort();
    expect(await waiting).toBe(false);
    await stored.clock.pass(10_000);
    expect([stored.loads.length, stored.clock.timers]).toEqual([11, 0]);

    stored.database = () => [A];
    expect(await stored.allows('acme')).toBe(true);
  });

  it('that changes while the log writes about it is not used', async () => {
    const stored = new StoredLists();
    stored.said.push = () => {
      stored.lists.drop('acme');
      return 0;
    };
    stored.database = () => [A, 'no origin'];
    await stored.allows('acme');
    expect([stored.loads.length, stored.lists.size]).toEqual([1, 0]);
  });

  it('that is to be loaded again is not once nobody waits for it, or the store is closed', async () => {
    for (const end of ['leave', 'close']) {
      const stored = new StoredLists();
      const leaving = new AbortController();
      const waiting = stored.allows('acme', A, leaving.signal);
      stored.lists.drop('acme');
      stored.loads[0]?.answer([A]);
      await settled();
      expect(stored.clock.timers).toBe(1);
      if (end === 'leave') {
        leaving.abort();
      } else {
        stored.lists.close();
      }
      expect([await waiting, stored.clock.timers]).toEqual([false, 0]);
      await stored.clock.pass(1000);
      expect(stored.loads).toHaveLength(1);
    }
  });

  it('that is to be loaded again is changed once more, and loaded once for all who ask', async () => {
    const stored = new StoredLists();
    const waiting = stored.allows('acme');
    stored.lists.drop('acme');
    stored.loads[0]?.answer([B]);
    await settled();
    stored.lists.drop('acme');
    const late = stored.allows('acme');
    expect(stored.loads).toHaveLength(1);
    await stored.clock.pass(0);
    stored.loads[1]?.answer([A]);
    expect([await waiting, await late, stored.loads.length]).toEqual([true, true, 2]);
  });
});

describe('where the database fails', () => {
  it('the old list is used for staleFor, and refuses after that; one line a minute', async () => {
    const stored = await filled({ staleFor: 120_000 });
    stored.database = () => Promise.reject(UNREACHABLE);
    await stored.clock.pass(60_000);
    expect(await stored.allows('acme')).toBe(true);
    expect(stored.allows('acme')).toBe(true);
    await stored.clock.pass(59_999);
    expect(await stored.allows('acme')).toBe(true);
    await stored.clock.pass(1);
    expect(stored.allows('acme')).toBe(false);
    await stored.clock.pass(1000);
    expect(await stored.allows('acme')).toBe(false);

    expect(stored.said).toEqual([
      'the origins of "acme" could not be loaded: connection refused',
      'the origins of "acme" could not be loaded: connection refused (and once more since the last message)',
    ]);
  });

  it('the database is asked about a key once a second', async () => {
    const stored = new StoredLists();
    stored.database = () => Promise.reject(UNREACHABLE);
    expect(await stored.allows('acme')).toBe(false);
    expect(stored.allows('acme')).toBe(false);
    await stored.clock.pass(999);
    expect(stored.allows('acme')).toBe(false);
    expect(stored.loads).toHaveLength(1);

    await stored.clock.pass(1);
    stored.database = () => [A];
    expect(await stored.allows('acme')).toBe(true);
  });

  it.each([
    ['no list', 42],
    ['an object', { origins: [A] }],
    [
      'a list that cannot be read',
      new Proxy([A], {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('and where it answers %s, that is a failure', async (_, answer) => {
    const stored = await filled();
    stored.database = () => answer;
    await stored.clock.pass(60_000);
    expect(await stored.allows('acme')).toBe(true);
    expect(stored.said).toHaveLength(1);
  });

  it('a change is not answered with the old list', async () => {
    const stored = await filled();
    stored.database = () => Promise.reject(UNREACHABLE);
    stored.lists.drop('acme');
    expect(await stored.allows('acme')).toBe(false);
  });
});

describe('where the database does not answer', () => {
  it('the old list is used after a second, and at once from then on', async () => {
    const stored = await filled();
    await stored.clock.pass(60_000);
    const waiting = stored.allows('acme');
    expect(waiting).toBeInstanceOf(Promise);
    await stored.clock.pass(1000);
    expect(await waiting).toBe(true);
    expect([stored.allows('acme'), stored.allows('acme', B)]).toEqual([true, false]);
    expect(stored.loads).toHaveLength(2);
    expect(stored.said).toEqual([
      'the origins of "acme" could not be loaded: it took longer than 1000 ms; the old list is used',
    ]);

    stored.loads[1]?.answer([B]);
    await settled();
    expect([stored.allows('acme'), stored.allows('acme', B)]).toEqual([false, true]);
  });

  it('a request that leaves is refused, and the load goes on for the next', async () => {
    const stored = new StoredLists();
    const leaving = new AbortController();
    const left = stored.allows('acme', A, leaving.signal);
    leaving.abort();
    expect(await left).toBe(false);
    const next = stored.allows('acme');
    stored.loads[0]?.answer([A]);
    expect(await next).toBe(true);
    expect(stored.loads).toHaveLength(1);
  });

  it('a request that has left already waits for nothing', () => {
    const stored = new StoredLists();
    return expect(stored.allows('acme', A, AbortSignal.abort())).resolves.toBe(false);
  });

  it('a load is given up after a minute: its signal says so, and what it answers later is not used', async () => {
    const stored = new StoredLists({ ttl: 600_000 });
    const waiting = stored.allows('acme');
    await stored.clock.pass(60_000);
    expect(await waiting).toBe(false);
    expect(stored.loads[0]?.signal.aborted).toBe(true);
    expect(stored.clock.timers).toBe(0);
    stored.loads[0]?.answer([A]);
    await stored.clock.pass(1000);
    const next = stored.allows('acme');
    expect(stored.loads).toHaveLength(2);
    stored.loads[1]?.answer([B]);
    expect(await next).toBe(false);
  });
});

describe('a load of a list that has changed meanwhile', () => {
  it('is told to stop once it is late, so that the next one begins', async () => {
    const stored = new StoredLists();
    const waiting = stored.allows('acme');
    stored.lists.drop('acme');
    await stored.clock.pass(999);
    expect(stored.loads[0]?.signal.aborted).toBe(false);
    await stored.clock.pass(1);
    expect(stored.loads[0]?.signal).toMatchObject({
      aborted: true,
      reason: new Error('the list has changed meanwhile, and is loaded again'),
    });
    // Two loads of one key do not overlap: it has ended when it says so.
    expect(stored.loads).toHaveLength(1);
    stored.loads[0]?.fail(UNREACHABLE);
    await stored.clock.pass(0);
    stored.loads[1]?.answer([A]);
    expect(await waiting).toBe(true);
    expect([stored.said, stored.clock.timers]).toEqual([[], 0]);
  });

  it('is told so at once if it is late already', async () => {
    const stored = new StoredLists();
    const waiting = stored.allows('acme');
    await stored.clock.pass(1000);
    expect(stored.loads[0]?.signal.aborted).toBe(false);
    stored.lists.dropAll();
    expect(stored.loads[0]?.signal.aborted).toBe(true);
    stored.loads[0]?.fail(UNREACHABLE);
    await stored.clock.pass(0);
    stored.loads[1]?.answer([A]);
    expect(await waiting).toBe(true);
  });

  it('is waited for as long as any other if it does not stop, and its result is discarded', async () => {
    const stored = new StoredLists({ ttl: 30_000 });
    const waiting = stored.allows('acme');
    stored.lists.drop('acme');
    await stored.clock.pass(29_999);
    expect(stored.loads).toHaveLength(1);
    await stored.clock.pass(1);
    await stored.clock.pass(0);
    stored.loads[0]?.answer([A]);
    stored.loads[1]?.answer([B]);
    expect(await waiting).toBe(false);
    expect(stored.allows('acme', B)).toBe(true);
  });

  it('does not begin more loads, however often it changes', async () => {
    const stored = new StoredLists();
    const waiting = stored.allows('acme');
    for (let times = 0; times < 10_000; times += 1) {
      stored.lists.drop('acme');
    }
    expect([stored.loads.length, stored.loads[0]?.signal.aborted]).toEqual([1, false]);
    stored.loads[0]?.answer([B]);
    await stored.clock.pass(0);
    stored.loads[1]?.answer([A]);
    expect([await waiting, stored.loads.length]).toEqual([true, 2]);
  });
});

describe('loads', () => {
  it('run as many at a time as concurrency says; keys with an old list go first', async () => {
    const stored = await filled({ concurrency: 2 });
    await stored.clock.pass(60_000);
    const asked = ['one', 'two', 'three', 'four', 'acme'].map((key) => stored.allows(key));
    expect(stored.loads.slice(1).map(({ key }) => key)).toEqual(['one', 'two']);
    stored.loads[1]?.answer([A]);
    await settled();
    expect(stored.loads.slice(3).map(({ key }) => key)).toEqual(['acme']);
    for (let next = 2; next < 6; next += 1) {
      stored.loads[next]?.answer([A]);
      await settled();
    }
    expect(await all(asked)).toEqual([true, true, true, true, true]);
  });

  it('that nobody waits for any more are not begun', async () => {
    const stored = new StoredLists({ concurrency: 1 });
    const first = stored.allows('one');
    const leaving = new AbortController();
    const left = stored.allows('two', A, leaving.signal);
    leaving.abort();
    stored.loads[0]?.answer([A]);
    expect(await Promise.all([first, left])).toEqual([true, false]);
    expect(stored.loads).toHaveLength(1);
    expect(stored.clock.timers).toBe(0);
  });

  it('end with the store: who waits is refused, signals are aborted, no timer is left', async () => {
    const stored = new StoredLists({ concurrency: 1 });
    const asked = [stored.allows('one'), stored.allows('two')];
    stored.lists.close();
    expect(await all(asked)).toEqual([false, false]);
    expect(stored.loads.map(({ signal }) => signal.aborted)).toEqual([true]);
    expect(stored.clock.timers).toBe(0);
    expect(stored.allows('three')).toBe(false);
    stored.loads[0]?.answer([A]);
    await settled();
    expect(stored.lists.size).toBe(0);
  });
});

describe('keys without a list', () => {
  it('are remembered for missTtl', async () => {
    const stored = new StoredLists({ missTtl: 5000 });
    stored.database = () => undefined;
    expect(await stored.allows('nobody')).toBe(false);
    await stored.clock.pass(4999);
    expect(stored.allows('nobody')).toBe(false);
    expect(stored.loads).toHaveLength(1);
    await stored.clock.pass(1);
    stored.database = () => [A];
    expect(await stored.allows('nobody')).toBe(true);
  });

  it('are looked at again at once when they are said to be changed', async () => {
    const stored = new StoredLists();
    stored.database = () => null;
    expect(await stored.allows('acme')).toBe(false);
    stored.lists.drop('acme');
    stored.database = () => [A];
    expect(await stored.allows('acme')).toBe(true);
  });

  it('push out one sixteenth of those with a list, however many there are', async () => {
    const stored = new StoredLists({ max: 160 });
    stored.database = (key) => (key.startsWith('tenant') ? [A] : undefined);
    for (let index = 0; index < 160; index += 1) {
      expect(await stored.allows(`tenant ${index}`)).toBe(true);
    }
    for (let index = 0; index < 2000; index += 1) {
      expect(await stored.allows(`made up ${index}`)).toBe(false);
    }
    expect(stored.lists.size).toBe(160);
    const answers = Array.from({ length: 160 }, (_, index) => stored.allows(`tenant ${index}`));
    expect(answers.filter((answer) => answer === true)).toHaveLength(150);
    await all(answers);
    expect(stored.lists.size).toBe(160);
  });

  it.each([1, 2, 15, 16, 17])('and with one keep to a max of %d', async (max) => {
    const stored = new StoredLists({ max });
    for (let index = 0; index < 100; index += 1) {
      stored.database = () => (index % 3 === 0 ? [A] : undefined);
      expect(await stored.allows(`key ${index}`)).toBe(index % 3 === 0);
      expect(stored.lists.size).toBeLessThanOrEqual(max);
    }
  });
});

describe('twenty thousand keys that a stranger has made up', () => {
  const MAX = 1000;
  const AT_ONCE = 500;
  const KEYS = 20_000;

  /** What is kept after some of the keys, and after all of them. */
  async function flood(answer: (signal: AbortSignal) => unknown, leaves: boolean): Promise<readonly object[]> {
    const { settings } = readStoreOptions({ max: MAX }, 'Stored');
    const clock = new ManualClock();
    let loads = 0;
    let said = 0;
    const say = (): void => void (said += 1);
    const log = new StoreLog('Stored', settings.max, { warn: say, error: say } as unknown as AppLog, () => clock.now());
    const load = (_key: string, signal: AbortSignal): unknown => {
      loads += 1;
      return answer(signal);
    };
    const lists = new OriginLists(settings, load, { clock, log, name: 'Stored' });
    const kept: object[] = [];
    for (let key = 0; key < KEYS; key += AT_ONCE) {
      const leaving = Array.from({ length: AT_ONCE }, () => new AbortController());
      const asked = leaving.map(({ signal }, index) =>
        lists.allows(`/${Math.imul(key + index, 2654435761)}`, A, true, { signal }),
      );
      await settled();
      if (leaves) {
        leaving.forEach((each) => each.abort());
      }
      expect((await all(asked)).includes(true)).toBe(false);
      if (key === 5_000 || key === KEYS - AT_ONCE) {
        kept.push({ size: lists.size, timers: clock.timers });
      }
    }
    expect(loads).toBeLessThanOrEqual(KEYS);
    expect(said).toBeLessThanOrEqual(1);
    lists.close();
    expect([lists.size, clock.timers]).toEqual([0, 0]);
    return kept;
  }

  it('fill no more than max if nobody has them', async () => {
    const kept = { size: MAX, timers: 0 };
    expect(await flood(() => undefined, false)).toEqual([kept, kept]);
  });

  it('fill no more than max if the database is down', async () => {
    const kept = { size: MAX, timers: 0 };
    expect(await flood(async () => Promise.reject(UNREACHABLE), false)).toEqual([kept, kept]);
  });

  it('leave only the loads that run if the database does not answer: the others are not begun', async () => {
    // The limit of each load, and the moment from which it is late.
    const kept = { size: 0, timers: 2 * 32 };
    expect(await flood(() => new Promise(() => undefined), true)).toEqual([kept, kept]);
  });
});
