import { compileListedPattern, type ListedPattern } from './listed-pattern.js';
import { farReadings, nearReadings, plainPathOf, type TargetSettings } from './target-readings.js';

/** One pattern of the `paths` option: its methods and what it stands for. */
export interface PathEntry<T> {
  /** `paths[0] (/graphql{/*rest})` */
  readonly where: string;
  readonly path: string;
  /** In upper case; undefined for every method. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Shared with nobody: then it counts for every target that somebody may read so. */
  readonly closes: boolean;
  readonly value: T;
}

/** An entry with its pattern compiled. */
export interface ListedPath<T> extends PathEntry<T> {
  readonly pattern: ListedPattern;
}

/**
 * A target that one reader takes for one entry and another reader for another, or for none (undefined): nobody can know who
 * serves it, so it gets no more than all of them allow.
 */
export interface DisputedPath<T> {
  readonly claims: readonly (ListedPath<T> | undefined)[];
}

/** What `paths` say of a request; undefined: nothing. */
export type PathClaim<T> = ListedPath<T> | DisputedPath<T> | undefined;

export function isDisputed<T>(claim: PathClaim<T>): claim is DisputedPath<T> {
  // Its own: a polluted prototype must not make every entry a dispute, which could be settled as anybody likes.
  return claim !== undefined && Object.hasOwn(claim, 'claims');
}

/**
 * The `paths` of the options: what no controller serves. First match wins, in the order written.
 *
 * An entry that opens counts for a target that the server itself reads so; one that closes for every target that any reading
 * could lead there. So `/%61dmin` does not slip past an entry for `/admin`, nor `/public/..%2fadmin` in by one for `/public`.
 */
export class PathList<T> {
  readonly entries: readonly ListedPath<T>[];

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
    const plain = plainPathOf(target);
    if (plain !== undefined) {
      return this.entries.filter(({ pattern }) => pattern.mayTake(plain));
    }
    const far = farReadings(target, this.settings);
    const readings = [...nearReadings(target, this.settings), ...(far ?? [])];
    return far === undefined ? this.entries : this.entries.filter(({ pattern }) => readings.some(pattern.mayTake));
  }

  /** What the entries stand for, in the order written. */
  values(): readonly T[] {
    return this.entries.map(({ value }) => value);
  }

  /** As nearly always: there is but one reading, and the first entry that matches is the one. */
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
    const far = farReadings(target, this.settings);
    return far === undefined
      ? { claims: [...this.entries.filter((entry) => isFor(entry, method)), undefined] }
      : this.#settle(method, nearReadings(target, this.settings), far);
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

  /** Adds the entries that a reading may lead to, up to the first that it surely leads to. False where there is none such. */
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
