import { ORIGIN_ALPHABET } from './origin-automaton.js';
import { isWellFormedOrigin } from './origin.js';

/** Keeps the shortest of the origins that it is given; of several, the one that reads best. */
export class ShortestOrigin {
  /** Undefined also where none of those offered is well-formed: an automaton does not count the letters of a label. */
  text: string | undefined;
  /** Anything was offered. */
  found = false;

  /** In two parts, as most of them never have to be joined. */
  offer(prefix: string, rest: string): void {
    this.found = true;
    if (this.text !== undefined && prefix.length + rest.length > this.text.length) {
      return;
    }
    const text = prefix + rest;
    if (isBefore(text, this.text) && isWellFormedOrigin(text)) {
      this.text = text;
    }
  }

  take({ text, found }: ShortestOrigin): void {
    this.found ||= found;
    this.offer(text ?? '', '');
  }
}

/** Shorter, or of the same length and earlier in the order of the alphabet. */
function isBefore(text: string, other: string | undefined): boolean {
  if (other === undefined || text.length !== other.length) {
    return other === undefined || text.length < other.length;
  }
  for (let index = 0; index < text.length; index += 1) {
    const difference = ORIGIN_ALPHABET.indexOf(text.charAt(index)) - ORIGIN_ALPHABET.indexOf(other.charAt(index));
    if (difference !== 0) {
      return difference < 0;
    }
  }
  return false;
}
