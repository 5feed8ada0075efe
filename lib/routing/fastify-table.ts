import type { FastifyEntry } from './fastify-entry.js';
import { FastifyPatterns } from './fastify-patterns.js';
import { isOwnRoute, type Route } from './route.js';
import { copyOfParams, copyOfTexts } from './route-params.js';
import { NO_PARAMS, type RouteParams, type RouteTable } from './route-table.js';

/** Fastify's router settings, by the names find-my-way gives them. */
export interface FastifyRouterSettings {
  readonly caseSensitive?: boolean | undefined;
  readonly ignoreTrailingSlash?: boolean | undefined;
  readonly ignoreDuplicateSlashes?: boolean | undefined;
  readonly maxParamLength?: number | undefined;
  readonly allowUnsafeRegex?: boolean | undefined;
  readonly useSemicolonDelimiter?: boolean | undefined;
}

/** What this table uses of find-my-way. Its own types know neither functions as constraint values nor methods as strings. */
export interface MatchingRouter {
  on(method: string, path: string, options: object, handler: Holder): void;
  find(method: string, path: string, constraints: object): Found | null;
}

/** Represents an entry in the router: as its handler, and as the value of the constraint. */
type Holder = () => FastifyEntry;

/** A constrained entry, and the router where it is found by its holder, whatever stands before it. */
interface Held {
  readonly holder: Holder;
  readonly router: MatchingRouter;
}

interface Found {
  readonly handler: Holder;
  readonly params: RouteParams;
}

/** The copy of find-my-way that Fastify itself loads. */
export type CreateRouter = (config: object) => MatchingRouter;

export interface FastifyTableSettings {
  readonly router: FastifyRouterSettings;
  readonly createRouter: CreateRouter;
  /** The entry that Fastify has routed this request to; undefined for its 404. */
  readonly routed: (request: unknown) => FastifyEntry | undefined;
  readonly paramsOf: (request: unknown) => RouteParams;
  /** Whether Nest lets a request with this target get to a route: `*cats` is one of `/cats` to the router, and a 404 to Nest. */
  readonly isRoutable: (url: string) => boolean;
  readonly hostnameOf: (request: unknown) => string;
}

/** The value with which the constraint is looked up: no route has it, so nothing matches, and everything is seen. */
const ASK = Symbol('everything');

const UNCONSTRAINED = Object.freeze({});

/**
 * A second router of Fastify's kind that holds the same routes and is only used for look-ups.
 *
 * An ordinary request needs no look-up: Fastify routes before the first hook and says which route it found. A preflight asks
 * about another method, and does not carry what a constraint needs. So each constrained route is stored under a constraint of
 * this table, whose store collects the routes at every node that the router tries and matches none: the router goes on, in
 * its own order, to the first route that takes all requests.
 */
export class FastifyTable implements RouteTable {
  readonly routes: ReadonlySet<Route>;
  readonly methods: readonly string[];
  readonly methodsToProbe: readonly string[];
  readonly #router: MatchingRouter;
  /**
   * Has only the entries that insist on a match: a request may pass by the routes before them, at which `#router` stops. Created
   * with the first of these.
   */
  #insisting: MatchingRouter | undefined;
  /** Of constrained routes, by method and route: a route for GET is one for HEAD as well. */
  readonly #holders = new Map<string, Held>();
  #collected: FastifyEntry[] = [];
  /** The entries that the router accepted. */
  readonly #entries: FastifyEntry[] = [];
  /** Created again when a route is added. */
  #patterns: FastifyPatterns;
  /** The routes for HEAD where they repeat those for GET, one by one, which is what Fastify makes of a route for GET. */
  #repeated: readonly FastifyEntry[];

