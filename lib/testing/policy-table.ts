import { isApplication, reportOf, type Listed, type ListedPolicy } from './app-report.js';
import type { NestApp } from './fetch-target.js';

/**
 * Returns all CORS policies of an application as text, for a snapshot in your tests: a pull request then shows which policies
 * it changes. The text has a block for each route and gateway, sorted by path, then for the entries of `paths` in the order in
 * which they are tried, then for all other URLs. Defaults are left out. The text depends only on the policies.
 *
 * ```ts
 * test('the CORS policies', () => expect(policyTable(app)).toMatchSnapshot()); // jest and vitest
 * ```
 *
 * @param app - a Nest application with `CorsModule`, after `init()`.
 * @throws TypeError for anything else.
 */
export function policyTable(app: NestApp): string {
  const report = isApplication(app) ? reportOf(app) : undefined;
  if (report === undefined) {
    throw new TypeError('policyTable() takes a Nest application that imports CorsModule');
  }
  const { routes, paths, root } = report.policies();
  const ofRoutes = routes
    .toSorted((one, other) => compare(one.path, other.path) || compare(keyOf(one), keyOf(other)))
    .map((each) => block(`${each.method} ${each.path} (${each.route})`, each));
  const ofPaths = paths.map((each) =>
    block(`${[...(each.methods ?? ['ANY'])].toSorted().join(',')} ${each.path.toSorted().join(', ')} (paths)`, each),
  );
  return `${[...ofRoutes, ...ofPaths, block('other URLs (forRoot)', root)].join('\n')}\n`;
}

function keyOf(route: { readonly method: string; readonly route: string } & Listed): string {
  return [route.method, route.route, ...linesOf(route.policy)].join('\n');
}

/** By code units, independent of the machine's locale. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function block(title: string, { policy }: Listed): string {
  return [title, ...linesOf(policy).map((line) => `  ${line}`)].join('\n');
}

/** One origin on each line, so that a diff shows which one came or went. */
function linesOf(policy: ListedPolicy | undefined): readonly string[] {
  if (policy === undefined) {
    return ['untouched'];
  }
  const { shares, origins, credentials, methods, allowedHeaders, exposedHeaders, maxAge } = policy;
  const settings: readonly (readonly [isDefault: boolean, line: string])[] = [
    [!credentials, 'credentials'],
    [methods === 'auto', `methods: ${sorted(methods)}`],
    [allowedHeaders === '*', `allowedHeaders: ${headerNames(allowedHeaders)}`],
    [exposedHeaders.length === 0, `exposedHeaders: ${headerNames(exposedHeaders)}`],
    [maxAge === undefined, `maxAge: ${maxAge}`],
    [policy.optionsSuccessStatus === 204, `optionsSuccessStatus: ${policy.optionsSuccessStatus}`],
    [!policy.preflightContinue, 'preflightContinue'],
    [policy.originTimeout === 2000, `originTimeout: ${policy.originTimeout}`],
  ];
  const enforced = policy.enforce ? ['enforced'] : [];
  if (shares === 'nobody') {
    return ['closed', ...enforced];
  }
  const who = shares === 'everyone' ? ['everyone'] : origins;
  return [...who, ...settings.flatMap(([isDefault, line]) => (isDefault ? [] : [line])), ...enforced];
}

/** Their order has no meaning. */
function sorted(names: string | readonly string[]): string {
  if (typeof names === 'string') {
    return names;
  }
  return names.length === 0 ? 'none' : names.toSorted().join(', ');
}

/** The case of header names has no meaning. */
function headerNames(names: string | readonly string[]): string {
  return sorted(typeof names === 'string' ? names : names.map((name) => name.toLowerCase()));
}
