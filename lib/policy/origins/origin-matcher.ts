import type { OriginOption } from './origin-option.js';
import { ANY_HOST, type OriginPattern } from './origin-pattern.js';
import { asWritten } from './origin-regexp.js';
import { isWellFormedOrigin } from './origin.js';
import { PatternIndex } from './pattern-index.js';
import type { OriginMatcher, OriginVerdict } from '../model/policy.js';

/**
 * The items of one `origin` option, ready for look-ups.
 *
 * An exact origin costs one look-up in a Set and nothing else: it equals a text that was checked at start, so it is not
 * parsed. Other origins are parsed only if there are items that could match them.
 */
export class StaticOrigins implements OriginMatcher {
  readonly everyone: boolean;
  readonly #exact: ReadonlySet<string>;
  readonly #patterns: PatternIndex;
  readonly #patternTexts: readonly string[];
  readonly #regexps: readonly RegExp[];
  readonly #asks: boolean;
  readonly #nullAllowed: boolean;
  /** Items other than exact origins can match. */
  readonly #looksFurther: boolean;

  /** @param nullAllowed - `null-origin` is acknowledged: `null` is matched against the items like any origin. */
  constructor(option: OriginOption, nullAllowed: boolean) {
    const exact = option.patterns.filter(isExact).map((pattern) => pattern.text);
    this.everyone = option.everyone;
    this.#exact = new Set(option.hasNull && nullAllowed ? [...exact, 'null'] : exact);
    const patterns = option.patterns.filter((pattern) => !isExact(pattern));
    this.#patterns = new PatternIndex(patterns);
    this.#patternTexts = patterns.map((pattern) => pattern.text);
    this.#regexps = [...option.regexps];
    this.#asks = option.asks.length > 0;
    this.#nullAllowed = nullAllowed;
    this.#looksFurther =
      this.everyone || this.#asks || exact.length < option.patterns.length || this.#regexps.length > 0;
    Object.freeze(this);
  }

  matches(origin: string): boolean {
    return this.judge(origin) === 'allowed';
  }

  list(): readonly (string | RegExp)[] {
    const everyone = this.everyone ? ['*'] : [];
    return [...everyone, ...this.#exact, ...new Set(this.#patternTexts), ...this.#regexps.map(asWritten)];
  }

  judge(origin: string): OriginVerdict {
    if (this.#exact.has(origin)) {
      return 'allowed';
    }
    return this.#looksFurther ? this.#judgeFurther(origin) : 'not-allowed';
  }

  /**
   * Malformed origins never reach a RegExp, whose author thought of origins only, or a function, which would have to
   * defend itself against 15 KB of arbitrary text. Nor does `null`, which is every sandboxed frame at once (Fetch: an
   * opaque origin).
   */
  #judgeFurther(origin: string): OriginVerdict {
    if (origin === 'null' && !this.#nullAllowed) {
      return 'not-allowed';
    }
    if (origin !== 'null' && !isWellFormedOrigin(origin)) {
      return 'malformed';
    }
    if (this.everyone || this.#matchesPattern(origin) || this.#matchesRegExp(origin)) {
      return 'allowed';
    }
    return this.#asks ? 'unsettled' : 'not-allowed';
  }

  #matchesPattern(origin: string): boolean {
    return this.#patternTexts.length > 0 && this.#patterns.matches(origin);
  }

  /**
   * The only part whose cost grows with the number of items, which is why the documentation says to prefer patterns.
   */
  #matchesRegExp(origin: string): boolean {
    return this.#regexps.some((regexp) => regexp.test(origin));
  }
}

function isExact(pattern: OriginPattern): boolean {
  return !pattern.subdomains && pattern.port !== ':*' && pattern.host !== ANY_HOST;
}
