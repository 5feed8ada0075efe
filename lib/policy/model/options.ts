import type { CorsOriginFunction, CorsResolverToken } from './origin-resolver.js';

/**
 * What users write. Requests do not use it: `compilePolicy` turns it into a {@link CorsPolicy}.
 */

/** One item of the `origin` option; see {@link CorsPolicyOptions.origin}. */
export type CorsOrigin = string | RegExp | CorsOriginFunction | { readonly resolver: CorsResolverToken };

/**
 * Augment it with the names of your policies, so that a misspelt `@Cors('partnes')` does not compile.
 *
 * @example
 * ```ts
 * declare module 'nestjs-cors' {
 *   interface CorsPolicyNames { partners: true }
 * }
 * ```
 */
export interface CorsPolicyNames {}

/**
 * The name of a policy in `forRoot({ policies })`: any string, or the keys of {@link CorsPolicyNames} once it has some.
 */
export type CorsPolicyName = keyof CorsPolicyNames extends never ? string : Extract<keyof CorsPolicyNames, string>;

/** The mistakes that a layer can acknowledge by name; see {@link CorsPolicyOptions.dangerouslyAllow}. */
export type CorsDangerCode =
  /** `'null'` among the origins: every sandboxed frame and `data:` page is `null`. */
  | 'null-origin'
  /** `moz-extension://*`: every extension or app with this scheme, no matter who published it. */
  | 'any-host-of-scheme'
  /** `https://*.github.io` with credentials: anyone can register a name there. */
  | 'public-suffix'
  /** `'*'` with credentials: the origin is echoed, so every page acts as its visitor. `null` is still refused. */
  | 'any-origin-with-credentials'
  /** `http:` or `ws:` with credentials, except on loopback: anyone on the network can pose as that origin. */
  | 'insecure-origin-with-credentials'
  /** A RegExp that may take exponential or polynomial time, or that could not be analysed in time. */
  | 'regexp-unsafe'
  /** A RegExp that also matches other sites' origins, such as `https://evilexample.com`. */
  | 'regexp-too-wide'
  /** A RegExp with an unescaped dot between letters. */
  | 'regexp-dot';

/** A list of names, or a string with commas between them: `['PUT', 'DELETE']`, `'PUT, DELETE'`. */
export type CorsNames = string | readonly string[];

/**
 * A CORS policy, as written in `forRoot()`, in `policies` and in `@Cors()`. A key that is left out (or is `undefined`, except
 * `origin`) is inherited from the next layer: handler, controller, module, forRoot. Unknown keys are refused.
 *
 * @example `@Cors({ origin: 'https://app.example.com', credentials: true, maxAge: 600 })`
 */
