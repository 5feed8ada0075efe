import { PAGE_NAMES, type PageName } from './page-name.js';
import { isAdmitted, ORIGIN_POLICY_NAMES, originPolicies, type OriginPolicyName } from './policies.js';
import type { Scenario, Step } from './scenario.js';

type Kind = readonly [title: string, step: Omit<Step, 'path' | 'expected'>];

const KINDS: readonly Kind[] = [
  ['reads', {}],
  [
    'asks first',
    {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-Trace': 't1' },
      body: { kind: 'text', text: '{"a":1}' },
    },
  ],
  ['sends its cookies', { credentials: 'include' }],
  [
    'sends a form with its cookies',
    { method: 'POST', body: { kind: 'params', fields: { a: '1' } }, credentials: 'include' },
  ],
];

/** Every policy, every page: who is let in. */
export const originScenarios: readonly Scenario[] = ORIGIN_POLICY_NAMES.flatMap((policy) =>
  PAGE_NAMES.flatMap((page) =>
    KINDS.map(([title, step]) => ({
      group: 'origins',
      title: `${page} ${title} under ${policy}`,
      page,
      steps: [{ ...step, path: `/p/${policy}`, expected: mayRead(policy, page, step) ? 'readable' : 'blocked' }],
    })),
  ),
);

function mayRead(policy: OriginPolicyName, page: PageName, { credentials }: Kind[1]): boolean {
  if (!isAdmitted(policy, page)) {
    return false;
  }
  return page === 'api' || credentials !== 'include' || originPolicies[policy].credentials;
}
