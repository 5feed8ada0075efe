import { describe, expect, it } from '@jest/globals';

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
    ['two RegExps', { origin: /^https:\/\/a\.example$/ }, { origin: /^https:\/\/a\.example$/i }],
  ])('tells %s apart', (_, one, other) => {
    expect(policyOf(one).key).not.toBe(policyOf(other).key);
  });

  it.each<[string, object, object]>([
    ['the order of origins', { origin: [APP, 'https://b.example'] }, { origin: ['https://b.example', APP, APP] }],
    ['a registered token', { origin: { resolver: Symbol.for('a') } }, { origin: { resolver: Symbol.for('a') } }],
    ['one function', { origin: ask }, { origin: [ask] }],
  ])('is the same for %s', (_, one, other) => {
    expect(policyOf(one).key).toBe(policyOf(other).key);
  });
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
