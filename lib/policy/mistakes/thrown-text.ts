import { quotedValue } from './quoted-value.js';
import { safeText } from './safe-text.js';

/**
 * What was thrown, in one short line that is safe in a log. Total: code of the app throws what it likes, an error whose
 * `message` is a symbol or whose getters throw, a proxy, nothing at all; and the line about it must still come out.
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

/** A text that stands under this key; undefined where there is none, another type, or somebody who throws. */
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
