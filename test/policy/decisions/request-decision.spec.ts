import { describe, expect, it } from '@jest/globals';

import { CLOSED_POLICY, equalPolicies } from '../../../lib/policy/compile.js';
import { concludeRequest, evaluateRequest } from '../../../lib/policy/decisions/request-decision.js';
import { compileWith, policyOf } from '../policy-under-test.js';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example';

describe('the decision about a request', () => {
  it('has one shape, whatever it is', () => {
    const listed = policyOf({ origin: [APP, 'https://*.b.example'], credentials: true, exposedHeaders: ['Link'] });
    const asking = policyOf({ origin: () => true });
    const decisions = [
      evaluateRequest(listed, APP),
      evaluateRequest(listed, OTHER),
      evaluateRequest(listed, 'junk'),
      evaluateRequest(listed, undefined),
      evaluateRequest(asking, APP),
      concludeRequest(asking, APP, true),
      concludeRequest(asking, APP, false),
      evaluateRequest(policyOf({ origin: '*' }), APP),
      evaluateRequest(CLOSED_POLICY, APP),
    ];
    for (const decision of decisions) {
      expect(Object.keys(decision)).toEqual([
        'verdict',
        'reason',
        'allowOrigin',
        'allowCredentials',
        'exposeHeaders',
        'vary',
      ]);
    }
  });

  it.each([
    [{ origin: APP }, APP, 'allowed', undefined],
    [{ origin: APP }, OTHER, 'refused', 'origin-not-allowed'],
    [{ origin: APP }, undefined, 'refused', 'no-origin'],
    [{ origin: APP }, '', 'refused', 'no-origin'],
    [{ origin: 'https://*.b.example' }, 'junk', 'refused', 'origin-malformed'],
    [{ origin: 'https://*.b.example' }, 'null', 'refused', 'origin-not-allowed'],
    [{ origin: () => true }, APP, 'pending', undefined],
    [{ origin: () => true }, 'null', 'refused', 'origin-not-allowed'],
    [{ origin: () => true }, 'junk', 'refused', 'origin-malformed'],
    [{ origin: () => true }, '', 'refused', 'no-origin'],
    [{ origin: [APP, () => true] }, APP, 'allowed', undefined],
    [{ origin: '*' }, undefined, 'allowed', undefined],
    [false, APP, 'refused', 'closed'],
    [false, undefined, 'refused', 'closed'],
  ])('under %p, from %p: %s %s', (options, origin, verdict, reason) => {
    expect(evaluateRequest(policyOf(options), origin)).toMatchObject({ verdict, reason });
  });

  it('carries no header of its own before somebody was asked', () => {
    const policy = policyOf({ origin: () => true, credentials: true, exposedHeaders: ['Link'] });
    const empty = { allowOrigin: undefined, allowCredentials: false, exposeHeaders: undefined, vary: true };
    expect(evaluateRequest(policy, APP)).toMatchObject(empty);
    expect(concludeRequest(policy, APP, false)).toMatchObject({
      ...empty,
      verdict: 'refused',
      reason: 'origin-not-allowed',
    });
    expect(concludeRequest(policy, APP, true)).toEqual({
      verdict: 'allowed',
      reason: undefined,
      allowOrigin: APP,
      allowCredentials: true,
      exposeHeaders: 'Link',
      vary: true,
    });
  });

  it.each([
    ['no Origin', { origin: APP }, undefined],
    ['a refused one', { origin: APP }, OTHER],
    ['a malformed one', { origin: 'https://*.b.example' }, 'junk'],
    ['one to be asked about', { origin: () => true }, APP],
    ['everyone', { origin: '*' }, APP],
    ['a closed route', false, APP],
  ])('allocates nothing for %s', (_, options, origin) => {
    const policy = policyOf(options);
    expect(evaluateRequest(policy, origin)).toBe(evaluateRequest(policy, origin));
    expect(Object.isFrozen(evaluateRequest(policy, origin))).toBe(true);
  });

  it('finds an exact origin without looking at it', () => {
    const policy = policyOf({ origin: Array.from({ length: 1000 }, (_, index) => `https://a${index}.example`) });
    const parsing = ['indexOf', 'slice', 'charCodeAt', 'split', 'startsWith'] as const;
    const counted = countCalls(parsing, () => {
      evaluateRequest(policy, 'https://a999.example');
      evaluateRequest(policy, OTHER);
      evaluateRequest(policy, 'x'.repeat(15_000));
    });
    expect(counted).toBe(0);
  });

  it('looks a pattern up by the labels of the origin, however many patterns there are', () => {
    const patterns = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, index) => `https://*.a${index}.example:*`).concat('https://*.b.example');
    const steps = [2, 2000].map((count) => {
      const policy = policyOf({ origin: patterns(count) });
      return countSetLookups(() => expect(evaluateRequest(policy, 'https://x.y.b.example').verdict).toBe('allowed'));
    });
    expect(steps[0]).toBe(steps[1]);
    expect(steps[0]).toBeGreaterThan(1);
    expect(steps[0]).toBeLessThan(12);
  });

  it('takes 100 000 origins', () => {
    const policy = policyOf({ origin: Array.from({ length: 100_000 }, (_, index) => `https://a${index}.example`) });
    expect(evaluateRequest(policy, 'https://a99999.example').verdict).toBe('allowed');
    expect(evaluateRequest(policy, 'https://a100000.example').verdict).toBe('refused');
    expect(policy.key.length).toBeLessThan(1000);
  });
});

