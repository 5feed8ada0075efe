import type { Report } from '../mistakes/issue-data.js';
import { readNames } from './name-list.js';
import { isToken } from './token.js';

/** Fetch, "forbidden method", in any case. */
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * Fetch, "CORS-safelisted method". A page can send these without a preflight, so refusing them in one would protect
 * nothing; the other steps of the preflight still apply.
 */
export function isSafelistedMethod(method: string): boolean {
  return method === 'GET' || method === 'POST' || method === 'HEAD';
}

/** A method that a page can send: what no page can send is refused in a preflight, and never echoed into a header. */
export function isSendableMethod(method: string): boolean {
  return isToken(method) && !FORBIDDEN.has(method.toUpperCase());
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
  const keyword = name === '*' || name.toLowerCase() === 'auto';
  if (keyword || !isToken(name)) {
    report({ code: 'method-invalid', path, value: name, keyword });
  } else if (FORBIDDEN.has(name.toUpperCase())) {
    report({ code: 'method-forbidden', path, value: name });
  } else if (name !== name.toUpperCase()) {
    report({ code: 'method-case', path, value: name });
  }
}
