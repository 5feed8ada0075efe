import { compiled, type CorsPolicy, type OriginMatcher } from '../model/policy.js';
import { namesInAll } from '../names/http-names.js';
import { answersOf } from './request-decision.js';
import { jointMethods } from './preflight-steps.js';

/**
 * What several policies allow together: only what each of them allows. For a response that does not come from a handler, at
 * a URL whose handlers have these policies.
 *
 * It is made for one request and not kept: which policies meet at a URL depends on the URL.
 *
 * @param policies - different ones, one at least.
 */
export function policyOfAll(policies: readonly CorsPolicy[]): CorsPolicy | undefined {
  const [first] = policies;
  if (first === undefined || policies.length === 1) {
    return first;
  }
  const closed = policies.some((policy) => policy.closed);
  const fixedEveryone = policies.every((policy) => policy.fixedEveryone);
  const varies = policies.some((policy) => policy.varies);
  const exposedHeaders = namesInAll(policies.map((policy) => policy.exposedHeaders));
  return {
    ...first,
    [compiled]: true,
    key: JSON.stringify(policies.map(({ key }) => key)),
    closed,
    origins: originsOfAll(policies),
    asks: policies.flatMap((policy) => policy.asks),
    together: policies,
    methods: jointMethods(policies),
    credentials: policies.every((policy) => policy.credentials),
    exposedHeaders,
    enforce: policies.some((policy) => policy.enforce),
    varies,
    fixedEveryone,
    answers: answersOf({ closed, closedVaries: varies, fixedEveryone, exposed: exposedHeaders }),
  };
}

/** If one policy refuses, the result is a refusal, and no function or resolver is asked. */
function originsOfAll(policies: readonly CorsPolicy[]): OriginMatcher {
  return {
    everyone: policies.every(({ origins }) => origins.everyone),
    matches: (origin) => policies.every(({ origins }) => origins.matches(origin)),
    list: () => [...new Set(policies.flatMap(({ origins }) => origins.list()))],
    judge: (origin) => {
      const verdicts = policies.map(({ origins }) => origins.judge(origin));
      const refusal = verdicts.find((verdict) => verdict === 'malformed' || verdict === 'not-allowed');
      return refusal ?? (verdicts.includes('unsettled') ? 'unsettled' : 'allowed');
    },
  };
}
