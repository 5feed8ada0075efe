import { describe, expect, it } from '@jest/globals';

import { MethodIndex, NOWHERE } from '../../lib/routing/method-index.js';
import { readPattern } from '../../lib/routing/path-pattern.js';
import { OrderedTable } from '../../lib/routing/ordered-table.js';
import { FOREIGN_ROUTE, UNCERTAIN_ROUTE } from '../../lib/routing/route.js';
import { EXPRESS_DEFAULTS, ExpressRoutes, type Written } from './express-routes.js';

const MANY = 1000;

describe('which route of an ordered router answers', () => {
  it('is the first in order, a plain path or a pattern', () => {
    const plainFirst = new ExpressRoutes([get('/a/b'), get('/a/:x')]);
    const patternFirst = new ExpressRoutes([get('/a/:x'), get('/a/b')]);
    expect(plainFirst.find('GET', '/a/b')?.path).toBe('/a/b');
    expect(patternFirst.find('GET', '/a/b')?.path).toBe('/a/:x');
  });

  it('is the first of two at the same plain path', () => {
    const express = new ExpressRoutes([get('/a'), get('/a')]);
    expect(express.find('GET', '/a')?.id).toBe(0);
  });

  it('is nobody where method or path are served by none', () => {
    const express = new ExpressRoutes([get('/a'), get('/b/:x')]);
    expect(express.find('PUT', '/a')).toBeUndefined();
    expect(express.find('GET', '/c')).toBeUndefined();
    expect(express.find('GET', '/b')).toBeUndefined();
    expect(express.candidates('GET', '/c')).toEqual([]);
  });

  it('answers HEAD by what serves GET, unless something earlier serves HEAD itself', () => {
    expect(new ExpressRoutes([get('/a')]).find('HEAD', '/a')?.id).toBe(0);
    const express = new ExpressRoutes([get('/a'), { pattern: '/b', method: 'HEAD' }, get('/b')]);
    expect(express.find('HEAD', '/b')?.id).toBe(1);
    expect(express.find('GET', '/b')?.id).toBe(2);
    expect(new ExpressRoutes([{ pattern: '/a', method: 'PUT' }]).find('HEAD', '/a')).toBeUndefined();
  });

  it('serves a method that nobody names by the routes for all methods only, and none that Node does not know', () => {
    const express = new ExpressRoutes([get('/a'), { pattern: '/a', method: 'ALL' }]);
    expect(express.find('PROPFIND', '/a')?.id).toBe(1);
    expect(express.candidates('PROPFIND', '/a').map(({ id }) => id)).toEqual([1]);
    for (const method of ['constructor', 'get', '', 'a b, c', 'ANY']) {
      expect([method, express.find(method, '/a')]).toEqual([method, undefined]);
      expect([method, express.candidates(method, '/a')]).toEqual([method, []]);
    }
  });

  it('has the pattern of a route that is not a controller’s, if such a one answers', () => {
    const { table } = new ExpressRoutes([
      { pattern: '/{*all}', method: 'ALL', foreign: true, passesOn: true },
      { pattern: '/session/:id', method: 'GET', foreign: true },
      get('/a'),
      { pattern: /^\/regexp/, method: 'GET', foreign: true },
    ]);
    const asked = ['/session/1', '/a', '/nowhere', '/regexp', 'http://%'];
    expect(asked.map((url) => table.foreignPatternAt('GET', url, {}))).toEqual([
      '/session/:id',
      undefined,
      '/{*all}',
      undefined,
      undefined,
    ]);
    expect(new ExpressRoutes([get('/a')]).table.foreignPatternAt('PUT', '/a', {})).toBeUndefined();
  });

  it('has the methods that some entry serves, whatever the URL', () => {
    const { table } = new ExpressRoutes([get('/a'), { pattern: '/b', method: 'PUT', foreign: true }]);
    expect(['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE'].filter((method) => table.hasMethod(method))).toEqual([
      'GET',
      'HEAD',
      'PUT',
    ]);
    expect(new ExpressRoutes([{ pattern: '/a', method: 'ALL' }]).table.hasMethod('OPTIONS')).toBe(true);
  });

  it('serves no method that Node does not know: no handler could be reached with it', () => {
    const express = new ExpressRoutes([get('/a'), { pattern: '/a', method: 'ALL' }]);
    expect(express.find('constructor', '/a')).toBeUndefined();
    expect(express.find('get', '/a')).toBeUndefined();
    expect(express.find('a b', '/a')).toBeUndefined();
  });

  it('leaves out the query, and folds case and one trailing slash where the router does', () => {
    const loose = new ExpressRoutes([get('/Cats/'), get('/dogs/:Id/')]);
    for (const [url, id] of [
      ['/cats?a=/x', 0],
      ['/CATS/', 0],
      ['/cats', 0],
      ['/DOGS/1/', 1],
      ['/dogs/1?', 1],
    ] as const) {
      expect([url, loose.find('GET', url)?.id]).toEqual([url, id]);
    }
    expect(loose.find('GET', '/cats//')).toBeUndefined();
    const exact = new ExpressRoutes([get('/Cats/'), get('/dogs/:Id')], { caseSensitive: true, strict: true });
    expect(exact.find('GET', '/Cats/')?.id).toBe(0);
    expect(exact.find('GET', '/Cats')).toBeUndefined();
    expect(exact.find('GET', '/cats/')).toBeUndefined();
    expect(exact.find('GET', '/dogs/1')?.id).toBe(1);
    expect(exact.find('GET', '/dogs/1/')).toBeUndefined();
    expect(exact.find('GET', '/Dogs/1')).toBeUndefined();
  });

  it.each([
    ['/x{/:id}.json', '/x.json'],
    ['/x{/:id}.json', '/x/1.json'],
    ['/x{/:id}/y', '/x/y'],
    ['/x{/:id}{.:format}', '/x.json'],
    ['/x{/:id}{/:more}', '/x'],
    ['/x{{/:id}/y}', '/x'],
    ['/x{{y}/z}', '/xy/z'],
    ['/x{/y}:z', '/xz'],
    ['/x{/y}*z', '/xz/z'],
    ['/x{y}', '/xy'],
    ['/x*rest', '/xy/z'],
    ['/x/*rest', '/x/y/z'],
    ['/{:lang}', '/'],
    ['{/:lang}', '/de'],
    ['/:a-:b/c', '/1-2/c'],
    ['/a\\:b', '/a:b'],
  ])('knows that %s serves %s', (pattern, url) => {
    const express = new ExpressRoutes([get('/other/:x'), get(pattern)]);
    expect(express.find('GET', url)?.id).toBe(1);
  });

  it('asks about every entry for a path beyond ASCII, as Express does', () => {
    const express = new ExpressRoutes([get('/é'), get('/:x'), { pattern: '/:x', method: 'PUT' }]);
    expect(express.find('GET', '/é')?.id).toBe(0);
    expect(express.find('GET', '/É')?.id).toBe(0);
    expect(express.find('GET', '/ö')?.id).toBe(1);
    expect(express.find('GET', '/ö/x')).toBeUndefined();
    expect(express.candidates('PUT', '/é').map(({ id }) => id)).toEqual([2]);
  });

  it('folds no letter beyond ASCII into one of ASCII: the Kelvin sign is no k', () => {
    const express = new ExpressRoutes([get('/\u212A'), get('/\u212A/:x'), get('/:x')]);
    expect(express.find('GET', '/k')?.id).toBe(2);
    expect(express.find('GET', '/k/1')).toBeUndefined();
    expect(express.find('GET', '/\u212A')?.id).toBe(0);
  });

  it('reads an absolute-form target as Express does, and a target without a path as nobody', () => {
    const express = new ExpressRoutes([get('/cats'), get('/*path')]);
    expect(express.find('GET', 'http://h.example/cats?x')?.id).toBe(0);
    expect(express.find('GET', '*')).toBeUndefined();
    expect(express.candidates('GET', 'mailto:')).toEqual([]);
  });

  it('puts no target without a path to the router, whatever that would say', () => {
    const { entries } = new ExpressRoutes([get('/*path')]);
    const ready = entries.map((entry) => ({ ...entry, matches: () => true, params: () => ({ path: 'x' }) }));
    const table = new OrderedTable(ready, { ...EXPRESS_DEFAULTS, readUnusual: () => undefined, hostnameOf: () => '' });
    expect(table.find('GET', '*', {})).toBeUndefined();
    const [route] = table.routes;
    expect(route && table.paramsOf(route, 'GET', '*')).toEqual({});
    expect(route && table.paramsOf(route, 'GET', '/x')).toEqual({ path: 'x' });
  });

  it('takes a parameter that cannot be decoded for a match, as Express answers 400 for it', () => {
    const express = new ExpressRoutes([get('/:x'), get('/*rest')]);
    expect(express.find('GET', '/%zz')?.id).toBe(0);
    expect(new ExpressRoutes([get('/a-:x')]).find('GET', '/a-%zz')?.id).toBe(0);
    expect(express.candidates('GET', '/%zz').map(({ id }) => id)).toEqual([0]);
  });

  it('names what no controller registered, and looks no further', () => {
    const express = new ExpressRoutes([{ pattern: '/a', method: 'GET', foreign: true }, get('/:x')]);
    expect(express.find('GET', '/a')).toBe(FOREIGN_ROUTE);
    expect(express.candidates('GET', '/a')).toEqual([FOREIGN_ROUTE]);
    expect(express.find('GET', '/b')?.id).toBe(1);
  });
});

