import type { AST } from '@eslint-community/regexpp';

import onDemand from '../../packages/on-demand.cjs';
import { ORIGIN_ALPHABET, PLAIN_ALPHABET } from './origin-automaton.js';
import type { StepBudget } from './step-budget.js';

/** What this kind of automaton cannot model: the expression may be sound, but nothing proves it. */
export type RegExpObstacle = 'look-around' | 'back-reference' | 'syntax' | 'size';

/** Thrown while an expression is read, with the obstacle. */
export class UnreadableRegExp extends Error {
  override readonly name = 'UnreadableRegExp';

  constructor(readonly obstacle: RegExpObstacle) {
    super(obstacle);
  }
}

/** What stands on one side of a place between two characters: `\b`, `^` and `$` ask for nothing else. */
export type Side = (typeof SIDES)[number];

export const SIDES = ['word', 'other', 'end'] as const;

/** A place in the expression. What follows is reached without reading a character, if its conditions hold. */
export interface Place {
  readonly reads: Reading | undefined;
  readonly condition: ((before: Side, after: Side) => boolean) | undefined;
  readonly nexts: readonly number[];
}

const END: Place = { reads: undefined, condition: undefined, nexts: [] };

/** One character read: which ones of {@link ORIGIN_ALPHABET} are possible, and the place that follows. */
export interface Reading {
  readonly characters: string;
  readonly next: number;
}

/** What may be read at a place, and whether the expression may end there. */
export interface Continuation {
  readonly readings: readonly Reading[];
  readonly ends: boolean;
}

const WORD_CHARACTER = /\w/;

/** Two of the characters with which both a label and an IPv6 address may go on: a set that has them spells no certain name. */
const WILDCARD = /[0-9a-f].*[0-9a-f]/;

const IN_HOST = /[\w.:[\]-]/;

/**
 * A regular expression as an automaton over {@link ORIGIN_ALPHABET}, matching whole texts, as `^(?:source)$` does.
 *
 * What a single character, class or escape matches is not worked out here: the engine that will match at run time is
 * asked about each character of the alphabet, with the flags of the expression. So `i` with its odd letters, Unicode
 * properties and set notation are right by construction, and the alphabet keeps `.` small.
 */
export class RegExpAutomaton {
  /** The place that everything starts from. */
  readonly start: number;
  /** The places that the insides of look-aheads start from. The expression itself goes on as if each of them held. */
  readonly lookAheads: number[] = [];
  /** There is a look-ahead within another one. */
  nestsLookAheads = false;
  readonly #flags: string;
  readonly #budget: StepBudget;
  /** All but the end of the expression, which is 0. */
  readonly #places = new Map<number, Place>();
  readonly #characters = new Map<string, string>();
  readonly #continuations = new Map<number, Continuation>();
  #hasWordBoundary = false;

  readonly #decided: ReadonlyMap<AST.Node, number>;

  /**
   * Throws {@link UnreadableRegExp}, and what the budget throws.
   *
   * @param decided - how often a quantifier repeats, and which alternative of a group is taken, where that is not left open.
   */
  constructor(
    readonly pattern: AST.Pattern,
    flags: string,
    budget: StepBudget,
    decided: ReadonlyMap<AST.Node, number> = new Map(),
  ) {
    this.#flags = flags;
    this.#budget = budget;
    this.#decided = decided;
    this.start = this.#alternatives(pattern.alternatives, 0);
  }

  /** The same expression with one of its choices made. */
  deciding(node: AST.Node, option: number): RegExpAutomaton {
    return new RegExpAutomaton(this.pattern, this.#flags, this.#budget, new Map([[node, option]]));
  }

  /** The side that a character is for its neighbours; all are alike where the expression does not ask. */
  sideOf(character: string): Side {
    return this.#hasWordBoundary && WORD_CHARACTER.test(character) ? 'word' : 'other';
  }

  from(place: number, before: Side, after: Side): Continuation {
    const key = (place * SIDES.length + SIDES.indexOf(before)) * SIDES.length + SIDES.indexOf(after);
    const known = this.#continuations.get(key);
    if (known !== undefined) {
      return known;
    }
    const readings: Reading[] = [];
    const seen = new Set([place]);
    for (const each of seen) {
      this.#budget.spend(1);
      const { reads, condition, nexts } = this.at(each);
      if (reads !== undefined) {
        readings.push(reads);
      } else if (condition === undefined || condition(before, after)) {
        nexts.forEach((next) => seen.add(next));
      }
    }
    const continuation = { readings, ends: seen.has(0) };
    this.#continuations.set(key, continuation);
    return continuation;
  }

  at(place: number): Place {
    return this.#places.get(place) ?? END;
  }

  /** False for an element that spells nothing of a host wherever it stands: a wildcard, a slash. */
  spellsHosts(element: AST.Element): boolean {
    if (element.type === 'Character') {
      return IN_HOST.test(this.#charactersOf(escaped(element)));
    }
    const isSet = /^(?:Expression)?Character(?:Class|Set)$/.test(element.type);
    const characters = isSet ? this.#charactersOf(element.raw) : undefined;
    return characters === undefined || (IN_HOST.test(characters) && !WILDCARD.test(characters));
  }

  /** The characters of every class, set and escape in the expression, each once. */
  get characterSets(): Iterable<string> {
    return new Set(this.#characters.values());
  }

  #add(nexts: readonly number[], part: Partial<Place> = {}): number {
    this.#budget.spend(1);
    const place = this.#places.size + 1;
    this.#places.set(place, { ...END, ...part, nexts });
    return place;
  }

  /** Everything is built from its end: each part is told the place that comes after it. */
  #alternatives(alternatives: readonly AST.Alternative[], then: number): number {
    const entries = alternatives.map(({ elements }) =>
      elements.reduceRight((next, element) => this.#element(element, next), then),
    );
    return this.#add(entries);
  }

  #element(element: AST.Element, then: number): number {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.#group(element, then);
      case 'Quantifier':
        return this.#quantifier(element, then);
      case 'Assertion':
        return this.#assertion(element, then);
      case 'Backreference':
        throw new UnreadableRegExp('back-reference');
      case 'Character':
        return this.#reading(escaped(element), then);
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return this.#reading(element.raw, then);
    }
  }

