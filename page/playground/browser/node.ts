/**
 * What lib/packages/node.ts takes of Node, for browsers: a build puts this module in the place of that one, and a test compares
 * the two. The values here are made by the playground itself, so that there are no proxies to see through.
 */

export function isProxy(_value: unknown): boolean {
  return false;
}

const getGlobal = getterOf(RegExp.prototype, 'global');
const getByteLength = getterOf(ArrayBuffer.prototype, 'byteLength');

/** By what only a RegExp has inside: no forged object has it. */
export function isRegExp(value: unknown): value is RegExp {
  return typeof answerOf(getGlobal, value) === 'boolean';
}

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return typeof answerOf(getByteLength, value) === 'number';
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return tagOf(value) === 'Promise' && value instanceof Promise;
}

/** An error has a tag that cannot be forged where it has no `Symbol.toStringTag` of its own. */
export function isNativeError(value: unknown): value is Error {
  return value instanceof Error && tagOf(value) === 'Error';
}

const UNBOX: readonly ((this: unknown) => unknown)[] = [
  Number.prototype.valueOf,
  String.prototype.valueOf,
  Boolean.prototype.valueOf,
  BigInt.prototype.valueOf,
  Symbol.prototype.valueOf,
];

export function isBoxedPrimitive(value: unknown): boolean {
  return typeof value === 'object' && UNBOX.some((unbox) => answerOf(unbox, value) !== undefined);
}

/** Those that requests of pages may have, and that Node's parser knows. */
export const KNOWN_METHODS: readonly string[] = (
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS ' +
  'PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
).split(' ');

/** No two texts share it: it is the text. */
export function digestOf(text: string): string {
  return text;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function utf8OfHex(digits: string): string {
  return UTF8.decode(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

export function utf8OfLatin1(text: string): string {
  return UTF8.decode(Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff));
}

function getterOf(prototype: object, name: string): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get ?? (() => undefined);
}

/** Undefined where the value is none of this kind. */
function answerOf(ask: (this: unknown) => unknown, value: unknown): unknown {
  try {
    return Reflect.apply(ask, value, []);
  } catch {
    return undefined;
  }
}

function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return '';
  }
}
