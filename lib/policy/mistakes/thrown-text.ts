import { quotedValue } from './quoted-value.js';
import { safeText } from './safe-text.js';

/**
 * What was thrown, in one short line that is safe in a log. Never throws: the app's code may throw anything, such as an
 * error whose `message` is a symbol or whose getters throw, a proxy, or undefined, and it must still get its line.
 *
 * A class that declares `message: string` throws errors whose `message` is undefined (`useDefineForClassFields`).
 */
export function thrownText(thrown: unknown): string {
  const said = typeof thrown === 'string' ? thrown : (textAt(thrown, 'message') ?? textAt(thrown, 'name'));
  return said === undefined || said === '' ? quotedValue(thrown) : safeText(said);
}

/** The stack of what was thrown, line by line as safe as {@link thrownText}; undefined where it has none. */
export function thrownStack(thrown: unknown): string | undefined {
  const lines = textAt(thrown, 'stack')?.slice(0, LONGEST_STACK).split('\n', MOST_LINES);
  return lines?.map((line) => safeText(line)).join('\n');
}

const LONGEST_STACK = 10_000;
const MOST_LINES = 30;

/** The text under this key; undefined if there is none, if it has another type, or if reading it throws. */
function textAt(thrown: unknown, key: 'message' | 'name' | 'stack'): string | undefined {
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
