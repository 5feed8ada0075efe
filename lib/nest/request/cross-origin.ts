import type { IncomingHttpHeaders } from 'node:http';

/** As much of a request as is read here: an HTTP/1 request, an HTTP/2 one, or the upgrade of a WebSocket. */
export interface RequestHeaders {
  readonly headers: IncomingHttpHeaders;
  /** Names and values as they were sent; left out where only `headers` are known. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/** As browsers write it, of a page that can be of the same origin as an HTTP server: no extension's, no app's. */
const PAGE_ORIGIN = /^(https?):\/\/(.+)$/;
/** A host and perhaps a port: no user, no path, and no list, into which Node joins several lines. */
const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[^\s,/?#@\\:[\]]+)(?::[0-9]+)?$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * Whether a request has to be judged by the policy, as one that comes from another origin. Pure, over the headers alone.
 *
 * The order is that of Nest's and Go's cross-origin protection. What the browser says outright comes first: it knows that an
 * `http:` page is of another origin than the `https:` server of the same name, and `Origin` against `Host` cannot tell. The
 * value is a token, and case-sensitive: an unknown one, an empty one and several are no promise that nothing is foreign.
 *
 * Without an `Origin`, GET and HEAD pass: a link and an image send none.
 */
export function isCrossOrigin(request: RequestHeaders, method: string): boolean {
  const { headers } = request;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') {
    return false;
  }
  if (!hasOrigin({ headers })) {
    // Without either header it is a program, which no policy is about.
    return site !== undefined && !isSafe(method);
  }
  return site !== undefined || !isSameAuthority(headers.origin, hostOf(request));
}

/** An empty `Origin` is none: no browser sends it. */
export function hasOrigin({ headers: { origin } }: RequestHeaders): boolean {
  return origin !== undefined && origin !== '';
}

/**
 * The raw authority that the request was sent to: `:authority` on HTTP/2, where a `Host` beside it means nothing. As it was sent:
 * middleware may write another into `headers`, and a proxy's word for it is not the browser's.
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
