import { KNOWN_METHODS } from '../packages/node.js';
import { MethodIndex, NOWHERE } from './method-index.js';
import type { OrderedEntry, OrderedTableSettings } from './ordered-entry.js';
import { readPattern, type PatternSegments, areAlike, mayOverlap } from './path-pattern.js';
import { TargetScan } from './request-target.js';
import { UNCERTAIN_ROUTE, isOwnRoute, type Route } from './route.js';
import { copyOfParams, plainParamsOf, type PlainParams } from './route-params.js';
import { NO_PARAMS, type RouteParams, type RouteTable } from './route-table.js';

/** Reads the parameters of a route. */
interface ParamsReader {
  readonly plain: PlainParams | undefined;
  /** The router's own matcher. */
  readonly params: OrderedEntry['params'];
}

/** The table of a router that tries its entries one after the other and takes the first that fits. */
export class OrderedTable implements RouteTable {
  readonly routes: ReadonlySet<Route>;
  readonly methods: readonly string[];
  readonly methodsToProbe: readonly string[];
  /** Express is not read again: routes that are registered after the start are not seen. */
  readonly edition: object = this;
  readonly #indexes = new Map<string, MethodIndex>();
  /** For methods that Node knows, but no entry names: the entries that serve all of them. */
  readonly #anyMethod: MethodIndex;
  readonly #none: MethodIndex;
  /** Each is made when its route is first asked about. */
  readonly #readers = new Map<Route, ParamsReader>();
  /** All entries, whatever their methods. */
  readonly #all: MethodIndex;
  /** Of the target that was looked up last. */
  readonly #scan: TargetScan;
  /** Of every entry. */
  readonly #segments: PatternSegments[] = [];
  /** The entries that may match a URL of the route that was asked about last. */
  #around: { readonly position: number; readonly entries: readonly number[] } | undefined;

  constructor(
    private readonly entries: readonly OrderedEntry[],
    private readonly settings: OrderedTableSettings,
  ) {
    this.#anyMethod = new MethodIndex(entries);
    this.#none = new MethodIndex(entries);
    this.#all = new MethodIndex(entries);
    const named = new Set(entries.flatMap((entry) => [...(entry.methods ?? [])]));
    const hasOwnHead = named.has('HEAD');
    for (const method of named) {
      this.#indexes.set(method, new MethodIndex(entries));
    }
    for (const [position, entry] of entries.entries()) {
      this.#add(position, entry);
    }
    this.#scan = new TargetScan(this.#all.depth, settings);
    const get = this.#indexes.get('GET');
    if (get !== undefined && !hasOwnHead) {
      // The entries for GET also serve HEAD: they share an index.
      this.#indexes.set('HEAD', get);
      named.add('HEAD');
    }
    const own = entries.filter((entry) => isOwnRoute(entry.route));
    this.routes = new Set(own.map((entry) => entry.route));
    this.methods = [...named].filter((method) => own.some((entry) => serves(entry, method)));
    const isUnnamed = own.some((entry) => entry.methods === undefined);
    this.methodsToProbe = isUnnamed ? [...this.methods, ...firstBeside(named)] : this.methods;
  }

