import type { CorsPolicy } from '../policy/policy.js';
import type { Route } from '../routing/route.js';
import type { PolicyBook } from './policy-book.js';
import type { ExploredRoute } from './route.explorer.js';

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
    const path = group[0]?.path ?? '';
    for (const [method, candidates] of groupBy(group, (route) => route.method)) {
      if (candidates.some((route) => route.selective) && isMixed(candidates, book, (policy) => policy?.key)) {
        warnings.push(
          `${method} ${path}: its versions have different policies, and a preflight does not say which version it asks about: ` +
            `every one of them must allow it (${namesOf(candidates, explored)})`,
        );
      }
    }
    const shared = group.filter((route) => book.byRoute[route.id]?.closed === false);
    if (isMixed(shared, book, headersOf)) {
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

function isMixed(
  routes: readonly Route[],
  book: PolicyBook,
  key: (policy: CorsPolicy | undefined) => string | undefined,
): boolean {
  return new Set(routes.map((route) => key(book.byRoute[route.id]))).size > 1;
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
    const group = groups.get(key(item)) ?? [];
    group.push(item);
    groups.set(key(item), group);
  }
  return groups;
}
