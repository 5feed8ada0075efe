import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { analyseRegExp } from '../../../lib/policy/origins/regexp-analysis.js';

const isQuick = ({ source, flags }: RegExp): boolean => analyseRegExp(source, flags).quick;

describe('an expression that is quick to fail', () => {
  it.each([
    /https:\/\/([a-z0-9-]+\.)*example\.com/,
    /https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+example\.com/,
    /https:\/\/[a-z]{1,63}\.[a-z]{1,63}\.example\.com/,
    /https?:\/\/(?:[\w-]+\.)?(?:example|sample)\.(?:com|org|net)(?::\d{1,5})?/,
    /https:\/\/(www|app|admin|api|beta|staging|dev|test|shop|blog|docs|status|help|support|cdn|img)\.example\.com/,
    /https:\/\/.+-[a-z0-9]{9}-team\.vercel\.app/,
    /https:\/\/.*\.?example\.com/,
    /https:\/\/(?!.*evil)[a-z]+\.example\.com/,
    /https:\/\/(\b[a-z-]+\b\.)*example\.com/,
    /(?:a?){3}b/,
    /(?:)/,
  ])('%s', (regexp) => expect(isQuick(regexp)).toBe(true));
});

describe('an expression that may take very long', () => {
  it.each([
    [/(a|a)*x/, 'two alternatives are the same'],
    [/(a|aa)+x/, 'two alternatives overlap'],
    [/(a|b|ab)*c/, 'one alternative is two others'],
    [/(?:[a-z]+)+x/, 'a loop in a loop'],
    [/(?:a*)*x/, 'a loop that may read nothing'],
    [/(?:a?b?)*x/, 'another one'],
    [/(?:[a-z0-9]*-?)*\.example\.com/, 'a third one'],
    [/[a-z0-9]+(-?[a-z0-9]+)*\.example\.com/, 'the parts need no separator'],
    [/.*.*x/, 'as many ways as the text is long'],
    [/\d+\d+\d+x/, 'as many as the square of it'],
    [/[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]{10}/, 'many ways, though not without end'],
    [/(?:a?|b?){9}x/, 'many ways to read nothing'],
    [/(?:(?:a?){3}b)+x/, 'three ways, again and again'],
    [/(?=(?:a|a)*x)a/, 'a look-ahead is one'],
    [/(?!(?:a|a)*x)a/, 'a negative look-ahead is one'],
    [/(?:a|a)*(?=x)/, 'a look-ahead follows one'],
    [/(?:[A-Z]+)+x/, 'the hosts of some schemes have upper case'],
    [/(?:ü?|ä?){22}/, 'many ways to read nothing of what no origin has, and to the end'],
    [
      /(?:ü?|ä?)(?:ü?|ä?)(?:ü?|ä?)(?:ü?|ä?)(?:ü?|ä?)(?:ü?|ä?)(?:ü?|ä?)x/,
      'the same without a count, in front of a character',
    ],
    [/(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)/, 'many ways to the end'],
    [/(?:\b|\B){7}/, 'assertions are such ways'],
    [/(?:(?=(?:(?=[a-z.]*1|[a-z])[a-z.])*1|[a-z])[a-z.])*1/, 'a look-ahead in a look-ahead, at each character'],
    [
      /(?:(?=(?:a?){3}(?:b?){3}x|a)(?:a|b))?(?:a?){3}(?:b?){3}x/,
      'the ways of a look-ahead, in each of those that lead to it',
    ],
  ])('%s: %s', (regexp) => expect(isQuick(regexp)).toBe(false));
});

/** An expression, and a matcher of the simplest kind for it: it tries everything, and counts what it tries. */
interface Tried {
  readonly source: string;
  readonly match: Matcher;
}

type Matcher = (text: string, at: number, then: (at: number) => boolean) => boolean;

const LIMIT = 200_000;
let tries = 0;

const character = (source: string): Tried => {
  const one = new RegExp(`^${source}$`);
  return {
    source,
    match: (text, at, then) => {
      tries += 1;
      return tries > LIMIT || (one.test(text.charAt(at)) && then(at + 1));
    },
  };
};

const nothing: Tried = {
  source: '(?:)',
  match: (_, at, then) => {
    tries += 1;
    return tries > LIMIT || then(at);
  },
};

const sequence = (one: Tried, other: Tried): Tried => ({
  source: one.source + other.source,
  match: (text, at, then) => one.match(text, at, (end) => other.match(text, end, then)),
});

const choice = (one: Tried, other: Tried): Tried => ({
  source: `(?:${one.source}|${other.source})`,
  match: (text, at, then) => one.match(text, at, then) || other.match(text, at, then),
});

const repeated = (one: Tried, least: number, most: number): Tried => {
  const from = (text: string, at: number, count: number, then: (at: number) => boolean): boolean =>
    (count < most && one.match(text, at, (end) => (end > at || count < least) && from(text, end, count + 1, then))) ||
    (count >= least && then(at));
  return {
    source: `(?:${one.source}){${least},${most === Infinity ? '' : most}}`,
    match: (text, at, then) => from(text, at, 0, then),
  };
};

const ahead = (one: Tried): Tried => ({
  source: `(?=${one.source})`,
  match: (text, at, then) => one.match(text, at, () => true) && then(at),
});

const expressions = fc.letrec<{ any: Tried }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('a', 'b', '[ab]', '[^b]', '\\.', '.').map(character) },
      // No origin has an ü.
      { weight: 1, arbitrary: fc.constantFrom(character('A'), character('[Ab]'), character('ü'), nothing) },
    ),
    fc.tuple(tie('any'), tie('any')).map(([one, other]) => sequence(one, other)),
    fc.tuple(tie('any'), tie('any')).map(([one, other]) => choice(one, other)),
    fc
      .tuple(tie('any'), fc.constantFrom([0, Infinity], [1, Infinity], [0, 1], [2, 2], [0, 3]))
      .map(([one, [least = 0, most = 0]]) => repeated(one, least, most)),
    tie('any').map(ahead),
  ),
})).any;

/** Texts that go round in the loops of an expression, and match in the end or do not. */
const texts = fc
  .tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.'), minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '/', '.'),
  )
  .map(([piece, end]) => piece.repeat(Math.floor(36 / piece.length)) + end);

describe('the proof', () => {
  it('holds for an engine that tries everything', () => {
    let quick = 0;
    let slow = 0;
    fc.assert(
      fc.property(expressions, fc.array(texts, { minLength: 5, maxLength: 5 }), ({ source, match }, samples) => {
        const isProven = analyseRegExp(source, '').quick;
        for (const text of samples) {
          tries = 0;
          match(text, 0, (at) => at === text.length);
          // Each way to have read a part of the text, and from there each character that the expression may read next.
          const isSlow = tries > 100 * (text.length + 1) * source.length;
          expect({ source, text, isProven: isProven && isSlow }).toEqual({ source, text, isProven: false });
          slow += isSlow ? 1 : 0;
        }
        quick += isProven ? 1 : 0;
      }),
      { numRuns: 700 },
    );
    expect(Math.min(quick, slow)).toBeGreaterThanOrEqual(10);
  });
});
