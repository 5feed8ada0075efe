import type { PageName } from './page-name.js';
import type { Scenario, Step, Verdict } from './scenario.js';

type Row = readonly [page: PageName, what: string, step: Partial<Step>, expected: Verdict];

const PAGES: readonly PageName[] = ['app', 'other-port', 'tenant', 'sandboxed'];

/** Which of these pages each method of `/p/mixed` is for. */
const MIXED: Readonly<Record<string, readonly PageName[]>> = {
  GET: PAGES,
  HEAD: PAGES,
  POST: ['tenant'],
  PUT: ['app'],
  PATCH: [],
  DELETE: [],
};

const mixed = PAGES.flatMap((page) =>
  Object.entries(MIXED).map(([method, pages]): Scenario => {
    const expected = pages.includes(page) ? 'readable' : 'blocked';
    return one('handlers of one URL', `${method} by ${page}`, page, { path: '/p/mixed', method, expected });
  }),
);

const version = (number: string, more: Readonly<Record<string, string>> = {}): Partial<Step> => ({
  headers: { 'X-Api-Version': number, ...more },
});

/** A preflight carries no version: only what every candidate allows passes. So does the 404 of a version that nobody serves. */
const VERSIONS: readonly Row[] = [
  ['app', 'version 1', version('1'), 'readable'],
  ['app', 'version 2', version('2'), 'readable'],
  ['app', 'version 3, which nobody serves', version('3'), 'readable'],
  ['app', 'no version', {}, 'readable'],
  ['tenant', 'version 1, which it may', version('1'), 'blocked'],
  ['tenant', 'version 2, which it may not', version('2'), 'blocked'],
  ['other-port', 'version 2, which it may', version('2'), 'blocked'],
  ['app', 'version 1 and a name that both allow', version('1', { 'X-Trace': 't' }), 'readable'],
  ['app', 'version 2 and a name that it alone allows', version('2', { 'X-Request-Id': 'r' }), 'blocked'],
  ['app', 'version 1 with cookies, which it alone takes', { ...version('1'), credentials: 'include' }, 'blocked'],
  ['app', 'PUT to version 1, which it alone has', { ...version('1'), method: 'PUT' }, 'readable'],
  ['app', 'PUT to version 1 with cookies', { ...version('1'), method: 'PUT', credentials: 'include' }, 'readable'],
];

const CONTINUED: readonly Row[] = [
  ['app', 'PUT', { method: 'PUT' }, 'readable'],
  ['app', 'PUT and a header', { method: 'PUT', headers: { 'X-Trace': 't' } }, 'readable'],
  ['app', 'PUT and another header', { method: 'PUT', headers: { 'X-Other': 't' } }, 'blocked'],
  ['app', 'DELETE', { method: 'DELETE' }, 'blocked'],
  ['tenant', 'PUT', { method: 'PUT' }, 'blocked'],
  ['app', 'OPTIONS of its own', { method: 'OPTIONS' }, 'readable'],
];

export const resourceScenarios: readonly Scenario[] = [
  ...mixed,
  ...VERSIONS.map(([page, what, step, expected]) =>
    one('versions of one URL', `${what}, by ${page}`, page, { path: '/p/versions', ...step, expected }),
  ),
  ...CONTINUED.map(([page, what, step, expected]) =>
    one('preflightContinue', `${what} by ${page}`, page, { path: '/p/continued', ...step, expected }),
  ),
  one('preflightContinue', 'a preflight before a login', 'app', {
    path: '/p/locked',
    method: 'PUT',
    expected: 'blocked',
  }),
  one('preflightContinue', 'a success of 200', 'app', { path: '/p/status-200', method: 'PUT', expected: 'readable' }),
];

/** What is refused stays refused: `debug` tells the browser's console, not the page. */
export const debugScenarios: readonly Scenario[] = (['app', 'tenant', 'sandboxed', 'api'] as const).flatMap((page) =>
  (
    [
      ['own', {}],
      ['own', { method: 'PUT' }],
      ['own', { method: 'PUT', credentials: 'include' }],
      ['methods-listed', { method: 'PATCH' }],
      ['headers-listed', { headers: { 'X-Trace': 't' } }],
      ['nobody', { method: 'PUT' }],
      ['closed', { method: 'PUT' }],
      ['none', { method: 'PUT' }],
      ['everyone', { method: 'PUT' }],
      ['everyone', { method: 'PUT', credentials: 'include' }],
      ['enforced', { method: 'PUT' }],
    ] as readonly (readonly [string, Partial<Step>])[]
  ).map(([policy, step]): Scenario => {
    const isFine = ['own', 'enforced'].includes(policy) && page === 'app';
    const isOpen = policy === 'everyone' && step.credentials !== 'include';
    const expected = page === 'api' || isFine || isOpen ? 'readable' : 'blocked';
    const title = `${page} under ${policy} ${JSON.stringify(step)}`;
    return { ...one('debug', title, page, { path: `/p/${policy}`, ...step, expected }), debug: true };
  }),
);

function one(group: string, title: string, page: PageName, step: Step): Scenario {
  return { group, title, page, steps: [step] };
}
