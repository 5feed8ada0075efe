import { quotedValue } from './safe-text.js';

/** Callers without types may pass any value. Throws a TypeError for what has no keys to read. */
export function checkObject(caller: string, expected: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${caller} takes ${expected}, and ${quotedValue(value)} is not an object`);
  }
}

/** Throws a TypeError for what is not a string. */
export function checkText(caller: string, expected: string, value: unknown): void {
  if (typeof value !== 'string') {
    throw new TypeError(`${caller} takes ${expected}, and ${quotedValue(value)} is not a string`);
  }
}
