import { describe, expect, it } from '@jest/globals';

import { FOREIGN_ROUTE, UNCERTAIN_ROUTE, isOwnRoute, takesRequest, type Route } from '../../lib/routing/route.js';
import { EMPTY_TABLE } from '../../lib/routing/route-table.js';

describe('a route', () => {
  it('is a controller’s own, unless it stands for something else', () => {
    expect(isOwnRoute({ id: 0, method: 'GET', path: '/', selective: false })).toBe(true);
    expect(isOwnRoute(FOREIGN_ROUTE)).toBe(false);
    expect(isOwnRoute(UNCERTAIN_ROUTE)).toBe(false);
    expect(isOwnRoute(undefined)).toBe(false);
  });

  it('that stands for something else cannot be changed, and leaves room for others only where it is uncertain', () => {
    expect(Object.isFrozen(FOREIGN_ROUTE) && Object.isFrozen(UNCERTAIN_ROUTE)).toBe(true);
    expect(FOREIGN_ROUTE).toEqual({ id: -1, method: 'ALL', path: '', selective: false });
    expect(UNCERTAIN_ROUTE).toEqual({ id: -2, method: 'ALL', path: '', selective: true });
  });
});

describe('a handler that the platform has come to', () => {
  const route: Route = { id: 0, method: 'GET', path: '/', selective: false };
  const hostnameOf = (request: unknown): string => String(request);

  it('runs for every request where neither host nor version choose', () => {
    expect(takesRequest(route, 'a.example', hostnameOf)).toBe(true);
  });

  it('runs for its host only', () => {
    const hosted = { ...route, takesHost: (hostname: string) => hostname === 'a.example' };
    expect(takesRequest(hosted, 'a.example', hostnameOf)).toBe(true);
    expect(takesRequest(hosted, 'b.example', hostnameOf)).toBe(false);
  });

  it.each([
    [true, true],
    [false, false],
    // A version extractor of the app's threw, or gave nothing that can be read: the handler may run, and is judged.
    [undefined, undefined],
  ])('where its version test says %s, is run: %s', (selected, runs) => {
    expect(takesRequest({ ...route, selects: () => selected }, 'a.example', hostnameOf)).toBe(runs);
  });

  it('does not run for another host, whatever the version', () => {
    expect(takesRequest({ ...route, takesHost: () => false, selects: () => true }, '', hostnameOf)).toBe(false);
  });
});

describe('the table before any route is registered', () => {
  it('knows of nothing', () => {
    expect(Object.isFrozen(EMPTY_TABLE)).toBe(true);
    expect(EMPTY_TABLE.routes.size).toBe(0);
    expect(EMPTY_TABLE.methods).toEqual([]);
    expect(EMPTY_TABLE.find('GET', '/', {})).toBeUndefined();
    expect(EMPTY_TABLE.candidates('GET', '/', {})).toEqual([]);
    expect(EMPTY_TABLE.foreignPatternAt('GET', '/', {})).toBeUndefined();
    expect(EMPTY_TABLE.mayServe('/')).toBe(false);
    expect(EMPTY_TABLE.hasMethod('GET')).toBe(false);
    expect(EMPTY_TABLE.paramsOf(FOREIGN_ROUTE, 'GET', '/')).toEqual({});
  });
});
