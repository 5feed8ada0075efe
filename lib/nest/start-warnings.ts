import type { ModulesContainer } from '@nestjs/core';

import { shortList } from '../policy/diagnosis/origin-names.js';
import { ownValue } from '../policy/model/own-keys.js';
import type { CorsPolicy } from '../policy/model/policy.js';
import { isSafelistedMethod } from '../policy/names/http-names.js';
import type { Route } from '../routing/route.js';
import { readClassValues } from './metadata/cors-metadata.js';
import { unreadConfigs } from './metadata/misplaced-decorators.js';
import { isGateway } from './metadata/nest-metadata.js';
import type { AppPolicies } from './policies/app-policies.js';
import type { ExploredRoute } from './routes/route.explorer.js';

type Module = ReturnType<ModulesContainer['values']> extends Iterable<infer Each> ? Each : never;

/** Finds the warnings in the log at start and after `update()`: not mistakes, but rarely intended. */
export function warningsFinder(
  explored: readonly ExploredRoute[],
  routes: readonly Route[],
  modules: ModulesContainer,
): (appPolicies: AppPolicies) => readonly string[] {
  const idle = idleModules(modules);
  const urls = [...groupBy(routes, (route) => urlOf(route, explored)).values()].filter(({ length }) => length > 1);
  return (appPolicies) => [
    ...idle,
    ...leftOutMethods(appPolicies, explored),
    ...lostClosures(appPolicies, explored),
    ...unreadConfigs(explored.filter(({ id }) => appPolicies.byRoute[id] !== undefined)),
    ...withoutOrigin(appPolicies, explored),
    // Nearly always all routes at a URL have one policy.
    ...urls
      .filter((group) => isMixed(group, (route) => appPolicies.byRoute[route.id]))
      .flatMap((group) => urlWarnings(group, appPolicies, explored)),
  ];
}

/** `forRoot()` allows no origin. */
function withoutOrigin({ base, byRoute, options }: AppPolicies, explored: readonly ExploredRoute[]): readonly string[] {
  const own = explored.filter((route) => !route.isInternal);
  if (base !== undefined || own.length === 0) {
    return [];
  }
  const warnings: string[] = [];
  if (own.every(({ layers }) => layers.length === 0)) {
    warnings.push('forRoot() allows no origin and no @Cors was found: no route can be called from another origin');
  }
  const unguarded = own.filter(({ id }) => byRoute[id] === undefined).map(({ name }) => name);
  if (ownValue(options, 'enforce') === true && unguarded.length > 0) {
    warnings.push(
      `forRoot() has enforce: true and no origin, and without an origin a route has no policy that could refuse a request ` +
        `(${shortList([...new Set(unguarded)], 5)}); write origin: false to close such routes, or name the origins`,
    );
  }
  return warnings;
}

/** @param group - the routes at one URL, which have different policies. */
function urlWarnings(
  group: readonly Route[],
  appPolicies: AppPolicies,
  explored: readonly ExploredRoute[],
): readonly string[] {
  const { byRoute } = appPolicies;
  const path = group[0]?.path ?? '';
  const warnings: string[] = [];
  for (const [method, candidates] of groupBy(group, (route) => route.method)) {
    if (candidates.some((route) => route.selective) && isMixed(candidates, (route) => byRoute[route.id])) {
      warnings.push(
        `${method} ${path}: its versions have different policies, and a preflight does not say which version it asks about: ` +
          `every one of them must allow it (${namesOf(candidates, explored)})`,
      );
    }
  }
  const shared = group.filter((route) => byRoute[route.id]?.closed === false);
  if (isMixed(shared, (route) => headersOf(byRoute[route.id]))) {
    warnings.push(
      `${path}: its handlers allow different request headers, and browsers remember header names by URL, not by method: ` +
        `a header that one of them allows can reach all of them (${namesOf(shared, explored)})`,
    );
  }
  return [...warnings, ...unaskedWarnings(path, group, shared, appPolicies, explored)];
}

/** Modules whose `@Cors` applies to nothing. A dynamic module may be there several times, each with controllers of its own. */
function idleModules(modules: ModulesContainer): readonly string[] {
  const all = [...modules.values()];
  const busy = new Set(all.filter(hasTargets).map(({ metatype }) => metatype));
  const idle = new Set(all.map(({ metatype }) => metatype).filter((type) => !busy.has(type)));
  return [...idle]
    .filter((type) => readClassValues(type).length > 0)
    .map(
      ({ name }) =>
        `@Cors on ${name} has no effect: it is for a module's own controllers and gateways, not for those of the modules that ` +
        'it imports; put it on these modules',
    );
}

function hasTargets({ controllers, providers }: Module): boolean {
  return (
    controllers.size > 0 ||
    [...providers.values()].some(({ metatype }) => typeof metatype === 'function' && isGateway(metatype))
  );
}

/** Handlers and entries of `paths` for a method that their own policy does not allow. */
function leftOutMethods({ byRoute, sources, paths }: AppPolicies, explored: readonly ExploredRoute[]): Set<string> {
  const ofHandlers = explored
    // The list of an outer layer is taken for a limit on purpose.
    .filter(({ id, name }) => sources[id]?.methods?.startsWith(`${name} (`))
    .map(({ id, where, method }) => leftOut(where, [method], byRoute[id], sources[id]));
  const ofEntries = paths.entries.map(({ where, methods, value }) =>
    leftOut(where, methods ?? [], value.policy, value.sources),
  );
  return new Set([...ofHandlers, ...ofEntries].filter((warning) => warning !== undefined));
}

