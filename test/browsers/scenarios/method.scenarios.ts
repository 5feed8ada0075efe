import type { Scenario } from './scenario.js';

/** `GET`, `HEAD` and `POST` are never asked about; these spellings are what a page writes. */
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'PROPFIND',
  'post',
  'put',
  'delete',
  'patch',
  'Patch',
];

/** What passes of these, besides the safelisted ones. Under `*` the server itself has no `patch`: Node refuses the line. */
const PASSING: Readonly<Record<string, readonly string[]>> = {
  own: ['PUT', 'put', 'PATCH', 'DELETE', 'delete', 'PROPFIND'],
  'methods-star': ['PUT', 'put', 'PATCH', 'DELETE', 'delete', 'PROPFIND'],
  'methods-listed': ['PUT', 'put', 'PROPFIND'],
  'methods-none': [],
  closed: [],
};

/** Methods as pages spell them, and lists as policies do. */
export const methodScenarios: readonly Scenario[] = [
  ...Object.entries(PASSING).flatMap(([policy, passing]) =>
    METHODS.map((method): Scenario => {
      const isSafelisted = /^(?:GET|HEAD|POST)$/i.test(method);
      const passes = policy !== 'closed' && (isSafelisted || passing.includes(method));
      return {
        group: 'methods',
        title: `${method} under ${policy}`,
        page: 'app',
        steps: [{ path: `/p/${policy}`, method, expected: passes ? 'readable' : 'blocked' }],
        preflights: isSafelisted ? 0 : 1,
      };
    }),
  ),
  {
    group: 'methods',
    title: 'SEARCH, which only that URL serves',
    page: 'app',
    steps: [
      { path: '/p/own/elsewhere', method: 'SEARCH', expected: 'readable' },
      { path: '/p/own', method: 'SEARCH', expected: 'blocked' },
    ],
    preflights: 2,
  },
  ...['OPTIONS', 'CONNECT', 'TRACE', 'NOT A TOKEN'].map((method): Scenario => ({
    group: 'methods',
    title: `${method}, which no handler answers`,
    page: 'app',
    steps: [{ path: '/p/own', method, expected: 'blocked' }],
    preflights: method === 'OPTIONS' ? 1 : 0,
  })),
];
