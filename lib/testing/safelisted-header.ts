import type { HeaderLine } from './header-list.js';

/** Bytes that a lax parser may interpret. Tab is the one control that passes. */
// oxlint-disable-next-line no-control-regex -- the standard names them
const UNSAFE_BYTE = /[\u0000-\u0008\u000A-\u001F"():<>?@[\\\]{}\u007F]/;

const LANGUAGE = /^[0-9A-Za-z *,\-.;=]*$/;

const FORM_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

const LONGEST_VALUE = 128;
const LONGEST_TOGETHER = 1024;

/** @see https://fetch.spec.whatwg.org/#cors-safelisted-method */
export function isSafelistedMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'POST';
}

/**
 * Whether a header may go out without being announced.
 *
 * @see https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 */
export function isSafelistedHeader([name, value]: HeaderLine): boolean {
  if (value.length > LONGEST_VALUE) {
    return false;
  }
  switch (name.toLowerCase()) {
    case 'accept':
      return !UNSAFE_BYTE.test(value);
    case 'accept-language':
    case 'content-language':
      return LANGUAGE.test(value);
    case 'content-type':
      return !UNSAFE_BYTE.test(value) && FORM_TYPES.has(mimeEssence(value) ?? '');
    case 'range':
      return isSimpleRange(value);
    default:
      return false;
  }
}

/** @see https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header */
export function isNoCorsSafelistedHeader(line: HeaderLine): boolean {
  return line[0].toLowerCase() !== 'range' && isSafelistedHeader(line);
}

/** `*` in Access-Control-Allow-Headers never covers it. @see https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name */
export function isNonWildcardHeader(name: string): boolean {
  return name.toLowerCase() === 'authorization';
}

/**
 * The names to announce: lower-case, sorted, each once. Safelisted headers join them when they are too long together.
 *
 * @see https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
 */
export function unsafeHeaderNames(lines: readonly HeaderLine[]): readonly string[] {
  const safelisted = lines.filter(isSafelistedHeader);
  const together = safelisted.reduce((size, [, value]) => size + value.length, 0);
  const unsafe = together > LONGEST_TOGETHER ? lines : lines.filter((line) => !isSafelistedHeader(line));
  return [...new Set(unsafe.map(([name]) => name.toLowerCase()))].toSorted();
}

/**
 * `type/subtype` of a media type, in lower case; null if it is none. Parameters are not looked at.
 *
 * @see https://mimesniff.spec.whatwg.org/#parsing-a-mime-type
 */
function mimeEssence(value: string): string | null {
  const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
  const match = new RegExp(`^[ \\t\\r\\n]*(${token}/${token})[ \\t\\r\\n]*(?:;|$)`).exec(value);
  return match?.[1]?.toLowerCase() ?? null;
}

/** One range with a beginning. @see https://fetch.spec.whatwg.org/#simple-range-header-value */
function isSimpleRange(value: string): boolean {
  const match = /^bytes=(\d+)-(\d*)$/.exec(value);
  if (match === null) {
    return false;
  }
  const [, first = '', last = ''] = match;
  return last === '' || BigInt(first) <= BigInt(last);
}
