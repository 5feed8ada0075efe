import { TenantOrigins, startTenants } from '../apps/tenants.js';
import { ALLOWED, REFUSED } from '../apps/policies.js';
import { hookOf } from '../contenders/library.js';
import type { Middleware } from '../contenders/middleware.js';
import { middlewareWork } from '../http/middleware.work.js';
import type { Scenario } from '../measure/scenario.js';
import { assertCors, libraryAnswer } from './expected.js';
import { get } from './requests.js';

const TENANTS = Array.from({ length: 100 }, (_, index) => `t${index}`);
const WORKS = { allowed: ALLOWED, refused: REFUSED } as const;

/** A request whose tenant is fresh in the store, beside the same under one static list of twenty origins. */
export const tenantsScenario: Scenario = {
  contenders: ['empty', 'static', 'store'],
  baseOf: (contender) => (contender === 'empty' ? undefined : 'empty'),
  works: Object.keys(WORKS),
  prepare: async (contender) => {
    const middleware = await middlewareOf(contender);
    return new Map(
      Object.entries(WORKS).map(([work, origin]) => {
        const requests = TENANTS.map((tenant) => get(`/tenants/${tenant}/data`, { origin }));
        return [work, middlewareWork({ middleware, requests })];
      }),
    );
  },
  assert: (contender, work, answer) => {
    assertCors(answer, contender === 'empty' ? {} : libraryAnswer(work), `${contender}, ${work}`);
  },
};

async function middlewareOf(contender: string): Promise<Middleware> {
  if (contender !== 'static' && contender !== 'store') {
    return (_request, _response, done) => done();
  }
  const app = await startTenants(contender);
  const store = app.get(TenantOrigins);
  const asked = { origin: ALLOWED, phase: 'other', method: '', url: '', host: undefined, route: undefined } as const;
  for (const tenant of contender === 'store' ? TENANTS : []) {
    const signal = new AbortController().signal;
    await store.allowsOrigin(ALLOWED, { ...asked, params: { tenant }, credentials: true, signal });
  }
  return hookOf(app);
}
