/** One line of a header list. Fetch keeps repeated names apart: each is judged by itself. */
export type HeaderLine = readonly [name: string, value: string];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @see https://httpwg.org/specs/rfc9110.html#tokens */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * The values of a header that is a list of tokens: null if the header is absent, `'failure'` if it is not such a list.
 * Elements may be empty and padded with blanks.
 *
 * @see https://fetch.spec.whatwg.org/#extract-header-list-values
 */
export function extractTokens(headers: Headers, name: string): readonly string[] | null | 'failure' {
  const value = headers.get(name);
  if (value === null) {
    return null;
  }
  const tokens = splitList(value);
  return tokens.every(isToken) ? tokens : 'failure';
}

/** The elements of a comma-separated value, without blanks around them and without empty ones. */
export function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((element) => element !== '');
}

/**
 * Merges repeated names into one line, as browsers send them: under the first spelling of the name.
 *
 * @see https://fetch.spec.whatwg.org/#concept-header-list-append
 */
export function combineLines(lines: Iterable<HeaderLine>): readonly HeaderLine[] {
  const combined = new Map<string, HeaderLine>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const [first, before] = combined.get(key) ?? [name];
    combined.set(key, [first, before === undefined ? value : `${before}, ${value}`]);
  }
  return [...combined.values()];
}

/** Whether there is a header of that name, in any spelling. */
export function hasHeader(lines: readonly HeaderLine[], wanted: string): boolean {
  return lines.some(([name]) => name.toLowerCase() === wanted.toLowerCase());
}

/** Headers of a message, which cannot be changed. */
export function toHeaders(lines: Iterable<HeaderLine>): Headers {
  const headers = new Headers();
  for (const [name, value] of lines) {
    headers.append(name, value);
  }
  return immutable(headers);
}

/** Gives the headers the guard "immutable". @see https://fetch.spec.whatwg.org/#concept-headers-guard */
export function immutable(headers: Headers): Headers {
  const refuse = { value: refuseChange };
  return Object.defineProperties(headers, { append: refuse, delete: refuse, set: refuse });
}

function refuseChange(): never {
  throw new TypeError('These headers are immutable: copy them with new Headers(headers)');
}
