/** How often an origin was seen: at least `count - excess` times, and at most `count` times. */
export interface FrequentOrigin {
  readonly origin: string;
  readonly count: number;
  readonly excess: number;
}

interface Counter {
  origin: string;
  count: number;
  excess: number;
}

/**
 * The origins that are seen most often, in bounded memory: a space-saving sketch. A new origin replaces one of those seen
 * least, and inherits its count, so that frequent origins stay even if a client sends random ones.
 *
 * A known origin costs one look-up. One search finds all origins that were seen least; they are replaced one by one.
 *
 * @see Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams (2005)
 */
export class FrequentOrigins {
  readonly #byOrigin = new Map<string, Counter>();
  readonly #counters: Counter[] = [];
  /** Those that had the least count when they were looked for; some of them may have been seen again. */
  #leastSeen: Counter[] = [];
  #least = 0;

  constructor(private readonly most: number) {}

  see(origin: string): void {
    const known = this.#byOrigin.get(origin);
    if (known !== undefined) {
      known.count += 1;
    } else if (this.#counters.length < this.most) {
      const counter = { origin, count: 1, excess: 0 };
      this.#counters.push(counter);
      this.#byOrigin.set(origin, counter);
    } else {
      const counter = this.#takeLeastSeen();
      this.#byOrigin.delete(counter.origin);
      counter.origin = origin;
      counter.excess = counter.count;
      counter.count += 1;
      this.#byOrigin.set(origin, counter);
    }
  }

  get size(): number {
    return this.#byOrigin.size;
  }

  /** The most frequent first. */
  list(): readonly FrequentOrigin[] {
    return this.#counters
      .map(({ origin, count, excess }) => ({ origin, count, excess }))
      .toSorted((a, b) => b.count - a.count || a.excess - b.excess);
  }

  #takeLeastSeen(): Counter {
    for (;;) {
      const counter = this.#leastSeen.pop();
      if (counter === undefined) {
        this.#findLeastSeen();
      } else if (counter.count === this.#least) {
        return counter;
      }
    }
  }

  #findLeastSeen(): void {
    let least = Infinity;
    for (const { count } of this.#counters) {
      least = Math.min(least, count);
    }
    this.#least = least;
    this.#leastSeen = this.#counters.filter(({ count }) => count === least);
  }
}
