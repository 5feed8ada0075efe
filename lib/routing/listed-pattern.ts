import { TokenData, parse, pathToRegexp, type Token } from 'path-to-regexp';

import { decoded, encodedAsBrowsersDo, foldedCase, nearReadings, type TargetSettings } from './target-readings.js';

/** A pattern of the `paths` option, in path-to-regexp 8 syntax, compiled for the server at hand. */
export interface ListedPattern {
  /** Whether the server itself reads this path so: letter case and a slash at the end by its settings. */
  readonly takes: (pathname: string) => boolean;
  /** The same in letters of any case and width, with a slash at the end or without. */
  readonly mayTake: (pathname: string) => boolean;
  /** Where true, the two agree on every path of printable ASCII. */
  readonly isLoose: boolean;
  /** No parameter and no wildcard in it: it names one URL, or a few. */
  readonly isLiteral: boolean;
  /** A request target for each way in which its groups can be filled, `x` for parameters. */
  readonly samples: readonly string[];
  /** Paths of all its kinds, also for parameters of several characters and for wildcards of several segments. */
  readonly probes: readonly string[];
}

const TRAILING_SLASHES = /(?<=[^/])\/+$/;
const PRINTABLE_ASCII = /^[!-~]*$/;
const PRINTABLE_ASCII_WITHOUT_ESCAPES = /^[!-$&-~]*$/;

/** Throws path-to-regexp's error if this is not a pattern. Literals mean the same raw and percent-encoded. */
export function compileListedPattern(pattern: string, settings: TargetSettings): ListedPattern {
  const { caseSensitive, strict } = settings;
  const asWritten = parse(pattern).tokens;
  // Like Express, which loosens the patterns of its routes.
  const loosened = parse(pattern.replace(TRAILING_SLASHES, '')).tokens;
  const exact = expressionOf(
    withTexts(strict ? asWritten : loosened, decoded),
    caseSensitive,
    !strict || endsWithRest(asWritten),
  );
  const loose = expressionOf(
    withTexts(loosened, (text) => foldedCase(decoded(text))),
    false,
    true,
  );
  const texts = withTexts(asWritten, decoded);
  const samplesWith = (fill: Fill): readonly string[] => expand(texts, fill).flatMap((way) => encodedOrNothing(way));
  return {
    takes: (pathname) => exact.test(pathname),
    mayTake: (pathname) => loose.test(PRINTABLE_ASCII.test(pathname) ? pathname : foldedCase(pathname)),
    isLoose: !caseSensitive && !strict && PRINTABLE_ASCII_WITHOUT_ESCAPES.test(pattern),
    isLiteral: isLiteral(asWritten),
    samples: samplesWith(FILLS[0]),
    probes: FILLS.flatMap((fill) => samplesWith(fill)).map((sample) => decodeURI(sample)),
  };
}

/** Why no request that the server reads can match a pattern, with what to write instead; undefined if one can. */
export function whyNothingMatches(
  pattern: string,
  compiled: ListedPattern,
  settings: TargetSettings,
): string | undefined {
  const texts = textsOf(parse(pattern).tokens).join('');
  for (const [sign, why] of NEVER_IN_A_PATH) {
    if (sign.test(texts)) {
      return why;
    }
  }
  if (settings.cutsAtSemicolon && texts.includes(';')) {
    return 'this server ends a path before a semicolon (useSemicolonDelimiter); remove it and what follows';
  }
  const matches = compiled.samples.some((sample) => nearReadings(sample, settings).every(compiled.takes));
  return matches ? undefined : 'when a path is served, it has single slashes and no dot segments; write it that way';
}

const NEVER_IN_A_PATH: readonly (readonly [sign: RegExp, why: string])[] = [
  [
    /[?#]/,
    'a path ends before a question mark or a number sign; remove it and what follows (write %3F or %23 for the character itself)',
  ],
  [/\\|%2f|%5c/i, 'servers differ in how they read a backslash and an encoded slash; write a plain slash'],
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  [/[\0-\x1f\x7f]|%[01][0-9a-f]|%7f/i, 'a path cannot contain a control character; remove it'],
];

function expressionOf(tokens: readonly Token[], sensitive: boolean, trailing: boolean): RegExp {
  return pathToRegexp(new TokenData([...tokens]), { sensitive, trailing }).regexp;
}

function withTexts(tokens: readonly Token[], change: (text: string) => string): Token[] {
  return tokens.map((token) => {
    if (token.type === 'text') {
      return { type: 'text', value: change(token.value) };
    }
    return token.type === 'group' ? { type: 'group', tokens: withTexts(token.tokens, change) } : token;
  });
}

function textsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token) =>
    token.type === 'text' ? [token.value] : token.type === 'group' ? textsOf(token.tokens) : [],
  );
}

/** `/files{/*rest}` is for `/files/` as well, whatever a router thinks of a slash at the end: `*rest` matches no empty text. */
function endsWithRest(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  const [slash, rest] = last?.type === 'group' ? last.tokens : [];
  return slash?.type === 'text' && slash.value === '/' && rest?.type === 'wildcard';
}

function isLiteral(tokens: readonly Token[]): boolean {
  return tokens.every((token) => token.type === 'text' || (token.type === 'group' && isLiteral(token.tokens)));
}

/** What stands in the place of parameters and of wildcards. */
interface Fill {
  readonly param: string;
  readonly wildcard: string;
}

const FILLS: readonly [Fill, ...Fill[]] = [
  { param: 'x', wildcard: 'x' },
  { param: 'q~7', wildcard: 'q~7/x' },
  { param: 'a.b-c', wildcard: 'a.b-c/q~7/x' },
];

/** The texts that a pattern stands for, each group filled and left out. path-to-regexp has refused what has more than 256. */
function expand(tokens: readonly Token[], fill: Fill): readonly string[] {
  let ways: readonly string[] = [''];
  for (const token of tokens) {
    const parts =
      token.type === 'text'
        ? [token.value]
        : token.type === 'group'
          ? [...expand(token.tokens, fill), '']
          : [fill[token.type]];
    ways = ways.flatMap((way) => parts.map((part) => way + part));
  }
  return ways;
}

/** Nothing for half of a character, which no request can name. */
function encodedOrNothing(text: string): readonly string[] {
  try {
    return [encodedAsBrowsersDo(text)];
  } catch {
    return [];
  }
}
