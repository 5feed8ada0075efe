import { describe, expect, it } from '@jest/globals';

import { CLOSED_POLICY } from '../../../lib/policy/compile.js';
import type { PreflightDecision } from '../../../lib/policy/model/decision.js';
import {
  concludePreflight,
  evaluatePreflight,
  type PreflightQuestion,
} from '../../../lib/policy/decisions/preflight-decision.js';
import { pairsOf } from '../../../lib/policy/model/flat-headers.js';
import type { CorsPolicy } from '../../../lib/policy/model/policy.js';
import { policyOf, promisedBy, question } from '../policy-under-test.js';

/** At the URL asked about. */
const SERVED = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'];
const APP = 'https://app.example.com';
const OTHER = 'https://other.example';
const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
const VARY_FOR_EVERYONE = 'Access-Control-Request-Method, Access-Control-Request-Headers';

function decide(options: unknown, change: Partial<PreflightQuestion> = {}): PreflightDecision {
  return decideAll([options], change);
}

/** Among several candidates. */
function decideAll(options: readonly unknown[], change: Partial<PreflightQuestion> = {}): PreflightDecision {
  const policies = options.map((each) => policyOf(each));
  return evaluatePreflight(policies, question({ promised: () => promisedBy(policies, SERVED), ...change }));
}

function header(decision: PreflightDecision, name: string): string | undefined {
  return new Map(pairsOf(decision.headers)).get(name);
}

describe('headers in one list', () => {
  it('are pairs of names and values', () => {
    expect(pairsOf(['Vary', 'Origin', 'X-A', 'a'])).toEqual([
      ['Vary', 'Origin'],
      ['X-A', 'a'],
    ]);
    expect(pairsOf([])).toEqual([]);
    expect(pairsOf(['X-A'])).toEqual([['X-A', undefined]]);
  });
});

describe('a preflight that passes', () => {
  it('has its headers in one order', () => {
    const everything = {
      origin: APP,
      credentials: true,
      maxAge: 5,
      optionsSuccessStatus: 200,
      exposedHeaders: ['Link'],
    };
    expect(decide(everything, { headers: 'x-a' })).toEqual({
      verdict: 'allowed',
      step: undefined,
      reason: undefined,
      status: 200,
      continues: false,
      headers: [
        ['Vary', VARY],
        ['Access-Control-Allow-Origin', APP],
        ['Access-Control-Allow-Credentials', 'true'],
        ['Access-Control-Allow-Methods', 'GET, HEAD, PUT, PATCH, DELETE'],
        ['Access-Control-Allow-Headers', 'x-a'],
        ['Access-Control-Max-Age', '5'],
        ['Content-Length', '0'],
      ].flat(),
    });
  });

  it.each([
    [200, '0'],
    [204, undefined],
    [205, '0'],
  ])('with status %d has a Content-Length of %s', (status, length) => {
    expect(header(decide({ origin: APP, optionsSuccessStatus: status }), 'Content-Length')).toBe(length);
  });

  it('goes on to the app under preflightContinue, which says itself what its answer contains', () => {
    const decision = decide({ origin: APP, preflightContinue: true, optionsSuccessStatus: 200 });
    expect(decision).toMatchObject({ verdict: 'allowed', continues: true });
    expect(header(decision, 'Content-Length')).toBeUndefined();
    expect(header(decision, 'Access-Control-Allow-Methods')).toBe('GET, HEAD, PUT, PATCH, DELETE');
  });
});

