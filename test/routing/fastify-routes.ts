import { createRequire } from 'node:module';

import type { FastifyEntry } from '../../lib/routing/fastify-entry.js';
import { FastifyTable, type CreateRouter, type FastifyRouterSettings } from '../../lib/routing/fastify-table.js';
import { FOREIGN_ROUTE, type Route } from '../../lib/routing/route.js';
import type { RouteParams } from '../../lib/routing/route-table.js';

/** What a route asks of a request besides method and URL. Values are compared as they are. */
export interface Constraints {
  readonly version?: string | undefined;
  readonly tenant?: string | undefined;
}

/** One route as a test writes it down. */
export interface Written {
  readonly url: string;
  readonly method?: string | undefined;
  readonly constraints?: Constraints | undefined;
  readonly foreign?: boolean | undefined;
  /** The host that Nest filters for. */
  readonly host?: string | undefined;
  readonly takes?: FastifyEntry['takes'] | undefined;
}

/** A router of Fastify's make, as Fastify uses it. */
interface RealRouter {
  on(method: string, path: string, options: object, handler: () => void, store: object): void;
  find(method: string, path: string, constraints: object): { readonly store: { readonly index: number } } | null;
}

/** What Fastify hands to the table: the route it found, its parameters and the host. */
export interface Routed {
  readonly entry?: FastifyEntry | undefined;
  readonly params?: RouteParams | undefined;
  readonly host?: string | undefined;
}

export const createRouter = createRequire(import.meta.url)('find-my-way') as CreateRouter;

const createRealRouter = createRouter as unknown as (config: object) => RealRouter;

/** Routes on a router like Fastify's, with real constraints, and the table that is to know them. */
export class FastifyRoutes {
  readonly entries: readonly FastifyEntry[];
  readonly table: FastifyTable;
  readonly #router: RealRouter;

  constructor(
    readonly written: readonly Written[],
    settings: FastifyRouterSettings = {},
    /** The constraint on which a request that carries it insists. */
    insistent?: keyof Constraints,
  ) {
    const strategies = { version: exact('version', insistent), tenant: exact('tenant', insistent) };
    this.#router = createRealRouter({ ...settings, constraints: strategies });
    written.forEach(({ method = 'GET', url, constraints = {} }, index) =>
      this.#router.on(method, url, { constraints: given(constraints) }, () => undefined, { index }),
    );
    this.entries = written.map((each, id) => entryOf(each, id, insistent));
    this.table = new FastifyTable(this.entries, {
      router: settings,
      createRouter,
      routed: (request) => (request as Routed).entry,
      paramsOf: (request) => (request as Routed).params ?? {},
      isRoutable: (url) => !url.startsWith('*'),
      hostnameOf: (request) => (request as Routed).host ?? '',
    });
  }

  /** Where Fastify itself routes a request that derives these constraints. */
  routed(method: string, url: string, derived: Constraints): Route | undefined {
    const found = this.#router.find(method, url, given(derived));
    return found === null ? undefined : this.entries[found.store.index]?.route;
  }

  ids(method: string, url: string, request: Routed = {}): readonly number[] {
    return this.table.candidates(method, url, request).map(({ id }) => id);
  }
}

/** True where find-my-way takes these routes together. */
export function isRegistrable(written: readonly Written[], settings: FastifyRouterSettings): boolean {
  try {
    return new FastifyRoutes(written, settings).entries.length > 0;
  } catch {
    return false;
  }
}

function entryOf(
  { url, method = 'GET', constraints, foreign, host, takes }: Written,
  id: number,
  insistent: keyof Constraints | undefined,
): FastifyEntry {
  const route: Route = {
    id,
    method,
    path: url,
    selective: constraints !== undefined,
    takesHost: host === undefined ? undefined : (hostname) => hostname === host,
  };
  return {
    route: foreign === true ? FOREIGN_ROUTE : route,
    method,
    url,
    constrained: Object.keys(given(constraints ?? {})).length > 0,
    insists: insistent !== undefined && constraints?.[insistent] !== undefined,
    takes,
  };
}

/** A constraint strategy that compares strings. */
function exact(name: string, insistent: string | undefined): object {
  return {
    name,
    mustMatchWhenDerived: name === insistent,
    deriveConstraint: () => undefined,
    storage: () => {
      const handlers = new Map<string, unknown>();
      return {
        get: (value: string) => handlers.get(value),
        set: (value: string, mask: unknown) => handlers.set(value, mask),
      };
    },
  };
}

function given(constraints: Constraints): Record<string, string> {
  return Object.fromEntries(
    Object.entries(constraints).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
