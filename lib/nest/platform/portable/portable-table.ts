import { match, type MatchFunction } from 'path-to-regexp';

import { KNOWN_METHODS } from '../../../packages/node.js';
import { plainPathname } from '../../../routing/request-target.js';
import { UNCERTAIN_ROUTE, isOwnRoute, takesRequest, type Route } from '../../../routing/route.js';
import { copyOfParams } from '../../../routing/route-params.js';
import { NO_PARAMS, type RouteParams, type RouteTable } from '../../../routing/route-table.js';
import { farReadings, foldedCase, plainPathOf, type TargetSettings } from '../../../routing/target-readings.js';
import type { AdapterMatching } from './adapter-matching.js';
import {
  compareSpecificity,
  shapesOf,
  splitPath,
  surelyMatches,
  type PatternShape,
  type SplitPath,
} from './pattern-shape.js';
import { ShapeTrie } from './shape-trie.js';

/** A route, as it was registered. */
export interface PortableEntry {
  /** `FOREIGN_ROUTE` where no controller registered it. */
  readonly route: Route;
  /** `ALL` for every method. */
  readonly method: string;
  readonly path: string;
}

export interface PortableTableSettings {
  readonly matching: AdapterMatching;
  readonly targets: TargetSettings;
  readonly hostnameOf: (request: unknown) => string;
  /** The route whose handler this request has entered. */
  readonly enteredBy: (request: unknown) => Route | undefined;
}

/** One way to read the pattern of an entry. */
interface Variant extends PortableEntry {
  readonly shape: PatternShape;
  /** In the order of registration. */
  readonly position: number;
}

/** A variant that a router may match. */
interface Match extends Variant {
  /** Whether every router does. */
  readonly isSure: boolean;
}

interface Read {
  readonly url: string;
  readonly matches: readonly Match[];
}

/**
 * The table of a router that is not known. An entered handler says which route it is; for all else, the table does not decide what
 * it cannot know: a route is a candidate unless one that surely matches is surely tried before it. So the handler that is
 * reached is always among the candidates, and each of these has to allow a preflight.
 */
export class PortableTable implements RouteTable {
  readonly routes: ReadonlySet<Route>;
  readonly methods: readonly string[];
  readonly methodsToProbe: readonly string[];
  /** A list of its own for each edition. */
  #variants: readonly Variant[] = [];
  readonly #trie: ShapeTrie<Variant>;
  readonly #readers = new Map<Route, MatchFunction<Record<string, string>> | undefined>();
  /** Of the target that was looked up last. */
  #last: Read | undefined;

  constructor(
    entries: readonly PortableEntry[],
    private readonly settings: PortableTableSettings,
  ) {
    this.#trie = new ShapeTrie(settings.matching.isKnown);
    this.add(entries);
    const own = entries.filter(({ route }) => isOwnRoute(route));
    this.routes = new Set(own.map(({ route }) => route));
    const named = new Set(own.map(({ method }) => method));
    const servesAll = named.delete('ALL');
    if (named.has('GET')) {
      named.add('HEAD');
    }
    this.methods = [...named];
    const unnamed = KNOWN_METHODS.filter((method) => !entries.some((entry) => entry.method === method));
    this.methodsToProbe = servesAll ? [...named, ...unnamed.slice(0, 1)] : this.methods;
  }

