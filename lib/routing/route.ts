/**
 * One handler of a controller at one path: what the platform registered, as the route table knows it.
 *
 * A handler with two paths is two routes; a handler that two controllers inherit is two routes as well.
 */
export interface Route {
  /** Position in the list of all routes; policies are looked up by it. */
  readonly id: number;
  /** The method it was registered for; `'ALL'` for `@All()`. */
  readonly method: string;
  /** The path as it was registered, in the platform's syntax. */
  readonly path: string;
  /**
   * True where more than method, URL and host chooses the route: a header, media-type or custom version, a Fastify
   * constraint. A preflight carries none of these, so such a route is only one of several candidates.
   */
  readonly selective: boolean;
  /** The header that carries the version, in lower case, where one does. */
  readonly versionHeader?: string | undefined;
  /** Whether the route takes requests for this host. Absent where it takes all. */
  readonly takesHost?: ((hostname: string) => boolean) | undefined;
  /**
   * The platform's own test of a request's version, where the platform has left that to the handlers. Undefined where the
   * app's version extractor threw, so it is not known.
   */
  readonly selects?: ((request: unknown) => boolean | undefined) | undefined;
}

/** Every key is written out, so that none is looked up on `Object.prototype`. */
const SELECTS_NOTHING = { versionHeader: undefined, takesHost: undefined, selects: undefined } as const;

/** The answer of a table if the URL is served, but not by a controller. */
export const FOREIGN_ROUTE: Route = Object.freeze({
  id: -1,
  method: 'ALL',
  path: '',
  selective: false,
  ...SELECTS_NOTHING,
});

/** The answer of a table where the app's version extractor threw: any of the candidates may be the route. */
export const UNCERTAIN_ROUTE: Route = Object.freeze({
  id: -2,
  method: 'ALL',
  path: '',
  selective: true,
  ...SELECTS_NOTHING,
});

/** Not of a table: a socket that no gateway takes follows `paths` and `forRoot`. */
export const SOCKET_ROUTE: Route = Object.freeze({
  id: -3,
  method: 'GET',
  path: '',
  selective: false,
  ...SELECTS_NOTHING,
});

/** True for a route of a controller: it has a policy of its own, or knows that it has none. */
export function isOwnRoute(route: Route | undefined): route is Route {
  return route !== undefined && route.id >= 0;
}

/**
 * Whether the platform, having come to this route, runs its handler: its host and its version may pass the request by.
 * Undefined where the app's version extractor threw.
 */
export function takesRequest(
  route: Route,
  request: unknown,
  hostnameOf: (request: unknown) => string,
): boolean | undefined {
  const takesHost = route.takesHost === undefined || route.takesHost(hostnameOf(request));
  return takesHost && (route.selects === undefined || route.selects(request));
}
