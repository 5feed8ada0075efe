import { describe, expect, it } from '@jest/globals';

import { compileListedPattern, whyNothingMatches } from '../../lib/routing/listed-pattern.js';
import { DEFAULT_TARGET_SETTINGS, type TargetSettings } from '../../lib/routing/target-readings.js';

function whyNot(pattern: string, settings: Partial<TargetSettings> = {}): string | undefined {
  const all = { ...DEFAULT_TARGET_SETTINGS, ...settings };
  return whyNothingMatches(pattern, compileListedPattern(pattern, all), all);
}

describe('a pattern that no request can match', () => {
  it.each<[string, RegExp]>([
    ['/search\\?q', /^a path ends before a question mark/],
    ['/a#b', /^a path ends before a question mark or a number sign/],
    ['/a\\\\b', /write a plain slash$/],
    ['/a%2Fb', /write a plain slash$/],
    ['/a{/b%5cc}', /write a plain slash$/],
    ['/a\nb', /^a path cannot contain a control character/],
    ['/a%0ab', /^a path cannot contain a control character/],
    ['/a//b', /single slashes and no dot segments/],
    ['/a/../b', /single slashes and no dot segments/],
    ['/./:id', /single slashes and no dot segments/],
    ['/half/\ud800', /single slashes and no dot segments/],
  ])('%j says why', (pattern, why) => {
    expect(whyNot(pattern)).toMatch(why);
  });

  it('has a semicolon, where the server ends a path before it', () => {
    expect(whyNot('/a;b', { cutsAtSemicolon: true })).toMatch(/ends a path before a semicolon/);
    expect(whyNot('/a;b')).toBeUndefined();
  });

  it.each(['/', '/cats', '/cats/', '/cats/:id', '/files{/*rest}', '/a b', '/é', '/%C3%A9', '/a{/b{/c}}', '/%3Fq'])(
    '%j is none',
    (pattern) => {
      expect(whyNot(pattern)).toBeUndefined();
      expect(whyNot(pattern, { strict: true, caseSensitive: true })).toBeUndefined();
    },
  );
});
