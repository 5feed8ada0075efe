import { closestName } from '../mistakes/closest-name.js';
import type { Finding, Report } from '../mistakes/issue-data.js';
import type { CorsDangerCode } from '../model/options.js';
import { withoutPrototype } from '../model/own-keys.js';
import type { PolicyField } from '../model/policy.js';
import { givenOptions } from './options-object.js';
import {
  FIELD_READERS,
  isField,
  POLICY_FIELDS,
  readAcknowledged,
  type FieldReaders,
  type FieldValues,
  type PolicyValues,
} from './policy-values.js';

/**
 * One options object, read once and copied: getters have run, arrays are copies, and nothing in it can change any more.
 */
export interface WrittenPolicy {
  readonly values: PolicyValues;
  readonly use: string | undefined;
  readonly acknowledged: ReadonlySet<CorsDangerCode> | undefined;
  /** `origin` is there, readable or not. */
  readonly namesOrigin: boolean;
  /** There is a key other than `use`. */
  readonly saysMore: boolean;
  readonly findings: readonly Finding[];
}

/** The keys of a policy. */
export const POLICY_KEYS: readonly string[] = ['use', ...POLICY_FIELDS, 'dangerouslyAllow'];

/** forRoot's own keys, which stand among those of its policy. */
export const ROOT_KEYS: readonly string[] = ['policies', 'paths', 'debug', 'bus'];

/**
 * Reads a policy of any type; every access to it may throw: JavaScript has no types, and a factory returns values from
 * configuration. Every failure becomes a finding.
 *
 * @param otherKeys - keys that other code reads, such as forRoot's `policies`.
 */
export function readPolicy(written: unknown, otherKeys: readonly string[] = []): WrittenPolicy {
  const reading = new Reading(otherKeys);
  reading.guard('', () => reading.readAll(written));
  return reading;
}

class Reading implements WrittenPolicy {
  readonly values: Partial<FieldValues> = withoutPrototype({});
  readonly findings: Finding[] = [];
  use: string | undefined;
  acknowledged: ReadonlySet<CorsDangerCode> | undefined;
  namesOrigin = false;
  saysMore = false;
  readonly #otherKeys: readonly string[];

  constructor(otherKeys: readonly string[]) {
    this.#otherKeys = otherKeys;
  }

  readonly report: Report = (finding) => {
    this.findings.push(finding);
  };

  /** Own keys only: a polluted `Object.prototype.origin` must not open anything. */
  readAll(written: unknown): void {
    const place = this.#otherKeys.length > 0 ? 'forRoot' : 'policy';
    const { options, expected } = givenOptions(written, place, [...POLICY_KEYS, ...this.#otherKeys]);
    if (options === undefined) {
      this.report({ code: 'type', path: '', value: written, expected });
      return;
    }
    for (const key of Reflect.ownKeys(options)) {
      const path = typeof key === 'string' ? key : '';
      this.namesOrigin ||= key === 'origin';
      this.guard(path, () => this.#readKey(key, path, options));
    }
  }

  guard(path: string, read: () => void): void {
    try {
      read();
    } catch {
      this.report({
        code: 'type',
        path,
        value: undefined,
        expected: 'a value that can be read; reading this one threw an error',
      });
    }
  }

  #readKey(key: PropertyKey, path: string, written: object): void {
    if (typeof key === 'string' && this.#otherKeys.includes(key)) {
      return;
    }
    const value: unknown = Reflect.get(written, key);
    // An origin of `undefined` is an environment variable that is not set; dropping it would let an inherited, wider
    // one through.
    if (value === undefined && key !== 'origin' && POLICY_KEYS.includes(String(key))) {
      return;
    }
    this.saysMore ||= key !== 'use';
    if (isField(key)) {
      this.#readField(key, path, value);
    } else if (key === 'use') {
      this.#readUse(path, value);
    } else if (key === 'dangerouslyAllow') {
      this.acknowledged = readAcknowledged(value, path, this.report);
    } else {
      this.report({ code: 'unknown-option', path, value: key, guess: this.#guess(key) });
    }
  }

  #readField<Field extends PolicyField>(field: Field, path: string, value: unknown): void {
    const reader: FieldReaders[Field] = FIELD_READERS[field];
    const read = reader(value, path, this.report);
    if (read !== undefined) {
      this.values[field] = read;
    }
  }

  #readUse(path: string, value: unknown): void {
    if (typeof value === 'string') {
      this.use = value;
    } else {
      this.report({ code: 'type', path, value, expected: "a policy's name" });
    }
  }

  #guess(key: PropertyKey): string | undefined {
    return closestName(String(key), [...POLICY_KEYS, ...this.#otherKeys]);
  }
}

/** The value of a layer, read: closed, or a policy. */
export type WrittenValue = WrittenPolicy | false;

/** Reads one value of a layer: `false`, a policy, or a name, which is short for `{ use: name }`. */
export function readValue(value: unknown, otherKeys?: readonly string[]): WrittenValue {
  if (value === false) {
    return false;
  }
  return readPolicy(typeof value === 'string' ? { use: value } : value, otherKeys);
}
