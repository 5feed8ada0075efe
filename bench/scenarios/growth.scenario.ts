import { ALLOWED } from '../apps/policies.js';
import { startApp, type PlatformName } from '../apps/start.js';
import { libraryHook } from '../contenders/library.js';
import type { RequestWords } from '../http/incoming.js';
import { middlewareWork } from '../http/middleware.work.js';
import { serverWork } from '../http/server.work.js';
import type { Scenario, Work } from '../measure/scenario.js';
import { assertCors, libraryAnswer } from './expected.js';
import { get, preflight } from './requests.js';

export const ROUTE_COUNTS: readonly number[] = [10, 100, 1000, 5000];
const ROUTES_EACH = 5;
/** However many there are, requests go to so many resources, spread evenly: it is the table that grows, not the traffic. */
const VISITED = 2;

/** The hook, over more and more routes, each third with a policy of its own. */
export const hookGrowth: Scenario = {
  contenders: ['empty', ...ROUTE_COUNTS.map((count) => `${count} routes`)],
  baseOf: (contender) => (contender === 'empty' ? undefined : 'empty'),
  works: ['allowed', 'preflight allowed'],
  prepare: async (contender) => {
    const routes = contender === 'empty' ? 10 : Number.parseInt(contender, 10);
    const middleware =
      contender === 'empty'
        ? (_request: unknown, _response: unknown, done: () => void) => done()
        : await libraryHook('three policies', undefined, routes);
    return worksOver(visitedOf(routes), (requests) => middlewareWork({ middleware, requests }));
  },
  assert: (contender, work, answer) =>
    assertCors(answer, contender === 'empty' ? {} : libraryAnswer(work), `${contender}, ${work}`),
};

/** The whole application, with the library and without. */
export function nestGrowth(platform: PlatformName): Scenario {
  return {
    contenders: ROUTE_COUNTS.flatMap((count) => [`${count} routes, bare`, `${count} routes`]),
    baseOf: (contender) => (contender.endsWith('bare') ? undefined : `${contender}, bare`),
    works: ['allowed'],
    prepare: async (contender) => {
      const routes = Number.parseInt(contender, 10);
      const app = await startApp(platform, contender.endsWith('bare') ? 'bare' : 'three policies', routes);
      // Express tries its routes in order: only by the first of them does the bare application's cost stay the same.
      const visited = platform === 'express' ? [0] : visitedOf(routes);
      return worksOver(visited, (requests) => serverWork(app.getHttpServer(), requests));
    },
    assert: (contender, work, answer) =>
      assertCors(answer, contender.endsWith('bare') ? {} : libraryAnswer(work), `${platform}, ${contender}, ${work}`),
  };
}

function visitedOf(routes: number): readonly number[] {
  const resources = routes / ROUTES_EACH;
  return Array.from({ length: VISITED }, (_, index) => Math.floor(((index + 1) * resources) / VISITED) - 1);
}

function worksOver(
  visited: readonly number[],
  workOf: (requests: readonly RequestWords[]) => Work,
): ReadonlyMap<string, Work> {
  const urls = visited.flatMap((index) => [`/resource${index}`, `/resource${index}/4711`]);
  return new Map([
    ['allowed', workOf(urls.map((url) => get(url, { origin: ALLOWED })))],
    ['preflight allowed', workOf(urls.map((url) => preflight(url, ALLOWED)))],
  ]);
}
