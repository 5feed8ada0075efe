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

  /** The lowest position below `bound` that could match this folded pathname and that `accepts` takes; `bound` if none. */
  lowest(pathname: string, bound: number, accepts: (position: number) => boolean): number {
    return lowestBelow(this.#root, pathname, 1, bound, accepts);
  }
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
function lowestBelow(
  node: TrieNode,
  pathname: string,
  start: number,
  bound: number,
  accepts: (position: number) => boolean,
): number {
  let best = firstAccepted(node.rest, bound, accepts);
  if (start > pathname.length) {
    return firstAccepted(node.ends, best, accepts);
  }
  if (node.literal.size === 0 && node.any === undefined) {
    return best;
  }
  const slash = pathname.indexOf('/', start);
  const end = slash === -1 ? pathname.length : slash;
  const child = node.literal.get(pathname.slice(start, end));
  if (child !== undefined) {
    best = lowestBelow(child, pathname, end + 1, best, accepts);
  }
  return node.any === undefined ? best : lowestBelow(node.any, pathname, end + 1, best, accepts);
}

function firstAccepted(positions: readonly number[], bound: number, accepts: (position: number) => boolean): number {
  for (const position of positions) {
    if (position >= bound) {
      break;
    }
    if (accepts(position)) {
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
