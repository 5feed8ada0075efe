import type { Route } from './route.js';
import type { RouteParams } from './route-table.js';

/** A route as Fastify's `onRoute` hook reports it. */
export interface FastifyEntry {
  /** The route of a controller, or `FOREIGN_ROUTE`. */
  readonly route: Route;
  /** In upper case. */
  readonly method: string;
  /** In find-my-way's syntax. */
  readonly url: string;
  /** Whether more than method and URL has to match: a version, a host, a constraint of the app. */
  readonly constrained: boolean;
  /** One of these insists on a match: a request that carries what it is about passes by every route without it. */
  readonly insists: boolean;
  /** Whether Nest hands a request with these parameters to the handler; undefined where it always does. */
  readonly takes: ((params: RouteParams, url: string) => boolean) | undefined;
}
