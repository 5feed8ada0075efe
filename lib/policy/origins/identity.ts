/** Numbers are assigned in the order of first use and garbage-collected with the value. */
const numbers = new WeakMap<WeakKey, number>();
let last = 0;

/**
 * A text that is unique to a value, so that policies with functions and tokens in them can be compared as text. Values
 * that are not compared by identity (strings, and symbols of the global registry) are their own text.
 */
export function identityOf(value: object | symbol | string): string {
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  const registered = typeof value === 'symbol' ? Symbol.keyFor(value) : undefined;
  if (registered !== undefined) {
    return `Symbol.for(${JSON.stringify(registered)})`;
  }
  const number = numbers.get(value) ?? (last += 1);
  numbers.set(value, number);
  return `#${number}`;
}
