import type { ModulesContainer } from '@nestjs/core';

import { originNames, shortList } from '../policy/diagnosis/origin-names.js';
import { ownValue } from '../policy/model/own-keys.js';
import type { CorsPolicy } from '../policy/model/policy.js';
import { isSafelistedMethod } from '../policy/names/http-names.js';
import type { Route } from '../routing/route.js';
import type { AppPolicies } from './policies/app-policies.js';
import { readClassValues } from './metadata/cors-metadata.js';
import { unreadConfigs } from './metadata/misplaced-decorators.js';
import { isGateway } from './metadata/nest-metadata.js';
import { SOCKET_METHOD, type NamedTarget } from './policies/cors-route.js';
import type { ExploredRoute } from './routes/route.explorer.js';

/**
 * `2 of 4 routes allow other origins, 1 closed, 1 untouched; other URLs are untouched`. An application without
 * controllers (of GraphQL or of gateways) gets a line of its own.
 */
export function summarize(appPolicies: AppPolicies, targets: readonly NamedTarget[], hasHttp: boolean): string {
  const policiesOf = (isGateway: boolean): readonly (CorsPolicy | undefined)[] =>
    targets.filter(({ method }) => (method === SOCKET_METHOD) === isGateway).map(({ id }) => appPolicies.byRoute[id]);
  const policies = policiesOf(false);
  const { length } = policies;
  const paths = pathsOf(appPolicies);
  const sockets = summarizeGateways(policiesOf(true));
  if (!hasHttp) {
    // A microservice may have gateways, with ports of their own.
    return `this application serves no HTTP, so no response gets CORS headers${sockets}`;
  }
  const others = `${length === 0 ? 'all' : 'other'} URLs ${governing(appPolicies.base, paths, length)}`;
  if (length === 0) {
    return `no controller has a route${sockets}; ${others}`;
  }
  const count = (test: (policy: CorsPolicy | undefined) => boolean): number => policies.filter(test).length;
  const sharing = count((policy) => policy !== undefined && !policy.closed);
  const closed = count((policy) => policy?.closed === true);
  const untouched = count((policy) => policy === undefined);
  return `${sharing} of ${length} routes allow other origins, ${closed} closed, ${untouched} untouched${sockets}; ${others}`;
}

/** The policy of URLs without a controller. Without controllers it is the only one, so it is described. */
function governing(base: CorsPolicy | undefined, paths: number, routes: number): string {
  const what = routes === 0 && base !== undefined ? ` (${describePolicy(base, 'named origins')})` : '';
  const entries = paths === 1 ? 'the entry of paths' : `the ${paths} entries of paths`;
  if (paths === 0) {
    return base === undefined ? 'are untouched' : `follow forRoot's policy${what}`;
  }
  return base === undefined ? `follow ${entries}, or are untouched` : `follow ${entries}, then forRoot's policy${what}`;
}

function summarizeGateways(policies: readonly (CorsPolicy | undefined)[]): string {
  if (policies.length === 0) {
    return '';
  }
  const judged = policies.filter((policy) => policy !== undefined).length;
  const unjudged = judged === policies.length ? '' : ', the others accept every page';
  return `; ${judged} of ${policies.length} gateways check who opens a socket${unjudged}`;
}

function pathsOf({ options }: AppPolicies): number {
  const paths = ownValue(options, 'paths');
  return Array.isArray(paths) ? paths.length : 0;
}

/** A longer table does not help in a log. */
const MOST_ROWS = 50;

/**
 * The whole table where it is short, a line for each route, gateway and entry of `paths`, and for all other URLs; else how to get
 * it.
 */
export function tabulate(appPolicies: AppPolicies, routes: readonly NamedTarget[]): string {
  const size = routes.length + appPolicies.paths.entries.length + 1;
  return size > MOST_ROWS
    ? `${size} policies are too many for the log: policyTable(app) of nestjs-cors/testing prints them, CorsService.routes() and paths() list them`
    : wholeTable(appPolicies, routes);
}

function wholeTable(appPolicies: AppPolicies, routes: readonly NamedTarget[]): string {
  const ofRoutes = routes.map((route) => [
    route.method,
    route.path,
    describePolicy(appPolicies.byRoute[route.id]),
    route.name,
  ]);
  const entries = appPolicies.paths.entries.map(({ methods, path, value, where }) => [
    methods === undefined ? 'any' : [...methods].join(','),
    path,
    describePolicy(value.policy),
    where.replace(/ .*$/s, ''),
  ]);
  const others = ['any', 'other URLs', describePolicy(appPolicies.base), 'forRoot'];
  const rows = [...ofRoutes, ...entries, others];
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return ['the policy of every route', ...lines.map((line) => `  ${line.trimEnd()}`)].join('\n');
}

function describePolicy(policy: CorsPolicy | undefined, named?: string): string {
  if (policy === undefined) {
    return 'untouched';
  }
  if (policy.closed) {
    return policy.enforce ? 'closed, enforced' : 'closed';
  }
  const who = policy.origins.everyone ? 'everyone' : (named ?? shortList(originNames(policy), 2));
  const extras = [policy.credentials ? 'credentials' : '', policy.enforce ? 'enforced' : ''].filter(
    (extra) => extra !== '',
  );
  return [who, ...extras].join(', ');
}

