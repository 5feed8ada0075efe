import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { PostgresEngine } from '../../test/tenants/engines/postgres.engine.js';
import { RedisEngine } from '../../test/tenants/engines/redis.engine.js';
import { openBus } from '../apps/buses.js';
import { startTenants, TenantOrigins } from '../apps/tenants.js';
import { runChild } from '../measure/child.js';
import { estimatePairs, median } from '../measure/interval.js';
import type { Bar, SuiteResult, Table } from '../report/result.js';
import { runContest } from './contest.suite.js';
import type { Effort } from './effort.js';

const MEGABYTE = 1_000_000;

/** Origins in a database: what a fresh list costs a request and the memory, and how fast a change is known elsewhere. */
export async function tenantsSuite({ quick, small }: Effort): Promise<SuiteResult> {
  const contest = await runContest('tenants', small);
  const memory = await heldBy(quick ? 100 : 10_000, quick ? 1 : 3);
  const delays = new Map<string, readonly number[]>();
  for (const kind of ['redis', 'postgres'] as const) {
    delays.set(kind, await delaysOver(kind, quick ? 3 : 200));
  }
  const table: Table = {
    id: 'tenants-changes',
    title: 'A change of one list, until another instance has dropped it',
    unit: 'ms',
    columns: ['median', 'p95'],
    rows: [...delays].map(([name, values]) => ({ name, values: [median([...values]), percentile(values, 0.95)] })),
    note: 'From changed() in one process to another, over loopback, with the message to the timer counted in.',
  };
  const bars: Bar[] = [
    ...['allowed', 'refused'].map((work) =>
      contest.addedRatio(`a fresh tenant, ${work}, against static origins`, work, 'store', 'static', 1.3),
    ),
    {
      what: '10 000 tenants with 20 origins each, held',
      limit: 60,
      direction: 'at most',
      unit: 'MB',
      figure: estimatePairs(memory, (drawn) => median([...drawn]) / MEGABYTE),
    },
    ...[...delays].map(([name, values]): Bar => {
      return {
        what: `a change known to another instance, ${name}`,
        limit: 100,
        direction: 'at most',
        unit: 'ms',
        figure: estimatePairs(values, (drawn) => median([...drawn])),
      };
    }),
  ];
  const added = contest.addedByContender(
    'A request whose tenant is fresh in the store',
    '100 tenants with 20 origins each; the static policy has one list of 20.',
  );
  return { tables: [added, table], bars: quick ? [] : bars };
}

async function heldBy(tenants: number, runs: number): Promise<readonly number[]> {
  const bytes: number[] = [];
  while (bytes.length < runs) {
    bytes.push(await runChild<number>('suites/tenants-memory.main.js', [String(tenants)], ['--expose-gc']));
  }
  return bytes;
}

/** One after the other: what is measured is a delay, not a throughput. */
async function delaysOver(kind: 'redis' | 'postgres', count: number): Promise<readonly number[]> {
  const engine = await (kind === 'redis' ? RedisEngine.create() : PostgresEngine.create());
  await engine.start();
  const file = fileURLToPath(new URL('tenants-listener.main.js', import.meta.url));
  const child = fork(file, [kind, engine.url]);
  await once(child, 'message');
  const { bus, close } = openBus(kind, engine.url);
  const app = await startTenants('store', bus);
  const store = app.get(TenantOrigins);

  const delays: number[] = [];
  while (delays.length < count) {
    const dropped = once(child, 'message');
    const from = performance.now();
    await Promise.all([store.changed('t0'), dropped]);
    delays.push(performance.now() - from);
  }
  const gone = once(child, 'exit');
  child.kill();
  await gone;
  await app.close();
  await close();
  await engine.stop();
  engine.remove();
  return delays;
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