describe('a preflight that is refused', () => {
  it.each([
    ['origin', 'origin-not-allowed', { origin: OTHER }],
    ['origin', 'no-origin', { origin: '' }],
    ['origin', 'origin-malformed', { origin: 'junk' }],
    ['method', 'method-not-allowed', { method: 'DELETE' }],
    ['headers', 'header-not-allowed', { headers: 'x-b' }],
    ['headers', 'headers-malformed', { headers: 'x b' }],
  ])('at the %s for %s is a 403 with Vary and no body', (step, reason, change) => {
    const policy = {
      origin: [APP, 'https://*.b.example'],
      credentials: true,
      methods: ['PUT'],
      allowedHeaders: ['X-A'],
      maxAge: 5,
      preflightContinue: true,
    };
    expect(decide(policy, change)).toEqual({
      verdict: 'refused',
      step,
      reason,
      status: 403,
      headers: [
        ['Vary', VARY],
        ['Content-Length', '0'],
      ].flat(),
      continues: false,
    });
  });

  it('says whether the method is missing in a list or on the URL', () => {
    expect(decide({ origin: APP }, { method: 'PATCH' }).reason).toBe('method-not-served');
    expect(decide({ origin: APP, methods: ['PUT'] }, { method: 'PATCH' }).reason).toBe('method-not-allowed');
    expect(decide({ origin: APP, methods: '*' }, { method: 'P ATCH' }).reason).toBe('method-not-allowed');
  });

  it('is made once', () => {
    expect(decide({ origin: APP }, { origin: OTHER })).toBe(decide({ origin: APP, maxAge: 5 }, { origin: OTHER }));
    expect(Object.isFrozen(decide({ origin: APP }, { origin: OTHER }).headers)).toBe(true);
  });

  it('of a closed policy has the full Vary', () => {
    expect(decide(false)).toMatchObject({
      reason: 'closed',
      step: 'origin',
      headers: [
        ['Vary', VARY],
        ['Content-Length', '0'],
      ].flat(),
    });
  });
});

describe('a URL that does not serve the announced method', () => {
  it.each(['auto', '*', ['PUT']])('refuses it at the method, whatever the policy says of methods (%j)', (methods) => {
    const options = { origin: APP, methods };
    expect(decide(options, { unserved: true })).toMatchObject({ step: 'method', reason: 'method-not-served' });
    expect(decide(options, { unserved: true, method: 'POST' })).toMatchObject({ step: 'method' });
    expect(decide(options, { unserved: true, origin: OTHER })).toMatchObject({ step: 'method' });
    expect(decide(false, { unserved: true })).toMatchObject({ step: 'method', reason: 'method-not-served' });
    expect(decide(options, { unserved: false }).verdict).toBe('allowed');
  });

  it('does not ask what it serves, nor about the origin', () => {
    const asked = (): never => {
      throw new Error('asked');
    };
    const nobody = { isServed: asked, promised: asked, hasOptionsHandler: asked };
    expect(decide({ origin: () => true }, { unserved: true, ...nobody }).verdict).toBe('refused');
  });
});

describe('names longer than those allowed', () => {
  const policy = { origin: APP, allowedHeaders: ['X-Longest', 'X-A'] };

  it.each([
    ['x-longest', undefined],
    ['x-a,x-longest', undefined],
    ['x-longest1', 'header-not-allowed'],
    ['x-a,x-longest1', 'header-not-allowed'],
    // Not read to its end, so nobody knows what else is wrong with it.
    ['x-longer-than-what-browsers-have-of-their-own x', 'header-not-allowed'],
    ['x-longest x', 'headers-malformed'],
    ['x-longes@,', 'headers-malformed'],
  ])('are refused without reading on: %s', (headers, reason) => {
    expect(decide(policy, { headers }).reason).toBe(reason);
  });

  it.each([
    [[['X-Long'], ['X-Longest', 'X-Long']], undefined, 'x-longest', 'header-not-allowed'],
    [[['X-Long'], ['X-Longest', 'X-Long']], undefined, 'x-long', undefined],
    [['*', ['X-Long']], undefined, 'x-long', undefined],
    [['*', '*'], undefined, 'x-long', undefined],
    [[['X-A']], 'x-api-version', 'x-api-version', undefined],
    [[['X-A']], 'x-v', 'x-api-version', 'header-not-allowed'],
    [[[]], undefined, 'x', 'header-not-allowed'],
  ])('of %j and of the versioning header %s: %s', (lists, alwaysAllowed, headers, reason) => {
    const candidates = lists.map((allowedHeaders) => ({ origin: APP, allowedHeaders }));
    expect(decideAll(candidates, { headers, alwaysAllowed }).reason).toBe(reason);
  });
});

