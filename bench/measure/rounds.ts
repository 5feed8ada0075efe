import { randomFrom, shuffled } from './random.js';
import type { Scenario, Work } from './scenario.js';

export interface RoundSettings {
  readonly rounds: number;
  /** How long one batch takes, in milliseconds: short beside what the system takes away at a time. */
  readonly batch: number;
  /** How long a contender works before it is timed, in milliseconds. */
  readonly warmUp: number;
  /** Leaves out the contenders whose names hold one of these words: what takes long to prepare. */
  readonly without?: readonly string[];
}

/** Nanoseconds that doing it once took, one figure a round; by work, then by contender. */
export type Figures = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

/**
 * Times contenders against each other, in one process: small batches in turn, in a new order each round, so that whatever
 * else happens on the machine happens to all of them. Every answer is checked before the work is timed.
 */
export async function runRounds(
  scenario: Scenario,
  works: readonly string[],
  settings: RoundSettings,
): Promise<Figures> {
  const prepared = new Map<string, ReadonlyMap<string, Work>>();
  const { without = [] } = settings;
  const contenders = scenario.contenders.filter((name) => !without.some((word) => name.includes(word)));
  for (const contender of contenders) {
    prepared.set(contender, await scenario.prepare(contender));
  }

  const figures: Record<string, Record<string, readonly number[]>> = {};
  for (const work of works) {
    const runners = new Map<string, Work>();
    for (const [contender, all] of prepared) {
      const runner = all.get(work);
      if (runner === undefined) {
        throw new Error(`${contender} cannot do ${work}`);
      }
      scenario.assert(contender, work, await runner.answer());
      runners.set(contender, runner);
    }
    figures[work] = await timeInTurn(runners, settings);
  }
  return figures;
}

async function timeInTurn(
  runners: ReadonlyMap<string, Work>,
  settings: RoundSettings,
): Promise<Record<string, readonly number[]>> {
  const contenders = [];
  for (const [name, work] of runners) {
    contenders.push({ name, work, times: await timesInBatch(work, settings), figures: [] as number[] });
  }
  const random = randomFrom(7);
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const { work, times, figures } of shuffled(contenders, random)) {
      figures.push(await timed(work, times));
    }
  }
  return Object.fromEntries(contenders.map(({ name, figures }) => [name, figures]));
}

/** Lets a contender work until the compiler has done its part, and says how often the work fits into a batch. */
async function timesInBatch(work: Work, { batch, warmUp }: RoundSettings): Promise<number> {
  let times = 8;
  let best = Infinity;
  const end = performance.now() + warmUp;
  do {
    best = Math.min(best, await timed(work, times));
    times = Math.min(Math.max(Math.round((batch * 1e6) / best), 1), 1_000_000);
  } while (performance.now() < end);
  return times;
}

/** Nanoseconds of one doing. */
async function timed(work: Work, times: number): Promise<number> {
  const start = process.hrtime.bigint();
  const running = work.run(times);
  // Awaiting what is no promise would cost a turn of the microtask queue, which is none of the work.
  if (running !== undefined) {
    await running;
  }
  return Number(process.hrtime.bigint() - start) / times;
}
