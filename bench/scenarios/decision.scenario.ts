import assert from 'node:assert/strict';

import { compilePolicy } from '../../lib/policy/compile.js';
import { evaluateRequest } from '../../lib/policy/decisions/request-decision.js';
import { evaluatePreflight, type PreflightQuestion } from '../../lib/policy/decisions/preflight-decision.js';
import { readNamedPolicies } from '../../lib/policy/layers/named-policies.js';
import type { CorsPolicyOptions } from '../../lib/policy/model/options.js';
import type { CorsPolicy } from '../../lib/policy/model/policy.js';
import { ALLOWED, METHODS, POLICY, REFUSED } from '../apps/policies.js';
import type { Scenario, Work } from '../measure/scenario.js';

const WORK = 'decision';
const PROMISED = METHODS.join(', ');
const PATTERNS: CorsPolicyOptions = { ...POLICY, origin: [ALLOWED, 'https://*.example.org'] };
const EVERYONE: CorsPolicyOptions = { origin: '*' };
const LONG_LIST: CorsPolicyOptions = {
  ...POLICY,
  origin: Array.from({ length: 100_000 }, (_, index) => `https://tenant${index}.example.com`),
};

interface Case {
  readonly policy: CorsPolicyOptions;
  readonly origin: string | undefined;
  /** ACRH, of a preflight; absent: an ordinary request. */
  readonly asked?: string;
  readonly verdict: 'allowed' | 'refused';
}

const CASES: Readonly<Record<string, Case>> = {
  allowed: { policy: POLICY, origin: ALLOWED, verdict: 'allowed' },
  refused: { policy: POLICY, origin: REFUSED, verdict: 'refused' },
  'no Origin': { policy: POLICY, origin: undefined, verdict: 'refused' },
  everyone: { policy: EVERYONE, origin: ALLOWED, verdict: 'allowed' },
  '100 000 origins': { policy: LONG_LIST, origin: 'https://tenant99999.example.com', verdict: 'allowed' },
  'pattern allowed': { policy: PATTERNS, origin: 'https://eu.example.org', verdict: 'allowed' },
  'pattern refused': { policy: PATTERNS, origin: REFUSED, verdict: 'refused' },
  'preflight allowed': { policy: POLICY, origin: ALLOWED, asked: 'authorization,content-type', verdict: 'allowed' },
  'preflight refused': { policy: POLICY, origin: REFUSED, asked: 'authorization,content-type', verdict: 'refused' },
};

/** The decision alone: a pure function of a policy and a few strings. Every case is a contender. */
export const decisionScenario: Scenario = {
  contenders: ['nothing', ...Object.keys(CASES)],
  baseOf: (contender) => (contender === 'nothing' ? undefined : 'nothing'),
  works: [WORK],
  prepare: async (contender) => {
    const known = CASES[contender];
    const work = known === undefined ? workOf(ALLOWED, () => undefined) : workOfCase(contender, known);
    return new Map([[WORK, work]]);
  },
  // A decision is no answer yet: it is checked where the work is made.
  assert: () => undefined,
};

function workOfCase(name: string, { policy: options, origin, asked, verdict }: Case): Work {
  const policy = compiled(options);
  const decide = (from: string | undefined): { readonly verdict: string } =>
    asked === undefined ? evaluateRequest(policy, from) : evaluatePreflight([policy], questionOf(from ?? '', asked));
  assert.equal(decide(origin).verdict, verdict, name);
  return workOf(origin, decide);
}

/** The origin is a new string each time, as it is in a request. */
function workOf(origin: string | undefined, decide: (origin: string | undefined) => unknown): Work {
  const bytes = Buffer.from(origin ?? ALLOWED, 'latin1');
  let last: unknown;
  return {
    run: (times) => {
      for (let index = 0; index < times; index += 1) {
        const fresh = bytes.toString('latin1');
        last = decide(origin === undefined ? undefined : fresh);
      }
    },
    answer: () => ({ status: last === undefined ? 0 : 1, headers: {} }),
  };
}

function compiled(options: CorsPolicyOptions): CorsPolicy {
  const { policy, issues } = compilePolicy(
    [{ where: 'forRoot', values: [options] }],
    readNamedPolicies(undefined).named,
  );
  assert.deepEqual(issues, []);
  assert.ok(policy);
  return policy;
}

function questionOf(origin: string, headers: string): PreflightQuestion {
  return {
    origin,
    method: 'PUT',
    headers,
    isServed: () => true,
    promised: () => PROMISED,
    hasOptionsHandler: () => false,
    alwaysAllowed: undefined,
    debug: false,
  };
}
