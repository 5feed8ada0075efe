import { match } from 'path-to-regexp';

import type { ExploredRoute } from './route.explorer.js';

/** Tells whether an OPTIONS handler of the app serves a route's path: one at the same path, or one behind a wildcard. */
export function serversOfOptions(routes: readonly ExploredRoute[]): (path: string) => boolean {
  const paths = new Set(
    routes.filter(({ method }) => method === 'OPTIONS' || method === 'ALL').map(({ path }) => path),
  );
  const matchers = [...paths].flatMap((path) => matcherOf(path) ?? []);
  return (path) => paths.has(path) || matchers.some((matches) => matches(path));
}

/** Fastify writes a wildcard `*`, path-to-regexp writes it `*name`. */
function matcherOf(path: string): ((other: string) => boolean) | undefined {
  try {
    const matches = match(path.replace(/\*$/, '*rest'), { decode: false });
    return (other) => matches(other) !== false;
  } catch {
    return undefined;
  }
}
