/** How often an origin was seen: at least `count - excess` times, and at most `count` times. */
export interface FrequentOrigin {
  readonly origin: string;
  readonly count: number;
  readonly excess: number;
}

interface Counter {
  count: number;
  excess: number;
}

/**
 * The origins that are seen most often, in memory that does not grow: a space-saving sketch. An origin that is new takes the
 * place of one of those seen least, and inherits its count, so that what is frequent stays, whoever sends random origins.
 *
 * Origins of one count are kept together, so that each step takes the same time however many there are.
 *
 * @see Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams (2005)
 */
export class FrequentOrigins {
  readonly #counters = new Map<string, Counter>();
  readonly #byCount = new Map<number, Set<string>>();
  #least = 1;

  constructor(private readonly most: number) {}

  see(origin: string): void {
    const known = this.#counters.get(origin);
    if (known !== undefined) {
      this.#move(origin, known);
      return;
    }
    if (this.#counters.size < this.most) {
      this.#counters.set(origin, { count: 1, excess: 0 });
      this.#setOf(1).add(origin);
      this.#least = 1;
      return;
    }
    const counter = this.#forgetOne();
    counter.excess = counter.count;
    this.#counters.set(origin, counter);
    this.#setOf(counter.count).add(origin);
    this.#move(origin, counter);
  }

  get size(): number {
    return this.#counters.size;
  }

  /** The most frequent first. */
  list(): readonly FrequentOrigin[] {
    return [...this.#counters]
      .map(([origin, { count, excess }]) => ({ origin, count, excess }))
      .toSorted((a, b) => b.count - a.count || b.origin.length - a.origin.length);
  }

  /** The one that has been among the least for the longest time. */
  #forgetOne(): Counter {
    const least = this.#byCount.get(this.#least);
    const [oldest = ''] = least ?? [];
    const counter = this.#counters.get(oldest) ?? { count: this.#least, excess: 0 };
    least?.delete(oldest);
    this.#counters.delete(oldest);
    return counter;
  }

  #move(origin: string, counter: Counter): void {
    const from = this.#byCount.get(counter.count);
    from?.delete(origin);
    counter.count += 1;
    this.#setOf(counter.count).add(origin);
    if (from?.size === 0) {
      this.#byCount.delete(counter.count - 1);
      if (this.#least === counter.count - 1) {
        this.#least = counter.count;
      }
    }
  }

  #setOf(count: number): Set<string> {
    let found = this.#byCount.get(count);
    if (found === undefined) {
      found = new Set();
      this.#byCount.set(count, found);
    }
    return found;
  }
}
