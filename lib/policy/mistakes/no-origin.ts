/** What stands where an origin belongs, and must not be completed to one. */
export type NoOrigin = 'missing' | 'word' | 'regexp' | 'placeholder' | 'object';

/** `${process.env.HOST}` without a value, also with something after it. */
const MISSING = /^undefined(?:[:/]|$)/i;

/** Values of JavaScript, keywords of a Content-Security-Policy and schemes, as text; and words for any origin or none. */
const WORDS: ReadonlySet<string> = new Set(
  'null true false nan self none http https yes no on off any all everyone'.split(' '),
);

/** A port or a switch. Completed to an origin, it would be an address: `https://0.0.11.184`. */
const NUMBER = /^[+-]?\d+$/;

/** `/…/i` with a sign in it that is not of a path, or what begins as an expression does. */
const REGEXP = /^\/(?=.*(?:[\\^$+?()[\]{}|]|:\/\/))[^/].*\/[dgimsuvy]*$|^\^/s;

/** An escaped dot, a repeated class, or the end of an expression; there may be a list around it. */
const PART_OF_REGEXP = /\\(?:\.|[dw][+*{])|\$$/;

/**
 * What templates leave where a value was to be filled in: `${HOST}`, `{{ HOST }}`, `{host}`, `$HOST`, `%HOST%`, `<host>`, `__HOST__`.
 * `%C3%A9` is part of a name instead.
 */
const PLACEHOLDER =
  /\$\{[^{}]*\}|\{\{[^{}]*\}\}|\{[A-Za-z_][\w.-]*\}|\$[A-Za-z_]\w*|%(?![\dA-Fa-f]{2}%)[A-Za-z_]\w*%|<[^<>]*>|__(?=[\d_]*[A-Z])[A-Z\d_]+__/;

/** `${options}` without the name of a property. */
const OBJECT = /\[object \w+\]/;

/** `https://${process.env.HOST}`, and `https://app.${process.env.DOMAIN}`, without a value: no domain ends like that. */
const MISSING_HOST = /(?:^|\.)(?:undefined|null|nan|true|false)\.?$/i;
const MISSING_PORT = /^(?:undefined|null|nan)$/i;

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
  if (WORDS.has(text.toLowerCase()) || NUMBER.test(text)) {
    return 'word';
  }
  const isOne = !/[\s,]/.test(text);
  if (REGEXP.test(text) || (isOne && PART_OF_REGEXP.test(text))) {
    return 'regexp';
  }
  const isList = text.includes(',') || text.indexOf('://') !== text.lastIndexOf('://');
  if (isList) {
    return undefined;
  }
  return OBJECT.test(text) ? 'object' : PLACEHOLDER.test(text) ? 'placeholder' : undefined;
}

/** True where a template had no value to fill in. `undefined.example` is a host like any other. */
export function isMissingPart(host: string, port: string): boolean {
  return MISSING_HOST.test(host) || MISSING_PORT.test(port);
}

/**
 * Without quotes around it, which some readers of environment files keep, and word processors make typographic. A list that was
 * split leaves quotes at one end only, or brackets if it is JSON: `["https://a.example"`.
 */
export function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^\[?\s*['"`“”„‘’‚]/, '')
    .replace(/['"`“”‘’]\s*\]?$/, '');
}

const ANY_ORIGIN = ", or '*', without credentials, to allow any origin";

/** What some words are meant to say. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['self', " (pages of the app's own origin need no CORS)"],
  ['false', ', or false without quotes to allow no origin'],
  ['none', ', or false without quotes to allow no origin'],
  ['any', ANY_ORIGIN],
  ['all', ANY_ORIGIN],
  ['everyone', ANY_ORIGIN],
]);

const SUCH_AS = 'such as "https://app.example.com"';

/** @param value - the text, quoted. */
export function notAnOrigin(written: unknown, value: string): string {
  const instead = noOriginIn(written);
  if (instead === 'regexp') {
    const how = unquoted(String(written)).startsWith('/') ? 'without quotes' : 'between slashes and without quotes';
    return `${value} is a RegExp written as text; write it ${how} or, in an environment variable, a pattern such as "https://*.example.com"`;
  }
  if (instead === 'placeholder') {
    const how = String(written).includes('${') ? '; in code, a template stands between backticks' : '';
    return `${value} has a placeholder that was not filled in; write the whole origin, ${SUCH_AS}${how}`;
  }
  if (instead === 'object') {
    return `${value} has an object where a text belongs; write the text of the origin, ${SUCH_AS}`;
  }
  if (instead === 'word') {
    const text = unquoted(String(written)).toLowerCase();
    const meant = MEANT.get(text) ?? '';
    return `${value} is a ${NUMBER.test(text) ? 'number' : 'word'}, not an origin; write an origin ${SUCH_AS}${meant}`;
  }
  return `${value} is not a valid origin; write scheme://host or scheme://host:port, ${SUCH_AS}`;
}
