import { CLOSED_POLICY } from '../../policy/compile.js';
import type { PreflightQuestion } from '../../policy/decisions/preflight-decision.js';
import { policyOfAll } from '../../policy/decisions/policy-of-all.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { FOREIGN_ROUTE, UNCERTAIN_ROUTE, isOwnRoute, type Route } from '../../routing/route.js';
import type { RouteParams, RouteTable } from '../../routing/route-table.js';
import type { AppPolicies } from './app-policies.js';
import { policyOfPath, policyWithoutRoute } from './path-claim.js';
import {
  USUAL_METHODS,
  isServedUnder,
  type AskedRequest,
  type PreflightTarget,
  PromisedMethods,
} from './preflight-target.js';

/** What a preflight says, and where. */
export interface PreflightWords extends AskedRequest {
  readonly origin: string;
  readonly headers: string | undefined;
}

/**
 * No policy governs the response, as one of the routes at the URL has none. But another one's response depends on the origin, so
 * `Vary` names it.
 */
export const UNTOUCHED_BUT_VARYING = 'untouched-but-varying';

/** What governs the response to an ordinary request; undefined: this module does nothing. */
export type Governing = CorsPolicy | typeof UNTOUCHED_BUT_VARYING | undefined;

/** Finds the policy that governs a request, in the order that the rules give. */
export class PolicyFinder {
  /** The methods of all routes: the usual ones first, so that lists read alike on every platform. */
  readonly #methods: readonly string[];
  /** In the same order, with one more where a route serves every method. */
  readonly #methodsToProbe: readonly string[];
  readonly #promised: PromisedMethods;

  constructor(private readonly table: RouteTable) {
    const registered = new Set(table.methods);
    const others = [...registered].filter((method) => !USUAL_METHODS.includes(method)).toSorted();
    this.#methods = [...USUAL_METHODS.filter((method) => registered.has(method)), ...others];
    this.#methodsToProbe = [...this.#methods, ...table.methodsToProbe.filter((method) => !registered.has(method))];
    this.#promised = new PromisedMethods(
      table,
      this.#methods,
      (appPolicies, { method, url }) => policyWithoutRoute(appPolicies, method, url),
      (appPolicies, { method, url, request }) => {
        const path = policyOfPath(appPolicies, method, url);
        if (path !== undefined) {
          return path.policy ?? CLOSED_POLICY;
        }
        // What controllers serve with other methods only is refused.
        return this.routesAt(url, request).length > 0 ? undefined : appPolicies.base;
      },
    );
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
      return governingAll(appPolicies, this.table.candidates(method, url, request));
    }
    const path = policyOfPath(appPolicies, method, url);
    if (path !== undefined) {
      return path.policy;
    }
    const elsewhere = route === FOREIGN_ROUTE ? [] : this.routesAt(url, request);
    return elsewhere.length === 0 ? appPolicies.base : governingAll(appPolicies, elsewhere);
  }

  /** Undefined if there is no policy: the app answers the preflight. */
  ofPreflight(appPolicies: AppPolicies, method: string, url: string, request: unknown): PreflightTarget | undefined {
    const routes = this.table.candidates(method, url, request);
    if (routes.length > 0) {
      return targetOf(
        routes.map((route) =>
          isOwnRoute(route) ? appPolicies.byRoute[route.id] : policyWithoutRoute(appPolicies, method, url),
        ),
        routes,
      );
    }
    const path = policyOfPath(appPolicies, method, url);
    if (path !== undefined) {
      return targetOf([path.policy], []);
    }
    const elsewhere = this.routesAt(url, request);
    if (elsewhere.length > 0) {
      return unservedTarget(elsewhere.map((route) => appPolicies.byRoute[route.id]));
    }
    // An entry of `paths` for other methods may close what forRoot opens.
    return targetOf([appPolicies.base], [], appPolicies.paths.at(url).length === 0);
  }

  /** Translates a preflight into the question that the policies decide. */
  questionOf(appPolicies: AppPolicies, target: PreflightTarget, words: PreflightWords): PreflightQuestion {
    const { origin, method, headers } = words;
    return {
      origin,
      method,
      headers,
      isServed: (policy) => isServedUnder(appPolicies, policy, method, target.routes),
      promised: () => this.#promised.of(appPolicies, target, words),
      hasOptionsHandler: () => this.#promised.hasOptionsHandler(appPolicies, target, words),
      alwaysAllowed: target.routes.find((route) => route.versionHeader !== undefined)?.versionHeader,
      unserved: target.isUnserved,
      debug: appPolicies.debug,
    };
  }

  /**
   * The names that `Vary` has on the answer to an OPTIONS request that goes to the app, so that no cache takes it for the
   * answer to a preflight; undefined where preflights go to the app as well.
   */
  varyOfOptions(
    appPolicies: AppPolicies,
    announced: string | undefined,
    url: string,
    request: unknown,
  ): string | undefined {
    const path = announced === undefined ? undefined : policyOfPath(appPolicies, announced, url);
    const isUntouched = path !== undefined && path.policy === undefined;
    if (isUntouched || !this.#answersPreflights(appPolicies, url, request)) {
      return undefined;
    }
    const lacksOrigin = announced !== undefined && this.ofPreflight(appPolicies, announced, url, request) !== undefined;
    return lacksOrigin ? 'Origin, Access-Control-Request-Method' : 'Access-Control-Request-Method';
  }

  /** The methods with which controllers serve this URL: `ALL` for any. */
  methodsAt(url: string, request: unknown): readonly string[] {
    return [...new Set(this.routesAt(url, request).map(({ method }) => method))];
  }

  /** Whether a preflight for this URL is answered here, whichever method it announces. */
  #answersPreflights(appPolicies: AppPolicies, url: string, request: unknown): boolean {
    const entries = appPolicies.paths.at(url);
    return (
      entries.some((entry) => entry.value.policy !== undefined) ||
      // An entry for every method leaves nothing to forRoot: this module does nothing at an untouched URL.
      (appPolicies.base !== undefined && entries.every((entry) => entry.methods !== undefined)) ||
      this.routesAt(url, request).some((route) => appPolicies.byRoute[route.id] !== undefined)
    );
  }

  /**
   * The parameters that all routes at this URL read alike, whatever their methods: for a request that none of them takes, and that
   * has their policies.
   */
  paramsAt(method: string, url: string, request: unknown): RouteParams {
    const isTaken = (): boolean => this.table.candidates(method, url, request).includes(FOREIGN_ROUTE);
    const read =
      !this.table.mayServe(url) || isTaken()
        ? []
        : this.#methodsToProbe.flatMap((other) =>
            this.table
              .candidates(other, url, request)
              .filter(isOwnRoute)
              .map((route) => this.table.paramsOf(route, other, url)),
          );
    const [first = {}, ...others] = read;
    const alike = Object.entries(first).filter(([name, value]) =>
      others.every((params) => Object.hasOwn(params, name) && String(params[name]) === String(value)),
    );
    return Object.fromEntries(alike);
  }

  /** The controllers' routes at this URL, whatever their methods. */
  routesAt(url: string, request: unknown): readonly Route[] {
    if (!this.table.mayServe(url)) {
      return [];
    }
    return this.#methodsToProbe.flatMap((method) => this.table.candidates(method, url, request).filter(isOwnRoute));
  }
}

