import { isOwnRoute, type Route } from './route.js';
import type { RouteParams, RouteTable } from './route-table.js';

/** A route as Fastify's `onRoute` hook reports it. */
export interface FastifyEntry {
  /** The route of a controller, or `FOREIGN_ROUTE`. */
  readonly route: Route;
  /** In upper case. */
  readonly method: string;
  /** In find-my-way's syntax. */
  readonly url: string;
  /** Whether anything but method and URL has to match: a version, a host, a constraint of the app's own. */
  readonly constrained: boolean;
  /** Whether Nest hands a request with these parameters to the handler. */
  readonly takes: (params: RouteParams, url: string) => boolean;
}

/** Fastify's router settings, by the names find-my-way gives them. */
export interface FastifyRouterSettings {
  readonly caseSensitive?: boolean | undefined;
  readonly ignoreTrailingSlash?: boolean | undefined;
  readonly ignoreDuplicateSlashes?: boolean | undefined;
  readonly maxParamLength?: number | undefined;
  readonly allowUnsafeRegex?: boolean | undefined;
  readonly useSemicolonDelimiter?: boolean | undefined;
}

/** What this table uses of find-my-way. Its own types know neither numbers as constraint values nor methods as strings. */
export interface MatchingRouter {
  on(method: string, path: string, options: object, handler: () => void, store: number): void;
  find(
    method: string,
    path: string,
    constraints: object,
  ): { readonly store: unknown; readonly params: RouteParams } | null;
}

/** The copy of find-my-way that Fastify itself loads. */
export type CreateRouter = (config: object) => MatchingRouter;

export interface FastifyTableSettings {
  readonly router: FastifyRouterSettings;
  readonly createRouter: CreateRouter;
  /** The entry that Fastify has routed this request to; undefined for its 404. */
  readonly routed: (request: unknown) => FastifyEntry | undefined;
  readonly paramsOf: (request: unknown) => RouteParams;
  readonly hostnameOf: (request: unknown) => string;
}

/** The value under which our constraint is asked for: it is nobody's, so nothing matches, and everything is seen. */
const ASK = -1;

/**
 * A second router of Fastify's own make, that holds the same routes and is only ever asked.
 *
 * An ordinary request needs no look-up: Fastify routes before the first hook and says which route it found. A preflight asks
 * about another method, and a constraint is what it cannot tell. So each constrained route stands under one constraint of
 * ours, whose store collects what it holds at every node that the router tries and lets none of it match: the router goes on,
 * in its own order, to the first route that takes all requests.
 */
export class FastifyTable implements RouteTable {
  readonly routes: ReadonlySet<Route>;
  readonly methods: readonly string[];
  readonly #router: MatchingRouter;
  readonly #entries: FastifyEntry[] = [];
  #collected: number[] = [];

  constructor(
    entries: readonly FastifyEntry[],
    private readonly settings: FastifyTableSettings,
  ) {
    const own = entries.filter((entry) => isOwnRoute(entry.route));
    this.routes = new Set(own.map((entry) => entry.route));
    this.methods = [...new Set(own.map((entry) => entry.method))];
    this.#router = settings.createRouter({ ...settings.router, constraints: { candidate: this.#collector() } });
    for (const entry of entries) {
      this.add(entry);
    }
  }

  /** Plugins are loaded after Nest's routes, and so are their routes. */
  add(entry: FastifyEntry): void {
    const index = this.#entries.push(entry) - 1;
    const options = entry.constrained ? { constraints: { candidate: index } } : {};
    this.#router.on(entry.method, entry.url, options, () => undefined, index);
  }

  find(_method: string, url: string, request: unknown): Route | undefined {
    const entry = this.settings.routed(request);
    if (entry === undefined || !entry.takes(this.settings.paramsOf(request), url)) {
      return undefined;
    }
    return this.#takesHost(entry.route, request) ? entry.route : undefined;
  }

  candidates(method: string, url: string, request: unknown): readonly Route[] {
    return this.#entriesAt(method, url)
      .map((entry) => entry.route)
      .filter((route) => this.#takesHost(route, request));
  }

  paramsOf(_route: Route, method: string, url: string): RouteParams {
    return this.#find(method, url)?.params ?? {};
  }

  /** What the router comes by on its way to the first route that takes all requests, and that route. */
  #entriesAt(method: string, url: string): readonly FastifyEntry[] {
    this.#collected = [];
    const last = this.#find(method, url);
    const entries = this.#collected.flatMap((index) => this.#entries[index] ?? []);
    const entry = last === undefined ? undefined : this.#entries[last.index];
    return last !== undefined && entry?.takes(last.params, url) === true ? [...entries, entry] : entries;
  }

  #find(method: string, url: string): { readonly index: number; readonly params: RouteParams } | undefined {
    const found = this.#router.find(method, url, { candidate: ASK });
    return found === null ? undefined : { index: Number(found.store), params: found.params };
  }

  #takesHost(route: Route, request: unknown): boolean {
    return route.takesHost === undefined || route.takesHost(this.settings.hostnameOf(request));
  }

  #collector(): object {
    return {
      name: 'candidate',
      mustMatchWhenDerived: false,
      deriveConstraint: () => ASK,
      storage: () => {
        const held: number[] = [];
        return {
          // Every value is one route's own: under none of them is a mask that the router would have to find again.
          get: (value: number) => (value === ASK ? this.#collect(held) : 0),
          set: (value: number) => held.push(value),
        };
      },
    };
  }

  #collect(held: readonly number[]): number {
    this.#collected.push(...held);
    return 0;
  }
}
