import type { PageName } from './page-name.js';
import type { Scenario, Step } from './scenario.js';

type Call = Partial<Step>;

const PUT: Call = { method: 'PUT' };
const DELETE: Call = { method: 'DELETE' };
const traced: Call = { headers: { 'X-Trace': 't1' } };
const numbered: Call = { headers: { 'X-Request-Id': 'r1' } };
const included: Call = { credentials: 'include' };
const another: Call = { path: '/p/age-600/status/404' };

/** The calls of one page, and how many preflights they cost. Each is for one URL unless it names another. */
const ROWS: readonly (readonly [title: string, policy: string, calls: readonly Call[], preflights: number])[] = [
  ['the same again', 'age-600', [PUT, PUT, PUT], 1],
  ['no age is five seconds', 'own', [PUT, PUT], 1],
  ['an age of 0', 'age-0', [PUT, PUT, PUT], 3],
  ['a method that the first answer listed', 'age-600', [PUT, DELETE], 1],
  ['a method that a list names', 'age-600-listed', [PUT, DELETE], 1],
  ['a method that came after a safelisted one', 'age-600', [traced, { ...PUT, ...traced }], 1],
  ['a header that was not asked about', 'age-600', [PUT, { ...PUT, ...traced }], 2],
  [
    'a header that was asked about, and another',
    'age-600',
    [traced, numbered, { headers: { 'X-Trace': 't1', 'X-Request-Id': 'r1' } }],
    2,
  ],
  ['a header that a list names', 'age-600-listed', [traced, numbered, { ...PUT, ...traced }], 1],
  ['headers after a method alone', 'age-600-listed', [PUT, { ...PUT, ...traced }], 2],
  ['a GET does not ask, and teaches nothing', 'age-600', [{}, {}, PUT, PUT], 1],
  ['cookies after none', 'age-600', [PUT, { ...PUT, ...included }], 2],
  ['none after cookies', 'age-600', [{ ...PUT, ...included }, PUT], 1],
  [
    'cookies again',
    'age-600',
    [
      { ...PUT, ...included },
      { ...PUT, ...included },
    ],
    1,
  ],
  ['another URL', 'age-600', [traced, { ...another, ...traced }, traced, { ...another, ...traced }], 2],
  ['another query', 'age-600', [PUT, { ...PUT, path: '/p/age-600?page=2' }], 2],
  ['another host', 'age-600', [PUT, { ...PUT, host: 'cdn' }, { ...PUT, host: 'cdn' }], 2],
  ['everyone', 'age-600-everyone', [PUT, PUT, DELETE], 1],
  [
    'everyone, with Authorization',
    'age-600-everyone',
    [{ headers: { Authorization: 'a' } }, { headers: { Authorization: 'a' } }],
    1,
  ],
];

const remembered: readonly Scenario[] = ROWS.map(([title, policy, calls, preflights]) => ({
  group: 'preflight cache',
  title,
  page: 'app',
  steps: calls.map((call): Step => ({ path: `/p/${policy}`, expected: 'readable', ...call })),
  preflights,
}));

const refused: readonly Scenario[] = (['tenant', 'sandboxed', 'data'] as const).flatMap((page: PageName) => [
  {
    group: 'preflight cache',
    title: `a refusal is not remembered, by ${page}`,
    page,
    steps: Array.from({ length: 3 }, (): Step => ({ path: '/p/age-600', ...PUT, expected: 'blocked' })),
    preflights: 3,
  },
  {
    group: 'preflight cache',
    title: `what is for everyone is remembered, by ${page}`,
    page,
    steps: Array.from({ length: 2 }, (): Step => ({ path: '/p/age-600-everyone', ...PUT, expected: 'readable' })),
    preflights: 1,
  },
]);

const forgotten: Scenario = {
  group: 'preflight cache',
  title: 'what was refused once is asked anew, and so is what was allowed',
  page: 'app',
  steps: [
    { path: '/p/age-600-listed', ...PUT, expected: 'readable' },
    { path: '/p/age-600-listed', method: 'PATCH', expected: 'blocked' },
    { path: '/p/age-600-listed', ...PUT, expected: 'readable' },
  ],
  preflights: 3,
};

/** Were DELETE sent unasked, the closed handler would have run, and the server would have seen one preflight. */
const closed: Scenario = {
  group: 'preflight cache',
  title: 'a method that is closed is not learnt from the answer for another one',
  page: 'app',
  steps: [
    { path: '/p/partly-closed', ...PUT, expected: 'readable' },
    { path: '/p/partly-closed', ...DELETE, expected: 'blocked' },
    { path: '/p/partly-closed', method: 'PATCH', expected: 'readable' },
  ],
  preflights: 3,
};

export const preflightCacheScenarios: readonly Scenario[] = [...remembered, ...refused, forgotten, closed];