describe('hosts and versions of an ordered router', () => {
  const express = new ExpressRoutes([
    { pattern: '/a', method: 'GET', host: 'a.example' },
    { pattern: '/a', method: 'GET', version: '1' },
    { pattern: '/:x', method: 'GET', version: '2' },
    get('/a'),
    get('/:x'),
  ]);

  it('passes by a route for another host or version', () => {
    expect(express.find('GET', '/a', { host: 'a.example', version: '1' })?.id).toBe(0);
    expect(express.find('GET', '/a', { host: 'b.example', version: '1' })?.id).toBe(1);
    expect(express.find('GET', '/a', { version: '2' })?.id).toBe(2);
    expect(express.find('GET', '/a')?.id).toBe(3);
  });

  it('lists as candidates all that a version may choose, and the first route for every version', () => {
    expect(express.candidates('GET', '/a').map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(express.candidates('GET', '/b').map(({ id }) => id)).toEqual([2, 4]);
    expect(express.candidates('GET', '/a', { host: 'a.example' }).map(({ id }) => id)).toEqual([0]);
  });

  it('is uncertain where a version cannot be read, but not about what comes before', () => {
    const list: readonly Written[] = [
      { pattern: '/a', method: 'GET', version: '1' },
      { pattern: '/:x', method: 'GET', version: 'unreadable' },
      get('/:x'),
    ];
    const unreadable = new ExpressRoutes(list);
    expect(unreadable.find('GET', '/a', { version: '1' })?.id).toBe(0);
    expect(unreadable.find('GET', '/a', { version: '2' })).toBe(UNCERTAIN_ROUTE);
    expect(unreadable.candidates('GET', '/a').map(({ id }) => id)).toEqual([0, 1, 2]);
  });

  it('does not read the version for another host', () => {
    const hosted = new ExpressRoutes([
      { pattern: '/a', method: 'GET', host: 'a.example', version: 'unreadable' },
      get('/a'),
    ]);
    expect(hosted.find('GET', '/a', { host: 'b.example' })?.id).toBe(1);
    expect(hosted.find('GET', '/a', { host: 'a.example' })).toBe(UNCERTAIN_ROUTE);
  });
});

describe('what an ordered router passes on', () => {
  const passing: Written = { pattern: '/{*path}', method: 'ALL', foreign: true, passesOn: true };
  const answering: Written = { pattern: '/a', method: 'GET', foreign: true };

  it('is looked past by a preflight, to the route behind it', () => {
    expect(new ExpressRoutes([passing, get('/a')]).candidates('GET', '/a').map(({ id }) => id)).toEqual([1]);
  });

  it('is the candidate where nothing stands behind it', () => {
    expect(new ExpressRoutes([passing, get('/a')]).candidates('GET', '/b')).toEqual([FOREIGN_ROUTE]);
  });

  it('hides no foreign route that answers, not even behind a version', () => {
    const express = new ExpressRoutes([passing, { pattern: '/a', method: 'GET', version: '1' }, answering, get('/a')]);
    expect(express.candidates('GET', '/a').map(({ id }) => id)).toEqual([1, -1]);
  });
});

describe('what an ordered router holds', () => {
  it('lists the routes of controllers, and the methods that these were registered for', () => {
    const { routes, table } = new ExpressRoutes([
      { pattern: '/a', method: 'PUT' },
      { pattern: '/b', method: 'ALL' },
      { pattern: '/c', method: 'PROPFIND', foreign: true },
    ]);
    expect([...table.routes]).toEqual([routes[0], routes[1]]);
    // `/b` serves PROPFIND too, which the foreign route brought in; nobody named GET.
    expect(table.methods).toEqual(['PUT', 'PROPFIND']);
    expect(new ExpressRoutes([{ pattern: '/c', method: 'PUT', foreign: true }]).table.methods).toEqual([]);
    expect(new ExpressRoutes([{ pattern: '/b', method: 'ALL' }]).table.methods).toEqual([]);
  });

  it('counts HEAD among the methods where GET is', () => {
    expect(new ExpressRoutes([get('/a')]).table.methods).toEqual(['GET', 'HEAD']);
    expect(new ExpressRoutes([{ pattern: '/a', method: 'POST' }]).table.methods).toEqual(['POST']);
  });

  it('reads the parameters of a route, decoded, and none where there are none to read', () => {
    const { routes, table } = new ExpressRoutes([get('/a/:id'), get('/b/*rest'), get('/:x/:y')]);
    const [first, second, third] = routes;
    expect(first && { ...table.paramsOf(first, 'GET', '/a/%C3%A9?q') }).toEqual({ id: 'é' });
    expect(second && { ...table.paramsOf(second, 'GET', '/b/1/2') }).toEqual({ rest: ['1', '2'] });
    // Of the route asked about, and not of the first that matches.
    expect(third && { ...table.paramsOf(third, 'GET', 'http://h.example/a/1') }).toEqual({ x: 'a', y: '1' });
    expect(first && table.paramsOf(first, 'GET', '/a/%zz')).toEqual({});
    expect(first && table.paramsOf(first, 'GET', 'mailto:')).toEqual({});
    expect(table.paramsOf(UNCERTAIN_ROUTE, 'GET', '/a/1')).toEqual({});
  });
});

describe('whether a URL is served at all', () => {
  const { table } = new ExpressRoutes([
    { pattern: '/a', method: 'PUT' },
    { pattern: '/:x.json', method: 'ALL', foreign: true },
  ]);

  it('is so where any route matches it, whatever its method and whoever registered it', () => {
    expect(table.mayServe('/a?q')).toBe(true);
    expect(table.mayServe('/b.json')).toBe(true);
    expect(table.mayServe('http://h.example/a')).toBe(true);
  });

  it('is not so where none does', () => {
    expect(table.mayServe('/b')).toBe(false);
    expect(table.mayServe('*')).toBe(false);
  });
});

describe('the cost of a look-up', () => {
  it('asks no matcher for a plain path, however many routes there are', () => {
    const express = new ExpressRoutes(numbered((n) => `/plain/${n}`));
    expect(express.find('GET', `/plain/${MANY - 1}`)?.id).toBe(MANY - 1);
    expect(express.find('GET', '/plain/none')).toBeUndefined();
    expect(express.matcherCalls).toBe(0);
  });

  it('asks no matcher for the root', () => {
    const express = new ExpressRoutes([get('/'), get('/:x')]);
    expect(express.find('GET', '/?q')?.id).toBe(0);
    expect(express.matcherCalls).toBe(0);
  });

  it('asks no matcher where each segment is text or one parameter', () => {
    const express = new ExpressRoutes(numbered((n) => `/items-${n}/:id/parts`));
    expect(express.find('GET', `/items-${MANY - 1}/7/parts`)?.id).toBe(MANY - 1);
    expect(express.find('GET', `/items-${MANY - 1}//parts`)).toBeUndefined();
    expect(express.matcherCalls).toBe(0);
  });

  it('asks one matcher for a pattern, however many routes there are', () => {
    const express = new ExpressRoutes(numbered((n) => `/items-${n}/:id/{:more}`));
    expect(express.find('GET', `/items-${MANY - 1}/7/`)?.id).toBe(MANY - 1);
    expect(express.matcherCalls).toBe(1);
  });

  it('asks no matcher where the first segments already tell that nothing can match', () => {
    const express = new ExpressRoutes(numbered((n) => `/items-${n}/:id`));
    expect(express.find('GET', '/none/7')).toBeUndefined();
    expect(express.find('GET', '/items-1')).toBeUndefined();
    expect(express.find('GET', '/items-1/7/8')).toBeUndefined();
    expect(express.matcherCalls).toBe(0);
  });

  it('does not ask about patterns behind the plain path that answers', () => {
    const express = new ExpressRoutes([get('/a/b'), get('/a/:x'), get('/*rest')]);
    expect(express.find('GET', '/a/b')?.id).toBe(0);
    expect(express.matcherCalls).toBe(0);
  });

  it('does not ask about routes for other methods', () => {
    const express = new ExpressRoutes([
      { pattern: '/:x.json', method: 'PUT' },
      { pattern: '/:x.json', method: 'POST' },
      get('/:x.json'),
    ]);
    expect(express.find('GET', '/a.json')?.id).toBe(2);
    expect(express.matcherCalls).toBe(1);
  });
});

function get(pattern: unknown): Written {
  return { pattern, method: 'GET' };
}

function numbered(pattern: (n: number) => string): readonly Written[] {
  return Array.from({ length: MANY }, (_, n) => get(pattern(n)));
}

describe('an index of entries', () => {
  it('finds nothing at a position that has no entry', () => {
    const index = new MethodIndex([]);
    index.add(3, readPattern('/', EXPRESS_DEFAULTS));
    expect(index.firstByScan('/', 0)).toBe(NOWHERE);
  });
});
