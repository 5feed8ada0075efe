import type { IncomingMessage } from 'node:http';

import type { CorsPolicy } from '../../policy/model/policy.js';

/** The content types that a form can send: a request with another one was announced by a preflight. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);
const SAFELISTED_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const DEFAULT_PORT = /^(http:\/\/.*):80$|^(https:\/\/.*):443$/;

/**
 * Whether a request comes from another origin, as far as it can be told without a policy. In the order of Nest's and Go's
 * cross-origin protection: what the browser says outright first, then `Origin` against the raw `Host`.
 */
export function isCrossOrigin(request: IncomingMessage, method: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') {
    return false;
  }
  const { origin } = request.headers;
  if (origin === undefined || origin === '') {
    // A link or an image sends no Origin; neither does a program, which no policy is about.
    return !isSafe(method) && (site === 'cross-site' || site === 'same-site');
  }
  return !isSameAuthority(origin, hostOf(request));
}

/** The `Host` header; `:authority` on HTTP/2. */
export function hostOf(request: IncomingMessage): string | undefined {
  const authority = request.headers[':authority'];
  return request.headers.host ?? (typeof authority === 'string' ? authority : undefined);
}

/** GET and HEAD are not judged under `enforce`: a link or an image sends them too. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether the policy takes this method from other origins. `'auto'` and `'*'` take what is served, and this is. */
export function takesMethod(policy: CorsPolicy, method: string): boolean {
  return policy.methods === 'auto' || policy.methods === '*' || policy.methods.includes(method);
}

/** Whether a browser would have asked before it sent this: method, content type or Authorization are no form's. */
export function needsPreflight(request: IncomingMessage, ...methods: readonly string[]): boolean {
  const type = request.headers['content-type'];
  return (
    methods.some((method) => !SAFELISTED_METHODS.has(method)) ||
    (type !== undefined && !FORM_TYPES.has(essenceOf(type))) ||
    request.headers.authorization !== undefined
  );
}

/** Whether a preflight of this policy would let the method pass; the safelisted ones always do. */
export function preflightTakes(policy: CorsPolicy, method: string): boolean {
  return SAFELISTED_METHODS.has(method) || takesMethod(policy, method);
}

function essenceOf(contentType: string): string {
  const [essence = ''] = contentType.split(';', 1);
  return essence.trim().toLowerCase();
}

/** The scheme is not compared: behind a proxy that ends TLS the app does not know its own. */
function isSameAuthority(origin: string, host: string | undefined): boolean {
  const [scheme, authority] = origin.split('://', 2);
  return (
    authority !== undefined && host !== undefined && authority === authorityOf(`${scheme}://${host.toLowerCase()}`)
  );
}

function authorityOf(origin: string): string {
  const match = DEFAULT_PORT.exec(origin);
  return (match?.[1] ?? match?.[2] ?? origin).replace(/^[^/]*\/\//, '');
}
