import { loadScenario } from '../scenarios/index.js';
import { runChild } from './child.js';
import type { Figures, RoundSettings } from './rounds.js';
import { Samples } from './samples.js';

export interface ContestSettings extends RoundSettings {
  /**
   * How many processes run all the rounds, one after the other: what a process got by luck, how its memory lies and what the
   * compiler chose to inline, stays with it for life.
   */
  readonly generations: number;
}

/** The samples of each of a scenario's works. */
export async function contest(
  name: string,
  { generations, ...settings }: ContestSettings,
  only?: readonly string[],
): Promise<ReadonlyMap<string, Samples>> {
  const works = only ?? (await loadScenario(name)).works;
  const all: Figures[] = [];
  while (all.length < generations) {
    all.push(
      await runChild<Figures>('measure/generation.main.js', [name, JSON.stringify(works), JSON.stringify(settings)]),
    );
  }
  return new Map(works.map((work) => [work, new Samples(all.map((figures) => figures[work] ?? {}))]));
}
