import type { Middleware } from './middleware.js';

/**
 * The floor: what somebody writes who has one policy and knows it by heart. One look-up, and the same headers that the
 * library sends.
 */
export function byHand(origins: readonly string[], methods: string, headers: string, maxAge: string): Middleware {
  const allowed = new Set(origins);
  return (request, response, done) => {
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      response.statusCode = isAllowed ? 204 : 403;
      response.setHeader('Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
      if (isAllowed) {
        response.setHeader('Access-Control-Allow-Origin', origin);
        response.setHeader('Access-Control-Allow-Credentials', 'true');
        response.setHeader('Access-Control-Allow-Methods', methods);
        response.setHeader('Access-Control-Allow-Headers', headers);
        response.setHeader('Access-Control-Max-Age', maxAge);
      } else {
        response.setHeader('Content-Length', '0');
      }
      response.end();
      return;
    }
    response.setHeader('Vary', 'Origin');
    if (isAllowed) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    done();
  };
}
