import { describe, expect, it } from '@jest/globals';
import { isForbiddenResponseHeader } from '../../lib/testing/forbidden-header.js';
import { extractTokens, splitList, toHeaders } from '../../lib/testing/header-list.js';

describe('a list in a header', () => {
  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    [' \ta\t , \t b ', ['a', 'b']],
    [',a,, ,b,', ['a', 'b']],
    ['a b', ['a b']],
    ['', []],
  ])('is split at its commas: %j', (value, elements) => {
    expect(splitList(value)).toEqual(elements);
  });

  it.each([
    ['PUT, *', ['PUT', '*']],
    ["!#$%&'*+-.^_`|~09AZaz", ["!#$%&'*+-.^_`|~09AZaz"]],
    ['', []],
    ['a b', 'failure'],
    ['a, b:', 'failure'],
    ['"a"', 'failure'],
    ['é', 'failure'],
  ])('has tokens: %j', (value, tokens) => {
    expect(extractTokens(new Headers({ 'X-List': value }), 'x-list')).toEqual(tokens);
  });

  it('may be absent, and may come in several lines', () => {
    expect(extractTokens(new Headers(), 'x-list')).toBeNull();
    expect(
      extractTokens(
        toHeaders([
          ['X-List', 'a'],
          ['x-list', 'b'],
        ]),
        'X-LIST',
      ),
    ).toEqual(['a', 'b']);
  });
});

describe('a response header', () => {
  it.each([
    ['set-cookie', true],
    ['Set-Cookie2', true],
    ['x-set-cookie', false],
    ['set-cookies', false],
    ['cookie', false],
  ])('is forbidden to pages: %s: %s', (name, forbidden) => {
    expect(isForbiddenResponseHeader(name)).toBe(forbidden);
  });
});
