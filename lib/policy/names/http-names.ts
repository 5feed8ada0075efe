import type { Report } from '../mistakes/issue-data.js';
import { readNames } from './name-list.js';

/**
 * RFC 9110 5.6.2: what method and header names are made of. By character code, as names come from hostile requests too.
 */
const TOKEN_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** True for a character that a token may contain. */
export function isTokenCode(code: number): boolean {
  return code < 128 && TOKEN_CHARACTERS[code] === 1;
}

/** RFC 9110 5.6.2: one or more token characters. Linear, without a regular expression. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isTokenCode(text.charCodeAt(index))) {
      return false;
    }
  }
  return text !== '';
}

/** Fetch, "forbidden method", in any case. */
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * Fetch, "CORS-safelisted method". A page can send these without a preflight, so refusing them in one would protect
 * nothing; the other steps of the preflight still apply.
 */
export function isSafelistedMethod(method: string): boolean {
  return method === 'GET' || method === 'POST' || method === 'HEAD';
}

/** Fetch, "normalize a method": the methods that browsers send in upper case, in whatever case a page writes them. */
const NORMALIZED_METHOD = /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;

/**
 * The method as browsers send it: `PUT` for `put`, but `patch` for `patch`.
 * @see https://fetch.spec.whatwg.org/#concept-method-normalize
 */
export function normalizedMethod(method: string): string {
  return NORMALIZED_METHOD.test(method) ? method.toUpperCase() : method;
}

/**
 * A method that a page can send: what no page can send is refused in a preflight, and never echoed into a header. Nor is `*`:
 * a page can send it, but browsers would read it in ACAM as every method, and remember that.
 */
export function isSendableMethod(method: string): boolean {
  return isToken(method) && method !== '*' && !FORBIDDEN.has(method.toUpperCase());
}

/** Reads the `methods` option; undefined where it is unreadable. */
export function readMethods(
  value: unknown,
  path: string,
  report: Report,
): 'auto' | '*' | readonly string[] | undefined {
  if (value === 'auto' || value === '*') {
    return value;
  }
  return readNames(value, path, checkMethod, report);
}

/**
 * Lower case is refused, though it is a legal token: browsers upper-case only some names (`patch` stays `patch`), so a
 * list with `patch` in it looks right and refuses every PATCH.
 * @see https://fetch.spec.whatwg.org/#concept-method-normalize
 */
function checkMethod(name: string, path: string, report: Report): void {
  // No method is called ALL or ANY: to Nest, Express and Fastify they stand for every one.
  const keyword = name === '*' || /^(?:auto|all|any)$/i.test(name);
  if (keyword || !isToken(name)) {
    report({ code: 'method-invalid', path, value: name, keyword });
  } else if (FORBIDDEN.has(name.toUpperCase())) {
    report({ code: 'method-forbidden', path, value: name });
  } else if (name !== name.toUpperCase()) {
    report({ code: 'method-case', path, value: name });
  }
}

/** A header option as written: everything, the whole list, or names to add to the inherited list. */
export type HeaderNames = '*' | HeaderList;

interface HeaderList {
  readonly add: boolean;
  readonly names: readonly string[];
  /** Names that need no entry. They are not a mistake: lists with `Origin` and `Accept` in them are common. */
  readonly needless: readonly string[];
}

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

/**
 * Fetch, "CORS-safelisted request-header": browsers send these without asking, as long as their values are harmless.
 * Content-Type and Range are left out, as few of their values are harmless, so listing them is usually right.
 */
const SAFELISTED_REQUEST_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-language']);

/** In which proxies name the host that a request was for, so that a page which sends one may get it to another handler. */
const HOST_NAMING_HEADERS: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-server',
  'x-original-host',
  'disguised-host',
]);

/** What `'*'` does not stand for in `allowedHeaders`, and a list can name. In lower case. */
export function isHostNaming(name: string): boolean {
  return HOST_NAMING_HEADERS.has(name);
}

/** What `'*'` stands for. Not for a header called `*`: browsers would read that name in ACAH as every header. */
export function isEchoed(name: string): boolean {
  return name !== '*' && !isHostNaming(name);
}

const RESPONSE_ONLY = /^access-control-(?:allow-|expose-headers$|max-age$)/;
const REQUEST_ONLY = /^(?:origin$|access-control-request-)/;

/** Reads the `allowedHeaders` option; undefined where it is unreadable. */
export function readAllowedHeaders(value: unknown, path: string, report: Report): HeaderNames | undefined {
  const read = readHeaderNames(value, path, requestHeaderFault, report);
  if (read === undefined || read === '*') {
    return read;
  }
  const needless = read.names.filter((name) => isNeedless(name.toLowerCase()));
  // Listing a safelisted name allows its unusual values; listing a name that browsers set allows nothing.
  return { ...read, needless, names: Object.freeze(read.names.filter((name) => !isSetByBrowsers(name.toLowerCase()))) };
}

/** Reads the `exposedHeaders` option; undefined where it is unreadable. */
export function readExposedHeaders(value: unknown, path: string, report: Report): HeaderNames | undefined {
  return readHeaderNames(value, path, responseHeaderFault, report);
}

/**
 * Fetch, "forbidden request-header": browsers set it (lower-case) themselves, and no page can. Old ones announce `Origin`
 * in a preflight, and look for it in the answer.
 */
export function isSetByBrowsers(name: string): boolean {
  return FORBIDDEN_REQUEST_HEADERS.has(name) || name.startsWith('proxy-') || name.startsWith('sec-');
}

/** Why it makes no sense to allow this (lower-case) name, as it completes "`name` …". */
function requestHeaderFault(name: string): string | undefined {
  return RESPONSE_ONLY.test(name) ? 'is a response header' : undefined;
}

function isNeedless(name: string): boolean {
  return isSetByBrowsers(name) || SAFELISTED_REQUEST_HEADERS.has(name);
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
  if (!add && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    report({ code: 'type', path, value, expected: "a list of names, '*', or { add: [ … ] } without other keys" });
    return undefined;
  }
  const names = readNames(add ? value.add : value, add ? `${path}.add` : path, checkWith(fault), report);
  return names === undefined ? undefined : { add, names, needless: [] };
}

/** `{ add: … }` without other keys: a misspelt key beside it must not be ignored. */
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
      report({ code: 'header-invalid', path, value: name, keyword: name === '*', alone: name === '*' });
    } else if (reason !== undefined) {
      report({ code: 'header-forbidden', path, value: name, reason });
    }
  };
}

/**
 * What several lists of header names or methods have in common, in any letter case and spelled as in the first; undefined if nothing. A
 * list of `*` contains every name, and gives way to the others.
 */
export function namesInAll(lists: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = lists.filter((list) => list !== '*').map((list = '') => namesIn(list));
  if (first === undefined) {
    return '*';
  }
  const rest = others.map((names) => new Set(names.map((name) => name.toLowerCase())));
  return first.filter((name) => rest.every((names) => names.has(name.toLowerCase()))).join(', ') || undefined;
}

/** The names of a list as a header has it. */
export function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
