import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import type { CorsPolicy } from '../../lib/policy/model/policy.js';
import { equalPolicies } from '../../lib/policy/compile.js';
import { concludeRequest, evaluateRequest } from '../../lib/policy/decisions/request-decision.js';
import { concludePreflight, evaluatePreflight } from '../../lib/policy/decisions/preflight-decision.js';
import { pairsOf } from '../../lib/policy/model/flat-headers.js';
import { isWellFormedOrigin } from '../../lib/policy/origins/origin.js';
import { analyseRegExp } from '../../lib/policy/origins/regexp-analysis.js';
import { requestedHeaders } from '../../lib/policy/decisions/preflight-steps.js';
import { policyCases } from '../cases/policy.cases.js';
import { compileLayers, compileWith, policyOf, question } from './policy-under-test.js';

const ORIGINS = ['https://a.example', 'https://b.a.example', 'http://localhost:3000', 'https://a.example:8443', 'null'];
const NAMES = ['X-A', 'x-b', 'Authorization', 'X-C'];
const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'];

/** Any bytes that Node may hand over, and among them what nearly is an origin, a method or a list. */
const hostile = fc.oneof(
  fc.constantFrom(...policyCases.map(({ request }) => request.origin ?? request.requestHeaders ?? '')),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('x-a', ',', ' ', '\t', 'https://', 'a.example', ':', '[', ']', '.', '*', '\u0000', 'é'))
    .map((parts) => parts.join('')),
);
const origin = fc.oneof(
  fc.constantFrom(...ORIGINS),
  fc.webUrl().map((url) => new URL(url).origin),
  hostile,
);

const originItem = fc.constantFrom<unknown>(
  ...ORIGINS.filter((each) => each !== 'null'),
  'https://*.a.example',
  'https://a.example:*',
  'http://*.localhost:*',
  /https:\/\/[a-z]+\.example/,
);
const names = fc.oneof(fc.constant('*'), fc.subarray(NAMES));
const options = fc.record(
  {
    origin: fc.oneof(
      originItem,
      fc.array(originItem, { maxLength: 4 }),
      fc.constant('*'),
      fc.constant(false),
      fc.constant(() => true),
    ),
    methods: fc.oneof(fc.constantFrom('auto', '*'), fc.subarray(METHODS)),
    allowedHeaders: names,
    exposedHeaders: fc.subarray(NAMES),
    credentials: fc.boolean(),
    maxAge: fc.constantFrom(0, 5, 600),
    optionsSuccessStatus: fc.constantFrom(200, 204),
    enforce: fc.boolean(),
  },
  { requiredKeys: [] },
);
/** What can be meant is acknowledged, so that as many policies as possible compile. */
const dangers = ['null-origin', 'any-origin-with-credentials', 'insecure-origin-with-credentials', 'regexp-too-wide'];
const policy: fc.Arbitrary<CorsPolicy> = options
  .map((each) => compileLayers({}, { origin: 'https://a.example', dangerouslyAllow: dangers, ...each }).policy)
  .filter((each) => each !== undefined);

/** The origin that an answer names is one that it may name. */
function expectSound(
  sent: string,
  answer: { origin?: string | undefined; credentials: boolean; vary: boolean },
  under: readonly CorsPolicy[],
): void {
  if (answer.origin === undefined) {
    expect(answer.credentials).toBe(false);
    return;
  }
  if (answer.origin === '*') {
    expect(answer.credentials).toBe(false);
    expect(under.every((each) => each.origins.everyone)).toBe(true);
    return;
  }
  expect(answer.origin).toBe(sent);
  expect(answer.vary).toBe(true);
  expect(
    under.every(
      (each) => !each.closed && (each.origins.everyone || each.origins.matches(sent) || each.asks.length > 0),
    ),
  ).toBe(true);
}

