import { closestName } from '../../policy/mistakes/closest-name.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue-data.js';
import { inheritedOption, ownOptions } from '../../policy/model/own-keys.js';

/**
 * The options of a `CorsOriginStore`. Times are in milliseconds. Mistakes stop the application at `app.init()`, with all
 * others.
 */
export interface CorsOriginStoreOptions {
  /**
   * How long a list is used, from the start of its load: a revoked origin is allowed no longer than this while the database
   * answers. Default: 60 000.
   */
  readonly ttl?: number | undefined;
  /**
   * How old a list may be while the database fails, or does not answer for a second. 0: no older than `ttl`. Default: 600 000.
   */
  readonly staleFor?: number | undefined;
  /** How long the store remembers that a key has no list. Default: 10 000. */
  readonly missTtl?: number | undefined;
  /** How many keys are remembered, those without a list included. Default: 10 000. */
  readonly max?: number | undefined;
  /** How many loads run at a time; the others wait. Default: 32. */
  readonly concurrency?: number | undefined;
}

/** The same, checked, and with its defaults. */
export type StoreSettings = { readonly [Name in keyof CorsOriginStoreOptions]-?: number };

interface Range {
  readonly standard: number;
  readonly least: number;
  readonly most: number;
  readonly unit: string;
}

/** The longest delay of `setTimeout`. */
const LONGEST_TIME = 2 ** 31 - 1;

/** `max` sizes arrays that are allocated at once. */
const RANGES: Readonly<Record<keyof CorsOriginStoreOptions, Range>> = {
  ttl: { standard: 60_000, least: 1, most: LONGEST_TIME, unit: 'milliseconds' },
  staleFor: { standard: 600_000, least: 0, most: LONGEST_TIME, unit: 'milliseconds' },
  missTtl: { standard: 10_000, least: 0, most: LONGEST_TIME, unit: 'milliseconds' },
  max: { standard: 10_000, least: 1, most: 1_000_000, unit: 'keys' },
  concurrency: { standard: 32, least: 1, most: 1000, unit: 'loads' },
};

/** The valid settings, with defaults for the others, and the mistakes. Never throws. */
export function readStoreOptions(
  given: unknown,
  where: string,
): { readonly settings: StoreSettings; readonly issues: readonly CorsConfigIssue[] } {
  const issues: CorsConfigIssue[] = [];
  const options = optionsOf(given, where, issues);
  const settings = {
    ttl: RANGES.ttl.standard,
    staleFor: RANGES.staleFor.standard,
    missTtl: RANGES.missTtl.standard,
    max: RANGES.max.standard,
    concurrency: RANGES.concurrency.standard,
  };
  for (const key of Reflect.ownKeys(options)) {
    const value: unknown = Reflect.get(options, key);
    if (!isName(key)) {
      const free = Object.keys(RANGES).filter((name) => !Object.hasOwn(options, name));
      const name = String(key);
      issues.push({ code: 'unknown-option', where, path: name, value: key, guess: closestName(name, free) });
    } else if (value !== undefined) {
      const { least, most, unit } = RANGES[key];
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
        settings[key] = value;
      } else {
        const expected = `a whole number of ${unit} from ${least} to ${most}`;
        issues.push({ code: 'type', where, path: key, value, expected });
      }
    }
  }
  return { settings, issues };
}

function optionsOf(given: unknown, where: string, issues: CorsConfigIssue[]): Readonly<Record<string, unknown>> {
  let expected = 'an object with options, such as { ttl: 60_000 }';
  try {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      const inherited = inheritedOption(given, Object.keys(RANGES));
      if (inherited === undefined) {
        return { ...ownOptions(given) };
      }
      expected = `a plain object, as ${inherited} is inherited from the object's class`;
    }
  } catch {
    // An object that cannot be read is not an object with options.
  }
  issues.push({ code: 'type', where, path: '', value: given, expected });
  return {};
}

function isName(key: PropertyKey): key is keyof CorsOriginStoreOptions {
  return Object.hasOwn(RANGES, key);
}
