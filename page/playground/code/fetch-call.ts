/** Reads and writes a page's call of `fetch()`. */
import type { Expression } from 'acorn';
import { CodeError } from './code-error.js';
import { LONGEST_TEXT, parseWhole } from './cursor.js';
import { nameOf, valueOf, type Calls } from './value.js';

export interface FetchCall {
  readonly url: string;
  readonly init: Readonly<Record<string, unknown>>;
}

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
  if (text.length > LONGEST_TEXT) {
    throw new CodeError(`This text is longer than ${LONGEST_TEXT} characters`, LONGEST_TEXT);
  }
  try {
    return read(text);
  } catch (error) {
    throw error instanceof RangeError ? new CodeError('This is nested too deeply', 0) : error;
  }
}

function read(text: string): FetchCall {
  // Where it is copied from there often stands `await`, which means something only in an async function.
  const blanked = text.replace(/^(\s*(?:(?:const|let)\s+[\w$]+\s*=\s*)?(?:await\b)?)/, (start) =>
    ' '.repeat(start.length),
  );
  const node: Expression = parseWhole(blanked);
  if (
    node.type !== 'CallExpression' ||
    !/^(?:(?:window|globalThis)\.)?fetch$/.test(nameOf(node.callee as Expression))
  ) {
    throw new CodeError("Write one call: fetch('https://api.example.com/cats', { … })", node.start);
  }
  const [url, init] = node.arguments.map((argument) => {
    if (argument.type === 'SpreadElement') {
      throw new CodeError('Arguments are not spread here', argument.start);
    }
    return valueOf(argument, CALLS);
  });
  if (typeof url !== 'string') {
    throw new CodeError('The first argument of fetch() is a URL, as a string', node.start);
  }
  if (init !== undefined && (typeof init !== 'object' || init === null || Array.isArray(init))) {
    throw new CodeError('The second argument of fetch() is an object', node.start);
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
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) {
    return 'null';
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
