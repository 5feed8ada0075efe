import type { RefusedStep } from '../../lib/policy/model/decision.js';
import type { CorsPolicyOptions } from '../../lib/policy/model/options.js';

/**
 * One exchange: under this policy, this request has this outcome and no other CORS header.
 *
 * The same table runs against `evaluate`, and over HTTP against an application with `CorsModule.forRoot()` and one path
 * that has GET, PUT, POST and DELETE handlers, all under `@Cors(policy)`, and no OPTIONS handler.
 */
export interface CorsCase {
  readonly title: string;
  readonly policy: CorsPolicyOptions | false;
  readonly request: {
    readonly method: string;
    /** Absent: the header is not sent. */
    readonly origin?: string;
    /** Access-Control-Request-Method; with `origin` and OPTIONS it makes the request a preflight. */
    readonly requestMethod?: string;
    /** Access-Control-Request-Headers. */
    readonly requestHeaders?: string;
  };
  readonly outcome: {
    /** Absent: whatever the app answers. */
    readonly status?: number;
    /** Exactly these, of all `access-control-*` headers and `vary`. */
    readonly headers: Readonly<Record<string, string>>;
    /** False: answered before the app sees the request. */
    readonly reachesApp: boolean;
    /** Of a refused preflight. */
    readonly step?: RefusedStep;
  };
}

type Outcome = CorsCase['outcome'];
type Headers = Outcome['headers'];

/** What `'auto'` means on the path of the cases: HEAD reaches GET's handler. */
export const SERVED: readonly string[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];

export const ACAO = 'access-control-allow-origin';
export const ACAC = 'access-control-allow-credentials';
export const ACAM = 'access-control-allow-methods';
export const ACAH = 'access-control-allow-headers';
export const ACMA = 'access-control-max-age';
export const ACEH = 'access-control-expose-headers';

/** `Vary` of a preflight, and of one under `'*'`, whose answer is the same for every origin. */
export const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
export const PREFLIGHT_VARY_FOR_EVERYONE = 'Access-Control-Request-Method, Access-Control-Request-Headers';

/** `Vary` of an OPTIONS request that is not a preflight, where preflights are answered and where the origin decides. */
export const OPTIONS_VARY = 'Origin, Access-Control-Request-Method';

export const APP = 'https://app.example.com';

/** An ordinary GET, from nowhere if no origin is given. */
export function get(origin?: string): CorsCase['request'] {
  return origin === undefined ? { method: 'GET' } : { method: 'GET', origin };
}

export function preflight(origin: string, requestMethod: string, requestHeaders?: string): CorsCase['request'] {
  const question = { method: 'OPTIONS', origin, requestMethod };
  return requestHeaders === undefined ? question : { ...question, requestHeaders };
}

/** The page at this origin may read the answer. */
export function readable(origin: string, more: Headers = {}): Outcome {
  return { reachesApp: true, headers: { vary: 'Origin', [ACAO]: origin, ...more } };
}

/** Nobody is named, but the next origin may be. */
export const WITHHELD: Outcome = { reachesApp: true, headers: { vary: 'Origin' } };

/** As if there were no CORS. */
export const UNTOUCHED: Outcome = { reachesApp: true, headers: {} };

/** A preflight under `'auto'` passes; `more` adds headers or replaces them. */
export function passes(origin: string, more: Headers = {}): Outcome {
  return {
    status: 204,
    reachesApp: false,
    headers: { vary: PREFLIGHT_VARY, [ACAO]: origin, [ACAM]: SERVED.join(', '), ...more },
  };
}

export function refusedAt(step: RefusedStep, vary: string = PREFLIGHT_VARY): Outcome {
  return { status: 403, step, reachesApp: false, headers: { vary } };
}
