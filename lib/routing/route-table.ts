import type { Route } from './route.js';

/** Parameter values of a matched route, decoded by the platform's own matcher. */
export type RouteParams = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Tells which route answers, by the platform's own matcher with the platform's own settings and order.
 *
 * `request` is the platform's request object: host and version are read from it, by the platform's own means.
 */
export interface RouteTable {
  /** The controllers' routes in the router. */
  readonly routes: ReadonlySet<Route>;
  /** Every method that a route of a controller was registered for; `ALL` is not one. */
  readonly methods: readonly string[];
  /** With one of these, each of these routes is among the candidates: the methods, and for `ALL` one that no entry names. */
  readonly methodsToProbe: readonly string[];
  /**
   * The route whose handler this request reaches: of a controller, `FOREIGN_ROUTE`, or undefined where none serves it.
   * `UNCERTAIN_ROUTE` where the version extractor threw, so that every candidate may be it.
   */
  find(method: string, url: string, request: unknown): Route | undefined;
  /**
   * All routes that a request with this method might reach, by method, URL and host alone, as a preflight has no more.
   * In the router's order; the last one takes every request that the others leave.
   */
  candidates(method: string, url: string, request: unknown): readonly Route[];
  /**
   * The pattern, as the app wrote it, of a route that is not a controller's; undefined where such a route does not serve the
   * request. Only for the log.
   */
  foreignPatternAt(method: string, url: string, request: unknown): string | undefined;
  /** False where no route at all matches this URL: saves asking about every method. True if that is not known at once. */
  mayServe(url: string): boolean;
  /** False where no entry at all serves this method, whatever the URL. */
  hasMethod(method: string): boolean;
  /**
   * Whether a request with this method has the same candidates at every URL that the route matches, and for every host: a
   * result for one of them then holds for all. False if the patterns alone do not tell.
   */
  isSettled(route: Route, method: string): boolean;
  /** Another object as soon as a route was added: earlier results may no longer hold. */
  readonly edition: object;
  /**
   * The parameters that the route reads from this URL, in a new object.
   *
   * @param request - if the platform has led it to this route.
   */
  paramsOf(route: Route, method: string, url: string, request?: unknown): RouteParams;
}

export const NO_PARAMS: RouteParams = Object.freeze({});

/** The table of an app whose routes are not registered yet. */
export const EMPTY_TABLE: RouteTable = Object.freeze({
  routes: new Set<Route>(),
  methods: [],
  methodsToProbe: [],
  find: () => undefined,
  candidates: () => [],
  foreignPatternAt: () => undefined,
  mayServe: () => false,
  hasMethod: () => false,
  isSettled: () => false,
  edition: Object.freeze({}),
  paramsOf: () => NO_PARAMS,
});
