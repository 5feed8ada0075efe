import { describe, expect, it } from '@jest/globals';

import { POLICY_KEYS } from '../../lib/policy/layers/written-policy.js';
import { readNamedPolicies } from '../../lib/policy/layers/named-policies.js';
import { describeIssue } from '../../lib/policy/mistakes/issue.js';
import { compileLayers, compileWith, mistakes, policyOf } from './policy-under-test.js';

const origin = 'https://app.example.com';

function boom(): never {
  throw new Error('boom');
}

/** A proxy whose every trap throws. */
function trapped(target: object): object {
  return new Proxy(target, new Proxy({}, { get: () => boom }));
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

describe('a policy of the wrong type', () => {
  it.each([undefined, null, true, 0, 1n, Symbol('s'), () => false, [[]], [['partners']], trapped({}), revoked()])(
    '(%#) is one mistake',
    (value) => {
      const result = compileLayers({ origin: '*' }, [value]);
      expect(mistakes(result)).toEqual([expect.stringMatching(/^layer 1: type$/)]);
      expect(result.policy).toBeUndefined();
    },
  );
});

describe('unknown options', () => {
  it.each([
    ['allowHeaders', 'allowedHeaders'],
    ['exposeHeaders', 'exposedHeaders'],
    ['origins', 'origin'],
    ['method', 'methods'],
    ['allowCredentials', 'credentials'],
    ['maxAgeSeconds', 'maxAge'],
    ['maxage', 'maxAge'],
    ['optionSuccessStatus', 'optionsSuccessStatus'],
    ['preflight', undefined],
    ['x'.repeat(100), undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('%s: did you mean %s?', (key, guess) => {
    const options = Object.defineProperty({ origin }, key, { value: 1, enumerable: true });
    expect(compileLayers({}, options).issues).toMatchObject([{ code: 'unknown-option', path: key, value: key, guess }]);
  });

  it('count with a symbol for a key, and with undefined for a value', () => {
    expect(compileLayers({}, { origin, [Symbol('x')]: 1, nope: undefined }).issues).toMatchObject([
      { code: 'unknown-option', path: 'nope' },
      { code: 'unknown-option', path: '', value: expect.any(Symbol) },
    ]);
  });

  it('are not those of forRoot that are no policy', () => {
    expect(mistakes(compileLayers({ origin, policies: {}, paths: [], debug: true }))).toEqual([]);
    expect(compileLayers({ origin, polices: {} }).issues).toMatchObject([{ guess: 'policies' }]);
    expect(compileLayers({}, { origin, debug: true }).issues).toMatchObject([
      { code: 'unknown-option', path: 'debug' },
    ]);
  });

  it('are all but these', () => {
    expect(POLICY_KEYS.toSorted()).toEqual([
      'allowedHeaders',
      'credentials',
      'dangerouslyAllow',
      'enforce',
      'exposedHeaders',
      'maxAge',
      'methods',
      'optionsSuccessStatus',
      'origin',
      'originTimeout',
      'preflightContinue',
      'use',
    ]);
  });
});

describe('values that fight back', () => {
  it.each(POLICY_KEYS)('a getter of %s that throws is a mistake', (key) => {
    const options = Object.defineProperty({ origin }, key, { get: boom, enumerable: true });
    expect(compileLayers({}, options).issues).toMatchObject([
      { code: 'type', path: key, expected: expect.stringContaining('threw') },
    ]);
  });

  it.each(POLICY_KEYS)('a proxy for %s that throws is a mistake', (key) => {
    for (const value of [trapped([]), trapped({}), revoked()]) {
      const issues = compileLayers({}, { origin, [key]: value }).issues;
      expect(issues.length).toBeGreaterThan(0);
      expect(issues.map(describeIssue).join('')).not.toContain('boom');
    }
  });

  it('a list whose items throw is a mistake', () => {
    const list = Object.defineProperty(['PUT'], 0, { get: boom });
    expect(mistakes(compileLayers({}, { origin, methods: list }))).toEqual(['layer 1: methods type']);
  });

  it('inherited keys are not options, so that a polluted prototype opens nothing', () => {
    for (const [key, value] of Object.entries({ origin: '*', credentials: true })) {
      // eslint-disable-next-line no-extend-native -- the pollution is the point
      Object.defineProperty(Object.prototype, key, { value, configurable: true });
    }
    try {
      expect(mistakes(compileLayers({}, {}))).toEqual(['layer 1: origin-missing']);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'origin');
      Reflect.deleteProperty(Object.prototype, 'credentials');
    }
  });

  it.each<[string, object]>([
    [
      'a getter',
      new (class Options {
        get origin(): string {
          return '*';
        }
      })(),
    ],
    ['a field of a base object', Object.create({ origin: '*' })],
    ['one of an object without a prototype', Object.create(Object.assign(Object.create(null), { origin: '*' }))],
  ])('an option that the object has only from its class is a mistake that says so: %s', (_, options) => {
    expect(compileLayers({}, options).issues).toMatchObject([
      { code: 'type', path: '', expected: expect.stringMatching(/^a plain object, as origin is inherited/) },
    ]);
  });

  it('an instance of a class is a policy by its own fields', () => {
    class Options {
      origin = origin;
      maxAge = 5;
    }
    expect(policyOf(new Options()).maxAge).toBe(5);
    expect(policyOf(Object.assign(Object.create(null) as object, { origin })).closed).toBe(false);
  });

  it('each key is read once', () => {
    let reads = 0;
    const options = {
      get origin(): string {
        reads += 1;
        return reads === 1 ? origin : '*';
      },
    };
    const { policy } = compileLayers({}, options, options, options);
    expect(policy?.origins.everyone).toBe(false);
    expect(reads).toBe(1);
  });
});

describe('what people pass in', () => {
  it('is not changed', () => {
    const options = Object.freeze({
      origin: Object.freeze([origin, /https:\/\/a\.example/g, 'https://*.example.com']),
      methods: Object.freeze(['PUT', 'PATCH', 'DELETE']),
      allowedHeaders: Object.freeze({ add: Object.freeze(['X-B', 'X-A']) }),
      exposedHeaders: Object.freeze(['X-B', 'X-A']),
      dangerouslyAllow: Object.freeze([]),
    });
    expect(mistakes(compileLayers({ allowedHeaders: ['X-Z'] }, options))).toEqual([]);
  });

  it('changes no policy by what becomes of it', () => {
    const options = { origin: [origin], methods: ['PUT'], allowedHeaders: ['X-A'], exposedHeaders: ['X-A'] };
    const policy = policyOf(options);
    options.origin.push('https://evil.example');
    options.methods.push('DELETE');
    options.allowedHeaders.push('X-Evil');
    options.exposedHeaders[0] = 'X-Evil';
    expect(policy.origins.matches('https://evil.example')).toBe(false);
    expect(policy).toMatchObject({
      methods: ['PUT'],
      methodsText: 'PUT',
      allowedHeaders: { text: 'X-A' },
      exposedHeaders: 'X-A',
    });
  });

  it('is read anew at the next start', () => {
    const options = { origin: [origin] };
    policyOf(options);
    options.origin.push('https://b.example');
    expect(policyOf(options).origins.matches('https://b.example')).toBe(true);
  });

  it('compiles to what is frozen', () => {
    const { policy, ...rest } = compileLayers(
      {},
      { origin: [origin, () => true], methods: ['PUT'], allowedHeaders: ['X-A'] },
    );
    const parts = [
      policy,
      policy?.origins,
      policy?.asks,
      policy?.asks[0],
      policy?.methods,
      policy?.allowedHeaders,
      policy?.answers,
    ];
    for (const part of [...parts, rest.warnings, rest.sources, ...Object.values(policy?.answers ?? {})]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('the book of policies', () => {
  it.each([null, 1, 'partners', [], [{}], () => ({}), true])(
    'of a wrong type (%p) is a mistake of forRoot',
    (policies) => {
      expect(readNamedPolicies(policies).issues).toMatchObject([{ code: 'type', where: 'forRoot', path: 'policies' }]);
    },
  );

  it('may be left out', () => expect(readNamedPolicies(undefined).issues).toEqual([]));

  it('survives getters and proxies that throw', () => {
    expect(readNamedPolicies(trapped({})).issues).toMatchObject([{ code: 'type', where: 'forRoot', path: 'policies' }]);
    expect(
      readNamedPolicies({
        get a(): never {
          return boom();
        },
      }).issues,
    ).toMatchObject([{ code: 'type', path: 'policies' }]);
    expect(
      readNamedPolicies({
        a: {
          get origin(): never {
            return boom();
          },
        },
      }).issues,
    ).toMatchObject([{ code: 'type', where: 'policies.a', path: 'origin' }]);
  });

  it.each([null, 5, true, []])('reports a policy of a wrong type (%p) under its name', (policy) => {
    expect(readNamedPolicies({ a: policy }).issues).toMatchObject([{ code: 'type', where: 'policies.a', path: '' }]);
  });

  it('has no names from a prototype', () => {
    expect(compileWith({}, {}, 'constructor').issues).toMatchObject([{ code: 'unknown-policy' }]);
    expect(compileWith(JSON.parse('{"__proto__":{"origin":"*"}}'), {}, '__proto__').policy?.origins.everyone).toBe(
      true,
    );
  });
});
