import { encryptedOrigin } from '../mistakes/encrypted-origin.js';
import type { CorsConfigIssue, Finding } from '../mistakes/issue-data.js';
import { describeIssue } from '../mistakes/issue.js';
import { noOriginIn } from '../mistakes/no-origin.js';
import { quotedCure, quotedValue } from '../mistakes/safe-text.js';
import type { OriginMatcher } from '../model/policy.js';
import { StaticOrigins } from './origin-matcher.js';
import { readOriginOption, type OriginOption } from './origin-option.js';
import { guessPattern, type OriginPattern } from './origin-pattern.js';

/** A list of origins that was stored outside of the configuration, ready for look-ups. */
export interface StoredOrigins {
  /** For policies without credentials. */
  readonly open: OriginMatcher;
  /** For policies with credentials; the same object where no row tells the two apart. */
  readonly strict: OriginMatcher;
  /** The mistakes of rows that were left out. */
  readonly issues: readonly CorsConfigIssue[];
  /** The mistakes of rows that were left out of `strict` only. */
  readonly strictIssues: readonly CorsConfigIssue[];
}

/** What {@link checkOrigin} finds wrong with an origin. */
export interface CorsOriginIssue {
  /** Stable: the code that the same mistake has in a `CorsConfigError`. */
  readonly code: CorsConfigIssue['code'];
  /** What is wrong and what to write instead, in one sentence. The origin is quoted with its control characters escaped. */
  readonly message: string;
  /** A spelling with which nothing is wrong; undefined if none is known. */
  readonly suggestion: string | undefined;
}

/** The options of {@link checkOrigin}. */
export interface CheckOriginOptions {
  /** The origin is for a policy with `credentials`. Default: `true`, which is stricter. */
  readonly credentials?: boolean | undefined;
}

/** One row, judged. */
interface JudgedRow {
  readonly everyone: boolean;
  readonly patterns: readonly OriginPattern[];
  readonly findings: readonly Finding[];
  /** Mistakes together with credentials only. */
  readonly strictFindings: readonly Finding[];
}

/** Nothing longer is read: an origin has at most 326 characters, and a wrong spelling of one not many more. */
const LONGEST_ROW = 1000;

/** One list is compiled at a time, in one go, while requests wait. */
export const MOST_ROWS = 10_000;

/** Issues that are kept of one list. Every row with a mistake is left out, whether its issue is kept or not. */
const MOST_ISSUES = 20;

/**
 * Checks an origin or an origin pattern like a row of a `CorsOriginStore`, for the form in which customers enter it. Returns an
 * empty list if nothing is wrong. Never throws.
 *
 * ```ts
 * checkOrigin('HTTPS://App.Example.com/'); // [{ code: 'origin-not-serialized', suggestion: 'https://app.example.com', … }]
 * checkOrigin('http://app.example.com', { credentials: false }); // []
 * ```
 */
export function checkOrigin(text: unknown, options: CheckOriginOptions = {}): readonly CorsOriginIssue[] {
  const credentials = !isLenient(options);
  const findings = mistakesOf(text, credentials);
  const suggestion = findings.length === 0 ? undefined : rightSpelling(text, credentials);
  return findings.map((finding) => {
    // One cure, not two: the right spelling of http://Example.com has another mistake.
    const right = finding.code === 'origin-not-serialized' && suggestion !== undefined ? { right: suggestion } : {};
    const issue: CorsConfigIssue = { ...finding, ...right, where: '' };
    return { code: issue.code, message: adviceOn(issue), suggestion };
  });
}

/** Callers without types may pass any value, null included. */
function isLenient(options: unknown): boolean {
  return typeof options === 'object' && options !== null && Reflect.get(options, 'credentials') === false;
}

/**
 * Reads a list whose rows may be anything. A row with a mistake is left out, and changes nothing about the others.
 *
 * @param where - what the issues are listed under.
 * @param onOddRow - gets each row that is neither a string nor undefined: it may be a promise that rejects.
 * @throws what the list throws where its length is read: then there is no list.
 */
export function readStoredOrigins(
  list: readonly unknown[],
  where: string,
  onOddRow: (row: unknown) => void = () => undefined,
): StoredOrigins {
  const { length } = list;
  const count = Math.min(length, MOST_ROWS);
  const open = new Rows(where);
  const strict = new Rows(where);
  for (let index = 0; index < count; index += 1) {
    const value = rowAt(list, index);
    if (typeof value !== 'string' && value !== undefined) {
      onOddRow(value);
    }
    const row = judge(value, `[${index}]`, count > 1);
    open.add(row, row.findings, row.findings);
    strict.add(row, [...row.findings, ...row.strictFindings], row.strictFindings);
  }
  if (length > MOST_ROWS) {
    open.issues.push({ code: 'type', where, path: '', value: length, expected: `at most ${MOST_ROWS} origins` });
  }
  const matcher = open.matcher();
  const isSame = strict.leftOut === open.leftOut;
  return {
    open: matcher,
    strict: isSame ? matcher : strict.matcher(),
    issues: open.issues,
    strictIssues: isSame ? [] : strict.issues,
  };
}

