/**
 * The characters at which the `parseurl` that Express's router uses leaves its fast path, and the target forms that do not
 * start with a slash. Such a target goes to the platform's own reader: two readings of one URL are how routes get bypassed.
 */
const UNUSUAL = /^[^/]|[#\t\n\f\r \u00a0\ufeff]/;

/** Reads the path of an unusual request target as the platform does. */
export type PathnameReader = (url: string) => string | undefined;

/** The path of a request target: everything before the query. */
export function pathnameOf(url: string, readUnusual: PathnameReader): string | undefined {
  if (UNUSUAL.test(url)) {
    return readUnusual(url);
  }
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The path of any request target, for patterns that belong to no router. */
export function plainPathname(url: string): string {
  return pathnameOf(url, readByUrl) ?? url;
}

function readByUrl(url: string): string | undefined {
  try {
    return new URL(url, 'http://localhost').pathname;
  } catch {
    return undefined;
  }
}
