import type { PageRequestMode } from './fetch-request.js';
import { isForbiddenRequestHeader } from './forbidden-header.js';
import { combineLines, hasHeader, type HeaderLine } from './header-list.js';
import { textOf } from './request-input.js';
import { isNoCorsSafelistedHeader } from './safelisted-header.js';

/** Headers as `fetch()` takes them: a record, pairs, or a `Headers`, which does not keep the case of its names. */
export type PageHeaders = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/** `Headers` refuses invalid names and values, and strips the blanks around a value; the name keeps its case. */
export function readHeaders(init: unknown): readonly HeaderLine[] {
  if (init === undefined) {
    return [];
  }
  if (typeof init !== 'object' || init === null) {
    throw new TypeError(`headers must be a record, pairs or a Headers, not ${JSON.stringify(init)}`);
  }
  return headerPairs(init).map((pair) => {
    const [name, value, ...more] = [...pair].map((part) => textOf(part, 'undefined'));
    if (name === undefined || value === undefined || more.length > 0) {
      throw new TypeError('Each header must be a pair of a name and a value');
    }
    const [[, stripped] = ['', '']] = new Headers([[name, value]]);
    return [name, stripped];
  });
}

function headerPairs(init: object): readonly Iterable<unknown>[] {
  if (!isIterable(init)) {
    return Object.entries(init);
  }
  return Array.from(init, (pair) => {
    if (typeof pair !== 'object' || pair === null || !isIterable(pair)) {
      throw new TypeError('Each header must be a pair of a name and a value');
    }
    return pair;
  });
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** Fills the header list as a `Headers` object with the guard of the mode would. @see https://fetch.spec.whatwg.org/#headers-validate */
export function fillHeaders(
  mode: PageRequestMode,
  written: readonly HeaderLine[],
  bodyType: string | null,
): readonly HeaderLine[] {
  const isAllowed = mode === 'no-cors' ? isAllowedWithoutCors : isAllowedToPages;
  const lines: HeaderLine[] = [];
  for (const line of written) {
    if (isAllowed(line, lines)) {
      lines.push(line);
    }
  }
  if (bodyType !== null && !hasHeader(lines, 'content-type') && isAllowed(['Content-Type', bodyType], lines)) {
    lines.push(['Content-Type', bodyType]);
  }
  // A page that accepts nothing in particular accepts everything. @see https://fetch.spec.whatwg.org/#fetching step 13
  return hasHeader(lines, 'accept') ? lines : [...lines, ['Accept', '*/*']];
}

function isAllowedToPages([name, value]: HeaderLine): boolean {
  return !isForbiddenRequestHeader(name, value);
}

/** Judged together with what the name already has. @see https://fetch.spec.whatwg.org/#concept-headers-append step 3 */
function isAllowedWithoutCors([name, value]: HeaderLine, lines: readonly HeaderLine[]): boolean {
  const earlier = lines.filter(([other]) => other.toLowerCase() === name.toLowerCase());
  return combineLines([...earlier, [name, value]]).every(isNoCorsSafelistedHeader);
}
