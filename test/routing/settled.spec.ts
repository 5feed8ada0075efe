import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { EMPTY_TABLE, type RouteTable } from '../../lib/routing/route-table.js';
import { FOREIGN_ROUTE, isOwnRoute, type Route } from '../../lib/routing/route.js';
import { ExpressRoutes, type Written as OnExpress } from './express-routes.js';
import { FastifyRoutes, isRegistrable, type Written as OnFastify } from './fastify-routes.js';

function express(written: readonly OnExpress[], method: string): boolean {
  const { table, routes } = new ExpressRoutes(written);
  return table.isSettled(routes[0] ?? FOREIGN_ROUTE, method);
}

function fastify(written: readonly OnFastify[], method: string, settings = {}): boolean {
  const { table, entries } = new FastifyRoutes(written, settings);
  return table.isSettled(entries[0]?.route ?? FOREIGN_ROUTE, method);
}

const put = { pattern: '/cats/:id', method: 'PUT' };

describe('whether one URL of a route tells for all, on Express', () => {
  it.each<[string, readonly OnExpress[], boolean]>([
    ['no other route', [], true],
    ['the same pattern', [{ pattern: '/cats/:id', method: 'GET' }], true],
    ['the same pattern but for names', [{ pattern: '/CATS/:cat/', method: 'GET' }], true],
    ['a pattern that no URL has in common', [{ pattern: '/dogs/:id', method: 'GET' }], true],
    ['a longer pattern', [{ pattern: '/cats/:id/toys', method: 'GET' }], true],
    ['a shorter pattern', [{ pattern: '/cats', method: 'GET' }], true],
    ['a pattern for some of its URLs', [{ pattern: '/cats/special', method: 'GET' }], false],
    ['a pattern for more URLs', [{ pattern: '/:any/:id', method: 'GET' }], false],
    ['a wildcard', [{ pattern: '/cats/*rest', method: 'GET' }], false],
    ['a pattern that is not text', [{ pattern: /cats/, method: 'GET' }], false],
    ['an entry for all methods', [{ pattern: '/cats/special', method: 'ALL' }], false],
    [
      'what stands behind the same pattern',
      [
        { ...put, method: 'GET' },
        { pattern: '/*any', method: 'GET' },
      ],
      true,
    ],
    [
      'what stands before it',
      [
        { pattern: '/*any', method: 'GET' },
        { ...put, method: 'GET' },
      ],
      false,
    ],
    [
      'versions',
      [
        { ...put, method: 'GET', version: '1' },
        { ...put, method: 'GET', version: '2' },
      ],
      true,
    ],
    ['a host', [{ ...put, method: 'GET', host: 'a' }], false],
    [
      'what passes on, before a handler',
      [
        { pattern: '/*any', method: 'GET', foreign: true, passesOn: true },
        { ...put, method: 'GET' },
      ],
      true,
    ],
    ['what passes on, and nothing else', [{ pattern: '/*any', method: 'GET', foreign: true, passesOn: true }], false],
    [
      'what passes on, before versions',
      [
        { pattern: '/*any', method: 'GET', foreign: true, passesOn: true },
        { ...put, method: 'GET', version: '1' },
      ],
      true,
    ],
    ['another method', [{ pattern: '/cats/special', method: 'POST' }], true],
  ])('%s', (_, others, settled) => {
    expect(express([put, ...others], 'GET')).toBe(settled);
  });

  it('is not known of a route that the table does not have', () => {
    const { table } = new ExpressRoutes([{ pattern: '/cats', method: 'GET' }]);
    const stranger = { id: 9, method: 'GET', path: '', selective: false };
    expect(table.isSettled(stranger, 'PUT')).toBe(false);
    expect(EMPTY_TABLE.isSettled(stranger, 'GET')).toBe(false);
  });
});

