import { closestName } from '../mistakes/closest-name.js';
import { readAllowedHeaders, readExposedHeaders, type HeaderNames, readMethods } from '../names/http-names.js';
import { DANGER_CODES, isDanger, type Finding, type Report } from '../mistakes/issue-data.js';
import { itemsOf } from '../names/name-list.js';
import type { CorsDangerCode } from '../model/options.js';
import { readOriginOption, type OriginOption } from '../origins/origin-option.js';
import type { PolicyField } from '../model/policy.js';

/** What each field of a policy is once it is read: of the right type, and right in itself. */
export interface FieldValues {
  origin: OriginOption;
  methods: 'auto' | '*' | readonly string[];
  allowedHeaders: HeaderNames;
  exposedHeaders: HeaderNames;
  credentials: boolean;
  maxAge: number;
  preflightContinue: boolean;
  optionsSuccessStatus: number;
  enforce: boolean;
  originTimeout: number;
}

/** The values of one `CorsPolicyOptions`, read. A field that was left out, or could not be read, is absent. */
export type PolicyValues = Readonly<Partial<FieldValues>>;

type Reader<T> = (value: unknown, path: string, report: Report) => T | undefined;

export type FieldReaders = { readonly [Field in PolicyField]: Reader<FieldValues[Field]> };

/**
 * One reader per field, in the order of the documentation. A record, so that a new option does not compile until it is
 * read.
 */
export const FIELD_READERS: FieldReaders = {
  origin: readOriginOption,
  methods: readMethods,
  allowedHeaders: readAllowedHeaders,
  exposedHeaders: readExposedHeaders,
  credentials: readBoolean,
  maxAge: (value, path, report) => readWhole(value, path, report, { code: 'max-age', least: 0, most: 86_400 }),
  preflightContinue: readBoolean,
  optionsSuccessStatus: (value, path, report) =>
    readWhole(value, path, report, { code: 'status', least: 200, most: 299 }),
  enforce: readBoolean,
  originTimeout: readTimeout,
};

/** True for the name of a field. */
export function isField(key: PropertyKey): key is PolicyField {
  return Object.hasOwn(FIELD_READERS, key);
}

export const POLICY_FIELDS: readonly PolicyField[] = Object.keys(FIELD_READERS).filter(isField);

function readBoolean(value: unknown, path: string, report: Report): boolean | undefined {
  if (typeof value === 'boolean') {
    return value;
  }
  report({ code: 'type', path, value, expected: 'true or false' });
  // As an environment variable has it: what the right value leads to is to be seen now, not at the next start.
  return value === 'true' ? true : undefined;
}

interface Range {
  readonly code: 'max-age' | 'status';
  readonly least: number;
  readonly most: number;
}

function readWhole(value: unknown, path: string, report: Report, { code, least, most }: Range): number | undefined {
  if (typeof value !== 'number') {
    report({ code: 'type', path, value, expected: `a whole number from ${least} to ${most}` });
  } else if (Number.isInteger(value) && value >= least && value <= most) {
    return value;
  } else {
    report({ code, path, value });
  }
  return undefined;
}

/** What setTimeout takes: a longer time overflows and passes at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

function readTimeout(value: unknown, path: string, report: Report): number | undefined {
  if (typeof value === 'number' && value > 0 && value <= LONGEST_TIMEOUT) {
    return value;
  }
  report({
    code: 'type',
    path,
    value,
    expected: `a number of milliseconds, more than 0 and at most ${LONGEST_TIMEOUT}`,
  });
  return undefined;
}

/** Reads `dangerouslyAllow`. */
export function readAcknowledged(value: unknown, path: string, report: Report): ReadonlySet<CorsDangerCode> {
  const codes = new Set<CorsDangerCode>();
  if (!Array.isArray(value)) {
    report({ code: 'type', path, value, expected: 'a list of codes' });
    return codes;
  }
  for (const item of itemsOf(value, path)) {
    if (typeof item.value === 'string' && isDanger(item.value)) {
      codes.add(item.value);
    } else {
      report(unknownCode(item.path, item.value));
    }
  }
  return codes;
}

function unknownCode(path: string, value: unknown): Finding {
  return {
    code: 'unknown-option',
    path,
    value,
    guess: typeof value === 'string' ? closestName(value, DANGER_CODES) : undefined,
  };
}
