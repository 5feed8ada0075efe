import type { PatternShape } from './pattern-shape.js';

interface TrieNode<T> {
  readonly texts: Map<string, TrieNode<T>>;
  /** For a segment that holds a parameter, which may be empty, as find-my-way's may. */
  any: TrieNode<T> | undefined;
  /** What ends here. */
  readonly ends: T[];
  /** What ends with a wildcard here. */
  readonly wild: T[];
  /** What may go on in any way. */
  readonly rest: T[];
}

/** Finds all patterns that any router could read a path as, at a cost that does not grow with their number. */
export class ShapeTrie<T extends { readonly shape: PatternShape }> {
  readonly #root = createNode<T>();

  /** @param areSegments - whether a wildcard takes a segment at least: `/files/*path` is not `/files`. */
  constructor(private readonly areSegments: boolean) {}

  add(item: T): void {
    let node = this.#root;
    for (const segment of item.shape.segments) {
      node = segment.kind === 'text' ? childOf(node, segment.folded) : (node.any ??= createNode<T>());
    }
    const { rest } = item.shape;
    (rest === 'nothing' ? node.ends : rest === 'wildcard' ? node.wild : node.rest).push(item);
  }

  /** @param path - folded. */
  collect(path: readonly string[], found: Set<T>): void {
    this.#walk(this.#root, path, 0, found);
  }

  #walk(node: TrieNode<T>, path: readonly string[], at: number, found: Set<T>): void {
    node.rest.forEach((item) => found.add(item));
    const text = path[at];
    if (text !== undefined || !this.areSegments) {
      node.wild.forEach((item) => found.add(item));
    }
    if (text === undefined) {
      node.ends.forEach((item) => found.add(item));
      return;
    }
    for (const child of [node.texts.get(text), node.any]) {
      if (child !== undefined) {
        this.#walk(child, path, at + 1, found);
      }
    }
  }
}

function createNode<T>(): TrieNode<T> {
  return { texts: new Map(), any: undefined, ends: [], wild: [], rest: [] };
}

function childOf<T>(node: TrieNode<T>, text: string): TrieNode<T> {
  let child = node.texts.get(text);
  if (child === undefined) {
    child = createNode<T>();
    node.texts.set(text, child);
  }
  return child;
}
