import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import type { AppPolicies } from './app-policies.js';
import { CLOSED_POLICY } from '../../policy/compile.js';
import { jointMethods } from '../../policy/decisions/preflight-steps.js';
import type { RouteTable } from '../../routing/route-table.js';

/** What a preflight asks about. */
export interface PreflightTarget {
  /** Each of them must pass. Each occurs once. */
  readonly policies: readonly CorsPolicy[];
  /** The routes that the announced method may reach; none where no controller serves it. */
  readonly routes: readonly Route[];
  /** The URL is served, but not with the announced method. */
  readonly isUnserved: boolean;
  /** It is not known who serves the URL: `forRoot`'s policy decides, whatever the method. */
  readonly isUnknownUrl: boolean;
}

/** The first of the routes that has this policy: of several that differ, each is asked about its own. */
export function routeOf(policy: CorsPolicy, { routes }: PreflightTarget, appPolicies: AppPolicies): Route | undefined {
  return routes.find((route) => isOwnRoute(route) && appPolicies.byRoute[route.id] === policy);
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

/** The policy of a method at this URL that no controller serves; undefined if it is not served at all. */
type PolicyElsewhere = (appPolicies: AppPolicies, asked: AskedRequest) => CorsPolicy | undefined;

/** What was found out about a URL, and whether it holds for every URL of the route. */
interface Survey {
  readonly methods: string;
  readonly isSettled: boolean;
}

/**
 * The methods that the answer to a preflight names: each is a promise, as browsers keep it for the URL.
 *
 * Each has to be looked up: several patterns may serve a URL, and the preflight has matched one of them. Results that depend
 * on the patterns alone are computed once for each route and method, and kept. These keys come from the app, so their number
 * does not grow with what clients send.
 */
export class PromisedMethods {
  #known: Known | undefined;

  constructor(
    private readonly table: RouteTable,
    /** The methods of all routes, in the order in which answers name them. */
    private readonly methods: readonly string[],
    private readonly policyOfForeign: PolicyElsewhere,
    private readonly policyOfUnserved: PolicyElsewhere,
  ) {}

  /** The text of ACAM, under policies that do not all say `'*'`. */
  of(appPolicies: AppPolicies, target: PreflightTarget, asked: AskedRequest): string {
    if (target.isUnknownUrl) {
      // At a URL that is not served, `forRoot`'s policy applies to every method.
      return target.policies[0]?.methodsText ?? USUAL_TEXT;
    }
    const [route] = target.routes;
    if (!isOwnRoute(route)) {
      return this.#survey(appPolicies, target, asked).methods;
    }
    const known = this.#knownOf(appPolicies).methodsOf(route);
    const methods = known.get(asked.method);
    if (methods !== undefined) {
      return methods;
    }
    const found = this.#survey(appPolicies, target, asked);
    if (found.isSettled) {
      known.set(asked.method, found.methods);
    }
    return found.methods;
  }

  /** Whether something of the app answers an OPTIONS request that is not a preflight. */
  hasOptionsHandler(appPolicies: AppPolicies, { routes }: PreflightTarget, { url, request }: AskedRequest): boolean {
    const [route] = routes;
    if (!this.table.hasMethod('OPTIONS')) {
      return false;
    }
    const known = this.#knownOf(appPolicies).optionsHandlers;
    const before = route === undefined ? undefined : known.get(route.id);
    if (before !== undefined) {
      return before;
    }
    const has = this.table.candidates('OPTIONS', url, request).length > 0;
    if (isOwnRoute(route) && this.table.isSettled(route, 'OPTIONS')) {
      known.set(route.id, has);
    }
    return has;
  }

  /** Asks about each method once, however many candidates there are. */
  #survey(
    appPolicies: AppPolicies,
    target: PreflightTarget,
    { method: announced, url, request }: AskedRequest,
  ): Survey {
    const { policies, routes } = target;
    const [first] = routes;
    const joint = jointMethods(policies);
    const served = routes.some(isOwnRoute) ? this.methods : USUAL_METHODS;
    const wanted = typeof joint === 'string' ? withAnnounced(served, announced) : joint;
    const mayServe = first !== undefined || this.table.mayServe(url);
    const isSettledFor = (method: string): boolean => isOwnRoute(first) && this.table.isSettled(first, method);
    let isSettled = isSettledFor(announced);
    const methods = wanted.filter((method) => {
      const reached =
        method === announced ? routes : mayServe ? this.table.candidates(method, url, request) : NO_ROUTES;
      isSettled &&= reached.every(isOwnRoute) && isSettledFor(method);
      if (!isSameSet(this.#policiesOf(appPolicies, target, reached, { method, url, request }), policies)) {
        return false;
      }
      // `@All()` serves countless methods: of those that no route or policy names, only the announced one is in the answer.
      const isNamed = method === announced || joint !== 'auto' || !reached.some(isCatchAll);
      return isNamed && policies.every((policy) => takes(appPolicies, policy, method, reached));
    });
    return { methods: methods.join(', '), isSettled };
  }

  #policiesOf(
    appPolicies: AppPolicies,
    target: PreflightTarget,
    reached: readonly Route[],
    asked: AskedRequest,
  ): ReadonlySet<CorsPolicy> {
    if (reached.length === 0) {
      // If controllers serve the URL, other methods are refused, unless an entry of `paths` is for them.
      const policy = target.routes.length === 0 ? this.policyOfUnserved(appPolicies, asked) : undefined;
      return new Set(policy === undefined ? [] : [policy]);
    }
    return new Set(
      reached.map((route) => {
        const policy = isOwnRoute(route) ? appPolicies.byRoute[route.id] : this.policyOfForeign(appPolicies, asked);
        return policy ?? CLOSED_POLICY;
      }),
    );
  }

  #knownOf(appPolicies: AppPolicies): Known {
    if (this.#known?.appPolicies !== appPolicies || this.#known.edition !== this.table.edition) {
      this.#known = new Known(appPolicies, this.table.edition);
    }
    return this.#known;
  }
}

/** What holds as long as neither the policies nor the routes change. */
class Known {
  /** By route. */
  readonly optionsHandlers = new Map<number, boolean>();
  /** By route, then by the announced method. */
  readonly #methods: (Map<string, string> | undefined)[] = [];

  constructor(
    readonly appPolicies: AppPolicies,
    readonly edition: object,
  ) {}

  methodsOf(route: Route): Map<string, string> {
    return (this.#methods[route.id] ??= new Map<string, string>());
  }
}

const NO_ROUTES: readonly Route[] = Object.freeze([]);

const USUAL_TEXT = USUAL_METHODS.join(', ');

function withAnnounced(methods: readonly string[], announced: string): readonly string[] {
  return methods.includes(announced) ? methods : [...methods, announced];
}

/** Both hold each policy once. */
function isSameSet(some: ReadonlySet<CorsPolicy>, others: readonly CorsPolicy[]): boolean {
  return some.size === others.length && others.every((policy) => some.has(policy));
}

function takes(appPolicies: AppPolicies, policy: CorsPolicy, method: string, reached: readonly Route[]): boolean {
  return policy.methods !== 'auto' || isServedUnder(appPolicies, policy, method, reached);
}

function isCatchAll(route: Route): boolean {
  return isOwnRoute(route) && route.method === 'ALL';
}
