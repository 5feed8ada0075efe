import { parse, type Token } from 'path-to-regexp';

interface TrieNode {
  readonly literal: Map<string, TrieNode>;
  /** Where a segment holds a parameter: any text goes. */
  any: TrieNode | undefined;
  /** Positions of the patterns that end here, ascending. */
  readonly ends: number[];
  /** Positions of the patterns that may go on in any way: a wildcard, an optional group, a pattern that is no string. */
  readonly rest: number[];
}

/**
 * Narrows many path patterns down to the few that a URL could match.
 *
 * It only ever leaves out what cannot match and never decides: whoever asks puts the pathname to the router's own matcher of
 * each position offered. That keeps the cost of a look-up independent of the number of routes without imitating the router.
 */
export class SegmentTrie {
  readonly #root = createNode();

  /** Adds a pattern; positions have to come in ascending order. The pattern is folded like the pathnames are. */
  add(pattern: unknown, position: number): void {
    const segments = typeof pattern === 'string' ? segmentsOf(pattern) : undefined;
    if (segments === undefined) {
      this.#root.rest.push(position);
      return;
    }
    let node = this.#root;
    for (const segment of segments.closed) {
      node = segment === undefined ? (node.any ??= createNode()) : literalChild(node, segment);
    }
    (segments.open ? node.rest : node.ends).push(position);
  }

  /**
   * The lowest position, at least `from` and below `bound`, that `test` finds to match the pathname; `bound` if there is none.
   * The segments are those of the folded pathname, the test is put to the pathname itself.
   */
  lowest(folded: string, pathname: string, from: number, bound: number, test: PositionTest): number {
    return lowestBelow(this.#root, folded, 1, { pathname, from, test }, bound);
  }
}

/** Whether the entry at a position matches a pathname: the router's own word. */
export interface PositionTest {
  matchesAt(position: number, pathname: string): boolean;
}

interface Search {
  readonly pathname: string;
  readonly from: number;
  readonly test: PositionTest;
}

function createNode(): TrieNode {
  return { literal: new Map(), any: undefined, ends: [], rest: [] };
}

function literalChild(node: TrieNode, segment: string): TrieNode {
  let child = node.literal.get(segment);
  if (child === undefined) {
    child = createNode();
    node.literal.set(segment, child);
  }
  return child;
}

/** Walks every branch that the pathname fits: at most two a segment, the literal one and the parameter's. */
function lowestBelow(node: TrieNode, folded: string, start: number, search: Search, bound: number): number {
  let best = firstMatch(node.rest, search, bound);
  if (start > folded.length) {
    return firstMatch(node.ends, search, best);
  }
  if (node.literal.size === 0 && node.any === undefined) {
    return best;
  }
  const slash = folded.indexOf('/', start);
  const end = slash === -1 ? folded.length : slash;
  const child = node.literal.get(folded.slice(start, end));
  if (child !== undefined) {
    best = lowestBelow(child, folded, end + 1, search, best);
  }
  return node.any === undefined ? best : lowestBelow(node.any, folded, end + 1, search, best);
}

function firstMatch(positions: readonly number[], { pathname, from, test }: Search, bound: number): number {
  for (const position of positions) {
    if (position >= bound) {
      break;
    }
    if (position >= from && test.matchesAt(position, pathname)) {
      return position;
    }
  }
  return bound;
}

interface Segments {
  /** One item a segment; undefined stands for any text. */
  readonly closed: readonly (string | undefined)[];
  /** Whether the pattern may go on after them. */
  readonly open: boolean;
}

/** The leading segments of a pattern whose bounds are certain; undefined if the pattern cannot be read. */
function segmentsOf(pattern: string): Segments | undefined {
  let tokens: readonly Token[];
  try {
    tokens = parse(pattern).tokens;
  } catch {
    return undefined;
  }
  const reader = new SegmentReader();
  for (const token of tokens) {
    if (token.type === 'text') {
      reader.text(token.value);
    } else if (token.type === 'param') {
      reader.parameter();
    } else {
      // A wildcard may start inside the segment at hand and a group may lengthen it: then only what lies before is certain.
      return { closed: reader.read(beginsSegment(token)), open: true };
    }
  }
  return { closed: reader.read(true), open: !reader.started };
}

class SegmentReader {
  /** Before the first slash there is no segment. */
  started = false;
  readonly #closed: (string | undefined)[] = [];
  /** The text of the segment at hand; undefined where it holds a parameter. */
  #current: string | undefined;

  text(text: string): void {
    const [first = '', ...rest] = text.split('/');
    this.#current = this.#current === undefined ? undefined : this.#current + first;
    for (const segment of rest) {
      this.#close();
      this.#current = segment;
    }
  }

  parameter(): void {
    this.#current = undefined;
  }

  /** The segments so far, with or without the one at hand. */
  read(includesCurrent: boolean): readonly (string | undefined)[] {
    return includesCurrent && this.started ? [...this.#closed, this.#current] : this.#closed;
  }

  #close(): void {
    if (this.started) {
      this.#closed.push(this.#current);
    }
    this.started = true;
  }
}

/** `{/:id}` leaves the segment before it whole, whether it is there or not. */
function beginsSegment(token: Token): boolean {
  const first = token.type === 'group' ? token.tokens[0] : undefined;
  return first?.type === 'text' && first.value.startsWith('/');
}
