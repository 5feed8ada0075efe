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
 * Proves that an expression fails quickly: no text can be read in more than {@link MOST_WAYS} ways. False if the proof takes
 * too long.
 *
 * Most checkers use star height, which is wrong both ways: `([a-z0-9-]+\.)*` is nested and quick, `(a|aa)+` is flat and
 * exponential.
 */
export function isQuick(automaton: RegExpAutomaton): boolean {
  try {
    const ways = new Ways(automaton, new StepBudget(MAX_STEPS));
    return [automaton.start, ...automaton.lookAheads].every((start) => ways.areFewFrom(start));
  } catch {
    // An empty loop, a spent budget, or a stack overflow, which only an expression beyond the budget causes.
    return false;
  }
}

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

  areFewFrom(start: number): boolean {
    const seen = new Set<string>();
    const open: Reached[] = [new Map([[start, 1]])];
    for (const reached of open) {
      for (const next of this.#afterOneMore(reached)) {
        if (sum(next.values()) > MOST_WAYS) {
          return false;
        }
        const key = [...next].toSorted(([one], [other]) => one - other).join(' ');
        if (!seen.has(key)) {
          seen.add(key);
          open.push(next);
        }
      }
    }
    return true;
  }

  /** The places after one more character, for each kind of character. */
  #afterOneMore(reached: Reached): Iterable<Reached> {
    const nexts = new Map<string, Map<number, number>>();
    for (const [place, ways] of reached) {
      for (const [{ characters, next }, more] of this.#readingsFrom(place)) {
        for (const kind of this.#kinds.get(characters) ?? []) {
          this.#budget.spend(1);
          const after = nexts.get(kind) ?? new Map<number, number>();
          after.set(next, (after.get(next) ?? 0) + ways * more);
          nexts.set(kind, after);
        }
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
    const readings = new Map(reads === undefined ? [] : [[reads, 1]]);
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
