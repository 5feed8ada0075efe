import { isProxy, isRegExp } from '../../packages/node.js';
import { isClass } from '../model/is-class.js';
import { safeText } from './safe-text.js';

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
function quotedText(text: string): string {
  return `"${safeText(text.slice(0, LIMIT + 1).replace(/["\\]/g, '\\$&'), LIMIT)}"`;
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
