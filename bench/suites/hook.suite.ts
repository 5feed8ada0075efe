import type { Bar, SuiteResult } from '../report/result.js';
import { runContest, type ContestResult } from './contest.suite.js';
import type { Effort } from './effort.js';

const OURS = 'nestjs-cors';

/** The decision alone, and the request hook on a bare response. */
export async function hookSuite({ quick, small }: Effort): Promise<SuiteResult> {
  const decision = await runContest('decision', small);
  const hook = await runContest('hook', small);
  const origins = await runContest('origins', small);
  const acrh = await runContest('acrh', small);
  return {
    tables: [
      decision.addedByContender(
        'The decision alone',
        'Two allowed origins and credentials, unless the row says otherwise.',
      ),
      hook.addedByWork(
        'The request hook, over an empty response',
        '50 routes with 3 policies; cors and the hook by hand look no route up, and have one policy. Inspected: with CorsInspectorModule, which counts refusals.',
      ),
      origins.addedByContender('An allowed request, by the number of origins', 'The last of the list, unless random.'),
      acrh.addedByContender('A preflight, by what it announces', 'What is too long is refused.'),
    ],
    bars: quick ? [] : barsOf(hook, origins, acrh),
  };
}

function barsOf(hook: ContestResult, origins: ContestResult, acrh: ContestResult): readonly Bar[] {
  return [
    hook.addedRatio('hook, allowed, against cors', 'allowed', OURS, 'cors', 0.75),
    hook.addedRatio('hook, refused, against cors', 'refused', OURS, 'cors', 0.4),
    hook.addedRatio('hook, no Origin, against cors', 'no Origin', OURS, 'cors', 0.4),
    hook.addedRatio('hook, preflight allowed, against cors', 'preflight allowed', OURS, 'cors', 0.7),
    hook.addedRatio('hook, preflight refused, against cors', 'preflight refused', OURS, 'cors', 0.4),
    hook.addedRatio('hook, allowed, inspected against not', 'allowed', 'nestjs-cors, inspected', OURS, 1.1),
    hook.addedRatio('hook, refused, inspected against not', 'refused', 'nestjs-cors, inspected', OURS, 1.5),
    origins.addedRatio(
      'hook, 1 000 origins, the last, against cors',
      'allowed',
      '1 000 origins',
      'cors, 1 000 origins',
      0.1,
    ),
    hook.addedRatio('hook, allowed, against the hook by hand', 'allowed', OURS, 'by hand', 1.5),
    origins.addedRatio(
      'hook, 100 000 origins, one repeated, against 1 origin',
      'allowed',
      '100 000 origins, one repeated',
      '1 origin',
      1.1,
    ),
    origins.addedRatio(
      'hook, 100 000 origins, random, against 1 origin',
      'allowed',
      '100 000 origins, random',
      '1 origin',
      1.5,
    ),
    ...['15 KB of commas', '1 000 names', '15 KB in one name'].map((announced) =>
      acrh.addedRatio(
        `preflight that announces ${announced}, against two names`,
        'preflight',
        announced,
        'two names',
        3,
      ),
    ),
  ];
}

/** The CORS of other frameworks, each over its own platform's bare response. */
export async function packagesSuite({ small }: Effort): Promise<SuiteResult> {
  const packages = await runContest('packages', small);
  return {
    tables: [
      packages.addedByWork(
        'CORS of other frameworks, over an empty response',
        'nestjs-cors looks a route up, the others do not. @fastify/cors stands on less than half a reply of Fastify’s.',
      ),
    ],
    bars: [],
  };
}
