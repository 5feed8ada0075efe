import { ALLOWED, REFUSED } from '../apps/policies.js';
import type { RequestWords } from '../http/incoming.js';

/** Half of them to plain routes, half to routes with a parameter; three policies in turn. */
const URLS: readonly string[] = Array.from({ length: 9 }, (_, index) => [
  `/resource${index}`,
  `/resource${index}/4711`,
]).flat();

/** What a page's requests look like. The names are those of the bars. */
export const REQUESTS: ReadonlyMap<string, readonly RequestWords[]> = new Map([
  ['allowed', URLS.map((url) => get(url, { origin: ALLOWED }))],
  ['refused', URLS.map((url) => get(url, { origin: REFUSED }))],
  ['no Origin', URLS.map((url) => get(url, {}))],
  ['preflight allowed', URLS.map((url) => preflight(url, ALLOWED))],
  ['preflight refused', URLS.map((url) => preflight(url, REFUSED))],
]);

export function get(url: string, headers: Readonly<Record<string, string>>): RequestWords {
  return { method: 'GET', url, headers };
}

export function preflight(url: string, origin: string, asked = 'authorization,content-type'): RequestWords {
  const method = url.endsWith('/4711') ? 'PATCH' : 'POST';
  return {
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': asked },
  };
}
