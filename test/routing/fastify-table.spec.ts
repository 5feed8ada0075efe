import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { FastifyEntry } from '../../lib/routing/fastify-entry.js';
import { FastifyTable, type FastifyRouterSettings } from '../../lib/routing/fastify-table.js';
import { FOREIGN_ROUTE } from '../../lib/routing/route.js';
import type { RouteParams } from '../../lib/routing/route-table.js';
import { FastifyRoutes, createRouter, isRegistrable, type Constraints, type Written } from './fastify-routes.js';

describe('which route of Fastify answers', () => {
  const fastify = new FastifyRoutes([{ url: '/a' }, { url: '/:x', foreign: true }, { url: '/b', host: 'b.example' }]);
  const [own, foreign, hosted] = fastify.entries;

  it('is the one that Fastify says it has routed the request to', () => {
    expect(fastify.table.find('PUT', '/whatever', { entry: own })).toBe(own?.route);
    expect(fastify.table.find('GET', '/a', { entry: foreign })).toBe(FOREIGN_ROUTE);
    expect(fastify.table.find('GET', '/a', {})).toBeUndefined();
  });

  it('is nobody for a target that Nest does not let through to any route', () => {
    expect(fastify.table.find('GET', '*a', { entry: own })).toBeUndefined();
    expect(fastify.ids('GET', '*a')).toEqual([]);
  });

  it('is nobody for another host, as Nest then answers 404', () => {
    expect(fastify.table.find('GET', '/b', { entry: hosted, host: 'b.example' })).toBe(hosted?.route);
    expect(fastify.table.find('GET', '/b', { entry: hosted, host: 'a.example' })).toBeUndefined();
    expect(fastify.ids('GET', '/b', { host: 'b.example' })).toEqual([2]);
    expect(fastify.ids('GET', '/b', { host: 'a.example' })).toEqual([]);
  });

  it('is nobody where Nest turns the parameters away', () => {
    const picky = new FastifyRoutes([
      { url: '/:x/:y', takes: ({ x }, url) => x !== '' && !url.includes('never') },
      { url: '/:x/z', constraints: { version: '1' } },
    ]);
    const [entry] = picky.entries;
    expect(picky.table.find('GET', '/a/b', { entry, params: { x: 'a' } })).toBe(entry?.route);
    expect(picky.table.find('GET', '//b', { entry, params: { x: '' } })).toBeUndefined();
    expect(picky.table.find('GET', '/a/never', { entry, params: { x: 'a' } })).toBeUndefined();
    expect(picky.ids('GET', '/a/b')).toEqual([0]);
    expect(picky.ids('GET', '//b')).toEqual([]);
    expect(picky.ids('GET', '/a/never')).toEqual([]);
    // What a constraint chooses stays, whoever takes the rest.
    expect(picky.ids('GET', '//z')).toEqual([1]);
  });

  it('is none of several versions either then, and each pattern is asked once', () => {
    const asked: string[] = [];
    const takes = ({ x }: RouteParams, url: string): boolean => asked.push(url) > 0 && x !== '';
    const versioned = new FastifyRoutes([
      { url: '/a/:x', takes, constraints: { version: '1' } },
      { url: '/a/:x', takes, constraints: { version: '2' } },
      { url: '/a/:x', takes },
      { url: '/*' },
    ]);
    expect(versioned.ids('GET', '/a/b')).toEqual([0, 1, 2]);
    expect(versioned.ids('GET', '/a/')).toEqual([]);
    expect(asked).toEqual(['/a/b', '/a/']);
  });
});

describe('the pattern of a route that is not a controller’s, on Fastify', () => {
  it('is that of the route that answers', () => {
    const { table } = new FastifyRoutes([{ url: '/session/:id', foreign: true }, { url: '/a' }]);
    const asked = ['/session/1', '/a', '/nowhere'];
    expect(asked.map((url) => table.foreignPatternAt('GET', url, {}))).toEqual(['/session/:id', undefined, undefined]);
  });
});

