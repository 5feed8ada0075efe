import { createHash } from 'node:crypto';

/** The longest key that is kept whole, in characters. */
const LONGEST_ID = 200;

/**
 * The id of a key in memory and in messages: the key itself, or its beginning and a hash, so that 15 KB from a URL are neither
 * kept nor sent. The id of a long key has one character more than any short one, so the two cannot collide.
 */
export function idOfKey(key: string): string {
  if (key.length <= LONGEST_ID) {
    return key;
  }
  // UTF-16, as UTF-8 maps all lone surrogates to one character.
  const hash = createHash('sha256').update(key, 'utf16le').digest('hex');
  return key.slice(0, LONGEST_ID + 1 - hash.length) + hash;
}

/** True for a value that {@link idOfKey} may have returned. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_ID + 1;
}

/** A copy. A route parameter may be a slice of its URL, and keeping the slice keeps the whole URL in memory. */
export function copyOfId(id: string): string {
  return Buffer.from(id, 'utf16le').toString('utf16le');
}
