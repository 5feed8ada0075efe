import { describe, expect, it } from '@jest/globals';
import { runInThisContext } from 'node:vm';

import { codeText } from '../../../lib/policy/diagnosis/code-text.js';
import { nearestRoute } from '../../../lib/policy/diagnosis/nearest-route.js';
import { originNames } from '../../../lib/policy/diagnosis/origin-names.js';
import { policyOfAll } from '../../../lib/policy/decisions/policy-of-all.js';
import { policyOf } from '../policy-under-test.js';

describe('codeText', () => {
  it('writes what the engine reads back', () => {
    const value = { a: ["it's \\ \u2028", 1, true], b: { c: /x\/ä/i }, d: undefined };
    expect(codeText(value)).toBe("{ a: ['it\\'s \\\\ \\u2028', 1, true], b: { c: /x\\/\\u00e4/i } }");
    expect(runInThisContext(`(${codeText(value)})`)).toEqual({ a: value.a, b: { c: /x\/\u00e4/i } });
  });
});

describe('originNames', () => {
  const named = (origin: unknown): readonly string[] => originNames(policyOf({ origin }));

  it('lists what a policy names, whatever the order and the spelling in which it was written', () => {
    function byTenant(): boolean {
      return false;
    }
    class Origins {}
    const items = [
      'https://b.example',
      'https://a.example',
      'https://*.c.example:*',
      'https://a.example',
      'https://*.c.example:*',
    ];
    const others = [byTenant, { resolver: Origins }, { resolver: Symbol('s') }, /https:\/\/d\.example/g];
    const all = [
      'https://*.c.example:*',
      'https://a.example',
      'https://b.example',
      '/https:\\/\\/d\\.example/',
      'function byTenant',
      'resolver Origins',
      'resolver Symbol(s)',
    ];
    expect(named([...items, ...others])).toEqual(all);
    expect(named([...others, ...items].toReversed())).toEqual(all);
    expect(named('*')).toEqual(['*']);
    expect(named(false)).toEqual([]);
  });

  it('has a word for those without a name, or with one that is none', () => {
    const throwing = Object.defineProperty(() => true, 'name', {
      get: () => {
        throw new Error('no');
      },
    });
    const nameless = Object.defineProperty(class {}, 'name', { value: '' });
    const numbered = Object.defineProperty(() => true, 'name', { value: 1 });
    expect(named([throwing, numbered])).toEqual(['function (anonymous)']);
    expect(named({ resolver: nameless })).toEqual(['resolver (anonymous)']);
  });

  it('of several policies together, all that they name', () => {
    const policies = [
      policyOf({ origin: ['https://a.example', 'https://b.example'] }),
      policyOf({ origin: 'https://a.example' }),
    ];
    expect(policyOfAll(policies)?.origins.list()).toEqual(['https://a.example', 'https://b.example']);
  });
});

describe('nearestRoute', () => {
  const routes = [
    { name: 'Cats.list', method: 'GET', path: '/cats' },
    { name: 'Cats.update', method: 'PUT', path: '/cats/:id' },
    { name: 'Cats.toys', method: 'ALL', path: '/v1/cats/:id/toys' },
    { name: 'Root.index', method: 'GET', path: '/' },
    { name: 'Files.any', method: 'GET', path: '/:a/:b/:c/:d/:e' },
  ];

  it.each([
    ['GET', '/api/cats', 'GET /cats (Cats.list)'],
    ['HEAD', '/api/v1/CATS/', 'GET /cats (Cats.list)'],
    ['PUT', '/api/cats/7', 'PUT /cats/:id (Cats.update)'],
    ['GET', '/cat', 'GET /cats (Cats.list)'],
    ['GET', '/catss', 'GET /cats (Cats.list)'],
    ['GET', '/cast', 'GET /cats (Cats.list)'],
    ['GET', '/bats', 'GET /cats (Cats.list)'],
    ['DELETE', '/cats/7/toys', 'ALL /v1/cats/:id/toys (Cats.toys)'],
    ['DELETE', '/cats/7/toy', 'ALL /v1/cats/:id/toys (Cats.toys)'],
    ['DELETE', '/cats/7/toiz', undefined],
    ['GET', '/dogs', undefined],
    ['GET', '/', undefined],
    ['GET', '/x', undefined],
    ['GET', '/api/v1/v2/v3/cats', undefined],
  ])('of %s %s is %s', (method, pathname, nearest) => {
    expect(nearestRoute(method, pathname, routes.slice(0, 4))).toBe(nearest);
  });

  it('is none where nothing but parameters fits', () => {
    expect(nearestRoute('GET', '/w/x/y/z', routes.slice(4))).toBe(undefined);
  });
});
