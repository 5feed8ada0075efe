import { parse, type Token } from 'path-to-regexp';

import { hashOf, type TargetScan } from './target-scan.js';

/** Every segment is plain text or one parameter. All other syntax, and text with an escape, is left to the router. */
const WHOLE_SEGMENTS = /^(?:\/(?::[\w$]+|[^/{}()[\]+?!:*\\]*))+$/;

/** A pattern that ends at a node. */
interface End {
  readonly position: number;
  /** Whether to have come here is all it takes; otherwise the router's own matcher has the word. */
  readonly certain: boolean;
}

/** A segment of plain text. */
interface Literal {
  readonly text: string;
  readonly node: TrieNode;
  /** Another one with the same hash. */
  readonly next: Literal | undefined;
}

interface TrieNode {
  /** By the hash of their text. */
  readonly literals: Map<number, Literal>;
  /** Where a segment holds a parameter: any text goes, if there is some. */
  any: TrieNode | undefined;
  /** The patterns that end here, positions ascending. */
  readonly ends: End[];
  /** The patterns that may go on in any way: a wildcard, an optional group, a pattern that is no string. */
  readonly rest: End[];
}

/**
 * Finds among many path patterns the first that a target matches, at a cost that does not grow with their number.
 *
 * It walks whole segments. Text and a parameter that is all of a segment, `/cats/:id`, it knows for itself: there the router's
 * expression is `/cats/([^/]+)`, and running it as well, with its parameters decoded, costs three times the walk. Every other
 * pattern it only leaves out where it cannot match, and puts to the router's own matcher where it could: nothing of the router
 * is imitated that takes more than comparing segments.
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

  /** Adds a pattern, folded like the targets are; positions have to come in ascending order. */
  add(pattern: string | undefined, position: number): void {
    const segments = pattern === undefined ? undefined : segmentsOf(pattern);
    if (pattern === undefined || segments === undefined) {
      this.#root.rest.push({ position, certain: false });
      return;
    }
    let node = this.#root;
    for (const segment of segments.closed) {
      node = segment === undefined ? (node.any ??= createNode()) : literalChild(node, segment);
    }
    this.#depth = Math.max(this.#depth, segments.closed.length);
    (segments.open ? node.rest : node.ends).push({ position, certain: WHOLE_SEGMENTS.test(pattern) });
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
    // Last, so that the router is not asked about what stands behind the entry that was found.
    return node.rest.length === 0 ? best : this.#firstOf(node.rest, scan, target, from, best);
  }

  #firstOf(ends: readonly End[], scan: TargetScan, target: string, from: number, bound: number): number {
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
  return { literals: new Map(), any: undefined, ends: [], rest: [] };
}

function literalAt(node: TrieNode, scan: TargetScan, segment: number, target: string): TrieNode | undefined {
  let literal = node.literals.get(scan.hash(segment));
  while (literal !== undefined && !scan.is(segment, literal.text, target)) {
    literal = literal.next;
  }
  return literal?.node;
}

function literalChild(node: TrieNode, segment: string): TrieNode {
  const hash = hashOf(segment);
  const first = node.literals.get(hash);
  for (let literal = first; literal !== undefined; literal = literal.next) {
    if (literal.text === segment) {
      return literal.node;
    }
  }
  const child = createNode();
  node.literals.set(hash, { text: segment, node: child, next: first });
  return child;
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
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'text') {
      reader.text(token.value);
    } else if (token.type === 'param') {
      reader.parameter();
    } else {
      // A wildcard may start inside the segment at hand and a group may lengthen it: then only what lies before is certain.
      const isWhole = !reader.endsInSlash && beginsSegment(tokens.slice(index));
      return { closed: reader.read(isWhole), open: true };
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

  /** Then the segment at hand is empty, and folding may take its slash away. */
  get endsInSlash(): boolean {
    return this.#current === '';
  }

  /** What stands before the first slash belongs to the segment of a parameter. */
  text(text: string): void {
    for (const segment of text.split('/').slice(1)) {
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

/** Whether what comes next starts a new segment or ends the path, with the groups in it and without: `{/:id}`, `{/:id}/more`. */
function beginsSegment(tokens: readonly Token[]): boolean {
  for (const token of tokens) {
    if (token.type !== 'group') {
      return token.type === 'text' && token.value.startsWith('/');
    }
    if (!beginsSegment(token.tokens)) {
      return false;
    }
  }
  return true;
}