function leftOut(
  where: string,
  methods: Iterable<string>,
  policy: CorsPolicy | undefined,
  { methods: writtenBy = where }: AppPolicies['baseSources'] = {},
): string | undefined {
  if (policy === undefined || policy.closed || typeof policy.methods === 'string') {
    return undefined;
  }
  const { methods: allowed, enforce } = policy;
  const passes = (method: string): boolean =>
    allowed.includes(method) ||
    NOT_A_METHOD.has(method) ||
    (isSafelistedMethod(method) && !(enforce && method === 'POST'));
  const missing = [...methods].filter((method) => !passes(method)).join(', ');
  return missing === ''
    ? undefined
    : `${where}: the methods of its policy${writtenBy === where ? '' : ` (of ${writtenBy})`} do not include ${missing}, so pages are ` +
        "refused; add what is missing, or write methods: 'auto'";
}

/** `@All()` stands for every method, and a handler of `OPTIONS` answers preflights itself. */
const NOT_A_METHOD: ReadonlySet<string> = new Set(['ALL', 'OPTIONS']);

/** A method that overrides another one does not inherit its decorators. */
function lostClosures({ byRoute, named }: AppPolicies, explored: readonly ExploredRoute[]): Set<string> {
  const isClosed = (policy: unknown): boolean => typeof policy === 'string' && named.get(policy)?.closed === true;
  const closes = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) {
      return value === false || isClosed(value);
    }
    const origin = ownValue(value, 'origin');
    return origin === false || (origin === undefined && isClosed(ownValue(value, 'use')));
  };
  return new Set(
    explored.flatMap(({ id, name, nearest }) =>
      nearest === undefined || !closes(nearest.value) || byRoute[id]?.closed !== false
        ? []
        : [
            `${name} allows other origins: it overrides ${nearest.place}, whose @Cors closes it, and a @Cors does not ` +
              'apply to an overriding method; write it again, or the @Cors that is intended',
          ],
    ),
  );
}

/**
 * A POST gets what another method of its URL allows, from pages that its own policy refuses. No preflight asks about POST itself, so
 * only its headers, such as that of JSON, keep a page from sending it. GET and HEAD reach their handlers from any page in any case,
 * and change nothing.
 */
function unaskedWarnings(
  path: string,
  group: readonly Route[],
  shared: readonly Route[],
  { byRoute }: AppPolicies,
  explored: readonly ExploredRoute[],
): readonly string[] {
  const wide = shared.flatMap((route) => {
    const policy = byRoute[route.id];
    return policy === undefined || headersOf(policy) === '' ? [] : [{ route, policy }];
  });
  const warnings = new Set<string>();
  for (const { id, method } of group) {
    const policy = byRoute[id];
    if (policy === undefined || policy.enforce || !takesPost(method, group)) {
      continue;
    }
    const reaching = wide.filter((other) => opensMore(other.policy, policy)).map(({ route }) => route);
    if (reaching.length > 0) {
      warnings.add(
        `${path}: pages allowed by ${namesOf(reaching, explored)} can send the request headers allowed there to ` +
          `${explored[id]?.name} as well, which ${policy.closed ? 'is closed' : 'does not allow all of them'}: browsers remember ` +
          'header names by URL, not by method, and send POST unasked then. To refuse such requests, write ' +
          `${policy.closed ? '@Cors({ origin: false, enforce: true })' : 'enforce: true'} there`,
      );
    }
  }
  return [...warnings];
}

/** `@All()` takes what has no handler of its own. */
function takesPost(method: string, group: readonly Route[]): boolean {
  return method === 'POST' || (method === 'ALL' && !group.some((other) => other.method === 'POST'));
}

/** By the policies that were compared: equal ones are one object, and a list of origins may be long. */
const COMPARED = new WeakMap<CorsPolicy, WeakMap<CorsPolicy, boolean>>();

/**
 * Whether pages of one policy are surely refused by the other. What a page may do without credentials matters only where nothing is
 * to be done at all.
 */
function opensMore(wide: CorsPolicy, narrow: CorsPolicy): boolean {
  if (narrow.closed || !wide.credentials) {
    return narrow.closed;
  }
  const known = COMPARED.get(wide) ?? new WeakMap<CorsPolicy, boolean>();
  const opens = known.get(narrow) ?? examples(wide).some((origin) => narrow.origins.judge(origin) === 'not-allowed');
  COMPARED.set(wide, known.set(narrow, opens));
  return opens;
}

/** Origins that the policy surely allows: those that it lists, and one for each pattern. */
function examples({ origins }: CorsPolicy): readonly string[] {
  return origins
    .list()
    .map((item) => (typeof item === 'string' ? item.replace(':*', ':1').replaceAll('*', 'a') : ''))
    .filter((origin) => origins.matches(origin));
}

/** Browsers remember by URL, so hosts are kept apart. */
function urlOf(route: Route, explored: readonly ExploredRoute[]): string {
  return JSON.stringify([explored[route.id]?.hosts.map(String), route.path]);
}

/** Equal policies are one object. */
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
