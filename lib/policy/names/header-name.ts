import type { Report } from '../mistakes/issue-data.js';
import { readNames } from './name-list.js';
import { isToken } from './token.js';

/** A header option as written: everything, the whole list, or names to add to the inherited list. */
export type HeaderNames = '*' | { readonly add: boolean; readonly names: readonly string[] };

/** Fetch, "forbidden request-header". `proxy-*` and `sec-*` belong to it too. */
const FORBIDDEN_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept-charset',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'date',
  'dnt',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

const RESPONSE_ONLY = /^access-control-(?:allow-|expose-headers$|max-age$)/;
const REQUEST_ONLY = /^(?:origin$|access-control-request-)/;

/** Reads the `allowedHeaders` option; undefined where it is unreadable. */
export function readAllowedHeaders(value: unknown, path: string, report: Report): HeaderNames | undefined {
  return readHeaderNames(value, path, requestHeaderFault, report);
}

/** Reads the `exposedHeaders` option; undefined where it is unreadable. */
export function readExposedHeaders(value: unknown, path: string, report: Report): HeaderNames | undefined {
  return readHeaderNames(value, path, responseHeaderFault, report);
}

/** Why a page can never announce this (lower-case) name, as it completes "`name` …". */
function requestHeaderFault(name: string): string | undefined {
  if (RESPONSE_ONLY.test(name)) {
    return 'is a response header';
  }
  const forbidden = FORBIDDEN_REQUEST_HEADERS.has(name) || name.startsWith('proxy-') || name.startsWith('sec-');
  return forbidden ? 'is set by browsers themselves, never by a page' : undefined;
}

/** Why a page can never read this (lower-case) name. */
function responseHeaderFault(name: string): string | undefined {
  if (REQUEST_ONLY.test(name)) {
    return 'is a request header';
  }
  return name === 'set-cookie' || name === 'set-cookie2' ? 'is never shown to a page' : undefined;
}

type Fault = (lowerCaseName: string) => string | undefined;

function readHeaderNames(value: unknown, path: string, fault: Fault, report: Report): HeaderNames | undefined {
  if (value === '*') {
    return value;
  }
  const add = isAddition(value);
  const names = readNames(add ? value.add : value, add ? `${path}.add` : path, checkWith(fault), report);
  return names === undefined ? undefined : { add, names };
}

/** `{ add: … }` with nothing else in it: a misspelt key beside it must not be lost. */
function isAddition(value: unknown): value is { readonly add: unknown } {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const keys = Reflect.ownKeys(value);
  return keys.length === 1 && keys[0] === 'add';
}

function checkWith(fault: Fault) {
  return (name: string, path: string, report: Report): void => {
    const reason = fault(name.toLowerCase());
    if (name === '*' || !isToken(name)) {
      report({ code: 'header-invalid', path, value: name, keyword: name === '*' });
    } else if (reason !== undefined) {
      report({ code: 'header-forbidden', path, value: name, reason });
    }
  };
}
