import { runChild } from '../measure/child.js';
import { estimatePairs, median } from '../measure/interval.js';
import type { Bar, SuiteResult, Table } from '../report/result.js';
import type { Effort } from './effort.js';

/** What one start took, in milliseconds, and what it keeps, in MiB. */
export interface StartFigures {
  readonly wall: number;
  readonly cpu: number;
  readonly heap: number;
}

interface Pair {
  readonly bare: StartFigures;
  readonly ours: StartFigures;
}

const PLATFORMS = ['express', 'fastify'] as const;
const COUNTS = [10, 1000, 5000] as const;

/** Start of an application over more and more routes, against the same without the library; each in a process of its own. */
export async function startSuite(effort: Effort): Promise<SuiteResult> {
  const rows: Table['rows'][number][] = [];
  const bars: Bar[] = [];
  for (const platform of PLATFORMS) {
    for (const routes of effort.quick ? COUNTS.slice(0, 1) : COUNTS) {
      const pairs = await startPairs(platform, routes, effort.quick ? 1 : 9);
      const added = (key: keyof StartFigures) => (drawn: readonly Pair[]) =>
        median(drawn.map(({ ours }) => ours[key])) - median(drawn.map(({ bare }) => bare[key]));
      const bare = median(pairs.map((pair) => pair.bare.wall));
      const values = [bare, added('wall')(pairs), added('cpu')(pairs), added('heap')(pairs)];
      rows.push({ name: `${platform}, ${routes} routes`, values });
      if (routes === 5000) {
        bars.push(
          {
            what: `start of 5 000 routes on ${platform}, time over the bare application`,
            limit: 300,
            direction: 'at most',
            unit: 'ms',
            figure: estimatePairs(pairs, added('wall')),
          },
          {
            what: `start of 5 000 routes on ${platform}, memory over the bare application`,
            limit: 20,
            direction: 'at most',
            unit: 'MiB',
            figure: estimatePairs(pairs, added('heap')),
          },
        );
      }
    }
  }
  const table: Table = {
    id: 'start',
    title: 'Start',
    unit: 'ms, MiB',
    columns: ['bare, ms', 'added, ms', 'added, CPU ms', 'added, MiB'],
    rows,
    note: 'Medians of nine starts each, in turn. Three policies over the routes. CPU time is that of all threads: V8 collects garbage and compiles beside the start.',
  };
  return { tables: [table], bars };
}

async function startPairs(platform: string, routes: number, runs: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  while (pairs.length < runs) {
    pairs.push({
      bare: await startOnce(platform, 'bare', routes),
      ours: await startOnce(platform, 'three policies', routes),
    });
  }
  return pairs;
}

function startOnce(platform: string, way: string, routes: number): Promise<StartFigures> {
  return runChild('suites/start.main.js', [platform, way, String(routes)], ['--expose-gc']);
}
