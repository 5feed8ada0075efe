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

/** Header lists meet here: what a page set becomes the names and values of one message. */
export function toHeaders(lines: Iterable<HeaderLine>): Headers {
  const headers = new Headers();
  for (const [name, value] of lines) {
    headers.append(name, value);
  }
  return headers;
}
