import type { DecisionReason } from '../model/decision.js';
import { isTokenCode } from '../names/token.js';

/**
 * Gateways leave empty elements behind when they join or drop lines (rs/cors #174); RFC 9110 5.6.1 asks for "a
 * reasonable number".
 */
const MAX_EMPTY = 16;
/** No page announces more. A longer list is refused, not cut: an answer to half the question would be wrong. */
const MAX_NAMES = 128;

const COMMA = 0x2c;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The names in an ACRH header, in their spelling and order; or the reason to refuse them: it is not a list of tokens, the
 * list exceeds the limits, or a name is too long to be allowed.
 *
 * One pass over the characters, with an exit at the first one that does not belong. It is tempting to `split(',')`, but
 * 15 KB of commas then become 15 000 strings before they are counted (rs/cors #170: 121 MB for one request); and it
 * is tempting to insist on the sorted lower-case list that Fetch makes browsers send, but what arrives has been through
 * gateways.
 *
 * @param longest - the length of the longest name that is allowed: one of 15 KB is not read to its end to be refused.
 * @see https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
 */
export function requestedHeaders(text: string, longest: number): readonly string[] | DecisionReason {
  if (hasTooManyElements(text)) {
    return 'headers-malformed';
  }
  const names: string[] = [];
  let empty = 0;
  let index = 0;
  while (index <= text.length) {
    const start = skipBlanks(text, index);
    const end = skipToken(text, start, start + longest + 1);
    if (end - start > longest) {
      return 'header-not-allowed';
    }
    index = skipBlanks(text, end);
    if (index < text.length && text.charCodeAt(index) !== COMMA) {
      return 'headers-malformed';
    }
    index += 1;
    if (end > start) {
      names.push(text.slice(start, end));
    } else {
      empty += 1;
    }
    if (names.length > MAX_NAMES || empty > MAX_EMPTY) {
      return 'headers-malformed';
    }
  }
  return names;
}

/** Counting commas first avoids creating the first 128 names of a list that is refused anyway. */
function hasTooManyElements(text: string): boolean {
  if (text.length < MAX_NAMES + MAX_EMPTY) {
    return false;
  }
  let commas = 0;
  for (let at = text.indexOf(','); at !== -1 && commas < MAX_NAMES + MAX_EMPTY; at = text.indexOf(',', at + 1)) {
    commas += 1;
  }
  return commas >= MAX_NAMES + MAX_EMPTY;
}

/** RFC 9110 5.6.3, "OWS". Not String.prototype.trim, which also removes characters that a header list must not contain. */
function skipBlanks(text: string, from: number): number {
  let index = from;
  while (index < text.length && isBlank(text.charCodeAt(index))) {
    index += 1;
  }
  return index;
}

function skipToken(text: string, from: number, to: number): number {
  const end = Math.min(to, text.length);
  let index = from;
  while (index < end && isTokenCode(text.charCodeAt(index))) {
    index += 1;
  }
  return index;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
