import { parse, type Token } from 'path-to-regexp';
import type { Folding } from './request-target.js';

/** Every segment is plain text or one parameter. All other syntax, and text with an escape, is left to the router. */
const WHOLE_SEGMENTS = /^(?:\/(?::[\w$]+|[^/{}()[\]+?!:*\\]*))+$/;
const TRAILING_SLASHES = /\/+$/;
/** Lower-casing is exactly what a case-insensitive expression does for these characters, and for no others. */
const PRINTABLE_ASCII = /^[!-~]*$/;

/** What is known about a pattern: the leading segments whose bounds are certain. */
export interface PatternSegments {
  /** One item a segment; undefined stands for any text. */
  readonly closed: readonly (string | undefined)[];
  /** Whether the pattern may go on after them. */
  readonly open: boolean;
  /** Whether matching these segments is enough; otherwise the router's own matcher decides. */
  readonly certain: boolean;
}

const ANYTHING: PatternSegments = Object.freeze({ closed: Object.freeze([]), open: true, certain: false });

/** Reads a pattern as loosened by Express. A pattern that cannot be read or folded may match every pathname. */
export function readPattern(pattern: unknown, { caseSensitive, strict }: Folding): PatternSegments {
  if (typeof pattern !== 'string' || !PRINTABLE_ASCII.test(pattern)) {
    return ANYTHING;
  }
  const loose = strict || pattern === '/' ? pattern : pattern.replace(TRAILING_SLASHES, '');
  return segmentsOf(caseSensitive ? loose : loose.toLowerCase());
}

function segmentsOf(pattern: string): PatternSegments {
  let tokens: readonly Token[];
  try {
    tokens = parse(pattern).tokens;
  } catch {
    return ANYTHING;
  }
  const certain = WHOLE_SEGMENTS.test(pattern);
  const reader = new SegmentReader();
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'text') {
      reader.text(token.value);
    } else if (token.type === 'param') {
      reader.parameter();
    } else {
      // A wildcard may start inside the current segment, and a group may lengthen it: then only earlier segments are certain.
      const isWhole = !reader.endsInSlash && beginsSegment(tokens.slice(index));
      return { closed: reader.read(isWhole), open: true, certain };
    }
  }
  return { closed: reader.read(true), open: !reader.started, certain };
}

class SegmentReader {
  /** Before the first slash there is no segment. */
  started = false;
  readonly #closed: (string | undefined)[] = [];
  /** The text of the current segment; undefined if it holds a parameter. */
  #current: string | undefined;

  /** Then the current segment is empty, and folding may remove its slash. */
  get endsInSlash(): boolean {
    return this.#current === '';
  }

  /** Text before the first slash belongs to the segment of a parameter. */
  text(text: string): void {
    for (const segment of text.split('/').slice(1)) {
      this.#close();
      this.#current = segment;
    }
  }

  parameter(): void {
    this.#current = undefined;
  }

  /** The segments so far, with or without the current one. */
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

/** False only where no pathname matches both patterns. */
export function mayOverlap(one: PatternSegments, other: PatternSegments): boolean {
  const difference = one.closed.length - other.closed.length;
  if ((difference < 0 && !one.open) || (difference > 0 && !other.open)) {
    return false;
  }
  return one.closed.every((text, index) => {
    const otherText = other.closed[index];
    return text === undefined || otherText === undefined || text === otherText;
  });
}

/** True only where every pathname that matches one pattern matches the other: they differ in the names of parameters at most. */
export function areAlike(one: PatternSegments, other: PatternSegments): boolean {
  return (
    one.certain &&
    other.certain &&
    !one.open &&
    !other.open &&
    one.closed.length === other.closed.length &&
    one.closed.every((text, index) => text === other.closed[index])
  );
}
