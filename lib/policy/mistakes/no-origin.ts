/** What stands where an origin belongs, and must not be completed to one: `https://undefined` is a host like any other. */
export type NoOrigin = 'missing' | 'word' | 'regexp';

/** `${process.env.HOST}` without a value, also with something after it. */
const MISSING = /^undefined(?:[:/]|$)/i;

/** What values of JavaScript, keywords of a Content-Security-Policy and schemes are as text. */
const WORDS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'nan', 'self', 'none', 'http', 'https']);

/** `/…/i` with a sign in it that is not of a path, or what begins as an expression does. */
const REGEXP = /^\/(?=.*(?:[\\^$+?()[\]{}|]|:\/\/))[^/].*\/[dgimsuvy]*$|^\^/s;

/** An escaped dot, a repeated class, or the end of an expression; there may be a list around it. */
const PART_OF_REGEXP = /\\(?:\.|[dw][+*{])|\$$/;

/** Longer texts are not looked at. */
const LONGEST = 1000;

/** What a text is instead of an origin; undefined if it may be meant as one. Total. */
export function noOriginIn(written: unknown): NoOrigin | undefined {
  if (typeof written !== 'string' || written.length > LONGEST) {
    return undefined;
  }
  const text = unquoted(written);
  if (MISSING.test(text)) {
    return 'missing';
  }
  if (WORDS.has(text.toLowerCase())) {
    return 'word';
  }
  const isOne = !/[\s,]/.test(text);
  return REGEXP.test(text) || (isOne && PART_OF_REGEXP.test(text)) ? 'regexp' : undefined;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(['"`])(.*)\1$/s, '$2');
}

/** What some words are meant to say. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['self', " (pages of the app's own origin need no CORS)"],
  ['false', ', or false without quotes to allow no origin'],
  ['none', ', or false without quotes to allow no origin'],
]);

const SUCH_AS = 'such as "https://app.example.com"';

/** @param value - the text, quoted. */
export function notAnOrigin(written: unknown, value: string): string {
  const instead = noOriginIn(written);
  if (instead === 'regexp') {
    const how = unquoted(String(written)).startsWith('/') ? 'without quotes' : 'between slashes and without quotes';
    return `${value} is a RegExp written as text; write it ${how} or, in an environment variable, a pattern such as "https://*.example.com"`;
  }
  if (instead === 'word') {
    const meant = MEANT.get(unquoted(String(written)).toLowerCase()) ?? '';
    return `${value} is a word, not an origin; write an origin ${SUCH_AS}${meant}`;
  }
  return `${value} is not a valid origin; write scheme://host or scheme://host:port, ${SUCH_AS}`;
}