  /** Routes that no controller registers may come at any time. */
  add(entries: readonly PortableEntry[]): void {
    const { length } = this.#variants;
    const added = entries.flatMap((entry, index) =>
      shapesOf(entry.path, this.settings.matching).map((shape) => ({ ...entry, shape, position: length + index })),
    );
    this.#variants = [...this.#variants, ...added];
    added.forEach((variant) => this.#trie.add(variant));
    this.#last = undefined;
  }

  get edition(): object {
    return this.#variants;
  }

  find(method: string, url: string, request: unknown): Route | undefined {
    const entered = this.settings.enteredBy(request);
    if (entered !== undefined) {
      return entered;
    }
    const taking = this.#matchesFor(method, url).flatMap((found) => {
      const takes = takesRequest(found.route, request, this.settings.hostnameOf);
      return takes === false ? [] : [{ ...found, isSure: found.isSure && takes === true, takes }];
    });
    const [first, ...others] = this.#notBehind(taking, method, ({ isSure }) => isSure);
    if (first === undefined) {
      return undefined;
    }
    const isCertain = first.takes === true && others.every(({ route }) => route === first.route);
    return isCertain ? first.route : UNCERTAIN_ROUTE;
  }

  candidates(method: string, url: string, request: unknown): readonly Route[] {
    return [...new Set(this.#possible(method, url, request).map(({ route }) => route))];
  }

  foreignPatternAt(method: string, url: string, request: unknown): string | undefined {
    const last = this.#possible(method, url, request).at(-1);
    return last === undefined || isOwnRoute(last.route) ? undefined : last.path;
  }

  #possible(method: string, url: string, request: unknown): readonly Match[] {
    const { hostnameOf } = this.settings;
    const found = this.#matchesFor(method, url).filter(
      ({ route }) => route.takesHost === undefined || route.takesHost(hostnameOf(request)),
    );
    return this.#notBehind(found, method, ({ isSure, route }) => isSure && !route.selective);
  }

  /** Whether a handler of a controller may serve this URL. */
  mayEnter(url: string): boolean {
    return this.#matchesAt(url).some(({ route }) => isOwnRoute(route));
  }

  mayServe(url: string): boolean {
    return this.#matchesAt(url).length > 0;
  }

  hasMethod(method: string): boolean {
    return this.#variants.some((variant) => serves(variant, method));
  }

  isSettled(): boolean {
    // An unusual URL of a route may be one of other routes as well.
    return false;
  }

  paramsOf(route: Route, _method: string, url: string): RouteParams {
    if (!this.#readers.has(route)) {
      this.#readers.set(route, this.#readerOf(route));
    }
    try {
      const found = this.#readers.get(route)?.(plainPathname(url));
      return copyOfParams(found === undefined || found === false ? NO_PARAMS : found.params);
    } catch {
      // A parameter that cannot be decoded.
      return copyOfParams(NO_PARAMS);
    }
  }

  #readerOf(route: Route): MatchFunction<Record<string, string>> | undefined {
    const { caseSensitive, strict } = this.settings.targets;
    try {
      return match<Record<string, string>>(route.path, { sensitive: caseSensitive, trailing: !strict });
    } catch {
      return undefined;
    }
  }

  /** Those that are not surely behind one that surely takes the request. */
  #notBehind<M extends Match>(matches: readonly M[], method: string, isFirm: (found: M) => boolean): readonly M[] {
    const firm = matches.filter(isFirm);
    return firm.length === 0
      ? matches
      : matches.filter((found) => !firm.some((other) => other !== found && this.#precedes(other, found, method)));
  }

  /** Whether the router surely tries the first before the second. */
  #precedes(one: Variant, other: Variant, method: string): boolean {
    if (method === 'HEAD' && one.method !== other.method && (one.method === 'HEAD' || other.method === 'HEAD')) {
      // Some routers look for a route for GET only if there is none for HEAD, others ignore routes for HEAD.
      return false;
    }
    const isEarlier = one.position < other.position;
    if (this.settings.matching.order === 'registration') {
      return isEarlier;
    }
    const compared = compareSpecificity(one.shape, other.shape);
    if (compared === undefined || compared > 0) {
      return false;
    }
    const isInOneTree = this.#areInOneTree(one, other);
    // NodeAdapter finds a route for the method and one for all methods, and runs the one that was registered first.
    return compared < 0
      ? isEarlier || (isInOneTree && one.method === other.method)
      : // Of one pattern, find-my-way takes a route with a version before one without.
        isEarlier && isInOneTree && !other.route.selective;
  }

  /** Whether the router goes by specificity between the two: NodeAdapter has the routes of controllers in one tree. */
  #areInOneTree(one: Variant, other: Variant): boolean {
    const { order, isLayered } = this.settings.matching;
    return order === 'specificity' && (!isLayered || (isOwnRoute(one.route) && isOwnRoute(other.route)));
  }

  #matchesFor(method: string, url: string): readonly Match[] {
    // A method that Node's parser does not know reaches no handler, whatever a preflight announces.
    return KNOWN_METHODS.includes(method) ? this.#matchesAt(url).filter((found) => serves(found, method)) : [];
  }

  /** Whatever their methods, in the order of registration. */
  #matchesAt(url: string): readonly Match[] {
    if (this.#last?.url !== url) {
      this.#last = { url, matches: this.#read(url) };
    }
    return this.#last.matches;
  }

  #read(url: string): readonly Match[] {
    const plain = plainPathOf(url);
    if (plain !== undefined) {
      const path = splitPath(plain);
      const { matching } = this.settings;
      return this.#mayMatch([path], upperCase).map((found) => ({
        ...found,
        isSure: surelyMatches(found.shape, path, matching),
      }));
    }
    const readings = farReadings(url, this.settings.targets);
    // A target that is crafted to have too many readings may be read in any way.
    const found = readings === undefined ? this.#variants : this.#mayMatch(Array.from(readings, splitPath), foldedCase);
    return found.map((variant) => ({ ...variant, isSure: false }));
  }

  #mayMatch(paths: readonly SplitPath[], fold: (text: string) => string): readonly Variant[] {
    const found = new Set<Variant>();
    for (const { segments, endsInSlash } of paths) {
      const folded = segments.map(fold);
      this.#trie.collect(folded, found);
      if (endsInSlash) {
        // Where the slash counts, a parameter after it may be empty.
        this.#trie.collect([...folded, ''], found);
      }
    }
    return [...found].toSorted((one, other) => one.position - other.position);
  }
}

/** Folds as `foldedCase` does, if all is ASCII. */
function upperCase(text: string): string {
  return text.toUpperCase();
}

/** HEAD reaches what serves GET. */
function serves({ method: served }: PortableEntry, method: string): boolean {
  return served === 'ALL'
    ? KNOWN_METHODS.includes(method)
    : served === method || (method === 'HEAD' && served === 'GET');
}
