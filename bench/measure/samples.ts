import { randomFrom } from './random.js';

/** Nanoseconds per operation, one figure a round, by contender. Round n of all contenders ran side by side. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

/** An estimate and the bounds of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Reads the cost of a contender, in nanoseconds per operation. */
export type CostOf = (name: string) => number;

/**
 * The quantile at which costs are compared. What else runs on the machine only ever adds time, so the low end of many short
 * batches is the nearest thing to the cost itself; the very lowest is a matter of luck.
 */
const LOW = 0.1;
const RESAMPLES = 1000;
/** Rounds that follow each other meet the same weather, so they are drawn together. */
const BLOCK = 10;

export class Samples {
  readonly #rounds: ReadonlyMap<string, Float64Array>;

  /** @param generations - the rounds of each process that ran them. */
  constructor(generations: readonly Rounds[]) {
    this.#rounds = new Map(
      Object.keys(generations[0] ?? {}).map((name) => [
        name,
        Float64Array.from(generations.flatMap((rounds) => rounds[name] ?? [])),
      ]),
    );
  }

  get names(): readonly string[] {
    return [...this.#rounds.keys()];
  }

  quantile(name: string, q: number): number {
    return quantileOf(this.#of(name).toSorted(), q);
  }

  /** The cost of a contender: its low quantile. */
  readonly cost: CostOf = (name) => this.quantile(name, LOW);

  /** How far apart the middle half of its rounds lies, as a part of the median: what the weather was like. */
  spread(name: string): number {
    const sorted = this.#of(name).toSorted();
    return (quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)) / quantileOf(sorted, 0.5);
  }

  /**
   * A figure made of costs, as a ratio of differences, with its bootstrap interval: the rounds are drawn again with
   * replacement, the same ones for every contender, and the figure is computed anew each time.
   */
  estimate(figure: (cost: CostOf) => number): Estimate {
    const random = randomFrom(42);
    const figures = new Float64Array(RESAMPLES);
    for (let index = 0; index < RESAMPLES; index += 1) {
      const drawn = this.#draw(random);
      const costs = new Map<string, number>();
      figures[index] = figure((name) => {
        const cost = costs.get(name) ?? quantileOf(take(this.#of(name), drawn).toSorted(), LOW);
        costs.set(name, cost);
        return cost;
      });
    }
    figures.sort();
    return { value: figure(this.cost), low: quantileOf(figures, 0.025), high: quantileOf(figures, 0.975) };
  }

  #of(name: string): Float64Array {
    const figures = this.#rounds.get(name);
    if (figures === undefined) {
      throw new Error(`No contender is called ${name}`);
    }
    return figures;
  }

  #draw(random: () => number): Uint32Array {
    const [first] = this.#rounds.values();
    const count = first?.length ?? 0;
    const drawn = new Uint32Array(count);
    for (let start = 0; start < count; start += BLOCK) {
      const from = Math.floor(random() * count);
      for (let index = start; index < Math.min(start + BLOCK, count); index += 1) {
        drawn[index] = (from + index - start) % count;
      }
    }
    return drawn;
  }
}

function take(figures: Float64Array, drawn: Uint32Array): Float64Array {
  return Float64Array.from(drawn, (index) => figures[index] ?? Number.NaN);
}

function quantileOf(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
