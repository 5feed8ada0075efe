import type { CorsFailure } from './cors-failure.js';
import type { ReceivedMessage } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { serialisedOrigin } from './fetch-request.js';
import { isSameOrigin, isSameSite } from './origin.js';

/**
 * May the page read this answer? Null if so. Preflights pass the same check.
 *
 * @see https://fetch.spec.whatwg.org/#concept-cors-check
 */
export function checkCors(
  request: FetchRequest,
  response: ReceivedMessage,
  phase: '' | 'preflight-' = '',
): CorsFailure | null {
  const allowOrigin = response.headers.get('access-control-allow-origin');
  const withCredentials = request.credentials === 'include';
  if (allowOrigin === '*' && !withCredentials) {
    return null;
  }
  const expected = serialisedOrigin(request);
  if (allowOrigin !== expected) {
    return { step: `${phase}origin`, header: 'Access-Control-Allow-Origin', actual: allowOrigin, expected };
  }
  const allowCredentials = response.headers.get('access-control-allow-credentials');
  if (!withCredentials || allowCredentials === 'true') {
    return null;
  }
  const header = 'Access-Control-Allow-Credentials';
  return { step: `${phase}credentials`, header, actual: allowCredentials, expected: 'true' };
}

/**
 * What `no-cors` is left with: a server may keep its answers from other origins or sites.
 *
 * @see https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
 */
export function checkResourcePolicy(request: FetchRequest, response: ReceivedMessage): CorsFailure | null {
  const header = 'Cross-Origin-Resource-Policy';
  const actual = response.headers.get(header);
  const refused =
    (actual === 'same-origin' && !isSameOrigin(request.origin, request.url.origin)) ||
    (actual === 'same-site' && !isSameSite(request.origin, request.url.origin));
  return refused ? { step: 'resource-policy', header, actual, expected: 'cross-origin' } : null;
}
