import type { PageName } from './page-name.js';
import type { Scenario, Step, Verdict } from './scenario.js';

type Row = readonly [title: string, path: string, step: Partial<Step>, expected: Verdict, page?: PageName];

function hops(policy: string, to: string, status = 302): string {
  return `/p/${policy}/hops?${new URLSearchParams({ to, status: String(status) })}`;
}

const form: Partial<Step> = { method: 'POST', body: { kind: 'params', fields: { a: '1' } } };

const STATUSES = [301, 302, 303, 307, 308];

const ROWS: readonly Row[] = [
  // From the API to itself: nothing is tainted.
  ...STATUSES.flatMap((status): readonly Row[] => [
    [`${status} within the API`, hops('own', 'api/own', status), {}, 'readable'],
    [`${status} within the API, with cookies`, hops('own', 'api/own', status), { credentials: 'include' }, 'readable'],
    [`${status} within the API, of a POST`, hops('own', 'api/own', status), form, 'readable'],
    [`${status} within the API, of a PUT`, hops('own', 'api/own', status), { method: 'PUT' }, 'readable'],
    // From one foreign origin to another: the page is nobody from there on.
    [`${status} to another origin`, hops('own', 'cdn/own', status), {}, 'blocked'],
    [`${status} to another origin, for everyone`, hops('own', 'cdn/everyone', status), {}, 'readable'],
    [`${status} to another origin, where null may`, hops('own', 'cdn/null', status), {}, 'readable'],
    [`${status} to another origin, of a POST`, hops('own', 'cdn/null', status), form, 'readable'],
    // A preflight that is asked under `null`, and the policy lets it.
    [`${status} to another origin, of a PUT`, hops('own', 'cdn/null', status), { method: 'PUT' }, 'readable'],
    [`${status} to another origin, of a PUT, for one`, hops('own', 'cdn/own', status), { method: 'PUT' }, 'blocked'],
    [`${status} to a site that knows cookies`, hops('own', 'cdn/null', status), { credentials: 'include' }, 'readable'],
  ]),
  ['back to the first origin', hops('own', 'cdn/null,api/own'), {}, 'blocked'],
  ['back to the first origin, where null may', hops('own', 'cdn/null,api/null'), {}, 'readable'],
  ['first within the API, then out', hops('own', 'api/own,cdn/own'), {}, 'blocked'],
  ['first within the API, then out, for everyone', hops('own', 'api/own,cdn/everyone'), {}, 'readable'],
  ['out of the API’s own page, once', hops('closed', 'cdn/any-port'), {}, 'readable', 'api'],
  [
    'out of the API’s own page, once, with cookies',
    hops('closed', 'cdn/any-port'),
    { credentials: 'include' },
    'readable',
    'api',
  ],
  ['out of the API’s own page, where it is refused', hops('closed', 'cdn/own'), {}, 'blocked', 'api'],
  ['out of the API’s own page, twice', hops('closed', 'cdn/any-port,address/any-port'), {}, 'blocked', 'api'],
  ['out of the API’s own page and back', hops('closed', 'cdn/any-port,api/any-port'), {}, 'blocked', 'api'],
  ['home to the page’s own origin', hops('own', 'page/own'), {}, 'blocked'],
  ['at a policy that refuses', hops('closed', 'api/everyone'), {}, 'blocked'],
  ['at a policy that refuses, of a PUT', hops('closed', 'api/everyone'), { method: 'PUT' }, 'blocked'],
  ['to a policy that refuses', hops('everyone', 'api/closed'), {}, 'blocked'],
  ['from a page that is null', hops('everyone', 'cdn/null'), {}, 'readable', 'sandboxed'],
  ['from a page that is null, where it may not', hops('everyone', 'cdn/own'), {}, 'blocked', 'sandboxed'],
  ['to another site', hops('own', 'address/null'), { credentials: 'include' }, 'readable'],
  ['to a URL with a password', hops('everyone', 'userinfo/everyone'), {}, 'blocked'],
  ['twenty times', hops('everyone', Array.from({ length: 20 }, () => 'api/everyone').join()), {}, 'readable'],
  ['twenty-one times', hops('everyone', Array.from({ length: 21 }, () => 'api/everyone').join()), {}, 'blocked'],
  ['not to be followed', hops('own', 'api/own'), { redirect: 'error' }, 'blocked'],
  ['to be seen only', hops('own', 'api/own'), { redirect: 'manual' }, 'opaque'],
  ['to be seen only, where it is refused', hops('closed', 'api/own'), { redirect: 'manual' }, 'blocked'],
  ['under no-cors', hops('closed', 'cdn/closed'), { mode: 'no-cors' }, 'opaque'],
  ...['api/own/guarded', 'cdn/null/guarded', 'cdn/everyone/guarded'].map((to): Row => [
    `with Authorization to ${to}`,
    hops('own', to),
    { headers: { Authorization: 'Bearer secret' } },
    'readable',
  ]),
];

export const redirectScenarios: readonly Scenario[] = ROWS.map(([title, path, step, expected, page = 'app']) => ({
  group: 'redirects',
  title,
  page,
  steps: [{ path, ...step, expected }],
}));
