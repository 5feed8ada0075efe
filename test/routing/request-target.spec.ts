import { describe, expect, it } from '@jest/globals';
import { isUsual, plainPathname, usualPathname, TargetScan, hashOf } from '../../lib/routing/request-target.js';
import fc from 'fast-check';

describe('a request target', () => {
  it.each(['/', '/a', '//a', '/a?b', '/a;b%20\\^|"<>', '/~', '/!'])('is usual: %s', (url) => {
    expect(isUsual(url)).toBe(true);
  });

  it.each(['*', 'a', 'http://h/a', '/a#b', '/é', '/a b', '/a\tb', '/\u0000', '/\u007F', '/a\u0080', '?a'])(
    'is left to the reader of the platform: %j',
    (url) => {
      expect(isUsual(url)).toBe(false);
    },
  );

  it('has its path before the first question mark', () => {
    expect(usualPathname('/a/b')).toBe('/a/b');
    expect(usualPathname('/a?b?c')).toBe('/a');
    expect(usualPathname('/?')).toBe('/');
  });
});

describe('the path of any request target', () => {
  it.each([
    ['/a?b', '/a'],
    ['//a/b?c', '//a/b'],
    ['http://h.example/a?b', '/a'],
    ['/a#b', '/a'],
    ['/a/é?b', '/a/é'],
    ['//a@b/c#d', '//a@b/c'],
    ['http://h.example?a', '/'],
    ['http://[::1/a', '/a'],
    ['*', '*'],
  ])('of %s is %s', (url, pathname) => {
    expect(plainPathname(url)).toBe(pathname);
  });
});

const LOOSE = { caseSensitive: false, strict: false };
const STRICT = { caseSensitive: true, strict: true };
const DEPTH = 3;

const target = fc.array(fc.constantFrom('/', '?', '#', 'a', 'B', 'Z', '[', '@', '~', '!', ' ', '\u007F', 'é', '%2F'));

describe('the scan of a request target', () => {
  it.each([
    ['/', 1, 1],
    ['/a', 1, 2],
    ['/a/', 1, 3],
    ['/a//', 2, 4],
    ['//', 1, 2],
    ['/a/b?c/d', 2, 4],
    ['/?', 1, 1],
    ['/a/?/b', 1, 3],
    ['/a/b/c/d/e', 5, 10],
  ])('counts the segments of %s, and one slash at the end is none', (url, count, length) => {
    const scan = new TargetScan(DEPTH, LOOSE);
    expect(scan.read(url)).toBe(true);
    expect(scan).toMatchObject({ count, length });
  });

  it.each([
    ['/', 1],
    ['/a/', 2],
    ['/a//', 3],
  ])('counts the empty segment at the end of %s where the router is strict', (url, count) => {
    const scan = new TargetScan(DEPTH, STRICT);
    scan.read(url);
    expect(scan.count).toBe(count);
  });

  it('knows an empty segment', () => {
    const scan = new TargetScan(DEPTH, STRICT);
    scan.read('/a//b');
    expect([0, 1, 2].map((segment) => scan.isEmpty(segment))).toEqual([false, true, false]);
  });

  it('takes the targets that are usual, finds their path, and reads each segment as it is', () => {
    fc.assert(
      fc.property(target, fc.boolean(), (parts, strict) => {
        const url = `/${parts.join('')}`;
        const scan = new TargetScan(url.length, { caseSensitive: true, strict });
        expect(scan.read(url)).toBe(isUsual(url));
        if (!isUsual(url)) {
          return;
        }
        const pathname = usualPathname(url);
        expect(scan.length).toBe(pathname.length);
        const segments = pathname.split('/').slice(1);
        expect(scan.count).toBe(
          !strict && segments.length > 1 && pathname.endsWith('/') ? segments.length - 1 : segments.length,
        );
        for (const [index, segment] of segments.entries()) {
          expect(scan.is(index, segment, url)).toBe(true);
          expect(scan.is(index, `${segment}x`, url)).toBe(false);
          expect(scan.hash(index)).toBe(hashOf(segment));
          expect(scan.isEmpty(index)).toBe(segment === '');
        }
      }),
    );
  });

  it.each(['a', '*', '', 'http://h/a', '?/a'])('has nothing to say about %j', (url) => {
    expect(new TargetScan(DEPTH, LOOSE).read(url)).toBe(false);
  });

  it('folds the letters of ASCII where the router does, and nothing beside them', () => {
    const scan = new TargetScan(DEPTH, LOOSE);
    scan.read('/AZ@[`{/az');
    expect(scan.is(0, 'az@[`{', '/AZ@[`{/az')).toBe(true);
    expect(scan.hash(0)).toBe(hashOf('az@[`{'));
    const exact = new TargetScan(DEPTH, STRICT);
    exact.read('/AZ');
    expect(exact.is(0, 'az', '/AZ')).toBe(false);
    expect(exact.hash(0)).toBe(hashOf('AZ'));
  });

  it('tells texts of one length apart at the first and at the last character', () => {
    const scan = new TargetScan(DEPTH, LOOSE);
    scan.read('/abc');
    expect(scan.is(0, 'xbc', '/abc')).toBe(false);
    expect(scan.is(0, 'abx', '/abc')).toBe(false);
  });

  it('tells a text from one that begins with it', () => {
    const scan = new TargetScan(DEPTH, LOOSE);
    scan.read('/abc');
    expect(scan.is(0, 'ab', '/abc')).toBe(false);
    expect(scan.is(0, '', '/abc')).toBe(false);
    expect(scan.is(0, 'abcd', '/abc')).toBe(false);
  });

  it('knows nothing of segments beyond its depth', () => {
    const scan = new TargetScan(1, LOOSE);
    scan.read('/a/b');
    expect(scan.count).toBe(2);
    expect(scan.hash(1)).toBe(0);
    expect(scan.is(1, 'b', '/a/b')).toBe(false);
  });

  it('forgets what it read before', () => {
    const scan = new TargetScan(DEPTH, LOOSE);
    scan.read('/a/b/c');
    scan.read('/d');
    expect(scan).toMatchObject({ count: 1, length: 2 });
    expect(scan.is(0, 'd', '/d')).toBe(true);
  });
});
