import { runChild } from '../measure/child.js';
import { estimatePairs, median } from '../measure/interval.js';
import type { Bar, SuiteResult, Table } from '../report/result.js';
import type { Effort } from './effort.js';

/** What loading a package took, in milliseconds. */
export interface LoadingFigures {
  readonly wall: number;
  readonly cpu: number;
}

/** The package that every Nest app knows, and of about our size: what we are held against. */
const PEER = '@nestjs/throttler';
const OURS = [
  { name: 'nestjs-cors', limit: 1.5 },
  { name: 'nestjs-cors/testing', limit: 2 },
] as const;
const PACKAGES = [...OURS.map(({ name }) => name), PEER, '@nestjs/config', 'helmet', 'cors'];
const WAYS = ['import', 'require'] as const;

/** Loading each package after Nest, in fresh processes, in turn: the published build, which has to be there. */
export async function loadingSuite(effort: Effort): Promise<SuiteResult> {
  const rounds = effort.quick ? 1 : 10;
  const drawn = new Map<string, LoadingFigures[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of PACKAGES) {
      for (const way of WAYS) {
        const figures = await runChild<LoadingFigures>('suites/loading.main.js', [name, way], ['--no-warnings']);
        drawn.set(keyOf(name, way), [...(drawn.get(keyOf(name, way)) ?? []), figures]);
      }
    }
  }
  const figuresOf = (name: string, way: string): readonly LoadingFigures[] => drawn.get(keyOf(name, way)) ?? [];
  const table: Table = {
    id: 'loading',
    title: 'Loading a package, after Nest',
    unit: 'ms of CPU time',
    columns: ['import()', 'require()'],
    rows: PACKAGES.map((name) => ({
      name,
      values: WAYS.map((way) => median(figuresOf(name, way).map(({ cpu }) => cpu))),
    })),
    note: 'Medians of ten fresh processes each, in turn. `@nestjs/common` and `@nestjs/core` are loaded before.',
  };
  return {
    tables: [table],
    bars: OURS.flatMap(({ name, limit }) => WAYS.map((way) => barOf(name, way, limit, figuresOf))),
  };
}

function barOf(
  name: string,
  way: string,
  limit: number,
  figuresOf: (name: string, way: string) => readonly LoadingFigures[],
): Bar {
  const theirs = figuresOf(PEER, way);
  const pairs = figuresOf(name, way).flatMap((ours, at) => {
    const peer = theirs[at];
    return peer === undefined ? [] : [{ ours: ours.cpu, peer: peer.cpu }];
  });
  return {
    what: `${way} of ${name}, CPU time, against ${PEER}`,
    limit,
    direction: 'at most',
    unit: '×',
    figure: estimatePairs(pairs, (each) => median(each.map(({ ours }) => ours)) / median(each.map(({ peer }) => peer))),
  };
}

function keyOf(name: string, way: string): string {
  return `${way} ${name}`;
}
