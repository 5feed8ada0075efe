import onDemand from '../../packages/on-demand.cjs';

import { widthOf, type RegExpWidth } from './regexp-width.js';

/** A RegExp as requests use it, and what is wrong with it. */
export interface JudgedRegExp {
  readonly regexp: RegExp;
  /** It may be slow to fail. */
  readonly unsafe: boolean;
  readonly width: RegExpWidth;
  /** It has an unescaped dot between letters. */
  readonly looseDot: boolean;
}

/**
 * The analyser needs a few hundred steps for typical expressions, and endlessly many for exponential ones. Steps, not
 * time, decide: the same expression must not stop an application on a busy machine that started on an idle one. The
 * milliseconds are a last resort. Past either limit an expression counts as unsafe.
 */
const ANALYSIS_LIMITS = { maxSteps: 2000, timeout: 10_000 } as const;

/**
 * Analysing is the most expensive work at start, and many decorators often share one RegExp. The entry is
 * garbage-collected with the RegExp.
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
  const judgement = Object.freeze({
    regexp,
    unsafe: !isSafe(regexp),
    width: widthOf(own, flags),
    looseDot: hasLooseDot(own),
  });
  judged.set(written, judgement);
  return judgement;
}

/**
 * Looks for two ways to match one text. Star height, which most checkers count, is wrong in both directions:
 * `([a-z0-9-]+\.)*` is nested and safe, `(a|aa)+` is flat and exponential.
 */
function isSafe({ source, flags, ignoreCase, dotAll }: RegExp): boolean {
  try {
    const config = { caseInsensitive: ignoreCase, dotAll, unicode: /[uv]/.test(flags), ...ANALYSIS_LIMITS };
    return onDemand.redosDetector().isSafePattern(withoutGroupNames(source), config).safe;
  } catch {
    // The analyser does not know every syntax that the engine knows. An expression that it cannot read is unproven.
    return false;
  }
}

/**
 * The analyser does not know named groups, which are as safe as any. A reference by name stays, and counts as unknown
 * syntax.
 */
function withoutGroupNames(source: string): string {
  return piecesOf(source)
    .map((piece) => (piece.startsWith('(?<') ? '(' : piece))
    .join('');
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
