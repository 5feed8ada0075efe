import { describe, expect, it } from '@jest/globals';

import { readNamedPolicies } from '../../../lib/policy/layers/named-policies.js';
import { cureWithCredentials } from '../../../lib/policy/layers/cures-with-credentials.js';
import { givenOptions, type OptionsPlace } from '../../../lib/policy/layers/written-policy.js';
import { ownOptions } from '../../../lib/policy/model/own-keys.js';
import { compileLayers } from '../policy-under-test.js';

class Resolver {
  allowsOrigin = (): boolean => true;
}

function cureOf(value: unknown, place: OptionsPlace): string | undefined {
  return givenOptions(value, place, ['origin']).expected;
}

describe('what is given in place of options is answered with what was meant', () => {
  it.each<[string, unknown, string, string]>([
    [
      'nothing',
      undefined,
      '{} for no options (a factory has to return them, with parentheses: () => ({ … }))',
      "a policy, such as { origin: 'https://app.example.com' }, the name of one, or false to allow no origin",
    ],
    ['true', true, "{ origin: '*' } for any origin", "{ origin: '*' } for any origin"],
    ['false', false, '{ origin: false } for none', '{ origin: false } for none'],
    ['everyone', '*', "{ origin: '*' }", "{ origin: '*' }"],
    [
      'a misspelt origin',
      'https://App.example.com/',
      '{ origin: "https://app.example.com" }',
      '{ origin: "https://app.example.com" }',
    ],
    [
      'a word',
      'cors',
      "an object with options, such as { origin: 'https://app.example.com' }",
      "an object with options, such as { origin: 'https://app.example.com' }",
    ],
    [
      'a number',
      5,
      "an object with options, such as { origin: 'https://app.example.com' }",
      "an object with options, such as { origin: 'https://app.example.com' }",
    ],
    [
      'a class',
      Resolver,
      'forRootAsync({ useClass: … }) for a class that creates the options',
      '{ origin: { resolver: … } } around a class that decides about origins',
    ],
    [
      'a function without parameters',
      () => ({}),
      'forRootAsync({ useFactory: … }) for options that a function creates',
      'the options themselves; for what depends on the origin, { origin: (origin, request) => true or false }',
    ],
    [
      'a delegate',
      (_request: unknown, callback: () => void) => callback(),
      'the options themselves; for what depends on the route, @Cors; for what depends on the origin, { origin: (origin, request) => true or false }',
      'the options themselves; for what depends on the origin, { origin: (origin, request) => true or false }',
    ],
    ['a list', [], '{ origin: [ … ] } around a list of origins', '{ origin: [ … ] } around a list of origins'],
    [
      'a promise',
      Promise.resolve({}),
      'the options themselves, or forRootAsync({ useFactory: async () => … }) for options that are loaded later',
      'the policy itself, which has to exist when the class is defined',
    ],
    [
      'a Map',
      new Map([['origin', '*']]),
      'a plain object (Object.fromEntries(map) for a Map)',
      'a plain object (Object.fromEntries(map) for a Map)',
    ],
    ...['a plain object', 'an instance with fields'].map((title, at): [string, unknown, string, string] => [
      title,
      at === 0 ? {} : new Resolver(),
      'nothing',
      'nothing',
    ]),
  ])('%s', (_, value, inForRoot, inPolicy) => {
    expect(cureOf(value, 'forRoot') ?? 'nothing').toBe(inForRoot);
    expect(cureOf(value, 'policy') ?? 'nothing').toBe(inPolicy);
  });

  it('an option of the class alone is named', () => {
    const options = new (class {
      get origin(): string {
        return '*';
      }
    })();
    expect(cureOf(options, 'forRoot')).toBe(
      "a plain object, as origin is inherited from the object's class: { origin: options.origin }",
    );
  });

  it('a Map of named policies is a mistake, as its policies would be lost', () => {
    expect(readNamedPolicies(new Map([['partners', { origin: '*' }]])).issues).toMatchObject([
      {
        code: 'type',
        where: 'forRoot',
        path: 'policies',
        expected: expect.stringContaining('Object.fromEntries(map)'),
      },
    ]);
  });

  it('true among origins is no cure for those beside it', () => {
    const expectedOf = (origin: unknown): unknown =>
      compileLayers({}, { origin }).issues.map((issue) => ('expected' in issue ? issue.expected : issue.code));
    expect(expectedOf(true)).toEqual(["'*' for any origin"]);
    expect(expectedOf([true, 'https://app.example.com'])).toEqual(["'*' alone for any origin, or the list without it"]);
  });

  it('the name of a policy that is no text has no cure of its own', () => {
    const issue = { code: 'unknown-policy', where: 'Cats', path: '', guess: undefined, suggestion: '' } as const;
    expect(cureWithCredentials({ ...issue, value: Symbol('partners') })).toMatchObject({ suggestion: undefined });
    expect(cureWithCredentials({ ...issue, value: 'http://app.example.com' })).toMatchObject({
      suggestion: '{ origin: "https://app.example.com" }',
    });
  });
});

describe('a copy of options', () => {
  it('has their own keys and nothing else, each read once', () => {
    let reads = 0;
    const copy = ownOptions(
      Object.create(
        { credentials: true },
        {
          origin: {
            enumerable: true,
            get: () => {
              reads += 1;
              return '*';
            },
          },
        },
      ) as { readonly origin: string; readonly toString?: unknown },
    );
    expect(Object.keys(copy)).toEqual(['origin']);
    expect([copy.origin, copy.origin, reads]).toEqual(['*', '*', 1]);
    expect(Object.getPrototypeOf(copy)).toBeNull();
    expect(copy.toString).toBeUndefined();
  });
});