describe('the candidates of a preflight on Fastify', () => {
  it('are all that the router comes by on its way, and the first that takes every request', () => {
    const fastify = new FastifyRoutes([
      { url: '/a', constraints: { version: '1' } },
      { url: '/a', constraints: { version: '2', tenant: 'x' } },
      { url: '/:x', constraints: { version: '3' } },
      { url: '/:x' },
      { url: '/*', constraints: { version: '1' } },
      { url: '/*' },
      { url: '/a', method: 'PUT', constraints: { version: '1' } },
    ]);
    expect(fastify.ids('GET', '/a')).toEqual([0, 1, 2, 3]);
    expect(fastify.ids('GET', '/b')).toEqual([2, 3]);
    expect(fastify.ids('GET', '/a/b')).toEqual([4, 5]);
    expect(fastify.ids('PUT', '/a')).toEqual([6]);
    expect(fastify.ids('PUT', '/b')).toEqual([]);
    expect(fastify.ids('DELETE', '/a')).toEqual([]);
    expect(fastify.ids('__proto__', '/a')).toEqual([]);
    expect(fastify.ids('constructor', '/a')).toEqual([]);
  });

  it('are one only where nothing else can choose', () => {
    const fastify = new FastifyRoutes([{ url: '/a' }, { url: '/:x', constraints: { version: '1' } }]);
    expect(fastify.ids('GET', '/a?x')).toEqual([0]);
    expect(fastify.ids('GET', '/%61')).toEqual([0]);
    expect(fastify.ids('GET', '/b')).toEqual([1]);
    // The next question starts anew.
    expect(fastify.ids('GET', '/b')).toEqual([1]);
  });

  it('are none at an escape that cannot be decoded', () => {
    expect(new FastifyRoutes([{ url: '/*' }]).ids('GET', '/%zz')).toEqual([]);
  });

  it('are asked for by a value that is no route’s', () => {
    const asked: object[] = [];
    const list: readonly FastifyEntry[] = new FastifyRoutes([{ url: '/a', constraints: { version: '1' } }]).entries;
    const settings = {
      router: {},
      routed: () => undefined,
      paramsOf: () => ({}),
      isRoutable: () => true,
      hostnameOf: () => '',
    };
    const table = new FastifyTable(list, {
      ...settings,
      createRouter: (config) => {
        const router = createRouter(config);
        asked.push({ candidate: deriveOf(config) });
        return {
          on: router.on.bind(router),
          find: (method, path, constraints) => {
            asked.push(constraints);
            return router.find(method, path, constraints);
          },
        };
      },
    });
    expect(table.candidates('GET', '/a', {}).map(({ id }) => id)).toEqual([0]);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
    expect(asked[0]).toEqual({ candidate: expect.any(Symbol) });
  });

  it('follow the settings of the router', () => {
    const list: readonly Written[] = [{ url: '/Ab' }];
    const loose = { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true };
    expect(new FastifyRoutes(list).ids('GET', '/aB/')).toEqual([]);
    expect(new FastifyRoutes(list, loose).ids('GET', '//aB/')).toEqual([0]);
    expect(new FastifyRoutes([{ url: '/:x' }], { maxParamLength: 3 }).ids('GET', '/abcd')).toEqual([]);
    expect(new FastifyRoutes([{ url: '/a' }], { useSemicolonDelimiter: true }).ids('GET', '/a;b')).toEqual([0]);
  });

  it('are none of a route that Fastify’s router has refused, which was reported all the same', () => {
    const entries = [...new FastifyRoutes([{ url: '/a' }]).entries, ...new FastifyRoutes([{ url: '/a/' }]).entries];
    const twins = entries.map((entry, index) => ({ ...entry, route: { ...entry.route, id: index } }));
    const { table } = tableOf([...twins, ...twins.map((entry) => ({ ...entry, method: 'HEAD' }))], {
      ignoreTrailingSlash: true,
    });
    expect(table.candidates('GET', '/a/', {}).map(({ id }) => id)).toEqual([0]);
    expect(table.candidates('HEAD', '/a/', {}).map(({ id }) => id)).toEqual([0]);
    expect([...table.routes].map(({ id }) => id)).toEqual([0]);
    const [twin] = twins;
    expect(() => twin && table.add(twin)).not.toThrow();
    expect(table.candidates('GET', '/a', {}).map(({ id }) => id)).toEqual([0]);
  });

  it('include what a plugin registers later', () => {
    const fastify = new FastifyRoutes([{ url: '/:x' }]);
    const [first] = fastify.entries;
    fastify.table.add({
      route: FOREIGN_ROUTE,
      method: 'GET',
      url: '/a',
      constrained: true,
      insists: false,
      takes: undefined,
    });
    fastify.table.add({
      route: FOREIGN_ROUTE,
      method: 'GET',
      url: '/b',
      constrained: false,
      insists: false,
      takes: undefined,
    });
    expect(fastify.table.candidates('GET', '/a', {})).toEqual([FOREIGN_ROUTE, first?.route]);
    expect(fastify.table.candidates('GET', '/b', {})).toEqual([FOREIGN_ROUTE]);
  });
});

