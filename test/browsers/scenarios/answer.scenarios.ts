import type { Scenario, Step } from './scenario.js';

const POLICIES = ['own', 'everyone', 'exposing', 'exposing-all', 'closed', 'enforced'];

/** What a page may read of an answer: its status, whatever it is, and the headers that the policy exposes. */
export const answerScenarios: readonly Scenario[] = POLICIES.flatMap((policy) => {
  const isOpen = policy !== 'closed';
  const isForCookies = isOpen && !['everyone', 'exposing-all'].includes(policy);
  const answer = (title: string, step: Step, page: Scenario['page'] = 'app'): Scenario => ({
    group: 'answers',
    title: `${title} under ${policy}`,
    page,
    steps: [step],
  });
  const readable = (path: string, more: Partial<Step> = {}): Step => ({
    path: `/p/${policy}${path}`,
    expected: isOpen ? 'readable' : 'blocked',
    ...more,
  });
  return [
    answer('headers', readable('')),
    answer('headers for the API’s own page', readable('', { expected: 'readable' }), 'api'),
    answer(
      'headers, with cookies',
      readable('', { credentials: 'include', expected: isForCookies ? 'readable' : 'blocked' }),
    ),
    answer('a HEAD', readable('', { method: 'HEAD' })),
    answer('a range', readable('/range', { headers: { Range: 'bytes=0-9' } })),
    answer('a 204', readable('', { method: 'DELETE' })),
    ...['400', '401', '403', '404', '418', '429', '500', '503'].map((code) =>
      answer(`a ${code}`, readable(`/status/${code}`)),
    ),
    answer('what a guard keeps', readable('/guarded')),
    answer('what a guard lets pass', readable('/guarded', { headers: { Authorization: 'Bearer secret' } })),
    answer(
      'JSON that is none',
      readable('', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: { kind: 'text', text: '{' },
      }),
    ),
    // No handler: forRoot shares nothing.
    answer('a URL that nobody serves', readable('/nothing', { expected: 'blocked' })),
    answer('no-cors', readable('', { mode: 'no-cors', expected: 'opaque' })),
    answer('no-cors for a status', readable('/status/500', { mode: 'no-cors', expected: 'opaque' })),
    answer('mode same-origin', readable('', { mode: 'same-origin', expected: 'blocked' })),
    answer(
      'mode same-origin for the API’s own page',
      readable('', { mode: 'same-origin', expected: 'readable' }),
      'api',
    ),
  ];
});

/** URLs that no controller serves have the policy of their entry in `paths`. */
export const pathScenarios: readonly Scenario[] = [
  ['app', {}, 'readable'],
  ['app', { credentials: 'include' }, 'readable'],
  ['app', { method: 'PUT', headers: { 'X-Trace': 't1' } }, 'readable'],
  ['tenant', {}, 'blocked'],
  ['tenant', { method: 'PUT' }, 'blocked'],
  ['sandboxed', {}, 'blocked'],
].map(([page, step, expected]) => ({
  group: 'answers',
  title: `a 404 under paths: ${page as string} ${JSON.stringify(step)}`,
  page: page as Scenario['page'],
  steps: [{ path: '/files/missing.css', ...(step as Partial<Step>), expected: expected as Step['expected'] }],
}));
