import { describe, expect, it } from '@jest/globals';

import { compilePolicy } from '../../lib/policy/compile.js';
import { readNamedPolicies } from '../../lib/policy/layers/named-policies.js';
import { policyOf } from './policy-under-test.js';

const APP = 'https://app.example.com';
const ask = (): boolean => true;
const NULL_TOO = { dangerouslyAllow: ['null-origin'] };

/** Routes with equal keys share one policy: what decides differently must never have the same. */
describe('the key of a policy', () => {
  it.each<[string, object, object]>([
    ['everyone and nobody', { origin: '*' }, { origin: [] }],
    ['null and not', { origin: [APP, 'null'], ...NULL_TOO }, { origin: [APP], ...NULL_TOO }],
    ['null put to a function and not', { origin: ask, ...NULL_TOO }, { origin: ask }],
    ['two functions', { origin: ask }, { origin: () => true }],
    ['two tokens', { origin: { resolver: Symbol('a') } }, { origin: { resolver: Symbol('a') } }],
    ['two registered tokens', { origin: { resolver: Symbol.for('a') } }, { origin: { resolver: Symbol.for('b') } }],
    ['two named tokens', { origin: { resolver: 'a' } }, { origin: { resolver: 'b' } }],
    ['a token and its text', { origin: { resolver: Symbol.for('a') } }, { origin: { resolver: 'Symbol.for("a")' } }],
    ['a string and a RegExp', { origin: 'https://a.example' }, { origin: /^https:\/\/a\.example$/ }],
    ['methods', { origin: APP, methods: ['PUT'] }, { origin: APP, methods: ['PATCH'] }],
    ['request headers', { origin: APP, allowedHeaders: ['X-A'] }, { origin: APP, allowedHeaders: ['X-B'] }],
    ['response headers', { origin: APP, exposedHeaders: ['X-A'] }, { origin: APP, exposedHeaders: ['X-B'] }],
    ['credentials', { origin: APP }, { origin: APP, credentials: true }],
    ['a closed policy that is enforced', { origin: false }, { origin: false, enforce: true }],
    ['a closed policy from an open one', { origin: false }, { origin: APP }],
    ['two RegExps', { origin: /^https:\/\/a\.example$/ }, { origin: /^https:\/\/a\.example$/i }],
  ])('tells %s apart', (_, one, other) => {
    expect(policyOf(one).key).not.toBe(policyOf(other).key);
  });

  it.each<[string, object, object]>([
    ['the order of origins', { origin: [APP, 'https://b.example'] }, { origin: ['https://b.example', APP, APP] }],
    ['a registered token', { origin: { resolver: Symbol.for('a') } }, { origin: { resolver: Symbol.for('a') } }],
    ['the case of header names', { origin: APP, allowedHeaders: ['X-A'] }, { origin: APP, allowedHeaders: ['x-a'] }],
    ['the order of methods', { origin: APP, methods: ['PUT', 'PATCH'] }, { origin: APP, methods: ['PATCH', 'PUT'] }],
    ['what no longer shows', { origin: false, maxAge: 1 }, { origin: false, maxAge: 2 }],
    ['one function', { origin: ask }, { origin: [ask] }],
  ])('is the same for %s', (_, one, other) => {
    expect(policyOf(one).key).toBe(policyOf(other).key);
  });
});

it('policies of one start are one object only if they are equal', () => {
  const { named } = readNamedPolicies(undefined);
  const compile = (options: object): unknown =>
    compilePolicy([{ where: 'forRoot', values: [{ origin: APP, ...options }] }], named).policy;
  const policies = [{}, {}, { maxAge: 1 }, { methods: ['PUT'] }, { origin: 'https://b.example' }].map(compile);
  expect(policies[0]).toBe(policies[1]);
  expect(new Set(policies).size).toBe(4);
});

describe('nobody', () => {
  it.each<[object, boolean]>([
    [{ origin: [] }, true],
    [{ origin: false }, true],
    [{ origin: /^https:\/\/a\.example$/ }, false],
    [{ origin: ask }, false],
    [{ origin: ['https://a.example', /^https:\/\/b\.example$/] }, false],
    [{ origin: 'null', ...NULL_TOO }, false],
  ])('is %j: %s', (options, closed) => {
    expect(policyOf(options).closed).toBe(closed);
  });
});