describe('routes for HEAD that Fastify has made of those for GET', () => {
  it('are not held twice', () => {
    expect(held([{ url: '/a' }, { url: '/:x', constraints: { version: '1' } }]).methods).toEqual(['GET', 'GET']);
    const [get, put] = new FastifyRoutes([{ url: '/a' }, { url: '/a', method: 'PUT' }]).entries;
    const { methods } = tableOf(get && put ? [get, { ...get, method: 'HEAD' }, put] : []);
    expect(methods).toEqual(['GET', 'PUT']);
  });

  it('have the candidates and the parameters of those for GET', () => {
    const { table } = held([{ url: '/a' }, { url: '/:x', constraints: { version: '1' } }, { url: '/:y' }]);
    expect(table.candidates('HEAD', '/a', {}).map(({ id }) => id)).toEqual([0]);
    const [chosen, other] = table.candidates('HEAD', '/b', {});
    expect([chosen?.id, other?.id]).toEqual([1, 2]);
    expect(chosen && { ...table.paramsOf(chosen, 'HEAD', '/b') }).toEqual({ x: 'b' });
    expect(other && { ...table.paramsOf(other, 'HEAD', '/b') }).toEqual({ y: 'b' });
    expect(table.methods).toEqual(['GET', 'HEAD']);
    expect(table.candidates('PUT', '/a', {})).toEqual([]);
  });

  it.each([
    ['one for HEAD alone', [], [{ url: '/b' }]],
    ['one for GET alone', [{ url: '/b' }], []],
    ['another path', [{ url: '/b' }], [{ url: '/c' }]],
    ['another constraint', [{ url: '/b', constraints: { version: '1' } }], [{ url: '/b' }]],
  ])('are held where they differ: %s', (_, gets: readonly Written[], heads: readonly Written[]) => {
    const { table, methods } = held([{ url: '/a' }, ...gets], [{ url: '/a' }, ...heads]);
    expect(methods).toContain('HEAD');
    expect(table.candidates('HEAD', '/a', {})).toHaveLength(1);
    expect(table.candidates('HEAD', '/b', {})).toHaveLength(heads.some(({ url: path }) => path === '/b') ? 1 : 0);
    expect(table.candidates('GET', '/b', {})).toHaveLength(gets.length);
  });

  it('are held where another route stands for HEAD than for GET', () => {
    const { table } = held([{ url: '/a' }], [{ url: '/a', foreign: true }]);
    expect(table.candidates('HEAD', '/a', {})).toEqual([FOREIGN_ROUTE]);
    expect(table.candidates('GET', '/a', {}).map(({ id }) => id)).toEqual([0]);
  });

  it.each(['GET', 'HEAD'])('are held from the first late route for %s on, which may have no counterpart', (method) => {
    const { table, methods } = held([{ url: '/a' }]);
    table.add({ route: FOREIGN_ROUTE, method, url: '/late', constrained: false, insists: false, takes: undefined });
    expect(methods).toEqual(['GET', 'HEAD', method]);
    const at = (asked: string, path: string): number => table.candidates(asked, path, {}).length;
    expect([at('GET', '/a'), at('HEAD', '/a')]).toEqual([1, 1]);
    expect([at('GET', '/late'), at('HEAD', '/late')]).toEqual(method === 'GET' ? [1, 0] : [0, 1]);
  });

  it('are left out after a late route for another method', () => {
    const { table, methods } = held([{ url: '/a' }]);
    table.add({
      route: FOREIGN_ROUTE,
      method: 'PUT',
      url: '/late',
      constrained: false,
      insists: false,
      takes: undefined,
    });
    expect(methods).toEqual(['GET', 'PUT']);
  });
});

