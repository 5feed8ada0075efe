import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { wasAnnounced } from '../../../lib/nest/request/announced-request.js';
import { isSafelistedHeader } from '../../../lib/nest/request/safelisted-header.js';
import { isUnannouncedHeader } from '../../../lib/nest/request/unannounced-header.js';
import { isForbiddenRequestHeader } from '../../../lib/testing/forbidden-header.js';
import { isSafelistedHeader as isSafelistedByTheBrowser } from '../../../lib/testing/safelisted-header.js';

const SEED = 20_261_125;
const SAFELISTED = ['accept', 'accept-language', 'content-language', 'content-type', 'range'];

/** Any bytes that a header can hold, and mostly what nearly is a value that means something. */
const value = fc.oneof(
  fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 140 }),
  fc
    .array(
      fc.constantFrom(
        'text/plain',
        'application/json',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
        'TEXT/PLAIN',
        'bytes=',
        '0',
        '9',
        '10',
        '-',
        ',',
        ';',
        ' ',
        '\t',
        '"',
        '=',
        '/',
        '*',
        'q',
        'de',
        '\x0b',
        '\xe4',
        'charset=utf-8',
        'x'.repeat(60),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

describe('what needs no preflight', () => {
  it('is the same to the request hook and to the browser in a box', () => {
    const seen = { safelisted: 0, not: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...SAFELISTED), value, (name, text) => {
        const safelisted = isSafelistedHeader(name, text);
        seen[safelisted ? 'safelisted' : 'not'] += 1;
        expect(safelisted).toBe(isSafelistedByTheBrowser([name, text]));
      }),
      {
        seed: SEED,
        numRuns: 5_000,
        examples: [
          ['content-type', 'text/plain'],
          ['range', `bytes=${'9'.repeat(60)}-${'9'.repeat(60)}`],
        ],
      },
    );
    expect(seen.safelisted).toBeGreaterThan(200);
    expect(seen.not).toBeGreaterThan(200);
  });

  it('has no name on the list that a handler may take for proof of one', () => {
    for (const name of [
      'x-requested-with',
      'authorization',
      'x-csrf-token',
      'x-xsrf-token',
      'x-api-key',
      'x-original-url',
    ]) {
      expect([name, isUnannouncedHeader(name)]).toEqual([name, false]);
    }
  });

  it('has every name that browsers keep from pages', () => {
    for (const name of [
      'connection',
      'cookie',
      'dnt',
      'te',
      'sec-gpc',
      'proxy-authorization',
      'via',
      'set-cookie',
      'x-a',
    ]) {
      const isPages = !isForbiddenRequestHeader(name, '') || name === 'set-cookie';
      expect([name, isUnannouncedHeader(name)]).toEqual([name, !isPages]);
    }
  });

  it('is told from the headers where an adapter has no raw ones', () => {
    expect(wasAnnounced({ headers: { 'X-Requested-With': 'fetch' } }, 'POST')).toBe(true);
    expect(wasAnnounced({ headers: { accept: '*/*', host: 'a' }, rawHeaders: [] }, 'POST')).toBe(false);
    expect(wasAnnounced({ headers: {}, rawHeaders: ['Host', 'a', 'X-A', '1'] }, 'GET')).toBe(true);
    expect(wasAnnounced({ headers: {}, rawHeaders: [] }, 'GET', 'QUERY')).toBe(true);
  });
});
