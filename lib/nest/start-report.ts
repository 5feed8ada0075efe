import type { CorsPolicy } from '../policy/model/policy.js';
import type { PolicyBook } from './policies/app-policies.js';
import type { ExploredRoute } from './routes/route.explorer.js';

/** `12 routes share with other origins, 3 are closed, 5 are untouched`, and a warning's worth of advice where nothing shares. */
export function summarize(book: PolicyBook): string {
  const count = (test: (policy: CorsPolicy | undefined) => boolean): number => book.byRoute.filter(test).length;
  const sharing = count((policy) => policy !== undefined && !policy.closed);
  const closed = count((policy) => policy?.closed === true);
  const untouched = count((policy) => policy === undefined);
  const others = book.base === undefined ? 'other URLs are untouched' : "other URLs follow forRoot's policy";
  return `${sharing} of ${book.byRoute.length} routes share with other origins, ${closed} closed, ${untouched} untouched; ${others}`;
}

/** The whole table, a line for each route: what `CorsService.routes()` holds, for reading. */
export function tabulate(book: PolicyBook, routes: readonly ExploredRoute[]): string {
  const rows = routes.map((route) => [route.method, route.path, describePolicy(book.byRoute[route.id]), route.name]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return ['the policy of every route', ...lines.map((line) => `  ${line.trimEnd()}`)].join('\n');
}

function describePolicy(policy: CorsPolicy | undefined): string {
  if (policy === undefined) {
    return 'untouched';
  }
  if (policy.closed) {
    return policy.enforce ? 'closed, enforced' : 'closed';
  }
  const who = policy.origins.everyone ? 'everyone' : 'named origins';
  const extras = [policy.credentials ? 'credentials' : '', policy.enforce ? 'enforced' : ''].filter(
    (extra) => extra !== '',
  );
  return [who, ...extras].join(', ');
}
