import { KNOWN_METHODS } from '../../packages/node.js';
import { announcedBy } from '../../policy/decisions/preflight-steps.js';
import { isSendableMethod } from '../../policy/names/http-names.js';
import { safeText } from '../../policy/mistakes/safe-text.js';
import { isDisputed } from '../../routing/path-list.js';
import { FOREIGN_ROUTE, SOCKET_ROUTE, UNCERTAIN_ROUTE, isOwnRoute, type Route } from '../../routing/route.js';
import type { RouteTable } from '../../routing/route-table.js';
import {
  SOCKET,
  SOMEWHERE,
  listOfNames,
  type Place,
  type PlacedRequest,
  type Places,
} from '../report/request-place.js';
import type { PolicyFinder } from './policy-finder.js';

interface KnownRoutes {
  readonly table: RouteTable;
  readonly finder: PolicyFinder;
}

/** What was asked for, and the method whose policy governs the answer. */
interface Asked {
  readonly method: string;
  readonly governed: string;
  readonly url: string;
  readonly request: unknown;
}

/** What the application knows of its routes. */
interface Known {
  nameOf(route: Route | undefined): string | undefined;
  /** Undefined before the start, and in an application without HTTP. */
  readonly runtime: KnownRoutes | undefined;
}

/** A pattern that every platform and `paths` read alike, and that names one URL. */
const LITERAL_PATH = /^(?:\/[\w.~-]+)+$/;

/** With parameters that are whole segments, and a wildcard at the end as Express or as Fastify writes it. */
const LISTABLE_PATH = /^((?:\/(?::[A-Za-z_]\w*|[\w.~-]+))+)(\/\*|\/\*\w+|\/?\{\/?\*\w+\})?$/;

/** Finds the place of a request in the order in which its policy is found. */
export class RequestPlaces implements Places {
  constructor(private readonly application: Known) {}

  nameOf(route: Route | undefined): string | undefined {
    return this.application.nameOf(route);
  }

  of(placed: PlacedRequest): Place {
    const { route, appPolicies, rewrittenTo } = placed;
    if (route === SOCKET_ROUTE) {
      return SOCKET;
    }
    if (isOwnRoute(route)) {
      return this.#ofHandlers([route]);
    }
    const asked: Asked = {
      method: rewrittenTo?.method ?? placed.method,
      // A preflight that the app answers is governed by what it asks about.
      governed:
        announcedBy({ method: placed.method, headers: placed.raw.headers }) ?? rewrittenTo?.method ?? placed.method,
      url: rewrittenTo?.url ?? placed.url,
      request: placed.request,
    };
    const { runtime } = this.application;
    return runtime === undefined
      ? (placeInPaths(appPolicies, asked.governed, asked.url) ?? SOMEWHERE)
      : this.#ofUnrouted(runtime, asked, appPolicies);
  }

  #ofUnrouted(
    { table, finder }: KnownRoutes,
    { method, governed, url, request }: Asked,
    appPolicies: PlacedRequest['appPolicies'],
  ): Place {
    const found = table.find(method, url, request);
    const candidates = table.candidates(governed, url, request).filter(isOwnRoute);
    const isServed = candidates.length > 0;
    if (found === UNCERTAIN_ROUTE && isServed) {
      return this.#ofHandlers(candidates);
    }
    const isForeign = found === FOREIGN_ROUTE;
    if (isOwnRoute(found)) {
      return this.#ofHandlers([found]);
    }
    const entry = placeInPaths(appPolicies, governed, url);
    if (entry !== undefined) {
      return entry;
    }
    const around = finder.routesAt(url, request);
    // An entry for a method that a handler serves would be a mistake at the next start.
    const limit = isServed ? undefined : listableMethod(governed);
    return around.length > 0 && (!isForeign || isServed)
      ? this.#ofUnserved(around, governed, isServed, limit)
      : ofForeign(table.foreignPatternAt(method, url, request), around.length > 0 ? limit : undefined);
  }

  #ofHandlers(routes: readonly Route[]): Place {
    const names = routes.map((route) => this.nameOf(route) ?? route.path);
    return {
      key: String(routes[0]?.id),
      name: listOfNames([...new Set(names)], 'or'),
      decides: { kind: 'handlers', routes },
    };
  }

  #ofUnserved(around: readonly Route[], governed: string, isServed: boolean, limit: string | undefined): Place {
    const places = around.map((route) => `${this.nameOf(route) ?? ''} (${route.method} ${route.path})`);
    const handlers = listOfNames([...new Set(places)], 'and');
    const [first] = around;
    const asked = KNOWN_METHODS.includes(governed) ? governed : 'another method';
    const only = new Set(places).size === 1 ? 'serves other methods only' : 'serve other methods only';
    return {
      // By the first of them: clients choose the URL, and with it which patterns overlap there.
      key: `around ${first?.id}`,
      name: isServed ? `a request that ${handlers} did not take` : `${asked} at the URL of ${handlers}, which ${only}`,
      decides: {
        kind: 'unserved',
        path: first !== undefined && LITERAL_PATH.test(first.path) ? first.path : undefined,
        method: limit,
      },
    };
  }
}

/** The entry of `paths` for a request; undefined where there is none. */
export function placeInPaths({ paths }: PlacedRequest['appPolicies'], method: string, url: string): Place | undefined {
  const claim = paths.find(method, url);
  if (claim === undefined) {
    return undefined;
  }
  const claims = isDisputed(claim) ? claim.claims : [claim];
  const entries = [...new Set(claims.flatMap((entry) => entry?.where ?? []))];
  const name = listOfNames(entries, 'and');
  return entries.length === 1 && claims.every((entry) => entry !== undefined)
    ? { key: name, name, decides: { kind: 'entry' } }
    : { key: `disputed ${entries[0]}`, name: `a URL that some read as one of ${name}`, decides: { kind: 'disputed' } };
}

function ofForeign(pattern: string | undefined, method: string | undefined): Place {
  if (pattern === undefined) {
    return SOMEWHERE;
  }
  const [, base, wildcard] = LISTABLE_PATH.exec(pattern) ?? [];
  const path = base === undefined ? undefined : wildcard === undefined ? base : `${base}{/*rest}`;
  return {
    key: `foreign ${pattern}`,
    name: `${safeText(pattern)} (no controller serves it)`,
    decides: { kind: 'root', path, method },
  };
}

/** A method that an entry of `paths` may name. A client may send any token over HTTP/2, which must not be in the log. */
function listableMethod(method: string): string | undefined {
  return KNOWN_METHODS.includes(method) && isSendableMethod(method) ? method : undefined;
}