describe('names that browsers set themselves', () => {
  const policy = { origin: APP, allowedHeaders: ['X-A'] };

  it.each([
    ['origin', 'origin'],
    ['Origin, X-A', 'X-A, Origin'],
    ['origin,origin,cookie,x-a', 'X-A, origin, cookie'],
    ['sec-fetch-site', 'sec-fetch-site'],
    ['access-control-request-headers', 'access-control-request-headers'],
  ])('pass the step, as old browsers announce them: %s', (headers, allowed) => {
    const { verdict, headers: answer } = decide(policy, { headers });
    expect({ verdict, allowed: answer[answer.indexOf('Access-Control-Allow-Headers') + 1] }).toEqual({
      verdict: 'allowed',
      allowed,
    });
  });

  it.each(['origin, x-b', 'x-b, origin', 'accept', 'content-type', 'origin x', 'origins'])(
    'let nothing else pass with them: %s',
    (headers) => {
      expect(decide(policy, { headers })).toMatchObject({ verdict: 'refused', step: 'headers' });
    },
  );
});

describe('any method', () => {
  // In ACAM `*` would be read as every method.
  it.each(['TRACE', 'track', 'CONNECT', '*', '', 'A B', 'PÜT', 'PUT\r\nX: y', 'PUT,', '\u0000'])(
    'is not %j',
    (method) => {
      expect(decide({ origin: APP, methods: '*' }, { method })).toMatchObject({ verdict: 'refused', step: 'method' });
    },
  );

  it.each(['PURGE', 'patch', 'X-Y', 'OPTIONS'])('is %s', (method) => {
    expect(header(decide({ origin: APP, methods: '*' }, { method }), 'Access-Control-Allow-Methods')).toBe(method);
  });
});

describe('debug', () => {
  const policy = {
    origin: APP,
    credentials: true,
    methods: ['PUT'],
    allowedHeaders: ['X-A'],
    maxAge: 5,
    preflightContinue: true,
  };
  const origin = [
    ['Access-Control-Allow-Origin', APP],
    ['Access-Control-Allow-Credentials', 'true'],
  ];
  const method = ['Access-Control-Allow-Methods', 'PUT'];

  it.each([
    ['origin', { origin: OTHER }, []],
    ['method', { method: 'DELETE' }, origin],
    ['headers', { headers: 'x-b' }, [...origin, method]],
    ['headers', { headers: 'x b' }, [...origin, method]],
  ])('answers a refusal at the %s like a success, with the headers up to there', (step, change, headers) => {
    expect(decide(policy, { ...change, debug: true })).toMatchObject({
      verdict: 'refused',
      step,
      status: 204,
      headers: ['Vary', VARY, ...headers.flat()],
      continues: false,
    });
    const other = decide({ ...policy, optionsSuccessStatus: 200 }, { ...change, debug: true });
    expect(other).toMatchObject({ status: 200, headers: ['Vary', VARY, ...headers.flat(), 'Content-Length', '0'] });
  });

  it('keeps Origin out of Vary where everyone gets *', () => {
    expect(decide({ origin: '*', methods: ['PUT'] }, { method: 'DELETE', debug: true }).headers).toEqual([
      'Vary',
      VARY_FOR_EVERYONE,
      'Access-Control-Allow-Origin',
      '*',
    ]);
  });

  it('does not name an origin that nobody has been asked about', () => {
    const asking = { ...policy, origin: () => true };
    expect(decide(asking, { method: 'DELETE', debug: true }).headers).toEqual(['Vary', VARY]);
    expect(decide(asking, { headers: 'x-b', debug: true }).headers).toEqual(['Vary', VARY, ...method]);
  });

  it('changes nothing for a preflight that passes', () => {
    expect(decide(policy, { debug: true })).toEqual(decide(policy));
  });
});

