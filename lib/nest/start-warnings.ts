import type { CorsPolicy } from '../policy/model/policy.js';
import type { Route } from '../routing/route.js';
import type { PolicyBook } from './policies/app-policies.js';
import type { ExploredRoute } from './routes/route.explorer.js';

/** What is no mistake, but rarely meant: warnings in the log at start. */
export function startWarnings(
  book: PolicyBook,
  explored: readonly ExploredRoute[],
  routes: readonly Route[],
): readonly string[] {
  const warnings: string[] = [];
  if (book.base === undefined && explored.length > 0 && explored.every(({ layers }) => layers.length === 0)) {
    warnings.push('forRoot() shares nothing and no @Cors was found: no route can be called from another origin');
  }
  for (const group of groupBy(routes, (route) => urlOf(route, explored)).values()) {
    if (!isMixed(group, (route) => book.byRoute[route.id])) {
      // As nearly always: one policy for all that stands at this URL.
      continue;
    }
    const path = group[0]?.path ?? '';
    for (const [method, candidates] of groupBy(group, (route) => route.method)) {
      if (candidates.some((route) => route.selective) && isMixed(candidates, (route) => book.byRoute[route.id])) {
        warnings.push(
          `${method} ${path}: its versions have different policies, and a preflight does not say which version it asks about: ` +
            `every one of them must allow it (${namesOf(candidates, explored)})`,
        );
      }
    }
    const shared = group.filter((route) => book.byRoute[route.id]?.closed === false);
    if (isMixed(shared, (route) => headersOf(book.byRoute[route.id]))) {
      warnings.push(
        `${path}: its handlers allow different request headers, and browsers remember header names by URL, not by method: ` +
          `the widest list reaches all of them (${namesOf(shared, explored)})`,
      );
    }
  }
  return warnings;
}

/** Browsers remember by URL, so hosts are told apart. */
function urlOf(route: Route, explored: readonly ExploredRoute[]): string {
  return JSON.stringify([explored[route.id]?.hosts.map(String), route.path]);
}

/** Policies that say the same are one object. */
function isMixed<T>(routes: readonly Route[], read: (route: Route) => T): boolean {
  const [first, ...others] = routes;
  return first !== undefined && others.some((route) => read(route) !== read(first));
}

function headersOf(policy: CorsPolicy | undefined): string {
  const names = policy?.allowedHeaders ?? '*';
  return names === '*' ? names : [...names.names].toSorted().join();
}

function namesOf(routes: readonly Route[], explored: readonly ExploredRoute[]): string {
  return [...new Set(routes.map((route) => explored[route.id]?.name))].join(', ');
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}
