import { runChild } from '../measure/child.js';
import { estimatePairs, median } from '../measure/interval.js';
import type { SuiteResult, Table } from '../report/result.js';
import type { Effort } from './effort.js';

const CONTENDERS = ['empty', 'by hand', 'nestjs-cors', 'cors'] as const;
const WORKS = ['allowed', 'refused', 'no Origin'] as const;
type Bytes = Readonly<Record<(typeof CONTENDERS)[number], number>>;

/** Bytes that an ordinary request allocates, over the empty response. */
export async function allocationsSuite({ quick }: Effort): Promise<SuiteResult> {
  const rows: Table['rows'][number][] = [];
  const runs = new Map<string, readonly Bytes[]>();
  for (const work of WORKS) {
    const bytes: Bytes[] = [];
    while (bytes.length < (quick ? 1 : 3)) {
      bytes.push(await bytesOf(work, quick ? 1000 : 1_000_000));
    }
    runs.set(work, bytes);
    const added = (name: keyof Bytes): number => median(bytes.map((run) => run[name] - run.empty));
    rows.push({ name: work, values: CONTENDERS.slice(1).map(added) });
  }
  const table: Table = {
    id: 'allocations',
    title: 'Bytes allocated for a request, over an empty response',
    unit: 'bytes',
    columns: CONTENDERS.slice(1),
    rows,
    note: 'Sampling heap profiler over a million requests, what is collected counted in; medians of three processes.',
  };
  const bars = [...runs].map(([work, bytes]) => ({
    what: `bytes allocated, ${work}, against the hook by hand`,
    limit: 1.1,
    direction: 'at most' as const,
    unit: '×',
    figure: estimatePairs(bytes, (drawn) =>
      median(drawn.map((run) => (run['nestjs-cors'] - run.empty) / (run['by hand'] - run.empty))),
    ),
  }));
  return { tables: [table], bars: quick ? [] : bars };
}

async function bytesOf(work: string, times: number): Promise<Bytes> {
  const bytes: Partial<Record<keyof Bytes, number>> = {};
  for (const contender of CONTENDERS) {
    bytes[contender] = await runChild<number>('suites/allocations.main.js', [contender, work, String(times)]);
  }
  return bytes as Bytes;
}