export interface CorsPolicyOptions {
  /**
   * The name of a policy in `forRoot({ policies })` to start from. It overrides forRoot's values, this layer's own keys
   * override both, and nothing else is inherited. `@Cors('partners')` is short for `@Cors({ use: 'partners' })`. Refused:
   * unknown names; `use` in forRoot or `policies`.
   *
   * @example `{ use: 'partners', maxAge: 60 }`
   */
  readonly use?: CorsPolicyName | undefined;
  /**
   * Who may read the responses; one item or a list. Left out: inherited. If no layer has one, the route has no policy; with a
   * `@Cors`, that is a mistake.
   *
   * - `'*'`: everyone.
   * - an origin as browsers write it, `'https://app.example.com'`, compared byte for byte.
   * - a pattern: `'https://*.example.com'` (one or more labels in front), `'https://example.com:*'` (any port or none),
   *   or both. `'moz-extension://*'` is any host of a scheme that is not http, https, ws or wss; it has to be
   *   acknowledged.
   * - a RegExp, which must match the whole origin. A pattern is easier to get right.
   * - a function or `{ resolver: token }`, asked only if no other item matched.
   * - `false` or `[]`: no origin.
   *
   * Refused: other spellings (`https://Example.com/`, `:443`), `undefined` and empty strings (a missing environment
   * variable must not widen anything: see {@link originList}), `file:` origins, `'*'` among others, `*` in other
   * places, and unless acknowledged the {@link CorsDangerCode} mistakes.
   *
   * @see https://fetch.spec.whatwg.org/#http-access-control-allow-origin
   * @example `['https://app.example.com', 'http://localhost:*']`
   */
  readonly origin?: CorsOrigin | readonly CorsOrigin[] | false | undefined;
  /**
   * Methods that a preflight may announce. Default `'auto'`: those that the URL serves under an equal policy (for an entry of
   * `paths` its own `methods`). `'*'`: any. Names in a list are case-sensitive; an answer has those that the URL serves under
   * an equal policy. GET, HEAD and POST always pass, as browsers send them without asking. Refused: invalid names (not a
   * token); CONNECT, TRACE, TRACK; lower case.
   *
   * @see https://fetch.spec.whatwg.org/#http-access-control-allow-methods
   * @example `['PUT', 'PATCH', 'DELETE']`
   */
  readonly methods?: CorsNames | undefined;
  /**
   * Request headers that a page may send besides the safelisted ones. Default `'*'`: every header it asks for, including
   * `Authorization` (the names are echoed, as `*` does not cover it in browsers), except those in which proxies name the host,
   * such as `X-Forwarded-Host`: list these if pages have to send them. `{ add }` adds to the inherited list. Ignored, with a
   * warning: names that only browsers set (`Origin`, `Cookie`, `Host`, `Sec-…`, `Proxy-…`), which pass anyway. Refused: invalid
   * names (not a token); response headers of CORS.
   *
   * @see https://fetch.spec.whatwg.org/#http-access-control-allow-headers
   * @example `['Content-Type', 'X-Request-Id']`
   */
  readonly allowedHeaders?: CorsNames | { readonly add: CorsNames } | undefined;
  /**
   * Response headers that a page may read besides the safelisted ones. Default: none. `'*'`: all, but only without
   * credentials. `{ add }` adds to the inherited list. Refused: invalid names (not a token); `Set-Cookie`, which no page may read;
   * request headers of CORS; `'*'` with credentials, which browsers take literally; `{ add }` over `'*'`.
   *
   * @see https://fetch.spec.whatwg.org/#http-access-control-expose-headers
   * @example `['Link', 'X-Total-Count']`
   */
  readonly exposedHeaders?: CorsNames | { readonly add: CorsNames } | undefined;
  /**
   * Whether a page may send cookies, HTTP authentication and client certificates and read the response. Default
   * `false`. Refused: `true` with an origin of `'*'`, and the mistakes with credentials in {@link CorsDangerCode}.
   *
   * @see https://fetch.spec.whatwg.org/#http-access-control-allow-credentials
   * @example `true`
   */
  readonly credentials?: boolean | undefined;
  /**
   * How long a browser may cache the answer to a preflight, in whole seconds from 0 to 86400 (Firefox keeps it that long,
   * Chromium at most 7200, WebKit 600). Default: the header is not sent, and browsers keep the answer for 5 seconds.
   * Refused: anything else.
   *
   * @see https://fetch.spec.whatwg.org/#http-access-control-max-age
   * @example `600`
   */
  readonly maxAge?: number | undefined;
  /**
   * `true`: a preflight that passes goes on to the app's own `@Options()` handler, with its CORS headers set. Default `false`:
   * it is answered before it reaches the app. Refused: `true` where the path has no OPTIONS handler.
   *
   * @example `true`
   */
  readonly preflightContinue?: boolean | undefined;
  /**
   * The status of a preflight that passes, 200 to 299. Default 204. Refused: anything else, as browsers accept no other
   * status.
   *
   * @see https://fetch.spec.whatwg.org/#ok-status
   * @example `200`
   */
  readonly optionsSuccessStatus?: number | undefined;
  /**
   * `true`: cross-origin requests that the policy does not allow are answered with 403 before the app runs. Default `false`:
   * the app handles them, but the page cannot read the response.
   *
   * @example `true`
   */
  readonly enforce?: boolean | undefined;
  /**
   * How long a function or resolver may take, in milliseconds, more than 0. Default 2000. If it takes longer, the origin is refused.
   *
   * @example `500`
   */
  readonly originTimeout?: number | undefined;
  /**
   * Mistakes that are intended, by code. Applies to the values that this layer sets, also where nearer layers inherit them.
   * Default: none. Refused: unknown codes.
   *
   * @example `{ origin: ['null'], dangerouslyAllow: ['null-origin'] }`
   */
  readonly dangerouslyAllow?: readonly CorsDangerCode[] | undefined;
}