type Module = ReturnType<ModulesContainer['values']> extends Iterable<infer Each> ? Each : never;

/** Warnings in the log at start: not mistakes, but rarely intended. */
export function startWarnings(
  appPolicies: AppPolicies,
  explored: readonly ExploredRoute[],
  routes: readonly Route[],
  modules: ModulesContainer,
): readonly string[] {
  const warnings = [
    ...idleModules(modules),
    ...leftOutMethods(appPolicies, explored),
    ...lostClosures(appPolicies, explored),
    ...unreadConfigs(explored.filter(({ id }) => appPolicies.byRoute[id] !== undefined)),
  ];
  const own = explored.filter((route) => !route.isInternal);
  if (appPolicies.base === undefined && own.length > 0 && own.every(({ layers }) => layers.length === 0)) {
    warnings.push('forRoot() allows no origin and no @Cors was found: no route can be called from another origin');
  }
  const unguarded = own.filter(({ id }) => appPolicies.byRoute[id] === undefined).map(({ name }) => name);
  if (appPolicies.base === undefined && ownValue(appPolicies.options, 'enforce') === true && unguarded.length > 0) {
    warnings.push(
      `forRoot() has enforce: true and no origin, and without an origin a route has no policy that could refuse a request ` +
        `(${shortList([...new Set(unguarded)], 5)}); write origin: false to close such routes, or name the origins`,
    );
  }
  for (const group of groupBy(routes, (route) => urlOf(route, explored)).values()) {
    if (!isMixed(group, (route) => appPolicies.byRoute[route.id])) {
      // As nearly always: one policy for all routes at this URL.
      continue;
    }
    const path = group[0]?.path ?? '';
    for (const [method, candidates] of groupBy(group, (route) => route.method)) {
      if (
        candidates.some((route) => route.selective) &&
        isMixed(candidates, (route) => appPolicies.byRoute[route.id])
      ) {
        warnings.push(
          `${method} ${path}: its versions have different policies, and a preflight does not say which version it asks about: ` +
            `every one of them must allow it (${namesOf(candidates, explored)})`,
        );
      }
    }
    const shared = group.filter((route) => appPolicies.byRoute[route.id]?.closed === false);
    if (isMixed(shared, (route) => headersOf(appPolicies.byRoute[route.id]))) {
      warnings.push(
        `${path}: its handlers allow different request headers, and browsers remember header names by URL, not by method: ` +
          `a header that one of them allows can reach all of them (${namesOf(shared, explored)})`,
      );
    }
    warnings.push(...unaskedWarnings(path, group, shared, appPolicies, explored));
  }
  return warnings;
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
    : `${where}: the methods of its policy${writtenBy === where ? '' : ` (of ${writtenBy})`} leave out ${missing}, so that pages ` +
        "are refused; add what is missing, or write methods: 'auto'";
}

/** `@All()` stands for every method, and a handler of `OPTIONS` answers preflights itself. */
const NOT_A_METHOD: ReadonlySet<string> = new Set(['ALL', 'OPTIONS']);

/** A method that overrides another one does not inherit its decorators. */
function lostClosures({ byRoute, named }: AppPolicies, explored: readonly ExploredRoute[]): Set<string> {
  const closes = (value: unknown): boolean =>
    typeof value === 'string'
      ? named.get(value)?.closed === true
      : value === false || (typeof value === 'object' && value !== null && ownValue(value, 'origin') === false);
  return new Set(
    explored.flatMap(({ id, name, nearest }) =>
      nearest === undefined || !closes(nearest.value) || byRoute[id]?.closed !== false
        ? []
        : [
            `${name} allows other origins: it overrides ${nearest.place}, and the @Cors of an overridden method, which closes it, ` +
              'does not count; write it again, or the @Cors that is meant',
          ],
    ),
  );
}

/** A closed POST gets what another method of its URL allows. */
function unaskedWarnings(
  path: string,
  group: readonly Route[],
  shared: readonly Route[],
  { byRoute }: AppPolicies,
  explored: readonly ExploredRoute[],
): readonly string[] {
  const wide = shared.filter(({ id }) => headersOf(byRoute[id]) !== '');
  const reached = group.filter((route) => isReachedUnasked(route, byRoute[route.id]));
  if (wide.length === 0 || reached.length === 0) {
    return [];
  }
  return [
    `${path}: pages that ${namesOf(wide, explored)} allows can send the request headers that it allows to ` +
      `${namesOf(reached, explored)} as well, which is closed: browsers remember header names by URL, not by method, and ` +
      'send POST unasked then. To refuse such requests, write @Cors({ origin: false, enforce: true }) there',
  ];
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

/**
 * No preflight asks about POST itself, so only its headers, such as that of JSON, keep a page from sending it. GET and HEAD reach
 * their handlers from any page in any case, and change nothing.
 */
function isReachedUnasked({ method }: Route, policy: CorsPolicy | undefined): boolean {
  return method === 'POST' && policy?.closed === true && !policy.enforce;
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
