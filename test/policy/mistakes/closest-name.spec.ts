import { describe, expect, it } from '@jest/globals';

import { closestName } from '../../../lib/policy/mistakes/closest-name.js';

describe('the name that was probably meant', () => {
  it.each([
    ['orign', ['method', 'origin'], 'origin'],
    ['ORIGIN', ['origin'], 'origin'],
    ['abc', ['abd'], 'abd'],
    ['abxd', ['abce', 'abcd'], 'abcd'],
    ['xabcd', ['abce', 'yabcf'], 'abce'],
    ['credentialzzz', ['credentials'], 'credentials'],
    // What is contained wins, the longest first.
    ['maxAgeSeconds', ['max', 'maxAge', 'maxAgeSecond'], 'maxAgeSecond'],
    ['maxAgeSeconds', ['maxAge', 'max'], 'maxAge'],
    ['reuse', ['use'], 'use'],
    // What is contained by chance does not count.
    ['partnr', ['partner', 'a', ''], 'partner'],
    ['x'.repeat(64), ['x'.repeat(60)], 'x'.repeat(60)],
  ])('of %s among %j is %s', (written, names, name) => {
    expect(closestName(written, names)).toBe(name);
  });

  it.each([
    ['abcde', ['vwxyz']],
    ['zzabxd', ['abcd']],
    ['zzzabc', ['abc!']],
    ['policy', ['origin']],
    ['policy', ['', 'o', 'ic']],
    ['x'.repeat(65), ['x'.repeat(60)]],
  ])('is not known for %s among %j', (written, names) => {
    expect(closestName(written, names)).toBeUndefined();
  });
});
