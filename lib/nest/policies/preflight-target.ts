import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import type { AppPolicies } from './app-policies.js';

/** What a preflight asks about. */
export interface PreflightTarget {
  /** Each of them must pass. Each occurs once. */
  readonly policies: readonly CorsPolicy[];
  /** The routes that the announced method may reach; none where no controller serves it. */
  readonly routes: readonly Route[];
  /** The URL is served, but not with the announced method. */
  readonly isUnserved: boolean;
  /** It is not known who serves the URL: `forRoot`'s policy decides, whatever the method. */
  readonly isEverywhere: boolean;
}

/** The request that a preflight asks about. */
export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  /** The preflight itself, as the platform has it: hosts are read off it. */
  readonly request: unknown;
}

/** The meaning of `'auto'` if no route tells what is served. */
export const USUAL_METHODS: readonly string[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];

/** Whether the method is served under this policy by one of the routes that it may reach: what `'auto'` means. */
export function isServedUnder(
  appPolicies: AppPolicies,
  policy: CorsPolicy,
  method: string,
  routes: readonly Route[],
): boolean {
  const isByRoute = routes.some((route) => isOwnRoute(route) && appPolicies.byRoute[route.id] === policy);
  return isByRoute || USUAL_METHODS.includes(method);
}
