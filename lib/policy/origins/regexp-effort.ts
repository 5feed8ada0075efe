import type { Reading, RegExpAutomaton } from './regexp-automaton.js';
import { StepBudget } from './step-budget.js';

/**
 * The most ways in which an expression may read the same text. A backtracking engine tries them one after the other if the text
 * does not match in the end. Typical expressions have fewer than ten.
 */
const MOST_WAYS = 100;

/** Typical expressions need some hundreds. */
const MAX_STEPS = 20_000;

/** Thrown if a loop can repeat without reading a character: `(a*)*` has infinitely many ways. */
class EmptyLoop extends Error {
  override readonly name = 'EmptyLoop';
}

/** The places that a text can lead to, each with the number of ways. */
type Reached = ReadonlyMap<number, number>;

/**
 * Proves that an expression fails quickly: no text can be read in more than {@link MOST_WAYS} ways, and no place, such as the
 * end, is reached in more ways. False if the proof takes too long.
 *
 * Most checkers use star height, which is wrong both ways: `([a-z0-9-]+\.)*` is nested and quick, `(a|aa)+` is flat and
 * exponential.
 *
 * A look-ahead may be tried once for each way and each character, so the numbers of ways multiply. Each nested look-ahead
 * multiplies the effort by the length of the text; such expressions are not quick.
 */
export function isQuick(automaton: RegExpAutomaton): boolean {
  if (automaton.nestsLookAheads) {
    return false;
  }
  try {
    const ways = new Ways(automaton, new StepBudget(MAX_STEPS));
    const ahead = automaton.lookAheads.map((start) => ways.mostFrom(start));
    return ways.mostFrom(automaton.start) * Math.max(1, ...ahead) <= MOST_WAYS;
  } catch {
    // An empty loop, a spent budget, or a stack overflow, which only an expression beyond the budget causes.
    return false;
  }
}

/** The end of the expression as the last thing it tries to read: a longer text fails there. */
const AT_END: Reading = { characters: '', next: 0 };

/** Reads all texts at once, as far as they differ in the places they lead to or in the number of ways. */
class Ways {
  readonly #automaton: RegExpAutomaton;
  readonly #budget: StepBudget;
  /** The kinds of characters in each character set. The expression does not distinguish characters of one kind. */
  readonly #kinds: ReadonlyMap<string, readonly string[]>;
  /** What can be read next at a place, with the number of ways to get there without reading. Undefined during the search. */
  readonly #readings = new Map<number, ReadonlyMap<Reading, number> | undefined>();

  constructor(automaton: RegExpAutomaton, budget: StepBudget) {
    this.#automaton = automaton;
    this.#budget = budget;
    const sets = [...automaton.characterSets];
    const kindOf = (character: string): string => sets.map((set) => (set.includes(character) ? '1' : '0')).join('');
    this.#kinds = new Map(sets.map((set) => [set, [...new Set(Array.from(set, kindOf))]]));
  }

  /** The largest number of ways to read a text or to reach a place. It stops counting above {@link MOST_WAYS}. */
  mostFrom(start: number): number {
    const seen = new Set<string>();
    const open: Reached[] = [new Map([[start, 1]])];
    let most = 1;
    for (const reached of open) {
      const arrived = this.#arrivedFrom(reached);
      const nexts = [...this.#afterOneMore(arrived)];
      most = Math.max(most, ...arrived.values(), ...nexts.map((next) => sum(next.values())));
      if (most > MOST_WAYS) {
        return most;
      }
      for (const next of nexts) {
        const key = [...next].toSorted(([one], [other]) => one - other).join(' ');
        if (!seen.has(key)) {
          seen.add(key);
          open.push(next);
        }
      }
    }
    return most;
  }

  /** What may be tried next, and the number of ways to it; includes the end, and characters that no origin has. */
  #arrivedFrom(reached: Reached): ReadonlyMap<Reading, number> {
    const arrived = new Map<Reading, number>();
    for (const [place, ways] of reached) {
      for (const [reading, more] of this.#readingsFrom(place)) {
        this.#budget.spend(1);
        arrived.set(reading, (arrived.get(reading) ?? 0) + ways * more);
      }
    }
    return arrived;
  }

  /** The places after one more character, for each kind of character. */
  #afterOneMore(arrived: ReadonlyMap<Reading, number>): Iterable<Reached> {
    const nexts = new Map<string, Map<number, number>>();
    for (const [{ characters, next }, ways] of arrived) {
      for (const kind of this.#kinds.get(characters) ?? []) {
        this.#budget.spend(1);
        const after = nexts.get(kind) ?? new Map<number, number>();
        after.set(next, (after.get(next) ?? 0) + ways);
        nexts.set(kind, after);
      }
    }
    return nexts.values();
  }

  #readingsFrom(place: number): ReadonlyMap<Reading, number> {
    const known = this.#readings.get(place);
    if (known !== undefined) {
      return known;
    }
    if (this.#readings.has(place)) {
      throw new EmptyLoop();
    }
    this.#readings.set(place, undefined);
    const { reads, nexts } = this.#automaton.at(place);
    const own = reads ?? (nexts.length === 0 ? AT_END : undefined);
    const readings = new Map(own === undefined ? [] : [[own, 1]]);
    for (const next of nexts) {
      for (const [reading, ways] of this.#readingsFrom(next)) {
        this.#budget.spend(1);
        readings.set(reading, (readings.get(reading) ?? 0) + ways);
      }
    }
    this.#readings.set(place, readings);
    return readings;
  }
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, each) => total + each, 0);
}