  constructor(
    entries: readonly FastifyEntry[],
    private readonly settings: FastifyTableSettings,
  ) {
    this.#patterns = new FastifyPatterns(this.#entries, settings.router);
    this.#router = this.#createRouter();
    const heads = entries.filter((entry) => entry.method === 'HEAD');
    const held = entries.filter((entry) => entry.method !== 'HEAD' && this.#insert(entry));
    const gets = held.filter((entry) => entry.method === 'GET');
    // They would double what the routes of an app that mostly reads take in memory: HEAD is then asked of GET.
    const isRepetition = heads.length === gets.length && heads.every((head, at) => isRepeated(head, gets[at]));
    this.#repeated = isRepetition ? heads : [];
    const heldHeads = isRepetition ? heads : heads.filter((entry) => this.#insert(entry));
    const own = [...held, ...heldHeads].filter((entry) => isOwnRoute(entry.route));
    this.routes = new Set(own.map((entry) => entry.route));
    this.methods = [...new Set(own.map((entry) => entry.method))];
    // `ALL` has an entry for each method.
    this.methodsToProbe = this.methods;
  }

  /** Plugins are loaded after Nest's routes, and so are their routes. */
  add(entry: FastifyEntry): void {
    if (entry.method === 'GET' || entry.method === 'HEAD') {
      // From now on the two may differ.
      const repeated = this.#repeated;
      this.#repeated = [];
      repeated.forEach((head) => this.#insert(head));
    }
    this.#insert(entry);
    this.#patterns = new FastifyPatterns(this.#entries, this.settings.router);
  }

  /**
   * False for an entry that the router rejects. Then Fastify has rejected it as well: it reports routes before its own router
   * sees them, and the caller may have caught the error (@nestjs/swagger does, for `/api` and `/api/`).
   */
  #insert(entry: FastifyEntry): boolean {
    const holder: Holder = () => entry;
    const options = entry.constrained ? { constraints: { candidate: holder } } : UNCONSTRAINED;
    try {
      this.#router.on(entry.method, entry.url, options, holder);
    } catch {
      return false;
    }
    if (entry.constrained) {
      this.#holders.set(keyOf(entry.method, entry.route), { holder, router: this.#routerBeside(entry, holder) });
    }
    this.#entries.push(entry);
    return true;
  }

  #routerBeside(entry: FastifyEntry, holder: Holder): MatchingRouter {
    if (!entry.insists) {
      return this.#router;
    }
    this.#insisting ??= this.#createRouter();
    this.#insisting.on(entry.method, entry.url, { constraints: { candidate: holder } }, holder);
    return this.#insisting;
  }

  #createRouter(): MatchingRouter {
    const { createRouter, router } = this.settings;
    return createRouter({ ...router, constraints: { candidate: this.#collector() } });
  }

  find(_method: string, url: string, request: unknown): Route | undefined {
    const entry = this.settings.routed(request);
    if (
      entry === undefined ||
      !this.settings.isRoutable(url) ||
      entry.takes?.(this.settings.paramsOf(request), url) === false
    ) {
      return undefined;
    }
    return this.#takesHost(entry.route, request) ? entry.route : undefined;
  }

  candidates(method: string, url: string, request: unknown): readonly Route[] {
    return this.#entriesAt(method, url)
      .map((entry) => entry.route)
      .filter((route) => this.#takesHost(route, request));
  }

  foreignPatternAt(method: string, url: string, request: unknown): string | undefined {
    const last = this.#entriesAt(method, url).findLast(({ route }) => this.#takesHost(route, request));
    return last === undefined || isOwnRoute(last.route) ? undefined : last.url;
  }

  mayServe(url: string): boolean {
    return this.#patterns.mayServe(url);
  }

  hasMethod(method: string): boolean {
    return this.#entries.some((entry) => entry.method === this.#held(method));
  }

  get edition(): object {
    return this.#patterns;
  }

  isSettled(route: Route, method: string): boolean {
    return this.#patterns.isSettled(route, this.#held(method));
  }

  /** Fastify has read them already, if it has led a request to the route. Its validation may have changed them since. */
  paramsOf(route: Route, method: string, url: string, request?: unknown): RouteParams {
    const read = request === undefined ? undefined : copyOfTexts(this.settings.paramsOf(request));
    if (read !== undefined) {
      return read;
    }
    const found = this.#findOf(route, method, url);
    return copyOfParams(found?.params ?? NO_PARAMS);
  }

  /**
   * The constrained routes on the router's way to the first route that takes all requests; those that insist on a match,
   * wherever they stand; and that route.
   */
  #entriesAt(method: string, url: string): readonly FastifyEntry[] {
    this.#collected = [];
    if (!this.settings.isRoutable(url)) {
      return [];
    }
    const last = this.#find(method, url);
    if (this.#holders.size === 0) {
      // Nearly always: no route of the application is constrained.
      return last !== null && this.#isTaken(last.handler(), last, method, url) ? [last.handler()] : [];
    }
    // Adds to what was collected.
    this.#insisting?.find(this.#held(method), url, { candidate: ASK });
    const found = new Set(this.#collected);
    if (last !== null) {
      found.add(last.handler());
    }
    // The versions of a route share its pattern, and so its parameters: they are read once.
    const taken = new Map<string, boolean>();
    return Array.from(found).filter((entry) => {
      if (entry.takes === undefined) {
        return true;
      }
      const isTaken = taken.get(entry.url) ?? this.#isTaken(entry, last, method, url);
      taken.set(entry.url, isTaken);
      return isTaken;
    });
  }

  /** @param last - what the router has found without a constraint. */
  #isTaken(entry: FastifyEntry, last: Found | null, method: string, url: string): boolean {
    const found = last?.handler() === entry ? last : this.#findOf(entry.route, method, url);
    return found === null || entry.takes?.(found.params, url) !== false;
  }

  #find(method: string, url: string): Found | null {
    return this.#router.find(this.#held(method), url, { candidate: ASK });
  }

  #findOf(route: Route, method: string, url: string): Found | null {
    const held = this.#holders.get(keyOf(this.#held(method), route));
    return held === undefined
      ? this.#find(method, url)
      : held.router.find(this.#held(method), url, { candidate: held.holder });
  }

  /** The method under which the router holds the routes for this one. */
  #held(method: string): string {
    return method === 'HEAD' && this.#repeated.length > 0 ? 'GET' : method;
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
        const masks = new Map<Holder, number>();
        return {
          get: (value: Holder | typeof ASK) => (value === ASK ? this.#collect(masks.keys()) : masks.get(value)),
          set: (value: Holder, mask: number) => masks.set(value, mask),
        };
      },
    };
  }

  #collect(holders: Iterable<Holder>): number {
    for (const holder of holders) {
      this.#collected.push(holder());
    }
    return 0;
  }
}

function isRepeated(head: FastifyEntry, get: FastifyEntry | undefined): boolean {
  return head.route === get?.route && head.url === get.url && head.constrained === get.constrained;
}

function keyOf(method: string, route: Route): string {
  return `${method} ${route.id}`;
}
