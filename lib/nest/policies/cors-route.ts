import { originNames } from '../../policy/diagnosis/origin-names.js';
import type { CorsPolicy, PolicyField } from '../../policy/model/policy.js';
import type { AppPolicies } from './app-policies.js';

/** How `routes()` and the start-up table call the method of a socket. */
export const SOCKET_METHOD = 'SOCKET';

/** A route's policy in force, with every default filled in. `CorsPolicyOptions` describes the fields. */
export interface CorsEffectivePolicy {
  /** `'everyone'`, `'nobody'`, or `'named'`: the origins that `origin` names. */
  readonly shares: 'everyone' | 'named' | 'nobody';
  /**
   * All of `origin`, whole and in a fixed order: `'*'`, origins and patterns, RegExps (`/https:\/\/…/`), functions
   * (`function isTenant`) and resolvers (`resolver TenantOrigins`). Empty if no origin is allowed.
   */
  readonly origins: readonly string[];
  /** Whether `Access-Control-Allow-Credentials` is sent. */
  readonly credentials: boolean;
  /** `'auto'` stays `'auto'`: its meaning depends on the URL. */
  readonly methods: 'auto' | '*' | readonly string[];
  /** `'*'`, or the names as written. */
  readonly allowedHeaders: '*' | readonly string[];
  /** The names in `Access-Control-Expose-Headers`; `*` alone for all. */
  readonly exposedHeaders: readonly string[];
  /** Seconds; undefined where the header is not sent. */
  readonly maxAge: number | undefined;
  /** The status of a preflight that passes. */
  readonly optionsSuccessStatus: number;
  /** Whether the app's own OPTIONS handler answers preflights that pass. */
  readonly preflightContinue: boolean;
  /** Whether requests that the policy does not allow are answered 403. */
  readonly enforce: boolean;
  /** Milliseconds. */
  readonly originTimeout: number;
}

/** One route or gateway, as `CorsService.routes()` lists it. */
export interface CorsRoute {
  /** `CatsController.update`, `ChatGateway` */
  readonly route: string;
  /** `PUT`; `ALL` for `@All()`; `SOCKET` for a gateway. */
  readonly method: string;
  /**
   * With global prefix and URI version, before the platform normalises it. For a gateway: its own port, its path and its
   * namespace, as far as it names them: `:3001/socket.io namespace /chat`.
   */
  readonly path: string;
  /** Undefined where no layer names an origin: the response is left to the app. */
  readonly policy: CorsEffectivePolicy | undefined;
  /** Which layer set each field: `forRoot`, `CatsController (every route)`. An absent field has its default. */
  readonly sources: Readonly<Partial<Record<PolicyField, string>>>;
}

/** `forRoot`'s own policy, as `CorsService.rootPolicy()` describes it. */
export interface CorsRootPolicy {
  /** Undefined where `forRoot` names no origin: then it has no policy, only defaults for others. */
  readonly policy: CorsEffectivePolicy | undefined;
  /** The fields that `forRoot` sets. */
  readonly sources: CorsRoute['sources'];
}

/** One entry of `paths`, as `CorsService.paths()` lists it. */
export interface CorsPathEntry {
  /** `paths[0] (/graphql{/*rest})` */
  readonly entry: string;
  /** The patterns, as written. */
  readonly path: readonly string[];
  /** Undefined: all methods. */
  readonly methods: readonly string[] | undefined;
  /** Undefined where the entry is `untouched`: the response is left to the app. */
  readonly policy: CorsEffectivePolicy | undefined;
  /** Which layer set each field: `forRoot`, `paths[0] (/graphql{/*rest})`. An absent field has its default. */
  readonly sources: CorsRoute['sources'];
}

/** `forRoot`'s own policy, which decides where no route and no entry of `paths` does. */
export function rootPolicy({ base, baseSources }: AppPolicies): CorsRootPolicy {
  return Object.freeze({ policy: new Descriptions().of(base), sources: baseSources });
}

/** The entries of `paths`, in the order written. */
export function listPaths({ paths }: AppPolicies): readonly CorsPathEntry[] {
  const descriptions = new Descriptions();
  return paths.entries
    .filter(({ value }, position) => paths.entries[position - 1]?.value !== value)
    .map(({ where, methods, value }) =>
      Object.freeze({
        entry: where,
        path: Object.freeze(paths.entries.filter((entry) => entry.value === value).map(({ path }) => path)),
        methods: methods && Object.freeze([...methods]),
        policy: descriptions.of(value.policy),
        sources: value.sources,
      }),
    );
}

/** What has a policy: a route, or a gateway. */
export interface NamedTarget {
  readonly id: number;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** One of this package's own, such as the inspector's: it is served and explained, but not listed or counted. */
  readonly isInternal: boolean;
}

/** The routes and gateways with their policies. */
export function listRoutes(routes: readonly NamedTarget[], appPolicies: AppPolicies): readonly CorsRoute[] {
  const descriptions = new Descriptions();
  return routes.map(({ id, name, method, path }) =>
    Object.freeze({
      route: name,
      method,
      path,
      policy: descriptions.of(appPolicies.asWritten[id]),
      sources: appPolicies.sources[id] ?? {},
    }),
  );
}

/** Each policy is described once: thousands of routes share a handful, and one of them may name 100 000 origins. */
class Descriptions {
  readonly #known = new Map<CorsPolicy, CorsEffectivePolicy>();

  of(policy: CorsPolicy | undefined): CorsEffectivePolicy | undefined {
    if (policy === undefined) {
      return undefined;
    }
    const description = this.#known.get(policy) ?? describePolicy(policy);
    this.#known.set(policy, description);
    return description;
  }
}

function describePolicy(policy: CorsPolicy): CorsEffectivePolicy {
  const { credentials, methods, maxAge, optionsSuccessStatus, preflightContinue, enforce, originTimeout } = policy;
  return Object.freeze({
    shares: policy.closed ? 'nobody' : policy.origins.everyone ? 'everyone' : 'named',
    origins: Object.freeze([...originNames(policy)]),
    credentials,
    methods,
    allowedHeaders: policy.allowedHeaders === '*' ? '*' : [...policy.allowedHeaders.spelled],
    exposedHeaders: policy.exposedHeaders?.split(', ') ?? [],
    maxAge,
    optionsSuccessStatus,
    preflightContinue,
    enforce,
    originTimeout,
  });
}
