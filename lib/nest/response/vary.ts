import { namesIn } from '../../policy/names/http-names.js';

/** The types that `Vary` may have: Node keeps numbers and lists as they were set. */
export type VaryValue = string | number | readonly string[] | undefined;

/**
 * Joins `Origin` with the `Vary` of the app: no name is lost or repeated, and `*`, which covers every name, stays alone.
 *
 * @see RFC 9110, 12.5.5
 */
export function joinVary(...values: readonly VaryValue[]): string {
  const names = new Map<string, string>();
  for (const value of values) {
    for (const name of namesIn(Array.isArray(value) ? value.join(',') : String(value ?? ''))) {
      const key = name.toLowerCase();
      if (key === '*') {
        return '*';
      }
      if (!names.has(key)) {
        names.set(key, name);
      }
    }
  }
  return [...names.values()].join(', ');
}
