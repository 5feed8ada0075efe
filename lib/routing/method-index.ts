import type { OrderedEntry, OrderedTableSettings } from './ordered-entry.js';
import { SegmentTrie, type PositionTest } from './segment-trie.js';

const TRAILING_SLASHES = /\/+$/;
/** The characters that mean something in path-to-regexp's syntax: a pattern without them is a plain path. */
const SYNTAX = /[{}()[\]+?!:*\\]/;
/** Lower-casing is exactly what a case-insensitive expression does for these characters, and for no others. */
const PRINTABLE_ASCII = /^[!-~]*$/;

/** No position. */
export const NOWHERE = Infinity;

/**
 * The entries of an ordered router that serve one method, indexed, so that the cost of a look-up does not grow with their
 * number: 50 routes or 5 000, it is one look-up of the text, and a walk down the segments where patterns have parameters.
 */
export class MethodIndex implements PositionTest {
  readonly #positions: number[] = [];
  /** Plain paths, by their folded text; positions ascending. */
  readonly #plain = new Map<string, number[]>();
  readonly #patterns = new SegmentTrie();
  #hasPatterns = false;

  constructor(
    private readonly entries: readonly OrderedEntry[],
    private readonly settings: Pick<OrderedTableSettings, 'caseSensitive' | 'strict'>,
  ) {}

  /** Positions have to come in ascending order. */
  add(position: number): void {
    this.#positions.push(position);
    const pattern = this.#foldPattern(this.entries[position]?.pattern);
    if (pattern === undefined || SYNTAX.test(pattern)) {
      this.#hasPatterns = true;
      this.#patterns.add(pattern, position);
      return;
    }
    const same = this.#plain.get(pattern);
    if (same === undefined) {
      this.#plain.set(pattern, [position]);
    } else {
      same.push(position);
    }
  }

  /** The position of the first entry, from `from` on, that matches a pathname of printable ASCII. */
  first(pathname: string, from: number): number {
    const folded = this.#fold(pathname);
    // A plain path needs no matcher: it matches its own text, give or take what folding takes away.
    const plain = firstFrom(this.#plain.get(folded), from);
    return this.#hasPatterns ? this.#patterns.lowest(folded, pathname, from, plain, this) : plain;
  }

  /** The same for any pathname, by asking about every entry, as the router does. */
  firstByScan(pathname: string, from: number): number {
    return this.#positions.find((position) => position >= from && this.matchesAt(position, pathname)) ?? NOWHERE;
  }

  matchesAt(position: number, pathname: string): boolean {
    const entry = this.entries[position];
    return entry !== undefined && matchesEntry(entry, pathname);
  }

  #fold(pathname: string): string {
    const cased = this.settings.caseSensitive ? pathname : pathname.toLowerCase();
    return !this.settings.strict && cased.length > 1 && cased.endsWith('/') ? cased.slice(0, -1) : cased;
  }

  /** Folds a pattern as Express loosens it; undefined where it cannot be folded, so that every pathname may match. */
  #foldPattern(pattern: unknown): string | undefined {
    if (typeof pattern !== 'string' || !PRINTABLE_ASCII.test(pattern)) {
      return undefined;
    }
    const loose = this.settings.strict || pattern === '/' ? pattern : pattern.replace(TRAILING_SLASHES, '');
    return this.settings.caseSensitive ? loose : loose.toLowerCase();
  }
}

/** Puts a pathname to the router's own matcher. */
export function matchesEntry(entry: OrderedEntry, pathname: string): boolean {
  try {
    return entry.matches(pathname);
  } catch {
    // The pattern fits and a parameter cannot be decoded: the router answers 400 on behalf of this entry.
    return true;
  }
}

function firstFrom(positions: readonly number[] | undefined, from: number): number {
  if (positions !== undefined) {
    for (const position of positions) {
      if (position >= from) {
        return position;
      }
    }
  }
  return NOWHERE;
}