/** The rows that are taken, of those read so far. */
class Rows {
  readonly issues: CorsConfigIssue[] = [];
  readonly #patterns: OriginPattern[] = [];
  readonly #where: string;
  leftOut = 0;
  #everyone = false;

  constructor(where: string) {
    this.#where = where;
  }

  /** @param listed - the findings that become issues. */
  add({ everyone, patterns }: JudgedRow, findings: readonly Finding[], listed: readonly Finding[]): void {
    if (findings.length === 0) {
      this.#everyone ||= everyone;
      this.#patterns.push(...patterns);
      return;
    }
    this.leftOut += 1;
    if (this.issues.length < MOST_ISSUES) {
      this.issues.push(...listed.map((finding) => ({ ...finding, where: this.#where })));
    }
  }

  matcher(): OriginMatcher {
    const option: OriginOption = {
      everyone: this.#everyone,
      hasNull: false,
      patterns: this.#patterns,
      regexps: [],
      asks: [],
      dangers: [],
      publicSuffixes: [],
      insecure: [],
      insecureRegExps: [],
    };
    return new StaticOrigins(option, false);
  }
}

/** A proxy or a getter may throw at one row and give the next. */
function rowAt(list: readonly unknown[], index: number): unknown {
  try {
    return list[index];
  } catch {
    return undefined;
  }
}

const NO_STRING = 'an origin or an origin pattern, as a string';

function judge(value: unknown, path: string, isAmong: boolean): JudgedRow {
  const findings: Finding[] = [];
  if (typeof value === 'string' ? value.length > LONGEST_ROW : value !== undefined) {
    findings.push(
      typeof value === 'string'
        ? { code: 'origin-invalid', path, value, suggestion: undefined }
        : { code: 'type', path, value, expected: NO_STRING },
    );
    return { everyone: false, patterns: [], findings, strictFindings: [] };
  }
  const option = readOriginOption(value, path, (finding) => findings.push(finding));
  const { everyone, patterns } = option;
  findings.push(...option.dangers);
  if (everyone && isAmong) {
    findings.push({ code: 'wildcard-among-origins', path, value, alone: true });
  }
  return { everyone, patterns, findings, strictFindings: strictFindingsOf(option, path) };
}

function strictFindingsOf({ everyone, insecure, publicSuffixes }: OriginOption, path: string): readonly Finding[] {
  const from = { originFrom: '', credentialsFrom: '' };
  const any: readonly Finding[] = everyone
    ? [{ code: 'any-origin-with-credentials', path, value: '*', origin: '*', ...from }]
    : [];
  return [
    ...any,
    ...insecure.map((item): Finding => {
      return { code: 'insecure-origin-with-credentials', ...item, origin: String(item.value), ...from };
    }),
    ...publicSuffixes.map((item): Finding => {
      return { code: 'public-suffix', ...item, origin: String(item.value), ...from };
    }),
  ];
}

function mistakesOf(value: unknown, credentials: boolean): readonly Finding[] {
  const { findings, strictFindings } = judge(value, '', false);
  return credentials ? [...findings, ...strictFindings] : findings;
}

function rightSpelling(text: unknown, credentials: boolean): string | undefined {
  const guess = typeof text === 'string' && text.length <= LONGEST_ROW ? guessPattern(text) : undefined;
  const spellings = guess === undefined ? [] : [guess.text, encryptedOrigin(guess.text)];
  return spellings.find((spelling) => mistakesOf(spelling, credentials).length === 0);
}

/** What is said of a value, and of the text that it quotes. */
type Advice = (value: string, text: string) => string;

/** For people who can change a row and nothing else: `dangerouslyAllow` and `originList()` are no cures there. */
const ADVICE: ReadonlyMap<string, Advice> = new Map<CorsConfigIssue['code'], Advice>([
  [
    'origin-undefined',
    (value) => `${value} is not an origin; write one such as "https://app.example.com", or remove it`,
  ],
  ['origin-list-in-string', (value) => `${value} holds more than one origin; write each of them by itself`],
  ['null-origin', () => 'any sandboxed frame, data: page or redirected request can be "null"; name the origins'],
  [
    'any-host-of-scheme',
    (value) => `${value} lets in every extension or app with its scheme, whoever published it; name the hosts`,
  ],
  ['wildcard-among-origins', () => '"*" among other origins makes them pointless; remove it, or all of the others'],
  ['any-origin-with-credentials', () => '"*" cannot go with credentials; name the origins'],
  ['public-suffix', (value) => `anyone can register a name below ${value}; name the domains`],
  [
    'insecure-origin-with-credentials',
    (value, text) =>
      `anyone on the network can be ${value}, which is not encrypted; use ${quotedCure(encryptedOrigin(text))}`,
  ],
]);

/** A word, or a RegExp as text: a row is text, so that no other value can be meant. */
const NO_ORIGIN: Advice = (value) =>
  `${value} is not an origin; write one such as "https://app.example.com", or a pattern such as "https://*.example.com"`;

/** The sentence of an issue of a row: what is wrong, and what to write instead. */
export function adviceOn(issue: CorsConfigIssue): string {
  const { code, value } = issue;
  const advice = ADVICE.get(code) ?? (noOriginIn(value) === undefined ? undefined : NO_ORIGIN);
  return advice?.(quotedValue(value), String(value)) ?? describeIssue(issue);
}
