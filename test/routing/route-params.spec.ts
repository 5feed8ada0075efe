import { describe, expect, it } from '@jest/globals';
import { match } from 'path-to-regexp';
import fc from 'fast-check';

import { readPattern } from '../../lib/routing/path-pattern.js';
import { TargetScan, type Folding } from '../../lib/routing/request-target.js';
import { copyOfParams, plainParamsOf } from '../../lib/routing/route-params.js';

const EXPRESS: Folding = { caseSensitive: false, strict: false };

function read(pattern: unknown, target: string, folding = EXPRESS): unknown {
  const segments = readPattern(pattern, folding);
  const scan = new TargetScan(segments.closed.length, folding);
  return scan.read(target) ? plainParamsOf(pattern, segments)?.read(scan, target) : undefined;
}

describe('the parameters of a plain pattern', () => {
  it.each([
    ['/tenants/:tenant/data', '/tenants/acme/data', { tenant: 'acme' }],
    ['/:a/:b', '/1/2', { a: '1', b: '2' }],
    ['/:a/:a', '/1/2', { a: '2' }],
    ['/:name', '/caf%C3%A9%2Fx', { name: 'café/x' }],
    ['/plain', '/plain', {}],
    ['/', '/', {}],
    ['/:constructor', '/x', { constructor: 'x' }],
    ['/Tenants/:tenantId', '/teNants/Acme', { tenantId: 'Acme' }],
    ['/tenants/:tenant', '/tenants/acme/', { tenant: 'acme' }],
    ['/tenants/:tenant/', '/tenants/acme', { tenant: 'acme' }],
    ['/tenants/:tenant', '/tenants/acme?tenant=other', { tenant: 'acme' }],
  ])('%s reads %s', (pattern, pathname, params) => {
    expect(read(pattern, pathname)).toStrictEqual(params);
  });

  it.each([
    ['/tenants/:tenant', '/users/acme', 'another text'],
    ['/tenants/:tenant', '/tenants/', 'an empty segment'],
    ['/tenants/:tenant', '/tenants', 'too few segments'],
    ['/tenants/:tenant', '/tenants/acme/data', 'too many'],
    ['/tenants/:tenant', '/tenants/%E9', 'wrong encoding'],
  ])('of %s leaves %s to the router: %s', (pattern, pathname) => {
    expect(read(pattern, pathname)).toBeUndefined();
  });

  it.each([[/a/], ['a'], ['/:__proto__'], ['/:id.json'], ['{/:id}'], [undefined]])(
    'of %s are left to the router',
    (pattern) => {
      expect(plainParamsOf(pattern, readPattern(pattern, EXPRESS))).toBeUndefined();
    },
  );

  it('are compared as a router does that is strict and sensitive to case', () => {
    const strictly = { caseSensitive: true, strict: true };
    expect(read('/Tenants/:id', '/Tenants/a', strictly)).toEqual({ id: 'a' });
    expect(read('/Tenants/:id', '/tenants/a', strictly)).toBeUndefined();
    expect(read('/Tenants/:id', '/Tenants/a/', strictly)).toBeUndefined();
  });

  it('are those that path-to-regexp reads', () => {
    const segment = fc.oneof(
      fc.constantFrom('a', 'b', 'x%2Fy', '%', '%41', ':', ''),
      fc.string({ unit: 'grapheme-ascii' }).map((text) => text.replaceAll('?', '!')),
    );
    const pattern = fc.array(fc.constantFrom('a', ':one', ':two', 'b'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, fc.array(segment, { maxLength: 5 }), (parts, texts) => {
        const path = `/${parts.join('/')}`;
        const pathname = `/${texts.join('/')}`;
        const own = read(path, `${pathname}?query`);
        const theirs = own === undefined ? undefined : match(path)(pathname);
        expect(own).toEqual(own === undefined ? undefined : { ...(theirs === false ? {} : theirs?.params) });
        expect(own === undefined || theirs !== false).toBe(true);
      }),
    );
  });
});

describe('a copy of parameters', () => {
  it('is plain, and keeps a parameter named __proto__ as one', () => {
    const params = Object.assign(Object.create(null), JSON.parse('{"__proto__":"x","id":"1"}'));
    const copy = copyOfParams(params);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toBe('x');
    expect(copyOfParams({ id: '1' })).toStrictEqual({ id: '1' });
  });
});
