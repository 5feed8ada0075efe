import { describe, expect, it } from '@jest/globals';
import { match } from 'path-to-regexp';
import fc from 'fast-check';

import { frozenCopy, plainParamsOf } from '../../lib/routing/route-params.js';

const read = (pattern: unknown, pathname: string): unknown => plainParamsOf(pattern, true)?.read(pathname);

describe('the parameters of a plain pattern', () => {
  it.each([
    ['/tenants/:tenant/data', '/tenants/acme/data', { tenant: 'acme' }],
    ['/:a/:b', '/1/2', { a: '1', b: '2' }],
    ['/:a/:a', '/1/2', { a: '2' }],
    ['/:name', '/caf%C3%A9%2Fx', { name: 'café/x' }],
    ['/plain', '/plain', {}],
    ['/', '/', {}],
    ['/:constructor', '/x', { constructor: 'x' }],
  ])('%s reads %s', (pattern, pathname, params) => {
    expect(read(pattern, pathname)).toStrictEqual(params);
  });

  it.each([
    ['/tenants/:tenant', '/Tenants/acme', 'another case'],
    ['/tenants/:tenant', '/tenants/', 'an empty segment'],
    ['/tenants/:tenant', '/tenants/acme/', 'a slash at the end'],
    ['/tenants/:tenant', '/tenants', 'too few segments'],
    ['/tenants/:tenant', '/tenants/acme/data', 'too many'],
    ['/tenants/:tenant', '/tenants/%E9', 'wrong encoding'],
  ])('of %s leaves %s to the router: %s', (pattern, pathname) => {
    expect(read(pattern, pathname)).toBeUndefined();
  });

  it.each([[/a/], ['a'], ['/:__proto__'], [undefined]])('of %s are left to the router', (pattern) => {
    expect(plainParamsOf(pattern, true)).toBeUndefined();
    expect(plainParamsOf('/:id', false)).toBeUndefined();
  });

  it('are those that path-to-regexp reads', () => {
    const segment = fc.oneof(
      fc.constantFrom('a', 'b', 'x%2Fy', '%', '%41', ':', ''),
      fc.string({ unit: 'grapheme-ascii' }),
    );
    const pattern = fc.array(fc.constantFrom('a', ':one', ':two', 'b'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, fc.array(segment, { maxLength: 5 }), (parts, texts) => {
        const path = `/${parts.join('/')}`;
        const pathname = `/${texts.join('/')}`;
        const own = plainParamsOf(path, true)?.read(pathname);
        const theirs = own === undefined ? undefined : match(path)(pathname);
        expect(own).toEqual(own === undefined ? undefined : { ...(theirs === false ? {} : theirs?.params) });
        expect(own === undefined || theirs !== false).toBe(true);
      }),
    );
  });
});

describe('a copy of parameters', () => {
  it('is plain, frozen, and keeps a parameter named __proto__ as one', () => {
    const params = Object.assign(Object.create(null), JSON.parse('{"__proto__":"x","id":"1"}'));
    const copy = frozenCopy(params);
    expect(Object.isFrozen(copy)).toBe(true);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toBe('x');
    expect(frozenCopy({ id: '1' })).toStrictEqual({ id: '1' });
  });
});