/** A table of routes for GET and HEAD, and the methods under which its router holds them. */
function held(
  gets: readonly Written[],
  heads: readonly Written[] = gets,
): { readonly table: FastifyTable; readonly methods: readonly string[] } {
  const [getEntries, headEntries] = [gets, heads].map((list) => new FastifyRoutes(list).entries);
  const list = [
    ...(getEntries ?? []),
    ...(headEntries ?? []).map((entry, index) => ({
      ...entry,
      // Of one registration, so one route.
      route: entry.route === FOREIGN_ROUTE ? entry.route : (getEntries?.[index]?.route ?? entry.route),
      method: 'HEAD',
    })),
  ];
  return tableOf(list);
}

function tableOf(
  entries: readonly FastifyEntry[],
  router: FastifyRouterSettings = {},
): { readonly table: FastifyTable; readonly methods: readonly string[] } {
  const methods: string[] = [];
  const table = new FastifyTable(entries, {
    router,
    createRouter: (config) => {
      const made = createRouter(config);
      return {
        on: (method, ...rest) => {
          methods.push(method);
          made.on(method, ...rest);
        },
        find: made.find.bind(made),
      };
    },
    routed: () => undefined,
    paramsOf: () => ({}),
    isRoutable: () => true,
    hostnameOf: () => '',
  });
  return { table, methods };
}

describe('what the table of Fastify holds', () => {
  it('lists the routes of controllers and their methods, each once', () => {
    const { table, entries } = new FastifyRoutes([
      { url: '/a' },
      { url: '/b' },
      { url: '/b', method: 'PUT' },
      { url: '/c', method: 'DELETE', foreign: true },
    ]);
    expect([...table.routes]).toEqual(entries.slice(0, 3).map(({ route }) => route));
    expect(table.methods).toEqual(['GET', 'PUT']);
  });

  it.each([
    ['/cats', true],
    ['/CATS/1?x', true],
    ['/dogs', false],
    ['/dogs/1', false],
    ['/catsanddogs?x', false],
    // What readers may read differently is left to the router.
    ['/', true],
    ['//dogs', true],
    ['/%64ogs', true],
    ['/dogs;x', true],
    ['*dogs', true],
  ])('tells by its first segment what nobody serves: %s', (url, may) => {
    expect(new FastifyRoutes([{ url: '/cats/:id' }]).table.mayServe(url)).toBe(may);
    expect(new FastifyRoutes([{ url: '/cats/:id' }, { url: '/:any' }]).table.mayServe(url)).toBe(true);
  });

  it('reads the parameters that the router reads', () => {
    const { table, entries } = new FastifyRoutes([{ url: '/a/:id' }, { url: '/b/*' }]);
    const [entry] = entries;
    expect(entry && { ...table.paramsOf(entry.route, 'GET', '/a/%C3%A9?q') }).toEqual({ id: 'é' });
    expect(entry && { ...table.paramsOf(entry.route, 'GET', '/b/1/2') }).toEqual({ '*': '1/2' });
    expect(entry && table.paramsOf(entry.route, 'GET', '/c')).toEqual({});
  });

  it.each([
    ['takes a copy of what Fastify has read', { id: 'read' }, { id: 'read' }],
    ['reads again what validation has made a number', { id: 7 }, { id: 'url' }],
    ['reads again what has a name that is not plain', JSON.parse('{"__proto__":"x"}'), { id: 'url' }],
  ])('%s, of a request that was led to the route', (_, params, expected) => {
    const { table, entries } = new FastifyRoutes([{ url: '/a/:id' }]);
    const [entry] = entries;
    const found = entry && table.paramsOf(entry.route, 'GET', '/a/url', { params });
    expect(found).toEqual(expected);
    expect(found).not.toBe(params);
  });

  it('finds what a request reaches that passes by the routes without its constraint, and its parameters', () => {
    const list = [{ url: '/x/a' }, { url: '/x/:id', constraints: { tenant: 'x' } }, { url: '/*' }];
    expect(new FastifyRoutes(list).ids('GET', '/x/a')).toEqual([0]);
    const { table, entries } = new FastifyRoutes(list, {}, 'tenant');
    expect(table.candidates('GET', '/x/a', {}).map(({ id }) => id)).toEqual([1, 0]);
    expect(table.candidates('GET', '/y', {}).map(({ id }) => id)).toEqual([2]);
    expect(entries.map(({ route }) => table.isSettled(route, 'GET'))).toEqual([false, false, false]);
    expect(entries.map(({ route }) => table.paramsOf(route, 'GET', '/x/a'))).toEqual([{}, { id: 'a' }, {}]);
  });

  it('reads the parameters of the route asked about, where constraints choose among several', () => {
    const { table, entries } = new FastifyRoutes([
      { url: '/:first', constraints: { version: '1' } },
      { url: '/:second', constraints: { version: '2' } },
      { url: '/*' },
    ]);
    const read = entries.map(({ route }) => ({ ...table.paramsOf(route, 'GET', '/a') }));
    expect(read).toEqual([{ first: 'a' }, { second: 'a' }, { '*': 'a' }]);
  });
});

