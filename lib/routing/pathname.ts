/**
 * What makes a request target unusual: no leading slash, a character beyond printable ASCII, or a `#`, at which the
 * `parseurl` of Express's router leaves its fast path. The platform's own reader reads such a target, as different readings
 * of one URL are how routes get bypassed; and it must not be folded, as lower-casing is exact for ASCII only.
 */
const UNUSUAL = /^(?!\/)|[^!-~]|#/;

/** The characters of a usual target, as {@link UNUSUAL} has them. */
export function isUsualCode(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== 0x23;
}

/** Reads the path of an unusual request target as the platform does. */
export type PathnameReader = (url: string) => string | undefined;

/** True for a target that every reader reads the same way: a path of printable ASCII, and perhaps a query. */
export function isUsual(url: string): boolean {
  return !UNUSUAL.test(url);
}

/** The path of a usual request target: everything before the query. */
export function usualPathname(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** Scheme and authority of an absolute-form target: `http://host/cats`. Two slashes alone begin a path. */
const SCHEME_AND_AUTHORITY = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;

/** The path of any request target, if no router tells how it reads one. */
export function plainPathname(url: string): string {
  if (isUsual(url)) {
    return usualPathname(url);
  }
  const target = url.replace(SCHEME_AND_AUTHORITY, '');
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  return path === '' ? '/' : path;
}
