import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { evaluateRequest } from '../../../lib/policy/decisions/request-decision.js';
import { concludePreflight, evaluatePreflight } from '../../../lib/policy/decisions/preflight-decision.js';
import type { DiagnosedRequest } from '../../../lib/policy/diagnosis/diagnosis.js';
import type { CorsPolicy } from '../../../lib/policy/model/policy.js';
import { question } from '../policy-under-test.js';
import { A, B, compiled, diagnosed, target, valueOf, type Written } from './diagnosed.js';

const C = 'https://c.b.example';
const ORIGINS = [A, B, C, 'http://d.example', 'http://localhost:3000', 'app://x', 'null', 'https://A.example', ''];
const NAMES = ['X-A', 'x-b', 'Authorization', 'Content-Type'];
const METHODS = ['GET', 'PUT', 'DELETE', 'POST', 'PROPFIND'];
const no = (): boolean => false;

const item = fc.constantFrom<unknown>(A, B, 'https://*.b.example', 'http://localhost:*', /https:\/\/c\.b\.example/, no);
const layer = fc.oneof(
  { arbitrary: fc.constant(false), weight: 1 },
  { arbitrary: fc.constant('named'), weight: 1 },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        origin: fc.oneof(item, fc.array(item, { maxLength: 3 }), fc.constant('*'), fc.constant(false)),
        methods: fc.oneof(fc.constantFrom('auto', '*'), fc.subarray(METHODS)),
        allowedHeaders: fc.oneof(
          fc.constant('*'),
          fc.subarray(NAMES),
          fc.subarray(NAMES).map((add) => ({ add })),
        ),
        credentials: fc.boolean(),
        enforce: fc.boolean(),
        dangerouslyAllow: fc.constant(['insecure-origin-with-credentials', 'null-origin']),
      },
      { requiredKeys: [] },
    ),
  },
);
const root = layer.filter((value) => typeof value === 'object');
const written: fc.Arbitrary<Written> = fc
  .record({
    root,
    outer: fc.option(layer, { nil: undefined }),
    handler: fc.array(layer, { maxLength: 2 }),
    policies: root.map((named) => ({ named })),
  })
  .filter((each) => compiled(each).issues.length === 0);
const request: fc.Arbitrary<DiagnosedRequest> = fc.record({
  phase: fc.constantFrom('preflight', 'preflight', 'request', 'handshake'),
  origin: fc.constantFrom(...ORIGINS),
  method: fc.constantFrom(...METHODS, 'patch'),
  url: fc.constant('/cats/1'),
  headers: fc
    .option(fc.subarray([...NAMES.map((name) => name.toLowerCase()), 'x-new']), { nil: undefined })
    .map((names) => names?.join()),
  credentials: fc.option(fc.boolean(), { nil: undefined }),
});

/** Whether a browser would hand the answer to the page: by what is decided, not by what is diagnosed. */
function passes(
  policy: CorsPolicy | undefined,
  { phase, origin = '', method, headers, credentials }: DiagnosedRequest,
): boolean {
  if (policy === undefined) {
    return false;
  }
  const isReadable = phase === 'handshake' || credentials !== true || policy.credentials;
  if (phase === 'preflight') {
    const asked = question({ origin, method, headers, isServed: () => true });
    const first = evaluatePreflight([policy], asked);
    const { verdict } = first.verdict === 'pending' ? concludePreflight([policy], asked, new Map()) : first;
    return verdict === 'allowed' && isReadable;
  }
  const isTaken = typeof policy.methods === 'string' || policy.methods.includes(method);
  const isEnforced = phase === 'request' && policy.enforce && method !== 'GET' && method !== 'HEAD';
  return evaluateRequest(policy, origin).verdict === 'allowed' && isReadable && (!isEnforced || isTaken);
}

it('a cure, applied as printed, makes this request pass and lets no other origin in', () => {
  let cured = 0;
  fc.assert(
    fc.property(written, request, (before, asked) => {
      const { policy } = compiled(before);
      const diagnosis = diagnosed(asked, [target(before, { answer: false })]);
      expect(diagnosis === undefined).toBe(passes(policy, asked));
      const [cure] = diagnosis?.cures ?? [];
      if (cure === undefined) {
        return;
      }
      cured += 1;
      const after = compiled({ ...before, handler: [...(before.handler ?? []), valueOf(cure.code)] });
      expect(after.issues).toEqual([]);
      expect(passes(after.policy, asked)).toBe(true);
      for (const origin of ORIGINS.filter((each) => each !== asked.origin)) {
        for (const credentials of [true, false]) {
          // Names of headers are not written per origin: whoever is let in may send them.
          const other = { ...asked, origin, credentials, headers: undefined };
          expect({ origin, credentials, isLetIn: passes(after.policy, other) && !passes(policy, other) }).toEqual({
            origin,
            credentials,
            isLetIn: false,
          });
        }
      }
    }),
    { numRuns: 800 },
  );
  expect(cured).toBeGreaterThan(50);
});

it('nothing is offered for what is closed, whatever it is asked', () => {
  fc.assert(
    fc.property(written, request, (before, asked) => {
      const { policy } = compiled(before);
      fc.pre(policy?.closed === true);
      expect(diagnosed(asked, [target(before)])).toMatchObject({ reason: 'closed', cures: [] });
    }),
    { numRuns: 300 },
  );
});

it('a cure is printed wherever one origin alone is named, and it is this one', () => {
  fc.assert(
    fc.property(request, fc.subarray(METHODS), fc.subarray(NAMES), (given, methods, allowedHeaders) => {
      const asked = { ...given, origin: A, phase: 'preflight' } as const;
      fc.pre(asked.method !== 'patch');
      const before = { root: { origin: A, methods, allowedHeaders } };
      const diagnosis = diagnosed(asked, [target(before)]);
      expect(diagnosis?.cures.length).toBe(passes(compiled(before).policy, asked) ? undefined : 1);
    }),
    { numRuns: 300 },
  );
});
