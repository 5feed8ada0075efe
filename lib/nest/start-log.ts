import { originNames, shortList } from '../policy/diagnosis/origin-names.js';
import { ownValue } from '../policy/model/own-keys.js';
import type { CorsPolicy } from '../policy/model/policy.js';
import type { AppPolicies } from './policies/app-policies.js';
import { SOCKET_METHOD, type NamedTarget } from './policies/cors-route.js';
import type { AppLog } from './report/app-log.js';

/**
 * What every start says, and at the level `debug` the whole table. The logger drops that where it prints no such lines: Nest 11's
 * `Logger.isLevelEnabled()` says no to every level until somebody has set some.
 */
export function logStart(
  log: AppLog,
  appPolicies: AppPolicies,
  targets: readonly NamedTarget[],
  hasHttp: boolean,
): void {
  log.log(summarize(appPolicies, targets, hasHttp));
  if (hasHttp) {
    log.debug(tabulate(appPolicies, targets));
  }
}

/**
 * `2 of 4 routes allow other origins, 1 closed, 1 untouched; other URLs are untouched`. An application without
 * controllers (of GraphQL or of gateways) gets a line of its own.
 */
function summarize(appPolicies: AppPolicies, targets: readonly NamedTarget[], hasHttp: boolean): string {
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
function tabulate(appPolicies: AppPolicies, routes: readonly NamedTarget[]): string {
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
