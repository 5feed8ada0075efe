import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';

import { StoredLists } from './stored-lists.js';

const A = 'https://a.example';

describe('load()', () => {
  it('may return a list, or throw, without a promise: who waits is answered at once', async () => {
    const stored = new StoredLists();
    stored.atOnce = () => {
      throw new TypeError("Cannot read properties of undefined (reading 'originsOf')");
    };
    const asked = [stored.allows('acme'), stored.allows('acme')];
    expect([await asked[0], await asked[1]]).toEqual([false, false]);
    expect(stored.loads).toHaveLength(1);
    expect(stored.said).toEqual([
      `the origins of "acme" could not be loaded: Cannot read properties of undefined (reading 'originsOf')`,
    ]);
    expect(stored.clock.timers).toBe(0);

    stored.atOnce = () => Object.freeze([A]);
    await stored.clock.pass(1000);
    expect(await stored.allows('acme')).toBe(true);
  });

  it.each([
    ['return a list of promises', () => [Promise.reject(new Error('row')), A], true],
    ['throw a promise', () => throwing(Promise.reject(new Error('thrown'))), false],
    ['promise such a list', async () => [A, Promise.reject(new Error('row'))], true],
  ])('may %s, and no rejection is left unhandled', async (_, load, isAllowed) => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const stored = new StoredLists();
    stored.atOnce = load;
    expect(await stored.allows('acme')).toBe(isAllowed);
    // Node reports it before the next turn of the event loop.
    await setImmediate();
    await setImmediate();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(stored.said).toHaveLength(1);
  });
});

function throwing(value: unknown): never {
  throw value;
}