describe('whether one URL of a route tells for all, on Fastify', () => {
  const own = { url: '/cats/:id', method: 'PUT' };

  const ROWS: readonly (readonly [string, readonly OnFastify[], boolean, object?])[] = [
    ['no other route', [], true],
    ['the same pattern', [{ url: '/cats/:id' }], true],
    ['another name', [{ url: '/cats/:cat' }], true],
    ['a pattern that no URL has in common', [{ url: '/dogs/:id' }, { url: '/cats/:id/toys' }], true],
    ['a pattern for some of its URLs', [{ url: '/cats/special' }], false],
    ['a wildcard', [{ url: '/*' }], false],
    ['a wildcard that is all', [{ url: '*' }], false],
    ['an expression', [{ url: String.raw`/cats/:id(^\d+$)` }], false],
    ['a parameter and more in one segment', [{ url: '/cats/:a-:b' }], false],
    ['other letters', [{ url: '/CATS/special' }], true],
    ['other letters, where they are the same', [{ url: '/CATS/special' }], false, { caseSensitive: false }],
    ['a slash at the end', [{ url: '/cats/' }], false],
    ['a slash at the end, where it says nothing', [{ url: '/cats/' }], true, { ignoreTrailingSlash: true }],
    ['two slashes', [{ url: '//cats/a' }], true],
    ['two slashes, where they are one', [{ url: '//cats/a' }], false, { ignoreDuplicateSlashes: true }],
    ['versions', [{ url: '/cats/:id', constraints: { version: '1' } }, { url: '/cats/:id' }], true],
    ['a host', [{ url: '/cats/:id', host: 'a' }], false],
    ['another method', [{ url: '/cats/special', method: 'POST' }], true],
  ];

  it.each(ROWS.map(([title, others, settled, router = {}]) => [title, { others, settled, router }] as const))(
    '%s',
    (_, { others, settled, router }) => {
      expect(fastify([own, ...others], 'GET', router)).toBe(settled);
      // HEAD is served by what serves GET.
      const heads = others.filter(({ method }) => method === undefined).map((each) => ({ ...each, method: 'HEAD' }));
      expect(fastify([own, ...others, ...heads], 'HEAD', router)).toBe(settled);
    },
  );

  it('is asked anew as soon as a plugin adds a route', () => {
    const { table, entries } = new FastifyRoutes([own, { url: '/cats/:id' }]);
    const [first] = entries;
    const before = table.edition;
    expect([first && table.isSettled(first.route, 'GET'), table.hasMethod('OPTIONS')]).toEqual([true, false]);
    table.add({
      route: FOREIGN_ROUTE,
      method: 'OPTIONS',
      url: '*',
      constrained: false,
      insists: false,
      takes: undefined,
    });
    expect(table.edition).not.toBe(before);
    expect([first && table.isSettled(first.route, 'OPTIONS'), table.hasMethod('OPTIONS')]).toEqual([false, true]);
    expect(table.isSettled({ id: 9, method: 'GET', path: '', selective: false }, 'GET')).toBe(false);
  });
});

const PATHS = ['/a', '/a/', '/a/b', '/a/:x', '/:x', '/:x/b', '/:x/:y', '/A/b'];
const URLS = ['/a', '/b', '/a/', '/a/b', '/a/c', '/c/b', '/c/c', '/A/b', '/b/b/b', '//b', '/%61/b'];
const METHODS = ['GET', 'PUT', 'DELETE'];
const settings = fc.record({ caseSensitive: fc.boolean(), strict: fc.boolean() });

/** Wherever the route is met, its neighbours for a settled method are the same. */
function expectSettled(table: RouteTable, own: readonly Route[]): number {
  let compared = 0;
  const candidates = (method: string, url: string): readonly Route[] => table.candidates(method, url, {});
  for (const route of own.filter(isOwnRoute)) {
    for (const method of METHODS.filter((each) => table.isSettled(route, each))) {
      const met = URLS.filter((url) => METHODS.some((each) => candidates(each, url)[0] === route));
      for (const url of met) {
        compared += 1;
        expect([url, candidates(method, url)]).toEqual([url, candidates(method, met[0] ?? '')]);
      }
    }
  }
  return compared;
}

describe('what is settled', () => {
  it('is so at every URL, on both platforms', () => {
    let compared = 0;
    const written = fc.uniqueArray(
      fc.record({
        path: fc.constantFrom(...PATHS),
        method: fc.constantFrom(...METHODS),
        foreign: fc.constantFrom(false, false, true),
        version: fc.constantFrom(undefined, undefined, '1'),
      }),
      { minLength: 1, maxLength: 7, selector: ({ path, method, version }) => `${path} ${method} ${version ?? ''}` },
    );
    fc.assert(
      fc.property(written, settings, (all, router) => {
        const onExpress = new ExpressRoutes(
          all.map(({ path, ...each }) => ({ ...each, pattern: path })),
          router,
        );
        compared += expectSettled(onExpress.table, onExpress.routes);
        const onFastify: readonly OnFastify[] = all.map(({ path, version, ...each }) => ({
          ...each,
          url: path,
          constraints: version === undefined ? undefined : { version },
        }));
        const fastifySettings = { caseSensitive: router.caseSensitive, ignoreTrailingSlash: !router.strict };
        if (isRegistrable(onFastify, fastifySettings)) {
          const { table, entries } = new FastifyRoutes(onFastify, fastifySettings);
          compared += expectSettled(
            table,
            entries.map(({ route }) => route),
          );
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});

describe('many versions of a route', () => {
  const versions = 80;
  const long = `/a/${'x'.repeat(14_000)}`;

  it('ask Express’s matcher once, however many there are', () => {
    for (const pattern of ['/a/:id', '/a/x:id', '/a/*rest']) {
      const written = Array.from({ length: versions }, (_, index) => ({ pattern, method: 'PUT', version: `${index}` }));
      const routes = new ExpressRoutes(written);
      for (const url of [long, `${long}#x`]) {
        routes.matcherCalls = 0;
        expect(routes.candidates('PUT', url)).toHaveLength(versions);
        expect(routes.matcherCalls).toBeLessThanOrEqual(1);
      }
    }
  });
});
