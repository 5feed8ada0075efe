import { checkCors } from './cors-check.js';
import type { CorsFailure } from './cors-failure.js';
import type { ReceivedMessage } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { isStream } from './fetch-request.js';
import { extractTokens } from './header-list.js';
import { isNonWildcardHeader, isSafelistedMethod, unsafeHeaderNames } from './safelisted-header.js';

const METHODS = 'Access-Control-Allow-Methods';
const HEADERS = 'Access-Control-Allow-Headers';

/** How long a browser remembers a preflight without `Access-Control-Max-Age`. */
const DEFAULT_MAX_AGE = 5;

/** The preflight of a request. It never carries credentials. @see https://fetch.spec.whatwg.org/#cors-preflight-fetch steps 1 to 5 */
export function preflightFor(request: FetchRequest): FetchRequest {
  const names = unsafeHeaderNames(request.headers);
  return {
    ...request,
    method: 'OPTIONS',
    headers: [
      ['Accept', '*/*'],
      ['Access-Control-Request-Method', request.method],
      // No blank after the comma: this header is joined by browsers themselves, not by the rules for repeated headers.
      ...(names.length > 0 ? [['Access-Control-Request-Headers', names.join(',')] as const] : []),
    ],
    body: null,
    mode: 'cors',
    credentials: 'omit',
    tainting: 'cors',
  };
}

/** Does this answer let the request through? Null if so. @see https://fetch.spec.whatwg.org/#cors-preflight-fetch steps 7 and 8 */
export function judgePreflight(request: FetchRequest, response: ReceivedMessage): CorsFailure | null {
  return (
    checkCors(request, response, 'preflight-') ??
    checkStatus(response) ??
    checkSyntax(response, METHODS) ??
    checkSyntax(response, HEADERS) ??
    checkMethod(request, response) ??
    checkHeaders(request, response)
  );
}

function checkStatus({ status }: ReceivedMessage): CorsFailure | null {
  if (status >= 200 && status <= 299) {
    return null;
  }
  return { step: 'preflight-status', header: null, actual: String(status), expected: '200 to 299' };
}

function checkSyntax({ headers }: ReceivedMessage, header: string): CorsFailure | null {
  if (extractTokens(headers, header) !== 'failure') {
    return null;
  }
  return { step: 'preflight-syntax', header, actual: headers.get(header), expected: 'names, separated by commas' };
}

function checkMethod(request: FetchRequest, { headers }: ReceivedMessage): CorsFailure | null {
  const { method } = request;
  const allowed = tokens(headers, METHODS);
  if (allowed.includes(method) || isSafelistedMethod(method) || coversAll(request, allowed)) {
    return null;
  }
  return { step: 'preflight-method', header: METHODS, actual: headers.get(METHODS), expected: method };
}

function checkHeaders(request: FetchRequest, { headers }: ReceivedMessage): CorsFailure | null {
  const allowed = tokens(headers, HEADERS).map((name) => name.toLowerCase());
  const missing = unsafeHeaderNames(request.headers).filter(
    (name) => !allowed.includes(name) && (isNonWildcardHeader(name) || !coversAll(request, allowed)),
  );
  if (missing.length === 0) {
    return null;
  }
  return { step: 'preflight-headers', header: HEADERS, actual: headers.get(HEADERS), expected: missing.join(', ') };
}

/** With credentials, `*` is a name like any other. */
function coversAll({ credentials }: FetchRequest, allowed: readonly string[]): boolean {
  return credentials !== 'include' && allowed.includes('*');
}

function tokens(headers: Headers, name: string): readonly string[] {
  const extracted = extractTokens(headers, name);
  return extracted === null || extracted === 'failure' ? [] : extracted;
}

/** What a passed preflight allows, and for how long. */
export interface PreflightGrant {
  readonly methods: readonly string[];
  readonly headerNames: readonly string[];
  /** Seconds. */
  readonly maxAge: number;
}

/** @see https://fetch.spec.whatwg.org/#cors-preflight-fetch steps 7.8 to 7.10 */
export function grantOf(request: FetchRequest, { headers }: ReceivedMessage, maxAgeLimit: number): PreflightGrant {
  const value = headers.get('access-control-max-age') ?? '';
  const maxAge = /^\d+$/.test(value) ? Number(value) : DEFAULT_MAX_AGE;
  // The preflight of a stream implies its method, even a safelisted one.
  const isImplied = headers.get(METHODS) === null && isStream(request.body);
  return {
    methods: isImplied ? [request.method] : tokens(headers, METHODS),
    headerNames: tokens(headers, HEADERS).map((name) => name.toLowerCase()),
    maxAge: Math.min(maxAge, maxAgeLimit),
  };
}
