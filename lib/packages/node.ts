/**
 * All that policies and routing take of Node, in one place: a build for browsers, such as that of the playground, replaces this
 * module by one that answers alike (page/playground/browser/node.ts; a test compares the two).
 */
import { createHash } from 'node:crypto';
import { METHODS } from 'node:http';
import { types } from 'node:util';

/** Tests that no proxy and no forged object can fool, for objects of any realm. */
export const { isArrayBuffer, isBoxedPrimitive, isNativeError, isPromise, isProxy, isRegExp } = types;

/** The methods that Node's parser knows: requests with others do not arrive. */
export const KNOWN_METHODS: readonly string[] = METHODS;

/** A short text that no two texts share. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** The text whose UTF-8 bytes these are, as pairs of hexadecimal digits. */
export function utf8OfHex(digits: string): string {
  return Buffer.from(digits, 'hex').toString('utf8');
}

/** Node hands raw bytes on as Latin-1: the text that they are in UTF-8. */
export function utf8OfLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
