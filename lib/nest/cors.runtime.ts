import type { Logger } from '@nestjs/common';

import type { Route } from '../routing/route.js';
import { EMPTY_TABLE, type RouteTable } from '../routing/route-table.js';
import { isOwnRoute } from '../routing/route.js';
import type { Platform } from './platform.js';
import type { PolicyBook } from './policy-book.js';
import { PolicyFinder } from './policy-finder.js';
import type { ExploredRoute } from './route.explorer.js';

/** What a request needs: everything in it was decided at start, or swapped in whole by `update()`. */
export class CorsRuntime {
  table: RouteTable = EMPTY_TABLE;
  finder = new PolicyFinder(EMPTY_TABLE);

  constructor(
    readonly platform: Platform,
    /** Read once for each request, at its entry. */
    public book: PolicyBook,
    private readonly explored: readonly ExploredRoute[],
    private readonly logger: Logger,
  ) {}

  useTable(table: RouteTable): void {
    this.table = table;
    this.finder = new PolicyFinder(table);
  }

  /** `CatsController.update`; undefined where no controller serves the request. */
  nameOf(route: Route | undefined): string | undefined {
    return isOwnRoute(route) ? this.explored[route.id]?.name : undefined;
  }

  /** Whether Nest will run this route's handler, now that the router has got to it: its host and its version may pass it by. */
  takes(route: Route, request: unknown): boolean {
    const takesHost = route.takesHost === undefined || route.takesHost(this.platform.hostnameOf(request));
    return takesHost && (route.selects === undefined || route.selects(request) === true);
  }

  /** A fault in this library. It never reaches the client. */
  reportFault(error: unknown): void {
    this.logger.error(
      'a request went on without CORS headers, as nestjs-cors failed',
      error instanceof Error ? error.stack : undefined,
    );
  }
}
