const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('') as [string, ...string[]];

/** A small generator of random numbers (mulberry32): a run can be repeated from its seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  }

  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** Of lower-case letters and digits. */
  word(longest: number): string {
    let word = this.oneOf(LETTERS);
    for (let rest = this.below(longest); rest > 0; rest -= 1) {
      word += this.below(36).toString(36);
    }
    return word;
  }
}