describe('asking', () => {
  const asking = policyOf({ origin: () => true, methods: ['PUT'], allowedHeaders: ['X-A'], credentials: true });

  it('is left only when method and headers passed', () => {
    expect(evaluatePreflight([asking], question({ headers: 'x-a' }))).toEqual({
      verdict: 'pending',
      step: undefined,
      reason: undefined,
      status: 403,
      headers: [],
      continues: false,
    });
    expect(evaluatePreflight([asking], question({ method: 'DELETE' }))).toMatchObject({
      verdict: 'refused',
      step: 'method',
    });
    expect(evaluatePreflight([asking], question({ headers: 'x-b' }))).toMatchObject({
      verdict: 'refused',
      step: 'headers',
    });
    expect(evaluatePreflight([asking], question({ origin: 'null' }))).toMatchObject({
      verdict: 'refused',
      step: 'origin',
    });
  });

  it('is settled by the answer', () => {
    expect(concludePreflight([asking], question({ headers: 'x-a' }), new Map([[asking, true]]))).toMatchObject({
      verdict: 'allowed',
      headers: [
        ['Vary', VARY],
        ['Access-Control-Allow-Origin', APP],
        ['Access-Control-Allow-Credentials', 'true'],
        ['Access-Control-Allow-Methods', 'PUT'],
        ['Access-Control-Allow-Headers', 'X-A'],
      ].flat(),
    });
    for (const answers of [new Map([[asking, false]]), new Map<CorsPolicy, boolean>()]) {
      expect(concludePreflight([asking], question(), answers)).toMatchObject({
        verdict: 'refused',
        reason: 'origin-not-allowed',
      });
    }
  });

  it('needs every candidate to allow', () => {
    const other = policyOf({ origin: () => true, methods: ['PUT'], maxAge: 1 });
    const listed = policyOf({ origin: APP });
    const all = [listed, asking, other];
    expect(evaluatePreflight(all, question()).verdict).toBe('pending');
    expect(concludePreflight(all, question(), new Map([[asking, true]])).verdict).toBe('refused');
    expect(
      concludePreflight(
        all,
        question(),
        new Map([
          [asking, true],
          [other, true],
        ]),
      ).verdict,
    ).toBe('allowed');
    expect(evaluatePreflight([asking, policyOf({ origin: OTHER })], question())).toMatchObject({
      verdict: 'refused',
      step: 'origin',
    });
  });
});

describe('what the URL serves', () => {
  it('is asked for once per policy, only under auto, and only after no origin refused', () => {
    const calls: CorsPolicy[] = [];
    const isServed = (policy: CorsPolicy): boolean => {
      calls.push(policy);
      return true;
    };
    const auto = policyOf({ origin: APP });
    const other = policyOf({ origin: APP, maxAge: 1 });
    const listed = policyOf({ origin: APP, methods: ['PUT'] });
    evaluatePreflight([auto], question({ isServed, origin: OTHER }));
    evaluatePreflight([listed], question({ isServed }));
    expect(calls).toEqual([]);
    evaluatePreflight([auto, listed, other, auto], question({ isServed }));
    expect(calls).toEqual([auto, other]);
  });
});

describe('the methods in an answer', () => {
  const policy = policyOf({ origin: [OTHER, () => true], methods: ['PUT', 'DELETE'] });

  it('are those that the whole URL promises', () => {
    const decision = decide({ origin: APP, methods: ['PUT', 'PATCH'] }, { promised: () => 'PUT, DELETE' });
    expect(header(decision, 'Access-Control-Allow-Methods')).toBe('PUT, DELETE');
  });

  it('are the announced one, where somebody was asked about the origin: the answer may hang on the method', () => {
    const promised = (): never => {
      throw new Error('asked');
    };
    expect(evaluatePreflight([policy], question({ promised })).verdict).toBe('pending');
    const decision = concludePreflight([policy], question({ promised }), new Map([[policy, true]]));
    expect(header(decision, 'Access-Control-Allow-Methods')).toBe('PUT');
    const listed = evaluatePreflight([policy], question({ origin: OTHER, promised: () => 'PUT, DELETE' }));
    expect(header(listed, 'Access-Control-Allow-Methods')).toBe('PUT, DELETE');
  });

  it('are looked up once at most, and not where the announced one is all there is', () => {
    let calls = 0;
    const promised = (): string => {
      calls += 1;
      return 'PUT';
    };
    decide({ origin: APP, methods: ['PUT'] }, { headers: 'x-a', promised });
    expect(calls).toBe(1);
    decide({ origin: APP, methods: '*' }, { headers: 'x-a', promised });
    decide({ origin: APP, methods: ['PUT'] }, { method: 'DELETE', promised });
    decide({ origin: APP, methods: ['PUT'] }, { origin: OTHER, promised });
    expect(calls).toBe(1);
  });
});

describe('Vary, where everyone gets *', () => {
  const hasOptionsHandler = (): boolean => true;

  it.each([{}, { method: 'DELETE' }, { method: 'DELETE', debug: true }])(
    'names Origin where a handler of the app answers a request that has none: %j',
    (change) => {
      const options = { origin: '*', methods: ['PUT'] };
      expect(header(decide(options, { ...change, hasOptionsHandler }), 'Vary')).toBe(VARY);
      expect(header(decide(options, change), 'Vary')).toBe(VARY_FOR_EVERYONE);
    },
  );
});

