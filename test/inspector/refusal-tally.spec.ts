import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it, jest } from '@jest/globals';

import { FrequentOrigins } from '../../lib/inspector/frequent-origins.js';
import { RefusalTally } from '../../lib/inspector/refusal-tally.js';

const from = (origin: string | undefined, more: Record<string, string> = {}): IncomingMessage =>
  ({ headers: { host: 'api.example', origin, ...more }, rawHeaders: ['Host', 'api.example'] }) as IncomingMessage;

const at = (host: string): IncomingMessage =>
  ({ headers: { host, origin: 'https://api.example' }, rawHeaders: ['Host', host] }) as IncomingMessage;

describe('the tally of refusals', () => {
  it('keeps as much after a million refusals of random origins as after a few thousand', () => {
    const tally = new RefusalTally();
    const after: { rows: number; origins: number }[] = [];
    for (let index = 0; index < 1_000_000; index += 1) {
      const origin = `https://${Math.imul(index, 2654435761) >>> 0}.example`;
      tally.count(`Controller.handler${index % 40}`, 'request', 'origin-not-allowed', from(origin));
      if (index === 5_000 || index === 999_999) {
        after.push(tally.size);
      }
    }
    expect(after).toEqual([
      { rows: 40, origins: 100 },
      { rows: 40, origins: 100 },
    ]);
    expect(tally.revision).toBe(1_000_000);
    const { rows, origins, uncounted } = tally.report();
    expect(rows.reduce((sum, { count }) => sum + count, 0) + uncounted).toBe(1_000_000);
    expect(origins).toHaveLength(100);
  });

  it('has an end to its rows, whatever the routes are called, and says how many it left out', () => {
    const tally = new RefusalTally();
    for (let index = 0; index < 3_000; index += 1) {
      tally.count(`Controller.handler${index}`, 'preflight', 'closed', from('https://a.example'));
    }
    expect(tally.size.rows).toBe(2_000);
    expect(tally.report()).toMatchObject({ revision: 3_000, uncounted: 1_000 });
  });

  it('keeps no origin longer than origins are, and gives away nothing but printable ASCII', () => {
    const tally = new RefusalTally();
    tally.count(undefined, 'preflight', 'origin-malformed', from(`https://${'a'.repeat(20_000)}`));
    tally.count(undefined, 'preflight', 'origin-malformed', from('\u202ehttps://é<b>'));
    const report = JSON.stringify(tally.report());
    expect(report.length).toBeLessThan(2_000);
    expect(report).toMatch(/^[\x20-\x7e…]*$/);
  });

  it('lists the latest first, with the time of the last second', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const tally = new RefusalTally();
    tally.count('Cats.list', 'request', 'origin-not-allowed', from('https://a.example'));
    tally.count('Dogs.list', 'request', 'origin-not-allowed', from('https://b.example'));
    jest.setSystemTime(2_000_000);
    tally.tick();
    tally.count('Cats.list', 'request', 'origin-not-allowed', from('https://c.example'));
    jest.useRealTimers();
    expect(tally.report().rows.map(({ route, at, last }) => ({ route, at, last }))).toEqual([
      { route: 'Cats.list', at: 2_000_000, last: 'https://c.example' },
      { route: 'Dogs.list', at: 1_000_000, last: 'https://b.example' },
    ]);
  });

  it.each<[string, IncomingMessage]>([
    ['has no origin', from(undefined)],
    ['has an empty one', from('')],
    ['is the application’s own', from('https://api.example')],
    ['is its own over HTTP/2', from('https://h2.example', { ':authority': 'h2.example' })],
    ['is its own, whatever the case of the host and its port', at('API.example:443')],
    ['is its own by the browser’s word', from('https://proxied.example', { 'sec-fetch-site': 'same-origin' })],
  ])('does not count a request that %s: nobody is refused', (_title, raw) => {
    const tally = new RefusalTally();
    tally.count('Controller.handler', 'request', 'no-origin', raw);
    expect(tally.revision).toBe(0);
  });

  it.each<[string, IncomingMessage]>([
    ['on another scheme', from('http://api.example', { 'sec-fetch-site': 'cross-site' })],
    ['over HTTP/2, where a Host has no meaning', from('https://api.example', { ':authority': 'h2.example' })],
    ['with the application’s name in it', from('https://api.example.attacker.example')],
    ['that the browser knows to be another', from('https://api.example', { 'sec-fetch-site': 'same-site' })],
  ])('counts a page %s', (_title, raw) => {
    const tally = new RefusalTally();
    tally.count('Controller.handler', 'request', 'origin-not-allowed', raw);
    expect(tally.revision).toBe(1);
  });
});

describe('the most frequent origins', () => {
  it('are kept, however many others are seen once', () => {
    const origins = new FrequentOrigins(10);
    for (let index = 0; index < 10_000; index += 1) {
      origins.see(index % 4 === 0 ? 'https://often.example' : `https://${index}.example`);
    }
    const [first] = origins.list();
    expect(first).toMatchObject({ origin: 'https://often.example' });
    expect(first?.count).toBeGreaterThanOrEqual(2_500);
    expect((first?.count ?? 0) - (first?.excess ?? 0)).toBeLessThanOrEqual(2_500);
  });

  it('are counted between two bounds, in no more places than there are, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer({ min: 0, max: 12 })), (most, seen) => {
        const origins = new FrequentOrigins(most);
        const real = new Map<string, number>();
        for (const number of seen) {
          const origin = String(number);
          origins.see(origin);
          real.set(origin, (real.get(origin) ?? 0) + 1);
        }
        const list = origins.list();
        expect(list.length).toBe(Math.min(most, real.size));
        expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(seen.length);
        for (const { origin, count, excess } of list) {
          const times = real.get(origin) ?? 0;
          expect(count).toBeGreaterThanOrEqual(times);
          expect(count - excess).toBeLessThanOrEqual(times);
        }
        // Space-saving's promise: what is seen more often than once in `most` times is among them.
        for (const [origin, times] of real) {
          if (times > seen.length / most) {
            expect(list.map((each) => each.origin)).toContain(origin);
          }
        }
      }),
    );
  });
});
