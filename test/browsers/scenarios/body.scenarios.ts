import { PAGE_NAMES } from './page-name.js';
import { isAdmitted, originPolicies, type OriginPolicyName } from './policies.js';
import type { BodyPlan, Scenario, Step } from './scenario.js';

const BODIES: readonly (readonly [title: string, body: BodyPlan, isSimple: boolean])[] = [
  ['a text', { kind: 'text', text: 'hello' }, true],
  ['fields', { kind: 'params', fields: { a: '1', b: '2' } }, true],
  ['a form with two files', { kind: 'form', fields: { a: '1', b: '2' } }, true],
  ['a Blob without a type', { kind: 'blob', size: 1000, type: '' }, true],
  ['an image', { kind: 'blob', size: 70_000, type: 'image/png' }, false],
  ['bytes', { kind: 'bytes', size: 1000 }, true],
];

const POLICIES = ['own', 'headers-none', 'closed'];

/** Uploads: what decides is the Content-Type that the body brings. */
const uploads: readonly Scenario[] = POLICIES.flatMap((policy) =>
  BODIES.flatMap(([title, body, isSimple]) =>
    (['POST', 'PUT'] as const).map((method): Scenario => {
      const passes = policy === 'own' || (policy === 'headers-none' && isSimple);
      const step: Step = { path: `/p/${policy}`, method, body, expected: passes ? 'readable' : 'blocked' };
      const preflights = method === 'PUT' || !isSimple ? 1 : 0;
      return {
        group: 'uploads',
        title: `${method} of ${title} under ${policy}`,
        page: 'app',
        steps: [step],
        preflights,
      };
    }),
  ),
);

/** Streams go by HTTP/2 only, where they go at all. @see https://fetch.spec.whatwg.org/#concept-http-network-fetch */
const streamed: readonly Scenario[] = ['own', 'closed'].map((policy) => ({
  group: 'uploads',
  title: `POST of a stream under ${policy}`,
  page: 'app',
  steps: [{ path: `/p/${policy}`, method: 'POST', body: { kind: 'stream', size: 1000 }, expected: 'blocked' }],
}));

const SSE_POLICIES: readonly OriginPolicyName[] = ['everyone', 'own', 'null', 'enforced', 'closed'];

const events: readonly Scenario[] = SSE_POLICIES.flatMap((policy) =>
  PAGE_NAMES.flatMap((page) =>
    (['same-origin', 'include'] as const).map((credentials): Scenario => {
      const isFine = page === 'api' || credentials === 'same-origin' || originPolicies[policy].credentials;
      const expected = isAdmitted(policy, page) && isFine ? 'readable' : 'blocked';
      const title = `${page} listens under ${policy}, ${credentials === 'include' ? 'with' : 'without'} cookies`;
      const step: Step = { call: 'event-source', path: `/p/${policy}/events`, credentials, expected };
      return { group: 'events', title, page, steps: [step], preflights: 0 };
    }),
  ),
);

const noEvents: readonly Scenario[] = ['/status/500', '/guarded', '', '/nothing'].map((path) => ({
  group: 'events',
  title: `what is no stream of events: ${path === '' ? 'JSON' : path}`,
  page: 'app',
  steps: [{ call: 'event-source', path: `/p/own${path}`, expected: 'blocked' }],
}));

export const bodyScenarios: readonly Scenario[] = [...uploads, ...streamed, ...events, ...noEvents];