/** The policies of all of these routes together. */
function governingAll(appPolicies: AppPolicies, routes: readonly Route[]): Governing {
  const policies = new Set(routes.map((route) => appPolicies.byRoute[route.id]));
  const known = [...policies].filter((policy) => policy !== undefined);
  if (known.length === policies.size) {
    return policyOfAll(known);
  }
  return known.some((policy) => policy.varies) ? UNTOUCHED_BUT_VARYING : undefined;
}

/** The URL is served with other methods only: refused, unless none of them has a policy. */
function unservedTarget(policies: readonly (CorsPolicy | undefined)[]): PreflightTarget | undefined {
  const [policy, ...others] = new Set(policies);
  if (policy === undefined && others.length === 0) {
    return undefined;
  }
  // Under one policy the refusal names the method; under several it is not known whose answer it would be.
  return {
    policies: [others.length === 0 && policy !== undefined ? policy : CLOSED_POLICY],
    routes: [],
    isUnserved: true,
    isUnknownUrl: false,
  };
}

/** A route without a policy counts as closed, unless none has one. */
function targetOf(
  policies: readonly (CorsPolicy | undefined)[],
  routes: readonly Route[],
  isUnknownUrl = false,
): PreflightTarget | undefined {
  const [first] = policies;
  if (policies.length === 1) {
    // As nearly always: one route, and no list to make distinct.
    return first === undefined ? undefined : { policies: [first], routes, isUnserved: false, isUnknownUrl };
  }
  if (policies.every((policy) => policy === undefined)) {
    return undefined;
  }
  const distinct = [...new Set(policies.map((policy) => policy ?? CLOSED_POLICY))];
  return { policies: distinct, routes, isUnserved: false, isUnknownUrl };
}