describe('a versioning header', () => {
  const versioned = { alwaysAllowed: 'x-api-version' };

  it.each([
    [['X-A'], 'x-api-version', 'X-A, x-api-version'],
    [['X-A'], 'x-a,X-API-Version', 'X-A, x-api-version'],
    [['X-A'], 'x-a', 'X-A, x-api-version'],
    [['X-Api-Version', 'X-A'], 'x-api-version', 'X-Api-Version, X-A'],
    [[], 'x-api-version', 'x-api-version'],
    ['*', 'x-api-version,x-b', 'x-api-version, x-b'],
  ])('is always allowed beside %j: %s', (allowedHeaders, headers, text) => {
    const decision = decide({ origin: APP, allowedHeaders }, { ...versioned, headers });
    expect(header(decision, 'Access-Control-Allow-Headers')).toBe(text);
  });

  it('allows no other', () => {
    expect(decide({ origin: APP, allowedHeaders: ['X-A'] }, { ...versioned, headers: 'x-api-version,x-b' }).step).toBe(
      'headers',
    );
    expect(decide({ origin: APP, allowedHeaders: ['X-A'] }, { headers: 'x-api-version' }).step).toBe('headers');
  });
});

describe('a header in which proxies name the host', () => {
  it.each([
    'x-forwarded-host',
    'X-Forwarded-Host',
    'forwarded',
    'x-original-host',
    'x-forwarded-server',
    'disguised-host',
  ])('%s has to be listed, as "*" does not stand for it', (name) => {
    expect(decide({ origin: APP }, { headers: `x-a,${name}` })).toMatchObject({ verdict: 'refused', step: 'headers' });
    expect(decide({ origin: '*', allowedHeaders: '*' }, { headers: name }).step).toBe('headers');
    expect(decide({ origin: APP, allowedHeaders: ['X-A', name] }, { headers: `x-a,${name}` }).verdict).toBe('allowed');
  });

  it.each(['*', 'x-a,*', '*,x-a', 'X-A, *'])(
    'a header called * is refused, as in ACAH it would be every header: %s',
    (headers) => {
      for (const allowedHeaders of ['*', ['X-A']]) {
        expect(decide({ origin: APP, allowedHeaders }, { headers })).toMatchObject({
          verdict: 'refused',
          step: 'headers',
        });
      }
    },
  );

  it('has to be listed by each of several candidates', () => {
    const listing = { origin: APP, allowedHeaders: ['X-Forwarded-Host', 'X-A'] };
    const both = decideAll([{ origin: APP }, listing], { headers: 'x-forwarded-host,x-a' });
    expect(both).toMatchObject({ verdict: 'refused', step: 'headers' });
    const one = decideAll([listing, { origin: APP }], { headers: 'x-a' });
    expect(one.headers).toEqual(expect.arrayContaining(['Access-Control-Allow-Headers', 'X-A']));
  });

  it('is not one that names the client, or a trace', () => {
    expect(decide({ origin: APP }, { headers: 'x-forwarded-for,x-request-id,traceparent' }).verdict).toBe('allowed');
  });
});

