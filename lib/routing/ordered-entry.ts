import type { Folding, PathnameReader } from './request-target.js';
import type { RouteParams } from './route-table.js';
import type { Route } from './route.js';

/** One entry of a router that tries its entries in order: Express's stack, or the routes in the order of registration. */
export interface OrderedEntry {
  /** The route of a controller, or `FOREIGN_ROUTE`. */
  readonly route: Route;
  /** The pattern: a string in path-to-regexp's syntax, or anything else the router takes. */
  readonly pattern: unknown;
  /** The methods in upper case; undefined for all of them. */
  readonly methods: ReadonlySet<string> | undefined;
  /**
   * Whether the entry is foreign and may pass requests on to later ones: `app.all('/{*path}', requireAuth)`. A preflight
   * ignores it; its own answers follow the policy of URLs that no controller serves.
   */
  readonly passesOn: boolean;
  /** The router's own test of a pathname. It may throw, as Express's does at a parameter that cannot be decoded. */
  readonly matches: (pathname: string) => boolean;
  /** The parameters of a pathname that matches; undefined where they cannot be decoded. */
  readonly params: (pathname: string) => RouteParams | undefined;
}

export interface OrderedTableSettings extends Folding {
  readonly readUnusual: PathnameReader;
  readonly hostnameOf: (request: unknown) => string;
}
