/**
 * Where a request was stopped. A closed list; the steps that start with `preflight-` check the answer to the preflight.
 *
 * - `mixed-content`: an https page asked for an http URL that is not loopback
 * - `same-origin-mode`: `mode: 'same-origin'` and another origin
 * - `no-cors-redirect`: `mode: 'no-cors'` with a `redirect` that is not `follow`
 * - `preflight-origin`, `origin`: Access-Control-Allow-Origin
 * - `preflight-credentials`, `credentials`: Access-Control-Allow-Credentials
 * - `preflight-status`: not 200 to 299
 * - `preflight-syntax`: a list that is not a list of tokens
 * - `preflight-method`: Access-Control-Allow-Methods
 * - `preflight-headers`: Access-Control-Allow-Headers
 * - `resource-policy`: Cross-Origin-Resource-Policy, under `no-cors`
 * - `redirect-mode`: `redirect: 'error'` and a redirect
 * - `redirect-location`: a Location that is not an http(s) URL
 * - `redirect-url-credentials`: a Location with a user name or password
 * - `redirect-limit`: more than 20 redirects
 * - `handshake-origin`: the server refused the handshake of a socket with 403
 */
export type CorsBlockedStep =
  | 'mixed-content'
  | 'same-origin-mode'
  | 'no-cors-redirect'
  | 'preflight-origin'
  | 'preflight-credentials'
  | 'preflight-status'
  | 'preflight-syntax'
  | 'preflight-method'
  | 'preflight-headers'
  | 'origin'
  | 'credentials'
  | 'resource-policy'
  | 'redirect-mode'
  | 'redirect-location'
  | 'redirect-url-credentials'
  | 'redirect-limit'
  | 'handshake-origin';

/** What a step found. */
export interface CorsFailure {
  readonly step: CorsBlockedStep;
  /** The response header that decided; null if none did. */
  readonly header: string | null;
  /** Its value; null if it was missing. */
  readonly actual: string | null;
  /** The value that was expected. */
  readonly expected: string;
}
