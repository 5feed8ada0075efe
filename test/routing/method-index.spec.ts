import { describe, expect, it } from '@jest/globals';

import { readPattern } from '../../lib/routing/path-pattern.js';
import { SegmentTrie } from '../../lib/routing/method-index.js';
import { TargetScan } from '../../lib/routing/request-target.js';

const NONE = 99;
const EXACT = { caseSensitive: true, strict: true };
const LOOSE = { caseSensitive: false, strict: false };

describe('a trie of patterns', () => {
  it('asks about a pattern that cannot be read, and about one that is no string, for every pathname', () => {
    const { asked, first } = trieOf('/a{', undefined, '/b');
    expect(first('/z')).toBe(NONE);
    expect(asked).toEqual([0, 1]);
  });

  it('takes the word of the matcher', () => {
    const { first } = trieOf('/a:x{/:y}', '/*rest');
    expect(first('/ab', [1])).toBe(1);
    expect(first('/ab', [0, 1])).toBe(0);
  });

  it.each([
    ['/a/:x{.json}', '/b/1', []],
    ['/a/:x{.json}', '/a/1', [0]],
    ['/a/:x{.json}', '/a/1/2', [0]],
    ['/a/b-:x/c', '/a/other/c', [0]],
    ['/a/b-:x/c', '/a/other/d', []],
    ['/a/b-:x/c', '/a/other', []],
    ['/a/b-:x/c', '/a//c', []],
    ['/a{/:x}/b', '/a/b', [0]],
    ['/a{/:x}/b', '/ab', []],
    ['/a{/:x}.b', '/a.b', [0]],
    ['/a{{/:x}b}', '/ab', [0]],
    ['/a{{/:x}}', '/ab', []],
    ['/a{/:x}{b}', '/ab', [0]],
    ['/a{/:x}{/b}', '/ab', []],
    ['/a{/:x}:y', '/ab', [0]],
    ['/a{:x}', '/ab', [0]],
    ['/a*x', '/ab', [0]],
    ['/a/*x', '/b/c', []],
    ['/a\\:b', '/a:b', [0]],
    ['/a\\:b', '/a:c', []],
    [':x-/a', '/a', [0]],
  ])('of %s asks about %s only where it could match', (pattern, pathname, expected) => {
    const { asked, first } = trieOf(pattern);
    first(pathname);
    expect(asked).toEqual(expected);
  });

  it.each([
    ['/a/{/b}', '/a/', [0]],
    ['/a/{/b}', '/a', [0]],
    ['/a//', '/a', []],
    ['/a//', '/a/', []],
    ['/a/', '/a', []],
    ['/a/', '/a/b', undefined],
    ['/a//', '/a//', undefined],
  ])(
    'of %s, loosened as Express does, asks about %s where the walk alone cannot tell',
    (pattern, pathname, expected) => {
      const asked: number[] = [];
      const trie = new SegmentTrie((position) => asked.push(position) > 0);
      trie.add(readPattern(pattern, LOOSE), 0);
      expect(firstOf(trie, pathname, LOOSE)).toBe(expected === undefined ? NONE : 0);
      expect(asked).toEqual(expected ?? []);
    },
  );

  it('asks in order, from where it is told to, and not beyond the bound', () => {
    const { asked, first } = trieOf('/*a', '/*b', '/*c', '/*d');
    expect(first('/x', [], 1, 3)).toBe(3);
    expect(asked).toEqual([1, 2]);
  });

  it.each([
    ['/Aa/x', 0],
    ['/BB/x', 1],
    ['/AaBB', 2],
    ['/BBAa', 3],
    ['/AaAa', NONE],
    ['/C"/x', NONE],
  ])('tells literals apart that have the same hash: %s', (target, position) => {
    expect(trieOf('/Aa/x', '/BB/x', '/AaBB', '/BBAa').first(target)).toBe(position);
  });

  it('stops at the first that matches', () => {
    const { asked, first } = trieOf('/*a', '/*b', '/*c');
    expect(first('/x', [1])).toBe(1);
    expect(asked).toEqual([0, 1]);
  });

  it('asks about the pathname as it is, not as it was folded', () => {
    const seen: string[] = [];
    const trie = new SegmentTrie((_position, pathname) => {
      seen.push(pathname);
      return true;
    });
    trie.add(readPattern('/a:x.y', LOOSE), 0);
    expect(firstOf(trie, '/AB.Y/?q', LOOSE)).toBe(0);
    expect(seen).toEqual(['/AB.Y/']);
  });
});

function trieOf(...patterns: readonly (string | undefined)[]): {
  readonly asked: readonly number[];
  readonly first: (pathname: string, matching?: readonly number[], from?: number, bound?: number) => number;
} {
  const asked: number[] = [];
  let matching: readonly number[] = [];
  const trie = new SegmentTrie((position) => {
    asked.push(position);
    return matching.includes(position);
  });
  patterns.forEach((pattern, position) => trie.add(readPattern(pattern, EXACT), position));
  return {
    asked,
    first: (pathname, matched = [], from = 0, bound = NONE) => {
      matching = matched;
      return firstOf(trie, pathname, EXACT, from, bound);
    },
  };
}

function firstOf(
  trie: SegmentTrie,
  target: string,
  settings: { readonly caseSensitive: boolean; readonly strict: boolean },
  from = 0,
  bound = NONE,
): number {
  const scan = new TargetScan(trie.depth, settings);
  expect(scan.read(target)).toBe(true);
  return trie.first(scan, target, from, bound);
}
