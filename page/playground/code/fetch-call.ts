/** Reads and writes a page's call of `fetch()`. */
import { CodeError } from './code-error.js';
import { Cursor } from './cursor.js';
import { ExpressionReader, type Calls } from './expression.js';

export interface FetchCall {
  readonly url: string;
  readonly init: Readonly<Record<string, unknown>>;
}

/** Every route is compared with it. */
const LONGEST_URL = 2000;

const CALLS: Calls = {
  'JSON.stringify': ([value]) => JSON.stringify(value),
  'new Headers': ([value]) => value ?? {},
  'new URL': ([value]) => value,
  'new FormData': () => new FormData(),
  'new URLSearchParams': ([value]) => {
    if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) {
      return new URLSearchParams();
    }
    return new URLSearchParams(
      typeof value === 'string'
        ? value
        : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)])),
    );
  },
};

/** Throws a {@link CodeError} at what cannot be read. */
export function readFetch(text: string): FetchCall {
  const cursor = new Cursor(text);
  cursor.skip();
  // As it is often copied: with what the result is given to.
  cursor.take(/(?:const|let|var)\s+[\w$]+\s*=\s*/y);
  cursor.take(/await\s+/y);
  const start = cursor.at;
  if (cursor.take(/(?:(?:window|globalThis)\s*\.\s*)?fetch\s*(?=\()/y) === undefined) {
    throw new CodeError("Write one call: fetch('https://api.example.com/cats', { … })", start);
  }
  const [url, init] = new ExpressionReader(cursor, CALLS).arguments();
  cursor.skip(';');
  if (!cursor.isAtEnd) {
    throw new CodeError('There is something behind the call', cursor.at);
  }
  if (typeof url !== 'string') {
    throw new CodeError('The first argument of fetch() is a URL, as a string', start);
  }
  if (url.length > LONGEST_URL) {
    throw new CodeError(`The URL is longer than ${LONGEST_URL} characters`, start);
  }
  if (init !== undefined && (typeof init !== 'object' || init === null || Array.isArray(init))) {
    throw new CodeError('The second argument of fetch() is an object', start);
  }
  return { url, init: Object.fromEntries(Object.entries(init ?? {})) };
}

/** As it is usually written; a body that is not text is left out. */
export function printFetch({ url, init }: FetchCall): string {
  const lines = Object.entries(init).flatMap(([key, value]) => {
    const code = print(value);
    return code === undefined ? [] : [`  ${printKey(key)}: ${code},`];
  });
  return lines.length === 0 ? `fetch(${quote(url)})` : `fetch(${quote(url)}, {\n${lines.join('\n')}\n})`;
}

function print(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return quote(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return String(value);
  }
  if (typeof value !== 'object') {
    return undefined;
  }
  if (value instanceof FormData) {
    return 'new FormData()';
  }
  if (value instanceof URLSearchParams) {
    return `new URLSearchParams(${quote(String(value))})`;
  }
  const parts = Object.entries(value).flatMap(([key, each]) => {
    const code = print(each);
    return code === undefined ? [] : [Array.isArray(value) ? code : `${printKey(key)}: ${code}`];
  });
  if (Array.isArray(value)) {
    return `[${parts.join(', ')}]`;
  }
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function printKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