describe('equal policies', () => {
  const decide = (): boolean => true;
  const token = Symbol('token');

  it.each([
    [{ origin: [APP, OTHER] }, { origin: [OTHER, APP, APP] }],
    [
      { origin: APP, methods: ['PUT', 'DELETE'] },
      { origin: APP, methods: 'DELETE,PUT' },
    ],
    [
      { origin: APP, allowedHeaders: ['X-A', 'X-B'] },
      { origin: APP, allowedHeaders: 'x-b, x-a' },
    ],
    [
      { origin: APP, exposedHeaders: ['X-A', 'X-B'] },
      { origin: APP, exposedHeaders: 'x-b, x-a' },
    ],
    [{ origin: /https:\/\/a\.example/g }, { origin: [/https:\/\/a\.example/] }],
    [{ origin: [decide, { resolver: token }] }, { origin: [{ resolver: token }, decide] }],
    [{ origin: { resolver: 'T' } }, { origin: { resolver: 'T' } }],
    [{ origin: { resolver: Symbol.for('T') } }, { origin: { resolver: Symbol.for('T') } }],
    [{ origin: APP }, { origin: APP, credentials: false, methods: 'auto', allowedHeaders: '*', exposedHeaders: [] }],
    [false, { origin: [], maxAge: 60, credentials: true, methods: ['PUT'] }],
  ])('%p and %p', (one, other) => expect(equalPolicies(policyOf(one), policyOf(other))).toBe(true));

  it.each([
    [{ origin: APP }, { origin: OTHER }],
    [{ origin: APP }, { origin: [APP, OTHER] }],
    [{ origin: APP }, false],
    [{ origin: '*' }, { origin: APP }],
    [{ origin: APP }, { origin: APP, credentials: true }],
    [{ origin: APP }, { origin: APP, methods: '*' }],
    [{ origin: APP }, { origin: APP, methods: [] }],
    [{ origin: APP }, { origin: APP, allowedHeaders: [] }],
    [{ origin: APP }, { origin: APP, exposedHeaders: '*' }],
    [{ origin: APP }, { origin: APP, maxAge: 0 }],
    [{ origin: APP }, { origin: APP, optionsSuccessStatus: 200 }],
    [{ origin: APP }, { origin: APP, preflightContinue: true }],
    [{ origin: APP }, { origin: APP, enforce: true }],
    [{ origin: APP }, { origin: APP, originTimeout: 5 }],
    [{ origin: (): boolean => true }, { origin: (): boolean => true }],
    [{ origin: /https:\/\/a\.example/ }, { origin: /https:\/\/a\.example/i }],
    [{ origin: { resolver: 'T' } }, { origin: { resolver: Symbol.for('T') } }],
    [{ origin: { resolver: Symbol('T') } }, { origin: { resolver: Symbol('T') } }],
    [{ origin: { resolver: 'T' } }, { origin: { resolver: 'U' } }],
    [{ origin: (): boolean => true }, { origin: (): boolean => true, dangerouslyAllow: ['null-origin'] }],
    [false, { origin: false, enforce: true }],
    [false, { origin: false, optionsSuccessStatus: 200 }],
  ])('are not %p and %p', (one, other) => expect(equalPolicies(policyOf(one), policyOf(other))).toBe(false));

  it('are not a policy and none', () => {
    expect(equalPolicies(undefined, undefined)).toBe(true);
    expect(equalPolicies(undefined, CLOSED_POLICY)).toBe(false);
    expect(equalPolicies(CLOSED_POLICY, undefined)).toBe(false);
  });

  it('are one object where they say the same in the same words', () => {
    const book = { a: { origin: [APP] }, b: { origin: APP } };
    expect(compileWith(book, {}, 'a').policy?.key).toBe(compileWith(book, {}, 'b').policy?.key);
  });

  it('count the closed policy among them', () => {
    expect(CLOSED_POLICY.closed).toBe(true);
    expect(equalPolicies(CLOSED_POLICY, policyOf(false))).toBe(true);
    expect(CLOSED_POLICY.origins.matches(APP)).toBe(false);
  });
});

/** How often methods of strings are called meanwhile. */
function countCalls(
  names: readonly ('indexOf' | 'slice' | 'charCodeAt' | 'split' | 'startsWith')[],
  run: () => void,
): number {
  return countOn(String.prototype, names, run);
}

function countSetLookups(run: () => void): number {
  return countOn(Set.prototype, ['has'], run);
}

function countOn(target: object, names: readonly string[], run: () => void): number {
  let calls = 0;
  const originals = names.map((name) => [name, Reflect.get(target, name) as (...args: unknown[]) => unknown] as const);
  for (const [name, original] of originals) {
    Reflect.set(target, name, function counted(this: unknown, ...args: unknown[]) {
      calls += 1;
      return Reflect.apply(original, this, args);
    });
  }
  try {
    run();
  } finally {
    for (const [name, original] of originals) {
      Reflect.set(target, name, original);
    }
  }
  return calls;
}
