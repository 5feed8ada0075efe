import { safeText } from '../mistakes/safe-text.js';

/** A value that a cure can contain, to be written as TypeScript. */
export type CodeValue =
  string | number | boolean | RegExp | readonly CodeValue[] | { readonly [key: string]: CodeValue | undefined };

/**
 * The code of a value, in the style of the documentation. Characters other than printable ASCII are escaped, which means the
 * same in code, so the text can be copied from a terminal.
 */
export function codeText(value: CodeValue): string {
  if (typeof value === 'string') {
    return `'${safeText(value.replace(/['\\]/g, '\\$&'), Infinity)}'`;
  }
  if (value instanceof RegExp) {
    return safeText(String(value), Infinity);
  }
  if (typeof value !== 'object') {
    return String(value);
  }
  if (isList(value)) {
    return `[${value.map(codeText).join(', ')}]`;
  }
  const keys = Object.entries(value).flatMap(([key, each]) =>
    each === undefined ? [] : [`${key}: ${codeText(each)}`],
  );
  return `{ ${keys.join(', ')} }`;
}

function isList(value: object): value is readonly CodeValue[] {
  return Array.isArray(value);
}