describe('several candidates', () => {
  it('all have to pass', () => {
    expect(decideAll([{ origin: APP }, { origin: OTHER }])).toMatchObject({ verdict: 'refused', step: 'origin' });
    expect(
      decideAll([
        { origin: APP, methods: ['PUT'] },
        { origin: APP, methods: ['PATCH'] },
      ]),
    ).toMatchObject({ verdict: 'refused', step: 'method' });
    expect(
      decideAll(
        [
          { origin: APP, allowedHeaders: ['X-A'] },
          { origin: APP, allowedHeaders: [] },
        ],
        { headers: 'x-a' },
      ),
    ).toMatchObject({ step: 'headers' });
    expect(evaluatePreflight([policyOf({ origin: APP }), CLOSED_POLICY], question())).toMatchObject({
      verdict: 'refused',
      reason: 'closed',
    });
    expect(evaluatePreflight([policyOf({ origin: '*' }), CLOSED_POLICY], question()).headers).toContain(VARY);
  });

  it('that are one policy are one', () => {
    const policy = policyOf({ origin: APP, maxAge: 5 });
    expect(evaluatePreflight([policy, policy], question())).toEqual(evaluatePreflight([policy], question()));
  });

  it.each([
    ['*', '*', 'PUT'],
    ['*', ['PUT', 'PATCH'], 'PUT, PATCH'],
    [['PUT', 'PATCH'], '*', 'PUT, PATCH'],
    [['PATCH', 'PUT', 'DELETE'], ['DELETE', 'PUT'], 'PUT, DELETE'],
    ['auto', ['PATCH', 'PURGE', 'PUT'], 'PATCH, PUT'],
    ['auto', '*', 'GET, HEAD, PUT, PATCH, DELETE'],
  ])('allow the methods %j ∩ %j', (one, other, text) => {
    const decision = decideAll([
      { origin: APP, methods: one },
      { origin: APP, methods: other, maxAge: 1 },
    ]);
    expect(header(decision, 'Access-Control-Allow-Methods')).toBe(text);
  });

  it('without a method in common still let POST pass', () => {
    const decision = decideAll(
      [
        { origin: APP, methods: ['PUT'] },
        { origin: APP, methods: ['PATCH'] },
      ],
      { method: 'POST' },
    );
    expect(decision.verdict).toBe('allowed');
    expect(header(decision, 'Access-Control-Allow-Methods')).toBeUndefined();
  });

  it.each([
    ['*', '*', 'X-a,x-A', 'X-a'],
    ['*', ['X-A', 'X-B'], 'x-a', 'X-A, X-B'],
    [['X-A', 'X-B'], '*', 'x-a', 'X-A, X-B'],
    [['X-A', 'X-B', 'X-C'], ['x-c', 'x-a'], 'x-a', 'X-A, X-C'],
  ])('allow the headers %j ∩ %j', (one, other, headers, text) => {
    const both = [
      { origin: APP, allowedHeaders: one },
      { origin: APP, allowedHeaders: other, maxAge: 1 },
    ];
    expect(header(decideAll(both, { headers }), 'Access-Control-Allow-Headers')).toBe(text);
    const versioned = decideAll(both, { headers, alwaysAllowed: 'x-v' });
    expect(header(versioned, 'Access-Control-Allow-Headers')).toBe(text === 'X-a' ? text : `${text}, x-v`);
  });

  it.each([
    [1, 2, '1'],
    [0, 2, '0'],
    [undefined, 2, undefined],
    [2, undefined, undefined],
    [undefined, undefined, undefined],
  ])('are kept for the smaller of %s and %s seconds', (one, other, maxAge) => {
    const decision = decideAll([
      { origin: APP, maxAge: one },
      { origin: APP, maxAge: other, enforce: true },
    ]);
    expect(header(decision, 'Access-Control-Max-Age')).toBe(maxAge);
  });

  it('answer the smallest status', () => {
    expect(
      decideAll([
        { origin: APP, optionsSuccessStatus: 204 },
        { origin: APP, optionsSuccessStatus: 200 },
      ]).status,
    ).toBe(200);
  });

  it('have credentials, and go on to the app, only if all say so', () => {
    const yes = { origin: APP, credentials: true, preflightContinue: true };
    expect(decideAll([yes, { ...yes, maxAge: 1 }])).toMatchObject({ continues: true });
    expect(header(decideAll([yes, { ...yes, maxAge: 1 }]), 'Access-Control-Allow-Credentials')).toBe('true');
    expect(decideAll([yes, { ...yes, preflightContinue: false }])).toMatchObject({ continues: false });
    expect(
      header(decideAll([yes, { ...yes, credentials: false }]), 'Access-Control-Allow-Credentials'),
    ).toBeUndefined();
  });

  it.each([
    [[{ origin: '*' }, { origin: '*', maxAge: 1 }], '*', VARY_FOR_EVERYONE],
    [[{ origin: '*' }, { origin: APP }], APP, VARY],
    [[{ origin: APP }, { origin: '*' }], APP, VARY],
    [
      [{ origin: '*' }, { origin: '*', credentials: true, dangerouslyAllow: ['any-origin-with-credentials'] }],
      APP,
      VARY,
    ],
  ])('%j name %s', (options, allowOrigin, vary) => {
    const decision = decideAll(options);
    expect(header(decision, 'Access-Control-Allow-Origin')).toBe(allowOrigin);
    expect(header(decision, 'Vary')).toBe(vary);
    expect(header(decision, 'Access-Control-Allow-Credentials')).toBeUndefined();
  });
});
