import { describe, expect, it } from '@jest/globals';

import { PolicyFinder } from '../../../lib/nest/policies/policy-finder.js';
import type { AppPolicies } from '../../../lib/nest/policies/app-policies.js';
import type { CorsPolicy } from '../../../lib/policy/model/policy.js';
import { EMPTY_TABLE, type RouteTable } from '../../../lib/routing/route-table.js';
import type { Route } from '../../../lib/routing/route.js';
import { DEFAULT_TARGET_SETTINGS } from '../../../lib/routing/target-readings.js';
import { PathList } from '../../../lib/routing/path-list.js';
import { policyOf } from '../../policy/policy-under-test.js';

const APP = 'https://app.example.com';
const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE'];

/** A table in which every method reaches the same versions, and which counts how often each is looked up. */
function countingTable(versions: number, isSettled: boolean): { table: RouteTable; asked: string[] } {
  const asked: string[] = [];
  const routesOf = (first: number): readonly Route[] =>
    Array.from({ length: versions }, (_, index) => ({
      id: first + index,
      method: 'PUT',
      path: '/cats',
      selective: true,
      versionHeader: 'x-version',
    }));
  const routes = new Map(METHODS.map((method, index) => [method, routesOf(index * versions)]));
  const table: RouteTable = {
    ...EMPTY_TABLE,
    methods: METHODS,
    isSettled: () => isSettled,
    candidates: (method) => {
      asked.push(method);
      return routes.get(method) ?? [];
    },
  };
  return { table, asked };
}

/** Each version has a policy of its own, the same one for each method. */
function appPoliciesFor(versions: number, methods: 'auto' | readonly string[]): AppPolicies {
  const policies = Array.from({ length: versions }, (_, index): CorsPolicy | undefined =>
    policyOf({ origin: APP, maxAge: index, methods }),
  );
  return {
    options: {},
    base: undefined,
    baseSources: {},
    byRoute: METHODS.flatMap(() => policies),
    asWritten: [],
    sources: [],
    named: new Map(),
    paths: new PathList([], DEFAULT_TARGET_SETTINGS),
    debug: false,
    resolvers: new Map(),
    requestLog: {} as never,
  };
}

describe.each(['auto' as const, METHODS])('the methods in an answer for 80 versions, under %j', (methods) => {
  const url = `/cats?${'x'.repeat(14_000)}`;
  const asked = { method: 'PUT', url, request: {} };

  it.each([
    ['are looked up once for each preflight', false, METHODS.length],
    ['are looked up once at all, where the patterns settle it', true, 1],
  ])('%s', (_, isSettled, lookUps) => {
    const { table, asked: seen } = countingTable(80, isSettled);
    const finder = new PolicyFinder(table);
    const appPolicies = appPoliciesFor(80, methods);
    for (const expected of [METHODS.length, lookUps]) {
      seen.length = 0;
      const target = finder.ofPreflight(appPolicies, 'PUT', url, {});
      expect(
        target &&
          finder
            .questionOf(appPolicies, target, { ...asked, origin: 'https://app.example.com', headers: undefined })
            .promised(),
      ).toBe(METHODS.join(', '));
      expect(seen.toSorted()).toEqual(expected === 1 ? ['PUT'] : METHODS.toSorted());
    }
  });

  it('are looked up anew under other policies', () => {
    const { table, asked: seen } = countingTable(80, true);
    const finder = new PolicyFinder(table);
    for (const appPolicies of [appPoliciesFor(80, methods), appPoliciesFor(80, methods)]) {
      seen.length = 0;
      const target = finder.ofPreflight(appPolicies, 'PUT', url, {});
      expect(
        target &&
          finder
            .questionOf(appPolicies, target, { ...asked, origin: 'https://app.example.com', headers: undefined })
            .promised(),
      ).toBe(METHODS.join(', '));
      expect(seen).toHaveLength(METHODS.length);
    }
  });
});
