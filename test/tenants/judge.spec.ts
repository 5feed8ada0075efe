import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Judge } from './judge.js';

const TENANT = 'north';
const ORIGIN = 'https://one.example';
const BOUNDS = { usual: 1000, inFault: 10_000, refusesInFault: true };

describe('the judge', () => {
  let judge: Judge;

  beforeEach(() => {
    jest.useFakeTimers({ now: 100_000 });
    judge = new Judge(BOUNDS);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const write = async (state: 'listed' | 'unlisted', takes = 0): Promise<void> =>
    judge.write(TENANT, ORIGIN, state, async () => {
      jest.advanceTimersByTime(takes);
    });

  /** Sent and answered in so many milliseconds from now on. */
  const verdict = (isAllowed: boolean, takes = 10): void => {
    const sentAt = Date.now();
    jest.advanceTimersByTime(takes);
    judge.verdicts.push({ instance: 0, tenant: TENANT, origin: ORIGIN, sentAt, receivedAt: Date.now(), isAllowed });
  };

  it('finds an origin wrong that nobody has listed', () => {
    verdict(true);
    expect(judge.wrong()).toEqual(['instance 0 allowed https://one.example for north at 100000 to 100010']);
  });

  it('takes either verdict until what it goes by is too old', async () => {
    await write('listed');
    jest.advanceTimersByTime(900);
    verdict(false);
    verdict(true);
    expect(judge.wrong()).toEqual([]);
    jest.advanceTimersByTime(200);
    verdict(false);
    expect(judge.wrong()).toHaveLength(1);
  });

  it('counts from the end of a write on', async () => {
    await write('listed');
    jest.advanceTimersByTime(2000);
    await write('unlisted', 500);
    jest.advanceTimersByTime(900);
    verdict(true);
    expect(judge.wrong()).toEqual([]);
    jest.advanceTimersByTime(200);
    verdict(true);
    expect(judge.wrong()).toHaveLength(1);
  });

  it('takes either after a write that failed, until the next', async () => {
    await judge.write(TENANT, ORIGIN, 'listed', () => Promise.reject(new Error('killed'))).catch(() => undefined);
    jest.advanceTimersByTime(5000);
    verdict(true);
    verdict(false);
    await write('unlisted');
    jest.advanceTimersByTime(1100);
    verdict(false);
    expect(judge.wrong()).toEqual([]);
    verdict(true);
    expect(judge.wrong()).toHaveLength(1);
  });

  it('allows for older lists and for refusals in a fault, and for nothing else', async () => {
    await write('listed');
    jest.advanceTimersByTime(2000);
    await judge.fault(async () => {
      await write('unlisted');
      jest.advanceTimersByTime(9000);
      verdict(true);
      verdict(false);
      expect(judge.wrong()).toEqual([]);
      jest.advanceTimersByTime(2000);
      verdict(true);
    });
    expect(judge.wrong()).toHaveLength(1);
    jest.advanceTimersByTime(5000);
    verdict(true);
    expect(judge.wrong()).toHaveLength(2);
  });
});
