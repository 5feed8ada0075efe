import { describe, expect, it } from '@jest/globals';

import { isUsual, plainPathname, usualPathname } from '../../lib/routing/pathname.js';

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
