import express, { type Router } from 'express';
import { createRequire } from 'node:module';

import type { OrderedEntry } from '../../lib/routing/ordered-entry.js';
import { OrderedTable } from '../../lib/routing/ordered-table.js';
import type { PathnameReader } from '../../lib/routing/request-target.js';
import { FOREIGN_ROUTE, type Route } from '../../lib/routing/route.js';
import type { RouteParams } from '../../lib/routing/route-table.js';

/** One route as a test writes it down. */
export interface Written {
  /** Whatever Express takes: a string, a RegExp, a list of both. */
  readonly pattern: unknown;
  /** In upper case; `ALL` for all of them. */
  readonly method: string;
  readonly foreign?: boolean | undefined;
  /** Whether it is foreign and passes every request on, as middleware does. */
  readonly passesOn?: boolean | undefined;
  /** The host it is for; left out: any. */
  readonly host?: string | undefined;
  /** The version it is for; left out: any. `unreadable`: the extractor throws on every request. */
  readonly version?: string | undefined;
}

export interface RouterSettings {
  readonly caseSensitive: boolean;
  readonly strict: boolean;
}

/** What a table is asked with: as much of a request as the tests' hosts and versions read. */
export interface AskedWith {
  readonly host?: string | undefined;
  readonly version?: string | undefined;
}

export const EXPRESS_DEFAULTS: RouterSettings = { caseSensitive: false, strict: false };

interface Layer {
  readonly route: { readonly methods: Readonly<Record<string, boolean>> };
  match(pathname: string): boolean | { readonly params?: RouteParams };
}

/** Routes on a router of Express's own make, and the table that is to know them. */
export class ExpressRoutes {
  readonly routes: readonly Route[];
  readonly entries: readonly OrderedEntry[];
  readonly table: OrderedTable;
  /** How often a matcher of Express was asked. */
  matcherCalls = 0;
  readonly #router: Router;
  #reached: Route[] = [];

  constructor(written: readonly Written[], settings: RouterSettings = EXPRESS_DEFAULTS) {
    this.#router = express.Router({ caseSensitive: settings.caseSensitive, strict: settings.strict });
    this.routes = written.map((each, id) => (each.foreign === true ? FOREIGN_ROUTE : routeOf(each, id)));
    this.entries = written.map((each, index) => this.#register(each, index));
    this.table = new OrderedTable(this.entries, { ...settings, readUnusual: readPathname, hostnameOf });
  }

  find(method: string, url: string, asked: AskedWith = {}): Route | undefined {
    return this.table.find(method, url, asked);
  }

  candidates(method: string, url: string, asked: AskedWith = {}): readonly Route[] {
    return this.table.candidates(method, url, asked);
  }

  /** The route whose handler Express really runs; `failed` where it answers with an error instead. */
  async dispatch(method: string, url: string, asked: AskedWith): Promise<Route | 'failed' | undefined> {
    this.#reached = [];
    const failed = await new Promise<boolean>((resolve) => {
      const request = { method, url, ...asked } as unknown as express.Request;
      this.#router(request, {} as express.Response, (error: unknown) => resolve(error !== DONE && Boolean(error)));
    });
    return failed ? 'failed' : this.#reached[0];
  }

  #register(written: Written, index: number): OrderedEntry {
    const route = this.routes[index] ?? FOREIGN_ROUTE;
    const registered = this.#router.route(written.pattern as string);
    const verb = written.method.toLowerCase() as 'get';
    registered[verb]((request, _response, next) => {
      // As Nest does: a handler for another host or version passes the request on.
      if (written.passesOn !== true && takes(written, request)) {
        this.#reached.push(route);
        next(DONE);
      } else {
        next();
      }
    });
    const layer = this.#router.stack[index] as unknown as Layer;
    return {
      route,
      pattern: written.pattern,
      passesOn: written.passesOn === true,
      methods: written.method === 'ALL' ? undefined : new Set([written.method]),
      matches: (pathname) => {
        this.matcherCalls += 1;
        return Boolean(layer.match(pathname));
      },
      params: (pathname) => paramsAt(layer, pathname),
    };
  }
}

/** True where Express takes the pattern at all. */
export function isPattern(pattern: unknown): boolean {
  try {
    express.Router().route(pattern as string);
    return true;
  } catch {
    return false;
  }
}

/** The reader of pathnames that Express's router uses. Newer versions of Node refuse targets that older ones accept. */
export const readPathname: PathnameReader = (url) => {
  try {
    return parseUrl({ url })?.pathname ?? undefined;
  } catch {
    return undefined;
  }
};

const loadFrom = createRequire(import.meta.url);
const parseUrl = createRequire(loadFrom.resolve('express'))('parseurl') as (request: {
  url: string;
}) => { pathname: string | null } | undefined;

/** Ends a dispatch, as a handler that answers does. */
const DONE = new Error('a handler was reached');

function routeOf({ method, pattern, host, version }: Written, id: number): Route {
  return {
    id,
    method,
    path: String(pattern),
    selective: version !== undefined,
    takesHost: host === undefined ? undefined : (hostname) => hostname === host,
    selects: version === undefined ? undefined : (request) => selects(version, request as AskedWith),
  };
}

function takes({ host, version }: Written, asked: AskedWith): boolean {
  return (host === undefined || host === asked.host) && (version === undefined || version === asked.version);
}

function selects(version: string, asked: AskedWith): boolean | undefined {
  return version === 'unreadable' ? undefined : version === asked.version;
}

function hostnameOf(request: unknown): string {
  return (request as AskedWith).host ?? '';
}

function paramsAt(layer: Layer, pathname: string): RouteParams | undefined {
  try {
    const found = layer.match(pathname);
    return typeof found === 'object' ? found.params : undefined;
  } catch {
    return undefined;
  }
}
