import { describe, expect, it } from '@jest/globals';
import type { HeaderLine } from '../../lib/testing/header-list.js';
import {
  isNoCorsSafelistedHeader,
  isNonWildcardHeader,
  isSafelistedHeader,
  isSafelistedMethod,
  unsafeHeaderNames,
} from '../../lib/testing/safelisted-header.js';

const SAFE: readonly HeaderLine[] = [
  ['accept', ''],
  ['Accept', 'text/html, application/xml;q=0.9, */*;q=0.8'],
  ['accept', 'tab\tinside'],
  ['accept', 'a'.repeat(128)],
  ['accept', "!#$%&'*+,-./09;=AZ^_`az|~"],
  ['accept', 'é'],
  ['accept-language', ''],
  ['accept-language', 'de-CH, *;q=0.5'],
  ['Content-Language', 'AZaz09 *,-.;='],
  ['content-type', 'text/plain'],
  ['Content-Type', 'TEXT/Plain;charset=UTF-8'],
  ['content-type', ' \tmultipart/form-data \t; boundary=x'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['range', 'bytes=0-'],
  ['range', 'bytes=5-'],
  ['Range', 'bytes=10-20'],
  ['range', 'bytes=10-10'],
  ['range', 'bytes=9-10'],
  ['range', 'bytes=99999999999999999998-99999999999999999999'],
];

const UNSAFE: readonly HeaderLine[] = [
  ['accept', 'a'.repeat(129)],
  ['accept-language', 'e'.repeat(129)],
  ['accept-language', 'en_US'],
  ['accept-language', '"en"'],
  ['accept-language', 'en\t'],
  ['content-language', 'en/us'],
  ['content-language', 'é'],
  ['content-type', ''],
  ['content-type', 'application/json'],
  ['content-type', 'text/plain2'],
  ['content-type', 'xtext/plain'],
  ['content-type', 'text/plain, application/json'],
  ['content-type', 'text /plain'],
  ['content-type', 'text/plain x'],
  ['content-type', 'text/plain; charset="utf-8"'],
  ['content-type', 'text'],
  ['content-type', `text/plain;${'a'.repeat(128)}`],
  ['range', ''],
  ['range', 'bytes=-5'],
  ['range', 'bytes=0-5,7-9'],
  ['range', 'bytes=5-4'],
  ['range', 'bytes=10-9'],
  ['range', 'Bytes=0-'],
  ['range', 'bytes= 0-'],
  ['range', 'bytes=0-1 '],
  ['range', 'xbytes=0-'],
  ['range', 'items=0-'],
  ['range', 'bytes=99999999999999999999-99999999999999999998'],
  ['x-requested-with', 'XMLHttpRequest'],
  ['authorization', 'Bearer x'],
  ['dpr', '2'],
  ['save-data', 'on'],
];

describe('a request header', () => {
  it.each(SAFE)('goes out unannounced: %s: %j', (name, value) => {
    expect(isSafelistedHeader([name, value])).toBe(true);
  });

  it.each(UNSAFE)('is announced: %s: %j', (name, value) => {
    expect(isSafelistedHeader([name, value])).toBe(false);
  });

  it.each('"():<>?@[\\]{}\u007f\u0000\u0001\u0008\u000a\u000b\u001f'.split(''))(
    'is announced if it holds the unsafe byte %j',
    (byte) => {
      expect(isSafelistedHeader(['accept', `a${byte}b`])).toBe(false);
      expect(isSafelistedHeader(['content-type', `text/plain;a${byte}b`])).toBe(false);
    },
  );

  it('is the only one that * does not cover if it is Authorization', () => {
    expect(['authorization', 'Authorization', 'x-authorization', 'cookie'].map(isNonWildcardHeader)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is allowed under no-cors if it is safelisted and not Range', () => {
    expect(isNoCorsSafelistedHeader(['accept', 'text/html'])).toBe(true);
    expect(isNoCorsSafelistedHeader(['content-type', 'application/json'])).toBe(false);
    expect(isNoCorsSafelistedHeader(['Range', 'bytes=0-'])).toBe(false);
  });
});

describe('the announced names', () => {
  it('are lower-case, sorted and each there once', () => {
    const lines: HeaderLine[] = [
      ['X-b', '1'],
      ['accept', 'text/html'],
      ['x-A', '1'],
      ['x-B', '2'],
      ['content-type', 'application/json'],
    ];
    expect(unsafeHeaderNames(lines)).toEqual(['content-type', 'x-a', 'x-b']);
  });

  it('are none for safelisted headers of 1024 bytes together', () => {
    const lines = Array.from({ length: 8 }, (): HeaderLine => ['accept', 'a'.repeat(128)]);
    expect(unsafeHeaderNames(lines)).toEqual([]);
  });

  it('are all of them as soon as the safelisted ones have more than 1024 bytes together', () => {
    const lines = Array.from({ length: 8 }, (): HeaderLine => ['accept', 'a'.repeat(128)]);
    expect(unsafeHeaderNames([...lines, ['accept-language', 'e'], ['x-a', '1']])).toEqual([
      'accept',
      'accept-language',
      'x-a',
    ]);
  });

  it('do not count what is announced anyway', () => {
    const lines = Array.from({ length: 7 }, (): HeaderLine => ['accept', 'a'.repeat(128)]);
    expect(unsafeHeaderNames([...lines, ['accept', 'a'.repeat(129)]])).toEqual(['accept']);
    expect(unsafeHeaderNames([...lines, ['x-long', 'a'.repeat(900)]])).toEqual(['x-long']);
  });
});

describe('a method', () => {
  it.each(['GET', 'HEAD', 'POST'])('needs no preflight: %s', (method) => {
    expect(isSafelistedMethod(method)).toBe(true);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'get', 'QUERY', ''])('needs a preflight: %j', (method) => {
    expect(isSafelistedMethod(method)).toBe(false);
  });
});
