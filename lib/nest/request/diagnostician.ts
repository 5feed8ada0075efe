import { diagnose } from '../../policy/diagnosis/diagnose.js';
import type { CorsDiagnosis, DiagnosedRequest, DiagnosedTarget, Situation } from '../../policy/diagnosis/diagnosis.js';
import { nearestRoute } from '../../policy/diagnosis/nearest-route.js';
import type { PolicyLayer } from '../../policy/model/layer.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isDisputed, type ListedPath } from '../../routing/path-list.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import type { RouteTable } from '../../routing/route-table.js';
import type { AppPolicies } from '../policies/app-policies.js';
import type { NamedTarget } from '../policies/cors-route.js';
import { entriesOfPath, policyOfPath } from '../policies/path-claim.js';
import type { PathPolicy } from '../policies/path-policies.js';
import type { PolicyFinder } from '../policies/policy-finder.js';
import { USUAL_METHODS } from '../policies/preflight-target.js';
import { trialPolicy } from '../policies/trial-policy.js';

/** A route or a gateway, and the layers that its policy is made of. */
export interface LayeredTarget extends NamedTarget {
  readonly layers: readonly PolicyLayer[];
  /** Where its decorator stands: another class than `name` has, if it is inherited. */
  readonly place: string;
  /** Others inherit it from there, so that a decorator would apply to them as well. */
  readonly isShared?: boolean;
}

/** A request, and what is known of it besides. */
export interface DiagnosedQuestion extends DiagnosedRequest {
  readonly appPolicies: AppPolicies;
  /** The platform's request, from which hosts and versions are read. */
  readonly request: unknown;
  /** What the functions and resolvers of a policy said; undefined: they were not asked. */
  readonly answerOf: (policy: CorsPolicy) => boolean | undefined;
}

/** What diagnoses are made of. */
interface KnownRoutes {
  readonly table: RouteTable;
  readonly finder: PolicyFinder;
  readonly explored: readonly (LayeredTarget & { readonly handler: object })[];
}

/** Tells the diagnosis what there is in this application. It is asked only by who wants to read one. */
export class Diagnostician {
  constructor(private readonly known: KnownRoutes) {}

  /** Whatever the request may reach. */
  diagnose(question: DiagnosedQuestion): CorsDiagnosis | undefined {
    const { method, url, request, appPolicies } = question;
    const { table, finder, explored } = this.known;
    const routes = table.candidates(method, url, request);
    const served = finder.methodsAt(url, request);
    const isListed = policyOfPath(appPolicies, method, url) !== undefined;
    return diagnose({
      request: question,
      targets: this.#targetsOf(question, routes, served, isListed),
      served,
      isKnown: routes.length > 0 || isListed || served.length > 0,
      nearest: () =>
        nearestRoute(
          method,
          url.replace(/[?#].*$/s, ''),
          explored.filter((route) => !route.isInternal),
        ),
    });
  }

  /** One route that it is known to reach, or that it may. */
  diagnoseRoute(question: DiagnosedQuestion, route: Route): CorsDiagnosis | undefined {
    return diagnose(onlyFor(question, [this.#ofRoute(question, route)]));
  }

  #targetsOf(
    question: DiagnosedQuestion,
    routes: readonly Route[],
    served: readonly string[],
    isListed: boolean,
  ): readonly DiagnosedTarget[] {
    const own = routes.filter(isOwnRoute).map((route) => this.#ofRoute(question, route));
    if (routes.length > 0 && own.length === routes.length) {
      return own;
    }
    // What something else serves follows `paths`, then forRoot; what controllers serve with other methods only is refused.
    return routes.length === 0 && !isListed && served.length > 0 ? [] : [...own, unroutedTarget(question)];
  }

  #ofRoute(question: DiagnosedQuestion, route: Route): DiagnosedTarget {
    const { explored } = this.known;
    const target = explored[route.id];
    // All routes of one controller share the list of layers.
    const isShared = explored.some(({ handler, layers }) => handler === target?.handler && layers !== target.layers);
    return layeredTarget(question, 'handler', route, target && { ...target, isShared });
  }
}

/** A situation that is about these targets and nothing else. */
export function onlyFor(request: DiagnosedRequest, targets: readonly DiagnosedTarget[]): Situation {
  return { request, targets, served: [], isKnown: true, nearest: () => undefined };
}

/** A handler or a gateway. */
export function layeredTarget(
  { appPolicies, answerOf }: DiagnosedQuestion,
  kind: 'handler' | 'gateway',
  route: Route,
  target: LayeredTarget | undefined,
): DiagnosedTarget {
  const policy = appPolicies.byRoute[route.id];
  const name = target?.name ?? route.path;
  const layers = target?.layers ?? [];
  return {
    kind,
    name,
    place: target?.place ?? name,
    isShared: target?.isShared === true,
    policy,
    isUntouched: false,
    sources: appPolicies.sources[route.id] ?? {},
    isOneMethod: route.method !== 'ALL',
    serves: () => true,
    alwaysAllowed: route.versionHeader,
    answer: policy && answerOf(policy),
    compileWith: (options) => trialPolicy(appPolicies, layers, name, options),
  };
}

/** What decides where no controller serves the request: an entry of `paths`, or `forRoot`. */
export function unroutedTarget(question: DiagnosedQuestion): DiagnosedTarget {
  const { appPolicies, method, url, answerOf } = question;
  const base = {
    isShared: false,
    serves: (served: string) => USUAL_METHODS.includes(served),
    alwaysAllowed: undefined,
  };
  const verdict = policyOfPath(appPolicies, method, url);
  if (verdict === undefined) {
    return {
      ...base,
      kind: 'url',
      isOneMethod: true,
      name: 'forRoot',
      place: 'forRoot',
      policy: appPolicies.base,
      isUntouched: false,
      sources: appPolicies.baseSources,
      answer: appPolicies.base && answerOf(appPolicies.base),
      compileWith: (options) => trialPolicy(appPolicies, [], 'paths', options, [method]),
    };
  }
  const { policy } = verdict;
  const claim = appPolicies.paths.find(method, url);
  const entry = isDisputed(claim) ? undefined : claim;
  const name = entriesOfPath(appPolicies, method, url).join(', ');
  return {
    ...base,
    kind: 'entry',
    isOneMethod: false,
    name,
    place: name,
    policy,
    use: typeof entry?.value.written === 'string' ? entry.value.written : undefined,
    isUntouched: policy === undefined,
    sources: entry?.value.sources ?? {},
    answer: policy && answerOf(policy),
    compileWith: (options) => entry && trialOfEntry(appPolicies, entry, options),
  };
}

function trialOfEntry(
  appPolicies: AppPolicies,
  { where, methods, value }: ListedPath<PathPolicy>,
  options: Parameters<typeof trialPolicy>[3],
): CorsPolicy | undefined {
  const layers = [{ where, values: [value.written] }];
  return trialPolicy(appPolicies, layers, where, options, methods && [...methods]);
}
