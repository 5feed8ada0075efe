import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PRESETS } from '../../page/playground/presets.js';
import { readState, writeState } from '../../page/playground/state.js';

describe('the address', () => {
  it('gives back any state that was written into it', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('#&=+%20', 'a\nb', '\u2028'));
    fc.assert(
      fc.property(fc.record({ application: text, origin: text, fetch: text, cookie: text }), (state) => {
        const hash = writeState(state);
        expect(readState(hash)).toEqual({ kind: 'state', state });
        // As it comes back from an address bar.
        expect(readState(new URL(`https://site.example/playground${hash}`).hash)).toEqual({ kind: 'state', state });
      }),
    );
  });

  it('is readable', () => {
    const [first] = PRESETS;
    expect(writeState(first?.state ?? { application: '', origin: '', fetch: '', cookie: '' })).toMatch(
      /^#v=1&origin=https:\/\/shop\.example&app=CorsModule\.forRoot\(%7B%0A\+\+origin:/,
    );
  });

  it.each([
    ['', { kind: 'nothing' }],
    ['#', { kind: 'nothing' }],
    ['#heading', { kind: 'nothing' }],
    ['#%', { kind: 'nothing' }],
    ['#v=1', { kind: 'nothing' }],
    ['#v=1&app=x&origin=y', { kind: 'nothing' }],
    ['#app=x&origin=y&fetch=z', { kind: 'nothing' }],
    ['#v=2&app=x&origin=y&fetch=z', { kind: 'other-version' }],
    [`#v=1&app=${'x'.repeat(200_000)}&origin=y&fetch=z`, { kind: 'nothing' }],
    ['#preset=caches', { kind: 'preset', id: 'caches' }],
    [
      '#v=1&app=%FF%&origin=y&fetch=z',
      { kind: 'state', state: { application: '\ufffd%', origin: 'y', fetch: 'z', cookie: '' } },
    ],
  ])('may be anything: %.40s', (hash, asked) => {
    expect(readState(hash)).toEqual(asked);
  });
});
