import { CLOSED_POLICY } from '../../policy/compile.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { FOREIGN_ROUTE, UNCERTAIN_ROUTE, isOwnRoute, type Route } from '../../routing/route.js';
import type { RouteTable } from '../../routing/route-table.js';
import type { AppPolicies } from './app-policies.js';
import { policyOfPath } from './path-claim.js';

/** A URL that is served under different policies by other methods has none itself; `Vary` may still have to name `Origin`. */
export const VARY_ONLY = 'vary-only';

/** What governs an ordinary request's response; undefined: nothing of ours. */
export type Governing = CorsPolicy | typeof VARY_ONLY | undefined;

/** Who answers a preflight. */
export interface PreflightTarget {
  /** Every one of them must pass. */
  readonly policies: readonly CorsPolicy[];
  /** The routes that the announced method may reach; none where no controller serves it. */
  readonly routes: readonly Route[];
  /** The URL is served, but not with the announced method. */
  readonly isUnserved: boolean;
}

/** The request that a preflight asks about. */
export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  /** The preflight itself, as the platform has it: hosts are read off it. */
  readonly request: unknown;
}

/** What `'auto'` means where no route says what is served. */
const USUAL_METHODS: readonly string[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];

/** Finds the policy that governs a request, in the order that the rules give. */
export class PolicyFinder {
  /** The methods of all routes: the usual ones first, so that lists read alike on every platform. */
  readonly #methods: readonly string[];

  constructor(private readonly table: RouteTable) {
    const registered = new Set(table.methods);
    const others = [...registered].filter((method) => !USUAL_METHODS.includes(method)).toSorted();
    this.#methods = [...USUAL_METHODS.filter((method) => registered.has(method)), ...others];
  }

  /** The policy of an ordinary request's response, where the table found no route of a controller. */
  ofUnrouted(
    appPolicies: AppPolicies,
    route: Route | undefined,
    method: string,
    url: string,
    request: unknown,
  ): Governing {
    if (route === UNCERTAIN_ROUTE) {
      return sharedBy(appPolicies, this.table.candidates(method, url, request));
    }
    const path = policyOfPath(appPolicies, method, url);
    if (path !== undefined) {
      return path.policy;
    }
    const elsewhere = route === FOREIGN_ROUTE ? [] : this.#ownRoutesAt(url, request);
    return elsewhere.length === 0 ? appPolicies.base : sharedBy(appPolicies, elsewhere);
  }

  /** Undefined where no policy is concerned: the preflight is the app's affair. */
  ofPreflight(appPolicies: AppPolicies, method: string, url: string, request: unknown): PreflightTarget | undefined {
    const routes = this.table.candidates(method, url, request);
    if (routes.length > 0) {
      return targetOf(
        routes.map((route) =>
          isOwnRoute(route) ? appPolicies.byRoute[route.id] : this.#foreign(appPolicies, method, url),
        ),
        routes,
      );
    }
    const path = policyOfPath(appPolicies, method, url);
    if (path !== undefined) {
      return targetOf([path.policy], []);
    }
    const elsewhere = this.#ownRoutesAt(url, request);
    if (elsewhere.length > 0) {
      return unservedBy(elsewhere.map((route) => appPolicies.byRoute[route.id]));
    }
    return targetOf([appPolicies.base], []);
  }

  /** The methods that this URL serves under this policy: what `'auto'` means there. */
  served(
    appPolicies: AppPolicies,
    target: PreflightTarget,
    policy: CorsPolicy,
    asked: AskedRequest,
  ): readonly string[] {
    const { method: announced, url, request } = asked;
    if (!target.routes.some(isOwnRoute)) {
      return USUAL_METHODS;
    }
    const serves = (method: string): boolean => {
      const routes = this.table.candidates(method, url, request);
      const same = routes.filter((route) => isOwnRoute(route) && appPolicies.byRoute[route.id] === policy);
      if (method === announced) {
        return same.length > 0;
      }
      // Browsers remember the list: a method stands in it only if every route behind it has this very policy. `@All()`
      // serves methods without number, and says nothing about those that nobody asked about.
      return routes.length > 0 && same.length === routes.length && same.every((route) => route.method !== 'ALL');
    };
    const listed = this.#methods.filter(serves);
    return listed.includes(announced) || !serves(announced) ? listed : [...listed, announced];
  }

  #foreign(appPolicies: AppPolicies, method: string, url: string): CorsPolicy | undefined {
    const path = policyOfPath(appPolicies, method, url);
    return path === undefined ? appPolicies.base : path.policy;
  }

  #ownRoutesAt(url: string, request: unknown): readonly Route[] {
    if (!this.table.mayServe(url)) {
      return [];
    }
    return this.#methods.flatMap((method) => this.table.candidates(method, url, request).filter(isOwnRoute));
  }
}

/** The policy that all of these routes share. */
function sharedBy(appPolicies: AppPolicies, routes: readonly Route[]): Governing {
  const policies = new Set(routes.map((route) => appPolicies.byRoute[route.id]));
  const [policy] = policies;
  if (policies.size === 1) {
    return policy;
  }
  return [...policies].some((other) => other?.varies) ? VARY_ONLY : undefined;
}

/** The URL is served with other methods only: refused, unless none of them is ours to speak for. */
function unservedBy(policies: readonly (CorsPolicy | undefined)[]): PreflightTarget | undefined {
  const [policy, ...others] = new Set(policies);
  if (policy === undefined && others.length === 0) {
    return undefined;
  }
  // Under one policy the refusal names the method; under several there is no saying whose answer it would be.
  return {
    policies: [others.length === 0 && policy !== undefined ? policy : CLOSED_POLICY],
    routes: [],
    isUnserved: true,
  };
}

/** One without a policy counts as closed, unless none has one. */
function targetOf(
  policies: readonly (CorsPolicy | undefined)[],
  routes: readonly Route[],
): PreflightTarget | undefined {
  const [first] = policies;
  if (policies.length === 1) {
    // As nearly always: one route, and no list to make distinct.
    return first === undefined ? undefined : { policies: [first], routes, isUnserved: false };
  }
  if (policies.every((policy) => policy === undefined)) {
    return undefined;
  }
  return { policies: [...new Set(policies.map((policy) => policy ?? CLOSED_POLICY))], routes, isUnserved: false };
}