describe('whatever comes in', () => {
  it('a request gets an answer that browsers can only read as it is meant', () => {
    fc.assert(
      fc.property(policy, origin, fc.boolean(), (each, sent, answer) => {
        const first = evaluateRequest(each, sent);
        const decision = first.verdict === 'pending' ? concludeRequest(each, sent, answer) : first;
        expectSound(
          sent,
          { origin: decision.allowOrigin, credentials: decision.allowCredentials, vary: decision.vary },
          [each],
        );
        if (decision.verdict === 'refused') {
          expect(decision).toMatchObject({ allowOrigin: undefined, exposeHeaders: undefined });
        }
        if (first.verdict === 'pending') {
          expect(isWellFormedOrigin(sent) || sent === 'null').toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('a preflight gets one too, under any number of policies', () => {
    const several = fc.array(policy, { minLength: 1, maxLength: 3 });
    const method = fc.oneof(fc.constantFrom(...METHODS, 'patch', 'TRACE'), hostile);
    fc.assert(
      fc.property(
        several,
        origin,
        method,
        fc.option(hostile, { nil: undefined }),
        fc.boolean(),
        (policies, sent, announced, headers, debug) => {
          const asked = question({ origin: sent, method: announced, headers, debug });
          const first = evaluatePreflight(policies, asked);
          const yes = new Map(policies.map((each) => [each, true]));
          const decision = first.verdict === 'pending' ? concludePreflight(policies, asked, yes) : first;
          const sentBack = new Map(pairsOf(decision.headers));
          const vary = sentBack.get('Vary')?.startsWith('Origin') === true;
          const credentials = sentBack.has('Access-Control-Allow-Credentials');
          if (decision.verdict !== 'refused' || debug) {
            expectSound(sent, { origin: sentBack.get('Access-Control-Allow-Origin'), credentials, vary }, policies);
          }
          expect(decision.verdict).not.toBe('pending');
          expect(sentBack.size * 2).toBe(decision.headers.length);
          for (const value of sentBack.values()) {
            if (value !== sent) {
              expect(value).toMatch(/^[!-~]+(?:, [!-~]+)*$/);
            }
          }
          if (decision.verdict === 'refused' && !debug) {
            expect([...sentBack.keys()]).toEqual(['Vary', 'Content-Length']);
          }
          if (decision.verdict === 'allowed') {
            expect(policies.every((each) => evaluatePreflight([each], asked).verdict !== 'refused')).toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('an origin without a wildcard matches only itself', () => {
    const exact = fc.constantFrom(
      ...ORIGINS.filter((each) => each !== 'null'),
      'http://[::1]:8080',
      'capacitor://localhost',
    );
    fc.assert(
      fc.property(exact, origin, (written, sent) => {
        expect(isWellFormedOrigin(written)).toBe(true);
        expect(policyOf({ origin: written }).origins.matches(sent)).toBe(sent === written);
      }),
    );
  });

  /** As browsers write it; the URL class itself gives origins to the schemes that it calls special, and no others. */
  const serialised = (text: string): string => {
    const { origin: own, protocol, host } = new URL(text);
    return own === 'null' ? `${protocol}//${host}` : own;
  };

  it('an origin is well-formed exactly where the URL standard writes it so', () => {
    const part = fc.constantFrom(
      'a',
      'A',
      'b.c',
      'aB',
      '.',
      '..',
      '-',
      '_',
      '1',
      '127.0.0.1',
      '127.1',
      '[::1]',
      ':',
      ':80',
      ':443',
      ':8080',
      ':08',
      '/',
      '?',
      '@',
      'é',
      '%41',
      ' ',
    );
    const built = fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'HTTPS://', 'ws://', 'wss://', 'ftp://', 'app://', 'App://', 'x-y.z://'),
        fc.array(part, { maxLength: 4 }),
      )
      .map(([scheme, parts]) => scheme + parts.join(''));
    fc.assert(
      fc.property(built, (text) => {
        if (isWellFormedOrigin(text)) {
          expect(serialised(text)).toBe(text);
        } else if (URL.canParse(text) && serialised(text) === text) {
          const isKept = new URL(text).origin === 'null';
          expect(text).toMatch(isKept ? /[^\w.:/[\]-]|:\/\/$/ : /\.$|\.:|[^\w.:/[\]-]|\.\.|\/\/\./);
        }
        // Whatever is one can be written, and nothing else.
        const { policy: written } = compileLayers({}, { origin: text });
        expect([text, written !== undefined]).toEqual([text, isWellFormedOrigin(text)]);
        expect(written?.origins.list() ?? [text]).toEqual([text]);
        const { width } = analyseRegExp(text.replace(/[^\w:]/g, '\\$&'), '');
        expect([text, width.nothing && isWellFormedOrigin(text)]).toEqual([text, false]);
      }),
      { numRuns: 4000 },
    );
  });

  it('a list of header names costs one look at each character, and no more than it takes to refuse it', () => {
    const steps = (text: string, longest = Infinity): number => {
      let looked = 0;
      const spy = jest.spyOn(String.prototype, 'charCodeAt').mockImplementation(function counted(this: string, index) {
        looked += 1;
        // A code point is the code unit for all that is compared here.
        return this.codePointAt(index) ?? Number.NaN;
      });
      requestedHeaders(text, longest);
      spy.mockRestore();
      return looked;
    };
    fc.assert(fc.property(hostile, (text) => expect(steps(text)).toBeLessThanOrEqual(4 * text.length + 4)));
    expect(steps('x'.repeat(15_000))).toBeLessThanOrEqual(15_010);
    expect(steps('x'.repeat(15_000), 20)).toBeLessThanOrEqual(25);
    expect(steps(`x-a,${'x'.repeat(15_000)}`, 20)).toBeLessThanOrEqual(35);
    expect(steps(' '.repeat(15_000))).toBeLessThanOrEqual(15_010);
    expect(steps(','.repeat(15_000))).toBeLessThanOrEqual(100);
    expect(steps('x,'.repeat(7500))).toBeLessThanOrEqual(128 * 8);
  });
});

describe('layers', () => {
  const written = fc.oneof(
    { weight: 4, arbitrary: options },
    { weight: 1, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant('app') },
  );
  const stack = fc.array(written, { minLength: 1, maxLength: 4 });
  const book = { app: { origin: 'https://a.example' } };

  it('do not depend on the order of keys', () => {
    fc.assert(
      fc.property(options, options, (root, own) => {
        const turned = (each: object): object => Object.fromEntries(Object.entries(each).toReversed());
        const one = compileLayers(root, own);
        const other = compileLayers(turned(root), turned(own));
        expect(equalPolicies(one.policy, other.policy)).toBe(true);
        expect(one.issues.map(({ code }) => code).toSorted()).toEqual(other.issues.map(({ code }) => code).toSorted());
      }),
    );
  });

  it('open nothing from afar that a nearer one closed', () => {
    fc.assert(
      fc.property(
        options,
        stack,
        fc.constantFrom({ origin: false }, { origin: [] }, false),
        (root, farther, closing) => {
          const { policy: closed, issues } = compileWith(
            book,
            { ...root, dangerouslyAllow: dangers },
            ...farther,
            closing,
          );
          if (issues.length === 0) {
            expect(closed?.closed).toBe(true);
          } else {
            expect(closed).toBeUndefined();
          }
        },
      ),
    );
  });

  it('open a closed one by naming an origin only', () => {
    const idle = options.map(({ origin: _, ...others }) => others);
    fc.assert(
      fc.property(options, idle, idle, (root, one, other) => {
        const { policy: opened, issues } = compileWith(book, root, false, one, other);
        expect(opened).toBeUndefined();
        expect(issues.map(({ code }) => code)).toContain('opens-nothing');
      }),
    );
  });

  it('give an origin only what the nearest origin option says', () => {
    fc.assert(
      fc.property(options, stack, origin, (root, farther, sent) => {
        const { policy: effective } = compileWith(book, { ...root, dangerouslyAllow: dangers }, ...farther, {
          origin: 'https://near.example',
        });
        if (effective !== undefined) {
          expect(effective.origins.matches(sent)).toBe(sent === 'https://near.example');
        }
      }),
    );
  });
});
