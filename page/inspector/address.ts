/** The address contains what is shown, so that it can be bookmarked and shared: `#ask?method=PUT&url=/cats/1`. */
import { element } from '../picture/index.js';

/** How a gateway's method is listed. */
export const SOCKET = 'SOCKET';

export interface Place {
  readonly section: string;
  readonly query: URLSearchParams;
}

export function currentPlace(): Place {
  const [section = '', query = ''] = location.hash.slice(1).split('?', 2);
  return { section, query: new URLSearchParams(query) };
}

/** What can be asked about a route as it is listed. Undefined for a socket on a port of its own, or in a namespace: it has no URL. */
export function questionAt({
  method,
  path,
}: {
  readonly method: string;
  readonly path: string;
}): Readonly<Record<string, string>> | undefined {
  if (method === SOCKET) {
    return /^\/[^ ]+$/.test(path) ? { method, url: path } : undefined;
  }
  // `@All()` takes any method.
  return { method: method === 'ALL' ? 'GET' : method, url: path };
}

/** A link to the question about a request. */
export function askLink(text: string, question: Readonly<Record<string, string>>): HTMLAnchorElement {
  return element('a', { href: `#ask?${new URLSearchParams(question)}` }, text);
}