const VERSIONS = [undefined, '1', '2'];
const TENANTS = [undefined, 'x'];
const PATHS = [
  '/',
  '/a',
  '/a/',
  '/A',
  '/ab',
  '/:x',
  '/a/:x',
  '/a/:x/b',
  '/:x/b',
  '/a/:n(^\\d+$)',
  '/a/:x.json',
  '/a-:x',
  '/*',
  '/a/*',
  '*',
];
const constraints: fc.Arbitrary<Constraints> = fc.record({
  version: fc.constantFrom(...VERSIONS),
  tenant: fc.constantFrom(...TENANTS),
});
const written: fc.Arbitrary<Written> = fc.record({
  url: fc.constantFrom(...PATHS),
  method: fc.constantFrom('GET', 'GET', 'PUT'),
  constraints,
});
const settings: fc.Arbitrary<FastifyRouterSettings> = fc.record({
  caseSensitive: fc.boolean(),
  ignoreTrailingSlash: fc.boolean(),
  ignoreDuplicateSlashes: fc.boolean(),
  maxParamLength: fc.constantFrom(100, 2),
  allowUnsafeRegex: fc.constant(false),
  useSemicolonDelimiter: fc.boolean(),
});
const url = fc
  .tuple(
    fc.constantFrom('', '', '', 'http://h.example'),
    fc.array(fc.constantFrom('a', 'A', 'ab', 'b', '7', '123', 'a-b', 'x.json', '%61', '%2F', '%zz', '', 'a;b'), {
      maxLength: 4,
    }),
    fc.constantFrom('', '/', '?q', ';s', '#f'),
  )
  .map(([start, segments, end]) => `${start}/${segments.join('/')}${end}`);
/** Every way to choose, and one that chooses nothing. */
const DERIVED: readonly Constraints[] = [...VERSIONS, 'other'].flatMap((version) =>
  [...TENANTS, 'other'].map((tenant) => ({ version, tenant })),
);

describe('the table of Fastify beside a router with real constraints', () => {
  it('names every route that some request with this method and URL reaches, and nothing that it could not', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(fc.array(written, { minLength: 1, maxLength: 7 }), settings)
          .map(([list, router]) => [registrable(list, router), router] as const)
          .filter(([list]) => list.length > 0),
        fc.array(url, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(undefined, 'version', 'tenant'),
        ([list, router], urls, insistent) => {
          const fastify = new FastifyRoutes(list, router, insistent);
          for (const asking of urls) {
            const candidates = fastify.table.candidates('GET', asking, {});
            for (const derived of DERIVED) {
              const reached = fastify.routed('GET', asking, derived);
              expect(reached === undefined || candidates.includes(reached)).toBe(true);
            }
            // A candidate is reached by who meets its constraints, unless one before it takes the request first.
            candidates.forEach((route, place) => {
              const reached = fastify.routed('GET', asking, list[route.id]?.constraints ?? {});
              expect(reached !== undefined && candidates.indexOf(reached) <= place).toBe(true);
            });
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** As many of these routes as find-my-way takes together: it refuses the same path twice. */
function registrable(list: readonly Written[], router: FastifyRouterSettings): readonly Written[] {
  return list.reduce<readonly Written[]>(
    (taken, next) => (isRegistrable([...taken, next], router) ? [...taken, next] : taken),
    [],
  );
}

/** What the table would have the router derive by itself. */
function deriveOf(config: object): unknown {
  const { constraints } = config as { constraints: { candidate: { deriveConstraint: () => unknown } } };
  return constraints.candidate.deriveConstraint();
}
