import type { ChildProcess } from 'node:child_process';

import { ALLOWED } from '../apps/policies.js';
import { said, startChild } from '../measure/child.js';
import { estimatePairs, median } from '../measure/interval.js';
import { randomFrom, shuffled } from '../measure/random.js';
import type { Bar, SuiteResult, Table } from '../report/result.js';
import { assertCors, libraryAnswer, packageAnswer } from '../scenarios/expected.js';
import type { Effort } from './effort.js';
import type { LoadOrder, LoadReport } from './load.main.js';

const WAYS = ['bare', 'enableCors', 'three policies'] as const;
type Round = Readonly<Record<(typeof WAYS)[number], LoadReport>>;

/** Requests a second over loopback sockets: an allowed GET, 20 connections, the load generator in a process of its own. */
export async function socketsSuite({ quick }: Effort): Promise<SuiteResult> {
  const rows: Table['rows'][number][] = [];
  const bars: Bar[] = [];
  for (const platform of ['express', 'fastify']) {
    const rounds = await loadInTurn(platform, quick ? 1 : 20, quick ? 1 : 2);
    for (const way of WAYS) {
      const of = (key: keyof LoadReport): number => median(rounds.map((round) => round[way][key]));
      rows.push({ name: `${platform}, ${way}`, values: [of('requestsPerSecond'), of('p99')] });
    }
    bars.push({
      what: `requests a second on ${platform}, against enableCors`,
      limit: 0.97,
      direction: 'at least',
      unit: '×',
      figure: estimatePairs(rounds, (drawn) =>
        median(drawn.map((round) => round['three policies'].requestsPerSecond / round['enableCors'].requestsPerSecond)),
      ),
    });
  }
  const table: Table = {
    id: 'sockets',
    title: 'Over sockets: an allowed GET',
    unit: 'requests a second, ms',
    columns: ['requests a second', 'p99, ms'],
    rows,
    note: 'Medians of 20 rounds of two seconds each, the applications in turn; the ratio is taken within each round.',
  };
  return { tables: [table], bars: quick ? [] : bars };
}

async function loadInTurn(platform: string, count: number, seconds: number): Promise<readonly Round[]> {
  const servers: { readonly way: (typeof WAYS)[number]; readonly child: ChildProcess; readonly port: number }[] = [];
  for (const way of WAYS) {
    const child = startChild('suites/server.main.js', [platform, way]);
    const { port } = await said<{ port: number }>(child);
    await assertAnswer(platform, way, port);
    servers.push({ way, child, port });
  }
  const generator = startChild('suites/load.main.js', []);
  const load = (port: number, duration: number): Promise<LoadReport> => {
    generator.send({ port, seconds: duration } satisfies LoadOrder);
    return said<LoadReport>(generator);
  };
  if (count > 1) {
    for (const { port } of servers) {
      await load(port, 2);
    }
  }

  const rounds: Round[] = [];
  const random = randomFrom(7);
  while (rounds.length < count) {
    const round: Partial<Record<(typeof WAYS)[number], LoadReport>> = {};
    for (const { way, port } of shuffled(servers, random)) {
      const report = await load(port, seconds);
      if (report.faults > 0) {
        throw new Error(`${platform}, ${way}: ${report.faults} requests went wrong`);
      }
      round[way] = report;
    }
    rounds.push(round as Round);
  }
  for (const child of [generator, ...servers.map((server) => server.child)]) {
    child.disconnect();
  }
  return rounds;
}

async function assertAnswer(platform: string, way: string, port: number): Promise<void> {
  const { status, headers } = await fetch(`http://127.0.0.1:${port}/resource5/4711`, { headers: { origin: ALLOWED } });
  const expected = { 'three policies': libraryAnswer('allowed'), enableCors: packageAnswer('allowed', ', '), bare: {} };
  assertCors(
    { status, headers: Object.fromEntries(headers) },
    expected[way as keyof typeof expected],
    `${platform}, ${way}, over sockets`,
  );
}
