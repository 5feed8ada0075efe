import { CodeError } from './code-error.js';

/** Each RegExp is analysed before it is used. */
const MOST_REGEXPS = 50;

/** What would let a link keep the reader's browser busy. */
export function checkHarmless(values: readonly unknown[]): void {
  let regExps = 0;
  const visit = (value: unknown): void => {
    regExps += value instanceof RegExp ? 1 : 0;
    if (value === 'regexp-unsafe') {
      throw new CodeError(
        '"regexp-unsafe" cannot be allowed here: the RegExp would run in the browser of everybody who opens the link',
        0,
      );
    }
    if (typeof value === 'object' && value !== null && !(value instanceof RegExp)) {
      Object.values(value).forEach(visit);
    }
  };
  values.forEach(visit);
  if (regExps > MOST_REGEXPS) {
    throw new CodeError(`There are ${regExps} RegExps, and at most ${MOST_REGEXPS} are read here`, 0);
  }
}
