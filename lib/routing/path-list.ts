import { compileListedPattern, type ListedPattern } from './listed-pattern.js';
import { farReadings, nearReadings, plainPathOf, type TargetSettings } from './target-readings.js';

/** One pattern of the `paths` option: its methods and its value. */
export interface PathEntry<T> {
  /** `paths[0] (/graphql{/*rest})` */
  readonly where: string;
  readonly path: string;
  /** In upper case; undefined for every method. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Allows no origin: then it applies to every target that any reader may read this way. */
  readonly closes: boolean;
  readonly value: T;
}

/** An entry with its pattern compiled. */
export interface ListedPath<T> extends PathEntry<T> {
  readonly pattern: ListedPattern;
}

/**
 * A target that different readers match with different entries, or with none (undefined): it is not known which code serves
 * it, so it gets only what all of them allow.
 */
export interface DisputedPath<T> {
  readonly claims: readonly (ListedPath<T> | undefined)[];
}

interface Readings {
  readonly target: string;
  readonly near: readonly string[];
  /** Undefined where they are too many. */
  readonly far: ReadonlySet<string> | undefined;
}

/** What `paths` say about a request; undefined: nothing. */
export type PathClaim<T> = ListedPath<T> | DisputedPath<T> | undefined;

export function isDisputed<T>(claim: PathClaim<T>): claim is DisputedPath<T> {
  // An own key: a polluted prototype must not turn every entry into a dispute.
  return claim !== undefined && Object.hasOwn(claim, 'claims');
}

/**
 * The `paths` of the options, for URLs that no controller serves. The first match wins, in the order written.
 *
 * An entry that opens applies to targets that the server itself reads this way; an entry that closes applies to every target
 * that any reader may read this way. So `/%61dmin` does not bypass an entry for `/admin`, and `/public/..%2fadmin` does not
 * get in through one for `/public`.
 */
export class PathList<T> {
  readonly entries: readonly ListedPath<T>[];
  /** Of the target that was read last: a preflight asks once for every method. */
  #readings: Readings | undefined;

  constructor(
    entries: readonly PathEntry<T>[],
    private readonly settings: TargetSettings,
  ) {
    this.entries = entries.map((entry) => ({ ...entry, pattern: compileListedPattern(entry.path, settings) }));
  }

  /** HEAD counts as GET. */
  find(method: string, target: string): PathClaim<T> {
    if (this.entries.length === 0) {
      return undefined;
    }
    const plain = plainPathOf(target);
    return plain === undefined ? this.#ofReadings(method, target) : this.#ofPlain(method, plain);
  }

  /** All entries that a target may lead to, whatever their methods, in the order written. */
  at(target: string): readonly ListedPath<T>[] {
    if (this.entries.length === 0) {
      return this.entries;
    }
    const plain = plainPathOf(target);
    if (plain !== undefined) {
      return this.entries.filter(({ pattern }) => pattern.mayTake(plain));
    }
    const { near, far } = this.#readingsOf(target);
    const readings = [...near, ...(far ?? [])];
    return far === undefined ? this.entries : this.entries.filter(({ pattern }) => readings.some(pattern.mayTake));
  }

  /** The values of the entries, in the order written. */
  values(): readonly T[] {
    return this.entries.map(({ value }) => value);
  }

  /** As nearly always: there is only one reading, and the first matching entry applies. */
  #ofPlain(method: string, pathname: string): PathClaim<T> {
    for (const entry of this.entries) {
      if (isFor(entry, method) && entry.pattern.mayTake(pathname)) {
        const isCertain = entry.pattern.isLoose || entry.closes || entry.pattern.takes(pathname);
        return isCertain ? entry : this.#settle(method, [pathname], []);
      }
    }
    return undefined;
  }

  #ofReadings(method: string, target: string): PathClaim<T> {
    const { near, far } = this.#readingsOf(target);
    return far === undefined
      ? { claims: [...this.entries.filter((entry) => isFor(entry, method)), undefined] }
      : this.#settle(method, near, far);
  }

  #readingsOf(target: string): Readings {
    if (this.#readings?.target !== target) {
      const { settings } = this;
      this.#readings = { target, near: nearReadings(target, settings), far: farReadings(target, settings) };
    }
    return this.#readings;
  }

  #settle(method: string, near: Iterable<string>, far: Iterable<string>): PathClaim<T> {
    const claims = new Set<ListedPath<T> | undefined>();
    for (const pathname of near) {
      if (!this.#claim(method, pathname, claims)) {
        claims.add(undefined);
      }
    }
    for (const pathname of far) {
      this.#claim(method, pathname, claims);
    }
    const [claim, ...others] = claims;
    return others.length === 0 ? claim : { claims: [...claims] };
  }

  /** Adds the entries that a reading may match, up to the first that it surely matches. False if there is none. */
  #claim(method: string, pathname: string, claims: Set<ListedPath<T> | undefined>): boolean {
    for (const entry of this.entries) {
      if (isFor(entry, method) && entry.pattern.mayTake(pathname)) {
        claims.add(entry);
        if (entry.closes || entry.pattern.takes(pathname)) {
          return true;
        }
      }
    }
    return false;
  }
}

function isFor<T>({ methods }: PathEntry<T>, method: string): boolean {
  return methods === undefined || methods.has(method) || (method === 'HEAD' && methods.has('GET'));
}
