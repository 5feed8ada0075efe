import path from 'node:path';

import { match } from 'path-to-regexp';

/** One entry of the `paths` option: its pattern, its methods and what it stands for. */
export interface PathEntry<T> {
  readonly path: string;
  /** In upper case; undefined for every method. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly value: T;
}

/**
 * A pathname belongs to one entry as it was sent, and to another, or to none, as it is read by who decodes: nobody can know who
 * serves it. No page of good will asks for such a path.
 */
export const DISPUTED = Symbol('disputed');

/**
 * The `paths` of the options: what no controller serves. First match wins, in the order written.
 *
 * A pathname is tried as it was sent and as whatever serves it may read it: decoded, with single slashes and without dot
 * segments. Static-file middleware and Fastify's router both decode, so `/%61dmin` must not slip past an entry for `/admin`, nor
 * `/public/..%2fadmin` in by one for `/public`.
 */
export class PathList<T> {
  readonly #entries: readonly (PathEntry<T> & { readonly matches: (pathname: string) => boolean })[];

  constructor(entries: readonly PathEntry<T>[]) {
    this.#entries = entries.map((entry) => {
      // Nothing is read from the parameters, so nothing is decoded: a malformed escape cannot throw here.
      const matches = match(entry.path, { decode: false });
      return { ...entry, matches: (pathname) => matches(pathname) !== false };
    });
  }

  /** The first entry for this pathname and method. HEAD counts as GET. */
  find(method: string, pathname: string): PathEntry<T> | typeof DISPUTED | undefined {
    if (this.#entries.length === 0) {
      return undefined;
    }
    const canonical = canonicalPathname(pathname);
    const asSent = this.#first(method, pathname);
    return canonical === pathname || this.#first(method, canonical) === asSent ? asSent : DISPUTED;
  }

  /** All entries for this pathname, whatever their methods, in the order written. */
  at(pathname: string): readonly PathEntry<T>[] {
    const canonical = canonicalPathname(pathname);
    return this.#entries.filter(({ matches }) => matches(pathname) || matches(canonical));
  }

  /** What the entries stand for, in the order written. */
  values(): readonly T[] {
    return this.#entries.map(({ value }) => value);
  }

  #first(method: string, pathname: string): PathEntry<T> | undefined {
    return this.#entries.find(
      ({ methods, matches }) =>
        (methods === undefined || methods.has(method) || (method === 'HEAD' && methods.has('GET'))) &&
        matches(pathname),
    );
  }
}

function canonicalPathname(pathname: string): string {
  let decoded = pathname;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    // A malformed escape is served by nobody who decodes.
  }
  // Dot segments last, as static-file middleware does: `%2e%2fadmin` is one segment to a browser, `/admin` to who decodes it.
  return path.posix.normalize(decoded.replaceAll('\\', '/'));
}
