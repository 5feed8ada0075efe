import type { SuiteResult } from '../report/result.js';
import { runContest } from './contest.suite.js';
import type { Effort } from './effort.js';

const LIMIT = 1.3;
const VERSIONS_LIMIT = 3;

/** Added cost by the number of routes, and by the number of versions of one of them. */
export async function growthSuite({ quick, small, large }: Effort): Promise<SuiteResult> {
  const hook = await runContest('growth', small);
  const versions = await runContest('versions', small);
  const express = await runContest('growth-express', large);
  const fastify = await runContest('growth-fastify', large);
  const bar = (result: typeof hook, where: string, work: string) =>
    result.addedRatio(`5 000 routes against 10, ${where}, ${work}`, work, '5000 routes', '10 routes', LIMIT);
  return {
    tables: [
      hook.addedByContender('The request hook, by the number of routes', 'Three policies.'),
      versions.addedByContender(
        'A preflight at a URL of 14 KB, by the number of versions',
        'Versions by a header, which a preflight does not carry: each is a candidate, with a policy of its own.',
      ),
      express.addedByContender(
        'Added to a request in Nest on express, by the number of routes',
        'The routes asked for are the first, so that Express’s own search stays out of it.',
      ),
      fastify.addedByContender('Added to a request in Nest on fastify, by the number of routes', 'Three policies.'),
    ],
    bars: quick
      ? []
      : [
          bar(hook, 'hook', 'allowed'),
          bar(hook, 'hook', 'preflight allowed'),
          versions.addedRatio(
            'preflight of 80 versions against 1, URL of 14 KB',
            'preflight allowed',
            '80 versions',
            '1 version',
            VERSIONS_LIMIT,
          ),
          bar(express, 'Nest on express', 'allowed'),
          bar(fastify, 'Nest on fastify', 'allowed'),
        ],
  };
}
