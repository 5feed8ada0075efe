import { describe, expect, it } from '@jest/globals';

import { judgeRegExp } from '../../../lib/policy/origins/origin-regexp.js';
import { compileLayers, policyOf } from '../policy-under-test.js';

/** The codes of what is wrong without credentials. */
function faults(regexp: RegExp): readonly string[] {
  return compileLayers({}, { origin: regexp }).issues.map(({ code }) => code);
}

describe('a RegExp among the origins', () => {
  it.each([
    /https:\/\/([a-z0-9-]+\.)*example\.com/,
    /^https:\/\/[a-z0-9-]+\.example\.com$/,
    /https?:\/\/(?:app|www)\.example\.com(?::\d{2,5})?/,
    /https:\/\/(?<name>\w+)\.example[.]com/i,
    /https:\/\/pr-\d+--site\.preview\.example\.com/u,
    /https:\/\/[^./]+\.example\.com/s,
    /https:\/\/[\]a]+\.example\.com/,
  ])('%s is sound', (regexp) => expect(faults(regexp)).toEqual([]));

  it.each([/https:\/\/(a|a)*\.example\.com/, /https:\/\/(a|aa)+\.example\.com/, /https:\/\/(?:[a-z]+)+\.example\.com/])(
    '%s may take too long',
    (regexp) => expect(faults(regexp)).toEqual(['regexp-unsafe']),
  );

  it.each(['https://[\\q{a|b}]+\\.example\\.com', 'https://(?<l>[a-z])\\k<l>\\.example\\.com'])(
    'counts as unsafe where the analyser cannot read it: %s',
    (source) => {
      const { issues } = compileLayers({}, { origin: new RegExp(source, source.includes('q{') ? 'v' : '') });
      expect(issues.map(({ code }) => code)).toEqual(['regexp-unsafe', 'regexp-too-wide']);
    },
  );

  it.each([/https:\/\/pr.x\.example\.com/, /https:\/\/.*a\.b.c\.example\.com/, /https:\/\/a\.1.2\.b\.example/])(
    '%s has a dot that stands for anything',
    (regexp) => expect(faults(regexp)).toEqual(['regexp-dot']),
  );

  it('lets a stranger in by a loose dot in its domain', () => {
    expect(faults(/https:\/\/app.example\.com/)).toEqual(['regexp-too-wide', 'regexp-dot']);
  });

  it('that matches no origin is a mistake that nobody can mean', () => {
    const { issues } = compileLayers({}, { origin: [/example\.com$/], dangerouslyAllow: ['regexp-too-wide'] });
    expect(issues).toEqual([
      { code: 'regexp-matches-nothing', where: 'layer 1', path: 'origin[0]', value: /example\.com$/ },
    ]);
  });

  it('matches whole origins, and does not remember the last one', () => {
    const policy = policyOf({ origin: /https:\/\/a\.example|https:\/\/b\.example/gimy });
    for (let time = 0; time < 3; time += 1) {
      expect(policy.origins.matches('https://a.example')).toBe(true);
      expect(policy.origins.matches('https://b.example')).toBe(true);
      expect(policy.origins.matches('https://b.example:8080')).toBe(false);
    }
  });

  it('is copied: what becomes of the original changes no policy', () => {
    const regexp = /https:\/\/a\.example/g;
    const policy = policyOf({ origin: [regexp] });
    regexp.lastIndex = 5;
    // Deprecated, but it is still there, and must not change a policy.
    regexp.compile('https://b\\.example');
    expect(policy.origins.matches('https://a.example')).toBe(true);
    expect(policy.origins.matches('https://b.example')).toBe(false);
    expect(policyOf({ origin: [regexp] }).origins.matches('https://b.example')).toBe(true);
  });

  it('is judged once, however many decorators share it', () => {
    const regexp = /https:\/\/c\.example/;
    expect(judgeRegExp(regexp)).toBe(judgeRegExp(regexp));
  });

  it('that only looks like one is a mistake, not an exception', () => {
    const fake = Object.defineProperty(/x/, 'source', { value: '(' });
    expect(compileLayers({}, { origin: fake }).issues).toMatchObject([{ code: 'type', path: 'origin' }]);
  });
});
