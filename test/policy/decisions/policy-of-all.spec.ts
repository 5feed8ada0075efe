import { describe, expect, it } from '@jest/globals';

import { concludeRequest, evaluateRequest } from '../../../lib/policy/decisions/request-decision.js';
import { policyOfAll } from '../../../lib/policy/decisions/policy-of-all.js';
import type { RequestDecision } from '../../../lib/policy/model/decision.js';
import type { CorsPolicy } from '../../../lib/policy/model/policy.js';
import { policyOf } from '../policy-under-test.js';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example';

function together(...options: readonly unknown[]): CorsPolicy {
  const policy = policyOfAll(options.map((each) => policyOf(each)));
  if (policy === undefined) {
    throw new Error('there is no policy');
  }
  return policy;
}

function decide(policy: CorsPolicy, origin: string | undefined): Partial<RequestDecision> {
  const { verdict, allowOrigin, allowCredentials, exposeHeaders, vary } = evaluateRequest(policy, origin);
  return { verdict, allowOrigin, allowCredentials, exposeHeaders, vary };
}

const REFUSED = { verdict: 'refused', allowOrigin: undefined, allowCredentials: false, exposeHeaders: undefined };
const refused = { ...REFUSED, vary: true };

describe('several policies together', () => {
  it('allow what each of them allows', () => {
    const policy = together({ origin: [APP, OTHER], maxAge: 1 }, { origin: APP, maxAge: 2 });
    expect(decide(policy, APP)).toEqual({ ...refused, verdict: 'allowed', allowOrigin: APP });
    expect(decide(policy, OTHER)).toEqual(refused);
    expect(decide(policy, undefined)).toEqual(refused);
    expect([policy.origins.matches(APP), policy.origins.matches(OTHER), policy.origins.everyone]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are for everyone where each of them is', () => {
    const policy = together({ origin: '*', maxAge: 1 }, { origin: '*', maxAge: 2 });
    expect(decide(policy, undefined)).toEqual({ ...REFUSED, verdict: 'allowed', allowOrigin: '*', vary: false });
    expect(decide(together({ origin: '*' }, { origin: APP }), OTHER)).toEqual(refused);
    expect(decide(together({ origin: '*' }, { origin: APP }), APP)).toMatchObject({ allowOrigin: APP, vary: true });
  });

  it('take no part beside a closed one, whose answer then varies where theirs would', () => {
    expect(decide(together({ origin: APP }, false), APP)).toEqual(refused);
    expect(decide(together({ origin: '*' }, false), APP)).toEqual({ ...REFUSED, vary: false });
  });

  it('have credentials where each of them has', () => {
    const secured = { origin: APP, credentials: true };
    expect(decide(together(secured, { ...secured, maxAge: 1 }), APP).allowCredentials).toBe(true);
    expect(decide(together(secured, { origin: APP }), APP).allowCredentials).toBe(false);
  });

  it.each([
    [['X-A', 'X-B'], ['x-b', 'X-C'], 'X-B'],
    [['X-A'], ['X-B'], undefined],
    [[], ['X-B'], undefined],
    ['*', ['X-B'], 'X-B'],
    ['*', '*', '*'],
  ])('expose what each of %j and %j exposes', (one, other, exposed) => {
    const policy = together({ origin: APP, exposedHeaders: one }, { origin: APP, exposedHeaders: other, maxAge: 1 });
    expect(decide(policy, APP).exposeHeaders).toBe(exposed);
  });

  it('ask where one of them has to and none refuses', () => {
    const asking = { origin: [APP, () => true] };
    const policy = together(asking, { origin: OTHER });
    expect(decide(policy, OTHER)).toMatchObject({ verdict: 'pending' });
    expect(decide(policy, APP)).toEqual(refused);
    expect(decide(policy, 'junk')).toEqual(refused);
    expect(concludeRequest(policy, OTHER, true).allowOrigin).toBe(OTHER);
    expect(policy.together).toHaveLength(2);
  });

  it('take the methods that they have in common, and are enforced where one is', () => {
    const policy = together(
      { origin: APP, methods: ['PUT', 'PATCH'], enforce: true },
      { origin: APP, methods: ['PUT'] },
    );
    expect([policy.methods, policy.enforce]).toEqual([['PUT'], true]);
  });

  it('are themselves where there is one, and nothing where there is none', () => {
    const policy = policyOf({ origin: APP });
    expect(policyOfAll([policy])).toBe(policy);
    expect(policyOfAll([])).toBeUndefined();
  });
});
