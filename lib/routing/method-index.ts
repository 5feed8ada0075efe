import type { PatternSegments } from './path-pattern.js';
import { hashOf, type TargetScan } from './request-target.js';
import type { OrderedEntry } from './ordered-entry.js';

/** A pattern that ends at a node. */
interface End {
  readonly position: number;
  /** As {@link PatternSegments.certain}. */
  readonly certain: boolean;
}

/** A segment of plain text. */
interface Literal {
  readonly text: string;
  readonly node: TrieNode;
  /** Another one with the same hash. */
  readonly next: Literal | undefined;
}

/** Most nodes are only ends, and there are two for every route: a node creates only what it needs. */
interface TrieNode {
  /** By the hash of their text. */
  literals: Map<number, Literal> | undefined;
  /** For a segment that holds a parameter: any text that is not empty. */
  any: TrieNode | undefined;
  /** The patterns that end here, positions ascending. */
  ends: End[] | undefined;
  /** The patterns that may go on in any way: a wildcard, an optional group, a pattern that is not a string. */
  rest: End[] | undefined;
}

/**
 * Finds among many path patterns the first that a target matches, at a cost that does not grow with their number.
 *
 * It walks whole segments. It decides by itself about text and about a parameter that fills a segment, `/cats/:id`: there the
 * router's expression is `/cats/([^/]+)`, and running it as well, with its parameters decoded, costs three times the walk.
 * Every other pattern is only excluded if it cannot match; otherwise the router's own matcher decides: nothing of the router
 * is imitated beyond comparing segments.
 */
export class SegmentTrie {
  readonly #root = createNode();
  #depth = 1;

  /** @param matches - the router's own test of the entry at a position. */
  constructor(private readonly matches: (position: number, pathname: string) => boolean) {}

  /** The segments of the longest pattern. */
  get depth(): number {
    return this.#depth;
  }

  /** Positions have to come in ascending order. */
  add({ closed, open, certain }: PatternSegments, position: number): void {
    let node = this.#root;
    for (const segment of closed) {
      node = segment === undefined ? (node.any ??= createNode()) : literalChild(node, segment);
    }
    this.#depth = Math.max(this.#depth, closed.length);
    const end = { position, certain };
    if (open) {
      (node.rest ??= []).push(end);
    } else {
      (node.ends ??= []).push(end);
    }
  }

  /** The lowest position, from `from` on and below `bound`, that matches the target that was read; `bound` if none does. */
  first(scan: TargetScan, target: string, from: number, bound: number): number {
    return this.#lowest(this.#root, scan, target, 0, from, bound);
  }

  /** Walks every branch that the target fits: at most two a segment, the literal one and the parameter's. */
  #lowest(node: TrieNode, scan: TargetScan, target: string, segment: number, from: number, bound: number): number {
    let best = bound;
    if (segment === scan.count) {
      best = this.#firstOf(node.ends, scan, target, from, best);
    } else {
      const child = literalAt(node, scan, segment, target);
      if (child !== undefined) {
        best = this.#lowest(child, scan, target, segment + 1, from, best);
      }
      // A parameter is one character at least.
      if (node.any !== undefined && !scan.isEmpty(segment)) {
        best = this.#lowest(node.any, scan, target, segment + 1, from, best);
      }
    }
    // Last, so that the router is not asked about entries after the one that was found.
    return this.#firstOf(node.rest, scan, target, from, best);
  }

  #firstOf(ends: readonly End[] | undefined, scan: TargetScan, target: string, from: number, bound: number): number {
    if (ends === undefined) {
      return bound;
    }
    for (const { position, certain } of ends) {
      if (position >= bound) {
        break;
      }
      if (position >= from && (certain || this.matches(position, target.slice(0, scan.length)))) {
        return position;
      }
    }
    return bound;
  }
}

function createNode(): TrieNode {
  return { literals: undefined, any: undefined, ends: undefined, rest: undefined };
}

function literalAt(node: TrieNode, scan: TargetScan, segment: number, target: string): TrieNode | undefined {
  let literal = node.literals?.get(scan.hash(segment));
  while (literal !== undefined && !scan.is(segment, literal.text, target)) {
    literal = literal.next;
  }
  return literal?.node;
}

function literalChild(node: TrieNode, segment: string): TrieNode {
  const hash = hashOf(segment);
  const first = node.literals?.get(hash);
  for (let literal = first; literal !== undefined; literal = literal.next) {
    if (literal.text === segment) {
      return literal.node;
    }
  }
  const child = createNode();
  (node.literals ??= new Map<number, Literal>()).set(hash, { text: segment, node: child, next: first });
  return child;
}

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