  #add(position: number, entry: OrderedEntry): void {
    // Read once for all indexes: parsing takes longer than adding.
    const segments = readPattern(entry.pattern, this.settings);
    this.#segments.push(segments);
    this.#all.add(position, segments);
    if (entry.methods === undefined) {
      this.#anyMethod.add(position, segments);
    }
    this.#indexes.forEach((index, method) => {
      if (serves(entry, method)) {
        index.add(position, segments);
      }
    });
  }

  find(method: string, url: string, request: unknown): Route | undefined {
    const index = this.#index(method);
    for (
      let position = this.#first(index, url, 0);
      position !== NOWHERE;
      position = this.#first(index, url, position + 1)
    ) {
      const route = this.entries[position]?.route;
      const taken = route !== undefined && this.#takes(route, request);
      if (taken !== false) {
        return taken === true ? route : UNCERTAIN_ROUTE;
      }
    }
    return undefined;
  }

  candidates(method: string, url: string, request: unknown): readonly Route[] {
    return this.#entriesAt(method, url, request).map((entry) => entry.route);
  }

  foreignPatternAt(method: string, url: string, request: unknown): string | undefined {
    const last = this.#entriesAt(method, url, request).at(-1);
    return last === undefined || isOwnRoute(last.route) || typeof last.pattern !== 'string' ? undefined : last.pattern;
  }

  #entriesAt(method: string, url: string, request: unknown): readonly OrderedEntry[] {
    const index = this.#index(method);
    // Read once: each of many versions would read a long URL again.
    const isRead = this.#scan.read(url);
    const unusual = isRead ? undefined : this.settings.readUnusual(url);
    if (!isRead && unusual === undefined) {
      return [];
    }
    const next = (from: number): number =>
      unusual === undefined ? index.first(this.#scan, url, from) : index.firstByScan(unusual, from);
    const found: OrderedEntry[] = [];
    for (let position = next(0); position !== NOWHERE; position = next(position + 1)) {
      const entry = this.entries[position];
      if (entry === undefined || !this.#takesHost(entry.route, request)) {
        continue;
      }
      found.push(entry);
      if (!entry.route.selective && !entry.passesOn) {
        break;
      }
    }
    // An entry that may pass requests on is asked only if there is no other.
    const firm = found.filter((entry) => !entry.passesOn);
    return firm.length > 0 ? firm : found;
  }

  mayServe(url: string): boolean {
    return this.#first(this.#all, url, 0) !== NOWHERE;
  }

  hasMethod(method: string): boolean {
    return this.#index(method).size > 0;
  }

  /** In the order of the router: entries after the first one that is sure to match and to answer are never reached. */
  isSettled(route: Route, method: string): boolean {
    const { position: own, entries } = this.#entriesAround(route);
    if (own === -1) {
      return false;
    }
    let hasFirm = false;
    let passesOn = false;
    for (const position of entries) {
      const entry = this.entries[position];
      if (entry === undefined || !serves(entry, method)) {
        continue;
      }
      if (entry.passesOn) {
        passesOn = true;
      } else if (entry.route.takesHost !== undefined || !this.#areAlike(own, position)) {
        return false;
      } else if (entry.route.selective) {
        hasFirm = true;
      } else {
        return true;
      }
    }
    return hasFirm || !passesOn;
  }

  /** All questions about a route come one after the other. */
  #entriesAround(route: Route): { readonly position: number; readonly entries: readonly number[] } {
    const position = this.entries.findIndex((entry) => entry.route === route);
    const segments = this.#segments[position];
    if (segments === undefined) {
      return { position, entries: [] };
    }
    if (this.#around?.position !== position) {
      const entries = [...this.#segments.keys()].filter((at) => this.#overlaps(segments, at));
      this.#around = { position, entries };
    }
    return this.#around;
  }

  #overlaps(segments: PatternSegments, position: number): boolean {
    const other = this.#segments[position];
    return other === undefined || mayOverlap(segments, other);
  }

  #areAlike(one: number, other: number): boolean {
    const pattern = this.entries[one]?.pattern;
    if (typeof pattern === 'string' && pattern === this.entries[other]?.pattern) {
      return true;
    }
    const [segments, others] = [this.#segments[one], this.#segments[other]];
    return segments !== undefined && others !== undefined && areAlike(segments, others);
  }

  paramsOf(route: Route, _method: string, url: string): RouteParams {
    const reader = this.#readerOf(route);
    const isRead = this.#scan.read(url);
    const plain = isRead ? reader?.plain?.read(this.#scan, url) : undefined;
    if (plain !== undefined) {
      return plain;
    }
    const pathname = isRead ? url.slice(0, this.#scan.length) : this.settings.readUnusual(url);
    return copyOfParams((pathname === undefined ? undefined : reader?.params(pathname)) ?? NO_PARAMS);
  }

  /** Of the first entry of a route. */
  #readerOf(route: Route): ParamsReader | undefined {
    const known = this.#readers.get(route);
    const entry = known === undefined ? this.entries.find((each) => each.route === route) : undefined;
    if (entry === undefined) {
      return known;
    }
    const { pattern, params } = entry;
    const reader = { plain: plainParamsOf(pattern, readPattern(pattern, this.settings)), params };
    this.#readers.set(route, reader);
    return reader;
  }

  #first(index: MethodIndex, url: string, from: number): number {
    if (this.#scan.read(url)) {
      return index.first(this.#scan, url, from);
    }
    const pathname = this.settings.readUnusual(url);
    return pathname === undefined ? NOWHERE : index.firstByScan(pathname, from);
  }

  #index(method: string): MethodIndex {
    // A method that Node's parser does not know reaches no handler, whatever a preflight announces.
    return this.#indexes.get(method) ?? (KNOWN_METHODS.includes(method) ? this.#anyMethod : this.#none);
  }

  /** Undefined where the app's version extractor cannot tell. */
  #takes(route: Route, request: unknown): boolean | undefined {
    if (!this.#takesHost(route, request)) {
      return false;
    }
    return route.selects === undefined ? true : route.selects(request);
  }

  #takesHost(route: Route, request: unknown): boolean {
    return route.takesHost === undefined || route.takesHost(this.settings.hostnameOf(request));
  }
}

/** HEAD reaches what serves GET: Express dispatches it there, and so does Fastify unless `exposeHeadRoutes` is off. */
function serves({ methods }: OrderedEntry, method: string): boolean {
  return methods === undefined || methods.has(method) || (method === 'HEAD' && methods.has('GET'));
}

/** Nothing if every method has a name here. */
function firstBeside(named: ReadonlySet<string>): readonly string[] {
  return KNOWN_METHODS.filter((method) => !named.has(method)).slice(0, 1);
}