  #group(group: AST.Group | AST.CapturingGroup, then: number): number {
    if (group.type === 'Group' && group.modifiers !== null) {
      throw new UnreadableRegExp('syntax');
    }
    const only = this.#decided.get(group);
    return this.#alternatives(only === undefined ? group.alternatives : group.alternatives.slice(only, only + 1), then);
  }

  /** `x{2,4}` is `xx(x(x)?)?`: it grows with the count, and nothing is tried twice. */
  #quantifier(quantifier: AST.Quantifier, then: number): number {
    const { element } = quantifier;
    const { min = quantifier.min, max = quantifier.max } = this.#decidedCount(quantifier);
    const bounded = max !== Infinity;
    let next = bounded ? then : this.#repeated(element, then);
    for (let count = bounded ? max : min; count > 0; count -= 1) {
      this.#budget.spend(1);
      const once = this.#element(element, next);
      next = count > min ? this.#add([once, then]) : once;
    }
    return next;
  }

  #decidedCount(quantifier: AST.Quantifier): { readonly min?: number; readonly max?: number } {
    const count = this.#decided.get(quantifier);
    return count === undefined ? {} : { min: count, max: count };
  }

  #repeated(element: AST.QuantifiableElement, then: number): number {
    const nexts = [then];
    const loop = this.#add(nexts);
    nexts.push(this.#element(element, loop));
    return loop;
  }

  #assertion(assertion: AST.Assertion, then: number): number {
    switch (assertion.kind) {
      case 'start':
        return this.#add([then], { condition: (before) => before === 'end' });
      case 'end':
        return this.#add([then], { condition: (_, after) => after === 'end' });
      case 'word':
        this.#hasWordBoundary = true;
        return this.#add([then], {
          condition: (before, after) => ((before === 'word') !== (after === 'word')) !== assertion.negate,
        });
      case 'lookahead':
        this.nestsLookAheads ||= isInLookAhead(assertion);
        this.lookAheads.push(this.#alternatives(assertion.alternatives, 0));
        return then;
      case 'lookbehind':
        throw new UnreadableRegExp('look-around');
    }
  }

  #reading(raw: string, then: number): number {
    return this.#add([], { reads: { characters: this.#charactersOf(raw), next: then } });
  }

  #charactersOf(raw: string): string {
    const known = this.#characters.get(raw);
    if (known !== undefined) {
      return known;
    }
    // A class of set notation may stand for more than one character.
    if (this.#flags.includes('v') && raw.includes('\\q')) {
      throw new UnreadableRegExp('syntax');
    }
    this.#budget.spend(PLAIN_ALPHABET.length);
    const one = new RegExp(`^(?:${raw})$`, this.#flags);
    const characters = Array.from(ORIGIN_ALPHABET)
      .filter((character) => one.test(character))
      .join('');
    this.#characters.set(raw, characters);
    return characters;
  }
}

/** Look-aheads are the only assertions with contents: a look-behind is refused. */
function isInLookAhead({ parent }: AST.Node): boolean {
  return parent !== null && (parent.type === 'Assertion' || isInLookAhead(parent));
}

/** In every mode the same; what is beyond four digits is in no origin, and has no other case there. */
function escaped({ value }: AST.Character): string {
  return `\\u${Math.min(value, 0xffff).toString(16).padStart(4, '0')}`;
}

/** Throws {@link UnreadableRegExp}. */
export function parseRegExp(source: string, flags: string): AST.Pattern {
  try {
    const modes = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') };
    const { RegExpParser } = onDemand.regexpp();
    return new RegExpParser().parsePattern(source, 0, source.length, modes);
  } catch {
    // The parser does not know every syntax that the engine knows.
    throw new UnreadableRegExp('syntax');
  }
}
