import { createHash } from 'node:crypto';

/** As many characters of a key as are kept. */
const LONGEST_ID = 200;

/**
 * What a key is remembered under, and called in messages: itself, or its beginning and a hash, so that 15 KB out of a URL are
 * neither kept in memory nor sent around. No id of a long key is the id of a short one: it has one character more.
 */
export function idOfKey(key: string): string {
  if (key.length <= LONGEST_ID) {
    return key;
  }
  // UTF-16, as UTF-8 makes one of all lone surrogates.
  const hash = createHash('sha256').update(key, 'utf16le').digest('hex');
  return key.slice(0, LONGEST_ID + 1 - hash.length) + hash;
}

/** True for what {@link idOfKey} may have made. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_ID + 1;
}

/** A copy. The parameter of a route may be a slice of its URL, and whoever keeps the slice keeps the whole of it. */
export function copyOfId(id: string): string {
  return Buffer.from(id, 'utf16le').toString('utf16le');
}
