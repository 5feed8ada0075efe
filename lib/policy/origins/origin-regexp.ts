import { analyseRegExp } from './regexp-analysis.js';
import type { RegExpWidth } from './regexp-width.js';

/** A RegExp as requests use it, and what is wrong with it. */
export interface JudgedRegExp {
  readonly regexp: RegExp;
  /** It may be slow to fail (ReDoS). */
  readonly unsafe: boolean;
  readonly width: RegExpWidth;
  /** It has an unescaped dot between letters. */
  readonly looseDot: boolean;
}

/**
 * Judging is the dearest thing done at start, and one RegExp is often shared by many decorators. Forgotten with the
 * RegExp.
 */
const judged = new WeakMap<RegExp, JudgedRegExp>();

/**
 * Compiles a RegExp so that it matches whole origins only, and judges it.
 *
 * `g` and `y` go, because they make `test()` remember where the last request ended (expressjs/cors: a `g` alternates between allow and deny);
 * `m` goes, because it lets `$` match in front of a line break. Throws what `new RegExp` throws for a value that only looks like a RegExp.
 */
export function judgeRegExp(written: RegExp): JudgedRegExp {
  const own = written.source;
  const source = `^(?:${own})$`;
  const flags = written.flags.replace(/[dgym]/g, '');
  const known = judged.get(written);
  // RegExp.prototype.compile() can change what an object matches after it was judged.
  if (known?.regexp.source === source && known.regexp.flags === flags) {
    return known;
  }
  const regexp = new RegExp(source, flags);
  const { quick, width } = analyseRegExp(own, flags);
  const judgement = Object.freeze({ regexp, unsafe: !quick, width, looseDot: hasLooseDot(own) });
  judged.set(written, judgement);
  return judgement;
}

/** The expression that a compiled one was made of. */
export function asWritten({ source, flags }: RegExp): RegExp {
  return new RegExp(source.slice('^(?:'.length, -')$'.length), flags);
}

/**
 * What an expression is made of, as far as it matters here: escapes, classes, heads of groups and counts stay in one
 * piece.
 */
const PIECES = /\\.|\[(?:\\.|[^\]])*\]|\(\?(?:<\w+>|[:=!])|\{[^}]*\}|./gs;

function piecesOf(source: string): readonly string[] {
  return Array.from(source.matchAll(PIECES), ([piece]) => piece);
}

/** An unescaped dot between letters or digits: `app.example` also matches `appXexample`. */
function hasLooseDot(source: string): boolean {
  const pieces = piecesOf(source);
  return pieces.some((piece, index) => piece === '.' && isLetter(pieces[index - 1]) && isLetter(pieces[index + 1]));
}

function isLetter(piece: string | undefined): boolean {
  return piece !== undefined && /^[A-Za-z0-9]$/.test(piece);
}
