import type { FastifyEntry } from './fastify-entry.js';
import { readFastifyPattern, type FastifyPatternSettings } from './fastify-pattern.js';
import { type PatternSegments, areAlike, mayOverlap } from './path-pattern.js';
import type { Route } from './route.js';

/** Letters, digits, `-` and `_`, and the end of the segment. */
const PLAIN_BEGINNING = /^\/([\w-]+)(?=[/?]|$)/;

/**
 * What the patterns of Fastify's routes tell by themselves. They are read at the first question: an app that is not called
 * from another origin never needs them.
 */
export class FastifyPatterns {
  readonly #segments = new Map<string, PatternSegments>();
  /** The first segments of all patterns, folded; undefined among them where one may be any. */
  #beginnings: ReadonlySet<string | undefined> | undefined;
  /** The entries that may match a URL of the pattern that was asked about last. */
  #around: { readonly url: string; readonly entries: readonly FastifyEntry[] } | undefined;

  constructor(
    private readonly entries: readonly FastifyEntry[],
    private readonly settings: FastifyPatternSettings,
  ) {}

  /** Only a first segment that every reader reads alike is compared. */
  mayServe(url: string): boolean {
    const beginning = PLAIN_BEGINNING.exec(url)?.[1];
    if (beginning === undefined) {
      return true;
    }
    this.#beginnings ??= new Set(this.entries.map((entry) => this.#segmentsOf(entry).closed[0]?.toLowerCase()));
    return this.#beginnings.has(undefined) || this.#beginnings.has(beginning.toLowerCase());
  }

  /** In whatever order the router tries them: all that may match have to be equal. */
  isSettled(route: Route, method: string): boolean {
    const own = this.entries.find((entry) => entry.route === route);
    if (own === undefined) {
      return false;
    }
    const segments = this.#segmentsOf(own);
    if (this.#around?.url !== own.url) {
      const entries = this.entries.filter((entry) => mayOverlap(segments, this.#segmentsOf(entry)));
      this.#around = { url: own.url, entries };
    }
    return this.#around.entries.every(
      (entry) =>
        entry.method !== method ||
        (entry.route.takesHost === undefined && (entry.url === own.url || areAlike(segments, this.#segmentsOf(entry)))),
    );
  }

  #segmentsOf({ url }: FastifyEntry): PatternSegments {
    let segments = this.#segments.get(url);
    if (segments === undefined) {
      segments = readFastifyPattern(url, this.settings);
      this.#segments.set(url, segments);
    }
    return segments;
  }
}
