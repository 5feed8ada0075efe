import { isProxy, isRegExp } from '../../packages/node.js';
import { isClass } from '../model/function-kinds.js';

const DEFAULT_LIMIT = 200;

/**
 * Text that is safe in a log line or an error: printable ASCII is kept, everything else is written as `\uXXXX`, and
 * what is longer than `limit` characters ends in `…`.
 *
 * Why not JSON.stringify: it keeps U+0085, U+2028, bidirectional overrides and everything else that a terminal may act
 * on (CVE-2024-1681: an `Origin` with a line break in it could forge lines in the log).
 *
 * @example safeText('https://a.example\nGET /')  // 'https://a.example\\u000aGET /'
 */
export function safeText(text: string, limit = DEFAULT_LIMIT): string {
  let safe = '';
  for (let index = 0; index < text.length; index += 1) {
    // The limit counts what is written, not what was read: one character may become six.
    if (safe.length >= limit) {
      return `${safe}…`;
    }
    safe += safeCharacter(text, index);
  }
  return safe;
}

function safeCharacter(text: string, index: number): string {
  const code = text.charCodeAt(index);
  return code >= 0x20 && code <= 0x7e ? text.charAt(index) : `\\u${code.toString(16).padStart(4, '0')}`;
}

const LIMIT = 80;

/**
 * A configured value as an error message quotes it. Never throws: a value in the options may be a proxy whose every trap
 * throws, and it must still get its message, so objects are named, never walked.
 */
export function quotedValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quotedText(value);
    case 'symbol':
      return safeText(String(value), LIMIT);
    case 'bigint':
      return `${safeText(String(value), LIMIT)}n`;
    case 'function':
      return namedFunction(value);
    case 'object':
      return namedObject(value);
    case 'boolean':
    case 'number':
    case 'undefined':
      break;
  }
  return String(value);
}

/** Backslash and quote are escaped first, so that the reader can tell the message's quotes from those in the value. */
function quotedText(text: string, limit = LIMIT): string {
  return `"${safeText(text.slice(0, limit + 1).replace(/["\\]/g, '\\$&'), limit)}"`;
}

/** More than the longest origin has. */
export const LONGEST_CURE = 400;

/** A text that is to be written instead, and so must not be cut. */
export function quotedCure(text: string): string {
  return quotedText(text, LONGEST_CURE);
}

function namedFunction(value: object): string {
  try {
    // `name` may be a static member of a class, of any type, or a getter.
    const name: unknown = Reflect.get(value, 'name');
    if (typeof name === 'string' && name !== '') {
      return `${isClass(value) ? 'class' : 'function'} ${safeText(name, LIMIT)}`;
    }
  } catch {
    // Named like a class without a name.
  }
  return 'a function';
}

/** Values that are often mistaken for an object of options, by their own tag. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['[object Map]', 'a Map'],
  ['[object Set]', 'a Set'],
  ['[object Promise]', 'a promise'],
  ['[object Date]', 'a Date'],
]);

function namedObject(value: object | null): string {
  if (value === null) {
    return 'null';
  }
  // A proxy answers Array.isArray with its target, and throws once it is revoked.
  if (isProxy(value)) {
    return 'a proxy';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (isRegExp(value)) {
    return namedRegExp(value);
  }
  return kindOf(value) ?? 'an object';
}

/** `toString` reads a tag that may be a getter. */
function kindOf(value: object): string | undefined {
  try {
    return KINDS.get(Object.prototype.toString.call(value));
  } catch {
    return undefined;
  }
}

function namedRegExp(value: RegExp): string {
  try {
    return safeText(String(value), LIMIT);
  } catch {
    return 'a regular expression';
  }
}

/**
 * What was thrown, in one short line that is safe in a log. Never throws: the app's code may throw anything, such as an
 * error whose `message` is a symbol or whose getters throw, a proxy, or undefined, and it must still get its line.
 *
 * A class that declares `message: string` throws errors whose `message` is undefined (`useDefineForClassFields`).
 */
export function thrownText(thrown: unknown): string {
  const said =
    typeof thrown === 'string'
      ? thrown
      : // Node's error for a host of several addresses has no message, and a code: ECONNREFUSED.
        (textAt(thrown, 'message') ?? textAt(thrown, 'code') ?? textAt(thrown, 'name'));
  return said === undefined || said === '' ? quotedValue(thrown) : safeText(withoutPasswords(said));
}

/** Clients quote the URL that they cannot use: `fetch()` does, with its password. */
function withoutPasswords(text: string): string {
  return text.slice(0, 5 * DEFAULT_LIMIT).replace(/:\/\/[^\s:/]*:\S*@/gu, '://...@');
}

/** The stack of what was thrown, line by line as safe as {@link thrownText}; undefined where it has none. */
export function thrownStack(thrown: unknown): string | undefined {
  const lines = textAt(thrown, 'stack')?.slice(0, LONGEST_STACK).split('\n', MOST_LINES);
  return lines?.map((line) => safeText(withoutPasswords(line))).join('\n');
}

const LONGEST_STACK = 10_000;
const MOST_LINES = 30;

/** The text under this key; undefined if there is none, if it has another type, or if reading it throws. */
function textAt(thrown: unknown, key: 'message' | 'code' | 'name' | 'stack'): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) {
    return undefined;
  }
  try {
    // Read once: a getter may give another answer the second time.
    const text: unknown = Reflect.get(thrown, key);
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}
