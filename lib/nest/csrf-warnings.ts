import type { AbstractHttpAdapter } from '@nestjs/core';

import { shortList } from '../policy/diagnosis/origin-names.js';
import type { CorsPolicy } from '../policy/model/policy.js';
import { sampleOf } from './path-placement.js';
import { securityHookOf, type SecurityHook } from './platform/security-hook.js';
import type { AppPolicies } from './policies/app-policies.js';
import { settle } from './report/settle.js';
import type { ExploredRoute } from './routes/route.explorer.js';

/** A request that a policy allows and that changes something. */
interface AllowedRequest {
  /** `CatsController.create`, `paths[0] (/graphql)` */
  readonly place: string;
  readonly policy: CorsPolicy;
  readonly method: string;
  readonly url: string;
}

/** The methods that Nest's protection lets pass. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A target that no excluded path matches. */
const NO_PATH = '*';

/** Of a list that is longer, the others are hardly trusted if these are not. */
const MOST_ORIGINS = 100;

/** Origins and places are named up to here. */
const MOST_NAMES = 3;

/**
 * Warnings of requests that a policy allows and that `app.enableCsrfProtection()` answers with 403: it trusts no origin that it
 * is not given, whatever CORS allows. Its hook is asked; nothing else tells what it was given.
 *
 * What is not sure is left out: origins that are not exact, and routes that a header, a media type or the app's extractor chooses,
 * as an exclusion may name a version.
 */
export function csrfWarnings(
  adapter: AbstractHttpAdapter,
  appPolicies: AppPolicies,
  explored: readonly ExploredRoute[],
): readonly string[] {
  const hook = securityHookOf(adapter);
  if (hook === undefined) {
    return [];
  }
  const distrusted = new Map<CorsPolicy, readonly string[]>();
  const placesByOrigins = new Map<string, { origins: readonly string[]; places: Set<string> }>();
  for (const { place, policy, method, url } of allowedRequests(appPolicies, explored)) {
    const origins =
      distrusted.get(policy) ?? exactOrigins(policy).filter((origin) => refuses(hook, method, NO_PATH, origin));
    distrusted.set(policy, origins);
    const [first] = origins;
    if (first !== undefined && refuses(hook, method, url, first)) {
      const key = origins.join();
      const found = placesByOrigins.get(key) ?? { origins, places: new Set() };
      placesByOrigins.set(key, found);
      found.places.add(place);
    }
  }
  return [...placesByOrigins.values()].map(({ origins, places }) => warningOf(origins, [...places]));
}

function warningOf(origins: readonly string[], places: readonly string[]): string {
  const quoted = origins.slice(0, MOST_NAMES).map((origin) => `'${origin}'`);
  const trusted = [...quoted, ...(origins.length > MOST_NAMES ? ['…'] : [])].join(', ');
  return (
    `app.enableCsrfProtection() answers 403 to requests that CORS allows, from ${shortList(origins, MOST_NAMES)} to ` +
    `${shortList(places, MOST_NAMES)}: add ${trusted} to its trustedOrigins, which it trusts on all routes, or exclude these ` +
    'routes; do neither if no page of another origin sends them'
  );
}

function allowedRequests(
  { byRoute, paths }: AppPolicies,
  explored: readonly ExploredRoute[],
): readonly AllowedRequest[] {
  const ofRoutes = explored
    .filter(({ isInternal, version }) => !isInternal && version === undefined)
    .flatMap(({ id, name, method, path }) =>
      requestOf(name, byRoute[id], method === 'ALL' ? undefined : [method], sampleOf(path)),
    );
  const ofPaths = paths.entries.flatMap(({ where, value, methods, pattern }) =>
    requestOf(where, value.policy, methods && [...methods], pattern.samples[0] ?? NO_PATH),
  );
  return [...ofRoutes, ...ofPaths];
}

/** @param served - undefined: every method. */
function requestOf(
  place: string,
  policy: CorsPolicy | undefined,
  served: readonly string[] | undefined,
  url: string,
): readonly AllowedRequest[] {
  if (policy === undefined) {
    return [];
  }
  const { methods } = policy;
  const listed = typeof methods === 'string' ? undefined : methods;
  const method = (served ?? listed ?? ['POST']).find(
    (name) => !SAFE.has(name) && (listed === undefined || listed.includes(name)),
  );
  return method === undefined ? [] : [{ place, policy, method, url }];
}

/** `'null'` cannot be trusted at all, and what a RegExp, a pattern or a function allows is not known. */
function exactOrigins({ origins }: CorsPolicy): readonly string[] {
  return origins
    .list()
    .filter((item) => typeof item === 'string' && item.includes('://') && !item.includes('*'))
    .slice(0, MOST_ORIGINS)
    .map(String);
}

/** The app's own `exclude` may be called, with this request: if it throws, nothing is known. */
function refuses(hook: SecurityHook, method: string, url: string, origin: string): boolean {
  const headers = { host: 'localhost', origin, 'sec-fetch-site': 'cross-site' };
  const get = (name: string): unknown => Reflect.get(headers, name.toLowerCase());
  const raw = { method, url, originalUrl: url, path: url, headers, get, header: get };
  try {
    const answer = hook({ ...raw, raw }, NO_RESPONSE);
    // The app may have registered one of its own, which is asynchronous.
    settle(answer, () => undefined);
    return answer instanceof Error;
  } catch {
    return false;
  }
}

const NO_RESPONSE = Object.freeze({
  setHeader: () => undefined,
  removeHeader: () => undefined,
});
