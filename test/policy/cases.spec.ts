import { describe, expect, it } from '@jest/globals';

import { type CorsCase, SERVED } from '../cases/cors-case.js';
import { policyCases } from '../cases/policy.cases.js';
import type { PreflightDecision, RequestDecision } from '../../lib/policy/model/decision.js';
import { concludeRequest, evaluateRequest } from '../../lib/policy/decisions/request-decision.js';
import { concludePreflight, evaluatePreflight } from '../../lib/policy/decisions/preflight-decision.js';
import { pairsOf } from '../../lib/policy/model/flat-headers.js';
import type { CorsPolicy } from '../../lib/policy/model/policy.js';
import { policyOf, promisedBy, question } from './policy-under-test.js';

describe('the shared cases, against evaluate', () => {
  it('has enough of them, and no title twice', () => {
    expect(policyCases.length).toBeGreaterThanOrEqual(120);
    expect(new Set(policyCases.map(({ title }) => title)).size).toBe(policyCases.length);
  });

  it.each(policyCases.map((each) => [each.title, each] as const))('%s', async (_, { policy, request, outcome }) => {
    expect(await decide(policyOf(policy), request)).toEqual(outcomeWithoutApp(outcome));
  });
});

/** What the app answers (404 for OPTIONS) is not for `evaluate` to know, nor that a preflight would be answered before it. */
function outcomeWithoutApp(outcome: CorsCase['outcome']): CorsCase['outcome'] {
  if (!outcome.reachesApp) {
    return outcome;
  }
  const { vary, ...others } = outcome.headers;
  const names = vary?.split(', ').filter((name) => name !== 'Access-Control-Request-Method') ?? [];
  return { reachesApp: true, headers: names.includes('Origin') ? { ...others, vary: 'Origin' } : others };
}

async function decide(policy: CorsPolicy, request: CorsCase['request']): Promise<CorsCase['outcome']> {
  const { method, origin = '', requestMethod } = request;
  if (method !== 'OPTIONS' || origin === '' || requestMethod === undefined) {
    return decideRequest(policy, origin);
  }
  const asked = question({
    origin,
    method: requestMethod,
    headers: request.requestHeaders,
    isServed: () => SERVED.includes(requestMethod),
    promised: () => promisedBy([policy], SERVED),
  });
  const first = evaluatePreflight([policy], asked);
  const answers = new Map([[policy, first.verdict === 'pending' && (await ask(policy, origin))]]);
  const decision = first.verdict === 'pending' ? concludePreflight([policy], asked, answers) : first;
  return preflightOutcome(decision);
}

async function decideRequest(policy: CorsPolicy, origin: string): Promise<CorsCase['outcome']> {
  const first = evaluateRequest(policy, origin);
  const decision = first.verdict === 'pending' ? concludeRequest(policy, origin, await ask(policy, origin)) : first;
  return { reachesApp: true, headers: requestHeaders(decision) };
}

async function ask(policy: CorsPolicy, origin: string): Promise<boolean> {
  const answers = policy.asks.map(async (item) => (item.kind === 'function' ? item.ask(origin, {} as never) : false));
  return (await Promise.all(answers)).includes(true);
}

function requestHeaders({
  allowOrigin,
  allowCredentials,
  exposeHeaders,
  vary,
}: RequestDecision): Record<string, string> {
  return {
    ...(vary && { vary: 'Origin' }),
    ...(allowOrigin !== undefined && { 'access-control-allow-origin': allowOrigin }),
    ...(allowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(exposeHeaders !== undefined && { 'access-control-expose-headers': exposeHeaders }),
  };
}

function preflightOutcome({ status, step, headers }: PreflightDecision): CorsCase['outcome'] {
  const cors = pairsOf(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'content-length');
  const outcome = { reachesApp: false, status, headers: Object.fromEntries(cors) };
  return step === undefined ? outcome : { ...outcome, step };
}
