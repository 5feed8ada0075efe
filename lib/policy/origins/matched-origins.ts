import { ORIGIN_ALPHABET, ORIGIN_START, type OriginState } from './origin-automaton.js';
import { SIDES, type RegExpAutomaton, type Side } from './regexp-automaton.js';
import type { StepBudget } from './step-budget.js';

/** How far expression and origin have been read together. */
export interface Node {
  readonly place: number;
  readonly before: Side;
  readonly origin: OriginState;
  /** The expression ends here, and a complete origin does. */
  accepted: boolean;
  readonly into: Edge[];
  /** The shortest text that leads here from the start. */
  readonly prefix: string;
  /** The shortest text that leads on to a complete origin. */
  suffix: string;
}

/** One character read by both. */
export interface Edge {
  readonly from: Node;
  /** In lower case. */
  readonly characters: string;
  /** The same as the expression takes them: in upper case where it takes nothing else. */
  readonly written: string;
  /** How many characters the expression takes at this place: one where it spells a name. */
  readonly choices: number;
}

/**
 * The origins that an expression matches: both automata side by side, as a graph of what can be reached and leads to
 * the end. Nodes are in the order of their shortest prefixes.
 */
export function matchedOrigins(automaton: RegExpAutomaton, budget: StepBudget): readonly Node[] {
  const graph = new Graph(automaton, budget);
  const leadingOn = new Set(graph.nodes.filter(({ accepted }) => accepted));
  // Shortest first, as they are found from the ends backwards.
  for (const to of leadingOn) {
    for (const { from, written } of to.into) {
      if (!leadingOn.has(from)) {
        from.suffix = written.charAt(0) + to.suffix;
        leadingOn.add(from);
      }
    }
  }
  return graph.nodes.filter((node) => leadingOn.has(node));
}

/** Characters that lead from one origin state to the same other one. */
interface Group {
  readonly characters: string;
  readonly written: string;
  readonly side: Side;
  readonly origin: OriginState;
}

/** What of a character set is possible after an origin state. */
interface Possible {
  /** How many characters, in whatever case. */
  readonly choices: number;
  readonly groups: readonly Group[];
}

class Graph {
  /** In the order in which they are found: by the length of their prefixes. */
  readonly nodes: Node[] = [];
  readonly #automaton: RegExpAutomaton;
  readonly #budget: StepBudget;
  readonly #sides: readonly Side[];
  /** By origin state, place and side. */
  readonly #known = new Map<OriginState, Map<number, Node>>();
  /** By origin state and characters: most expressions have a few classes, which meet the same states again and again. */
  readonly #groups = new Map<OriginState, Map<string, Possible>>();

  constructor(automaton: RegExpAutomaton, budget: StepBudget) {
    this.#automaton = automaton;
    this.#budget = budget;
    this.#sides = [...new Set(Array.from(ORIGIN_ALPHABET, (character) => automaton.sideOf(character)))];
    this.#visit(automaton.start, 'end', ORIGIN_START, '');
    for (const node of this.nodes) {
      this.#sides.forEach((after) => this.#leave(node, after));
      node.accepted = node.origin.complete && automaton.from(node.place, node.before, 'end').ends;
    }
  }

  #visit(place: number, before: Side, origin: OriginState, prefix: string): Node {
    const key = place * SIDES.length + SIDES.indexOf(before);
    const ofOrigin = this.#known.get(origin) ?? new Map<number, Node>();
    this.#known.set(origin, ofOrigin);
    let node = ofOrigin.get(key);
    if (node === undefined) {
      node = { place, before, origin, prefix, accepted: false, into: [], suffix: '' };
      ofOrigin.set(key, node);
      this.nodes.push(node);
    }
    return node;
  }

  #leave(from: Node, after: Side): void {
    for (const { characters: taken, next } of this.#automaton.from(from.place, from.before, after).readings) {
      const { choices, groups } = this.#possible(from.origin, taken);
      for (const { characters, written, side, origin } of groups) {
        if (side === after) {
          this.#budget.spend(1);
          const node = this.#visit(next, side, origin, from.prefix + written.charAt(0));
          node.into.push({ from, characters, written, choices });
        }
      }
    }
  }

  #possible(origin: OriginState, taken: string): Possible {
    const ofOrigin = this.#groups.get(origin) ?? new Map<string, Possible>();
    this.#groups.set(origin, ofOrigin);
    const possible = ofOrigin.get(taken) ?? this.#grouped(origin, taken);
    ofOrigin.set(taken, possible);
    return possible;
  }

  #grouped(from: OriginState, taken: string): Possible {
    const possible = Array.from(taken).filter((character) => isPossible(character, from, taken));
    this.#budget.spend(possible.length);
    const groups = new Map<string, Group>();
    for (const character of possible) {
      const letter = character.toLowerCase();
      const origin = from.next(letter);
      if (origin !== undefined) {
        const side = this.#automaton.sideOf(letter);
        const key = `${side} ${origin.id}`;
        const { characters = '', written = '' } = groups.get(key) ?? {};
        groups.set(key, { characters: characters + letter, written: written + character, side, origin });
      }
    }
    return { choices: possible.length, groups: [...groups.values()] };
  }
}

/** Upper case counts only where origins have it, and where the expression does not take the same letter in lower case. */
function isPossible(character: string, { foldsCase }: OriginState, taken: string): boolean {
  const letter = character.toLowerCase();
  return letter === character || (foldsCase && !taken.includes(letter));
}
