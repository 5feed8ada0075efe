import { contest, type ContestSettings } from '../measure/contest.js';
import type { CostOf, Samples } from '../measure/samples.js';
import type { Bar, Table } from '../report/result.js';
import { loadScenario } from '../scenarios/index.js';

/** Runs a scenario; every suite of contests starts with this. */
export async function runContest(name: string, settings: ContestSettings): Promise<ContestResult> {
  return new ContestResult(name, await contest(name, settings), (await loadScenario(name)).baseOf);
}

export class ContestResult {
  constructor(
    private readonly name: string,
    private readonly works: ReadonlyMap<string, Samples>,
    private readonly baseOf: (contender: string) => string | undefined,
  ) {}

  /** What each contender adds to its base, in nanoseconds; contenders across, works down. */
  addedByWork(title: string, note: string): Table {
    const names = this.#names();
    return {
      ...this.#head(title, note),
      columns: names,
      rows: [...this.works].map(([work, { cost }]) => ({
        name: work,
        values: names.map((name) => this.#added(name)(cost)),
      })),
    };
  }

  /** The same, contenders down, works across. */
  addedByContender(title: string, note: string): Table {
    return {
      ...this.#head(title, note),
      columns: [...this.works.keys()],
      rows: this.#names().map((name) => ({
        name,
        values: [...this.works.values()].map(({ cost }) => this.#added(name)(cost)),
      })),
    };
  }

  /** Whole costs, for work that the base does not do: a bare application answers a preflight with a 404. */
  totals(title: string, note: string, works: readonly string[]): Table {
    const names = this.#names();
    return {
      ...this.#head(title, note),
      id: `${this.name}-total`,
      columns: names,
      rows: works.map((work) => ({ name: work, values: names.map((name) => this.#samples(work).cost(name)) })),
    };
  }

  /** What one contender adds, as a multiple of what the other adds. */
  addedRatio(what: string, work: string, contender: string, other: string, limit: number): Bar {
    const [numerator, denominator] = [this.#added(contender), this.#added(other)];
    return this.#bar(what, limit, work, (cost) => numerator(cost) / denominator(cost));
  }

  /** What one contender costs, as a multiple of what the other costs. */
  totalRatio(what: string, work: string, contender: string, other: string, limit: number): Bar {
    return this.#bar(what, limit, work, (cost) => cost(contender) / cost(other));
  }

  /** How quiet the machine was: the middle half of the rounds of each contender, as a part of the median; the worst of all. */
  get spread(): number {
    return Math.max(
      ...[...this.works.values()].flatMap((samples) => samples.names.map((name) => samples.spread(name))),
    );
  }

  #bar(what: string, limit: number, work: string, figure: (cost: CostOf) => number): Bar {
    return { what, limit, direction: 'at most', unit: '×', figure: this.#samples(work).estimate(figure) };
  }

  #added(contender: string): (cost: CostOf) => number {
    const base = this.baseOf(contender);
    return (cost) => cost(contender) - (base === undefined ? 0 : cost(base));
  }

  #names(): readonly string[] {
    const [samples] = this.works.values();
    return (samples?.names ?? []).filter((name) => this.baseOf(name) !== undefined);
  }

  #samples(work: string): Samples {
    const samples = this.works.get(work);
    if (samples === undefined) {
      throw new Error(`${this.name} has no work called ${work}`);
    }
    return samples;
  }

  #head(title: string, note: string): Pick<Table, 'id' | 'title' | 'unit' | 'note'> {
    return {
      id: this.name,
      title,
      unit: 'ns',
      note: `${note} Spread of the rounds at worst ${this.spread.toFixed(2)}.`,
    };
  }
}
