import type { IncomingHttpHeaders } from 'node:http';

/** The part of a request that is read here: an HTTP/1 request, an HTTP/2 one, or the upgrade of a WebSocket. */
export interface RequestHeaders {
  readonly headers: IncomingHttpHeaders;
  /** Names and values as they were sent; left out where only `headers` are known. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/** As browsers write it, for a page that may have the same origin as an HTTP server: not an extension or an app. */
const PAGE_ORIGIN = /^(https?):\/\/(.+)$/;
/** A host and perhaps a port: no user, no path, and not a list, which is how Node joins several lines. */
const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[^\s,/?#@\\:[\]]+)(?::[0-9]+)?$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * Whether a request comes from another origin, so that the policy has to decide. Pure; it reads the headers alone.
 *
 * The order is that of Nest's and Go's cross-origin protection. Sec-Fetch-Site comes first: the browser knows that an `http:`
 * page has another origin than the `https:` server of the same name, and comparing `Origin` with `Host` cannot tell. The value
 * is a case-sensitive token: an unknown value, an empty one or several ones do not count as same-origin.
 *
 * Without an `Origin`, GET and HEAD pass: a link and an image send none. An empty one is not a missing one here: no browser
 * sends it, and nothing that does is waved through.
 */
export function isCrossOrigin(request: RequestHeaders, method: string): boolean {
  const { headers } = request;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') {
    return false;
  }
  if (headers.origin === undefined) {
    // Without either header the client is not a browser, and policies do not apply.
    return site !== undefined && !isSafe(method);
  }
  return site !== undefined || !isSameAuthority(headers.origin, hostOf(request));
}

/** Whether it names an origin that a policy could allow: an empty one does not. */
export function hasOrigin({ headers: { origin } }: RequestHeaders): boolean {
  return origin !== undefined && origin !== '';
}

/**
 * The raw authority that the request was sent to: `:authority` on HTTP/2, where a `Host` beside it has no meaning. As it was sent:
 * middleware may write another one into `headers`, and what a proxy reports is not what the browser sent.
 */
export function hostOf({ headers, rawHeaders }: RequestHeaders): string | undefined {
  const authority = headers[':authority'];
  if (typeof authority === 'string') {
    return authority;
  }
  const sent = rawHeaders?.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host') ?? -1;
  return sent === -1 ? headers.host : rawHeaders?.[sent + 1];
}

/** GET and HEAD are not judged under `enforce`: a link or an image sends them too. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The scheme is not compared: behind a proxy that ends TLS the app does not know its own. */
export function isSameAuthority(origin: string | undefined, host: string | undefined): boolean {
  const [, scheme = '', authority] = PAGE_ORIGIN.exec(origin ?? '') ?? [];
  const own = host?.toLowerCase();
  if (authority === undefined || own === undefined || !AUTHORITY.test(own)) {
    return false;
  }
  // Browsers never write a default port into `Origin`; into `Host` others do.
  return authority === own || `${authority}${DEFAULT_PORTS[scheme] ?? ''}` === own;
}
