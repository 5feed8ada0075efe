import type { Bar, SuiteResult } from '../report/result.js';
import { runContest } from './contest.suite.js';
import type { Effort } from './effort.js';
import type { PlatformName } from '../apps/start.js';

const OURS = 'three policies';
const PREFLIGHTS = ['preflight allowed', 'preflight refused'] as const;

/** The bars on what is added to a request, by platform. */
const LIMITS: Readonly<Record<PlatformName, Readonly<Record<string, number>>>> = {
  express: { allowed: 0.95, refused: 0.85, 'no Origin': 0.85, 'guard 401': 1, '404': 1 },
  fastify: { allowed: 0.7, refused: 0.55, 'no Origin': 0.55, 'guard 401': 1, '404': 1 },
};

/** Whole Nest applications of 50 routes, in process. */
export async function nestSuite(platform: PlatformName, { large }: Effort): Promise<SuiteResult> {
  const result = await runContest(platform, large);
  const added: readonly Bar[] = Object.entries(LIMITS[platform]).map(([work, limit]) =>
    result.addedRatio(`added in Nest on ${platform}, ${work}, against enableCors`, work, OURS, 'enableCors', limit),
  );
  const whole = PREFLIGHTS.map((work) =>
    result.totalRatio(`whole ${work} in Nest on ${platform}, against enableCors`, work, OURS, 'enableCors', 1),
  );
  const { rows, ...table } = result.addedByWork(
    `Added to a request, Nest on ${platform}, in process`,
    'Over the same application without CORS.',
  );
  return {
    tables: [
      { ...table, rows: rows.filter(({ name }) => !PREFLIGHTS.some((work) => work === name)) },
      result.totals(
        `A whole preflight, Nest on ${platform}, in process`,
        'The bare application answers preflights with a 404, so there is nothing to subtract.',
        PREFLIGHTS,
      ),
    ],
    bars: [...added, ...whole],
  };
}

/** An Express application that no server of Nest's hands its requests to. */
export async function calledSuite({ large }: Effort): Promise<SuiteResult> {
  const called = await runContest('express-called', large);
  const serverless = await runContest('express-serverless', large);
  const note = 'Over the same application without CORS.';
  return {
    tables: [
      called.addedByWork('Added to a request, Nest on express, called as a function by an outer program', note),
      serverless.addedByWork('Added to a request, Nest on express, behind @codegenie/serverless-express', note),
    ],
    bars: Object.entries({ called, serverless }).flatMap(([way, result]) =>
      ['allowed', 'refused', 'no Origin', 'guard 401', '404'].map((work) =>
        result.addedRatio(`added in Nest on express, ${way}, ${work}, against enableCors`, work, OURS, 'enableCors', 1),
      ),
    ),
  };
}
