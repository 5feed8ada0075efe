import type { OrderedEntry } from './ordered-entry.js';
import type { PatternSegments } from './path-pattern.js';
import { SegmentTrie } from './segment-trie.js';
import type { TargetScan } from './target-scan.js';

/** No position. A small integer: comparing with `Infinity` costs a conversion at every step. */
export const NOWHERE = 0x3fff_ffff;

/**
 * The entries of an ordered router that serve one method, indexed, so that the cost of a look-up does not grow with their
 * number: 50 routes or 5 000, it is a walk down the segments of the pathname.
 */
export class MethodIndex {
  readonly #positions: number[] = [];
  readonly #trie: SegmentTrie;
  /** The router's last result: the versions of a route follow one another, with one pattern. */
  #last: { readonly pattern: unknown; readonly pathname: string; readonly matches: boolean } | undefined;

  constructor(private readonly entries: readonly OrderedEntry[]) {
    this.#trie = new SegmentTrie((position, pathname) => this.#matches(position, pathname));
  }

  /**
   * Positions have to come in ascending order.
   *
   * @param segments - of the pattern of the entry at this position.
   */
  add(position: number, segments: PatternSegments): void {
    this.#positions.push(position);
    this.#trie.add(segments, position);
  }

  /** How many entries there are. */
  get size(): number {
    return this.#positions.length;
  }

  /** The segments of the longest pattern. */
  get depth(): number {
    return this.#trie.depth;
  }

  /** The position of the first entry, from `from` on, that matches a usual target, of which `scan` is. */
  first(scan: TargetScan, target: string, from: number): number {
    return this.#trie.first(scan, target, from, NOWHERE);
  }

  /** The same for any pathname, by asking about every entry, as the router does. */
  firstByScan(pathname: string, from: number): number {
    return this.#positions.find((position) => position >= from && this.#matches(position, pathname)) ?? NOWHERE;
  }

  #matches(position: number, pathname: string): boolean {
    const entry = this.entries[position];
    if (entry === undefined) {
      return false;
    }
    const { pattern } = entry;
    if (typeof pattern !== 'string') {
      return matchesEntry(entry, pathname);
    }
    if (this.#last?.pattern !== pattern || this.#last.pathname !== pathname) {
      this.#last = { pattern, pathname, matches: matchesEntry(entry, pathname) };
    }
    return this.#last.matches;
  }
}

/** Puts a pathname to the router's own matcher. */
function matchesEntry(entry: OrderedEntry, pathname: string): boolean {
  try {
    return entry.matches(pathname);
  } catch {
    // The pattern fits and a parameter cannot be decoded: the router answers 400 on behalf of this entry.
    return true;
  }
}
