/** Numbers are handed out in the order of asking and forgotten with the value. */
const numbers = new WeakMap<WeakKey, number>();
let last = 0;

/**
 * A text that is the same for the same value only, so that policies with functions and tokens in them can be compared
 * as text. What is not compared by identity (strings, and symbols of the global registry) is its own text.
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
