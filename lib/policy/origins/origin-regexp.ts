import { isSafePattern } from 'redos-detector';

/** What is wrong with a RegExp of the `origin` option. */
export type RegExpFault =
  { readonly code: 'regexp-unsafe' | 'regexp-dot' } | { readonly code: 'regexp-too-wide'; readonly probe: string };

/** A RegExp as requests use it. */
export interface JudgedRegExp {
  readonly regexp: RegExp;
  readonly faults: readonly RegExpFault[];
}

/**
 * The analyser needs a few hundred steps for what people write, and no end of them for what is exponential. Steps, not
 * time, decide: the same expression must not stop an application on a busy machine that started on an idle one. The
 * milliseconds are a last resort. Past either limit an expression counts as unsafe.
 */
const ANALYSIS_LIMITS = { maxSteps: 2000, timeout: 10_000 } as const;

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
  const source = `^(?:${written.source})$`;
  const flags = written.flags.replace(/[dgym]/g, '');
  const known = judged.get(written);
  // RegExp.prototype.compile() can change what an object matches after it was judged.
  if (known?.regexp.source === source && known.regexp.flags === flags) {
    return known;
  }
  const regexp = new RegExp(source, flags);
  const judgement = Object.freeze({ regexp, faults: Object.freeze([...faultsOf(regexp, written.source)]) });
  judged.set(written, judgement);
  return judgement;
}

function* faultsOf(regexp: RegExp, written: string): Generator<RegExpFault> {
  if (!isSafe(regexp)) {
    yield { code: 'regexp-unsafe' };
  }
  const probe = probesFor(written).find((origin) => regexp.test(origin));
  if (probe !== undefined) {
    yield { code: 'regexp-too-wide', probe };
  }
  if (hasLooseDot(written)) {
    yield { code: 'regexp-dot' };
  }
}

/**
 * Looks for two ways to match one text. Star height, which is what most checkers count, is wrong both ways:
 * `([a-z0-9-]+\.)*` is nested and safe, `(a|aa)+` is flat and exponential.
 */
function isSafe({ source, flags, ignoreCase, dotAll }: RegExp): boolean {
  try {
    const config = { caseInsensitive: ignoreCase, dotAll, unicode: /[uv]/.test(flags), ...ANALYSIS_LIMITS };
    return isSafePattern(withoutGroupNames(source), config).safe;
  } catch {
    // The analyser does not know every syntax that the engine knows. What it cannot read nobody has judged.
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
 * Origins that no policy means: a stranger, nobody, and for each host that the expression spells out, a stranger whose
 * name ends in it (`https://evilexample.com`, GHSA-vhxv-fg4m-p2w8) or begins with it
 * (`https://example.com.evil.example`).
 */
function probesFor(source: string): readonly string[] {
  const hosts = literalHosts(source).flatMap((host) => [`evil${host}`, `${host}.evil.example`]);
  return ['null', ...['evil.example', ...hosts].flatMap((host) => [`https://${host}`, `http://${host}`])];
}

/**
 * What an expression is made of, as far as it matters here: escapes, classes, heads of groups and counts stay in one
 * piece.
 */
const PIECES = /\\.|\[(?:\\.|[^\]])*\]|\(\?(?:<\w+>|[:=!])|\{[^}]*\}|./gs;

function piecesOf(source: string): readonly string[] {
  return Array.from(source.matchAll(PIECES), ([piece]) => piece);
}

/** A piece that stands for one character of a host: `a`, `\.`, `[.]`, and the dot that was meant literally. */
const LITERAL = /^(?:\\([.:-])|\[([.:-])\]|([A-Za-z0-9.:-]))$/;

/** The runs of literal characters in the source of an expression, without leading dots: `example.com:3000`. */
function literalHosts(source: string): readonly string[] {
  const pieces = piecesOf(source);
  const runs = pieces
    .map((piece, index) => literalOf(piece, pieces[index + 1]))
    .join('')
    .split('\n');
  return runs.map((run) => run.replace(/^[.:]+/, '')).filter((run) => run !== '');
}

/** A line break for everything that is not exactly one known character: no host has one. */
function literalOf(piece: string, next: string | undefined): string {
  const [, escaped, bracketed, plain] = LITERAL.exec(piece) ?? [];
  return isQuantifier(next) ? '\n' : (escaped ?? bracketed ?? plain ?? '\n');
}

function isQuantifier(piece: string | undefined): boolean {
  return piece !== undefined && /^[*+?{]/.test(piece);
}

/** An unescaped dot between letters or digits: `app.example` also matches `appXexample`. */
function hasLooseDot(source: string): boolean {
  const pieces = piecesOf(source);
  return pieces.some((piece, index) => piece === '.' && isLetter(pieces[index - 1]) && isLetter(pieces[index + 1]));
}

function isLetter(piece: string | undefined): boolean {
  return piece !== undefined && /^[A-Za-z0-9]$/.test(piece);
}
