import { isBoxedPrimitive, isNativeError, isRegExp } from '../../packages/node.js';
import { noOriginIn } from '../mistakes/no-origin.js';
import { quotedCure, quotedValue } from '../mistakes/safe-text.js';
import { argumentsIn } from '../model/layer.js';
import { isClass } from '../model/function-kinds.js';
import { inheritedOption, isPlainObject, withoutPrototype } from '../model/own-keys.js';
import { harmlessOrigin } from '../origins/origin-option.js';
import { closestName } from '../mistakes/closest-name.js';
import type { Finding, Report } from '../mistakes/issue-data.js';
import type { CorsDangerCode } from '../model/options.js';
import type { PolicyField } from '../model/policy.js';
import {
  FIELD_READERS,
  isField,
  POLICY_FIELDS,
  readAcknowledged,
  type FieldReaders,
  type FieldValues,
  type PolicyValues,
} from './policy-values.js';

/** Where options were given: what cures there differs. */
export type OptionsPlace = 'forRoot' | 'policy';

/** What was given: an object to read options from, or what to write instead, as it completes "write …". */
export type GivenOptions =
  | { readonly options: object; readonly expected: undefined }
  | { readonly options: undefined; readonly expected: string };

/**
 * Tells an object of options from other values. Each kind of value has its own cure, as each was meant in its own way: `true`
 * as in `{ cors: true }`, a function as in `enableCors((request, callback) => …)`.
 *
 * @param names - the options that exist: one that only the object's class has would be silently ignored.
 */
export function givenOptions(value: unknown, place: OptionsPlace, names: readonly string[]): GivenOptions {
  if (typeof value !== 'object' || value === null) {
    return { options: undefined, expected: insteadOf(value, place) };
  }
  const expected = insteadOfObject(value, place, names);
  return expected === undefined ? { options: value, expected } : { options: undefined, expected };
}

function insteadOf(value: unknown, place: OptionsPlace): string {
  if (value === undefined || value === null) {
    return NOTHING[place];
  }
  if (typeof value === 'boolean') {
    return value ? "{ origin: '*' } for any origin" : '{ origin: false } for none';
  }
  if (typeof value === 'string') {
    return aroundOrigin(value);
  }
  if (typeof value === 'function') {
    return isClass(value) ? CLASS[place] : aroundFunction(value, place);
  }
  return EXAMPLE;
}

const EXAMPLE = "an object with options, such as { origin: 'https://app.example.com' }";

const NOTHING: Readonly<Record<OptionsPlace, string>> = {
  forRoot: '{} for no options (a factory has to return them, with parentheses: () => ({ … }))',
  policy: "a policy, such as { origin: 'https://app.example.com' }, the name of one, or false to allow no origin",
};

const CLASS: Readonly<Record<OptionsPlace, string>> = {
  forRoot: 'forRootAsync({ useClass: … }) for a class that creates the options',
  policy: '{ origin: { resolver: … } } around a class that decides about origins',
};

const PER_ORIGIN = 'for what depends on the origin, { origin: (origin, request) => true or false }';

/** The literal port of `enableCors((request, callback) => …)`, or a function that makes the options. */
function aroundFunction(value: object, place: OptionsPlace): string {
  if (place === 'policy') {
    return `the options themselves; ${PER_ORIGIN}`;
  }
  // It may be a getter instead, but this only affects the message.
  return Reflect.get(value, 'length') === 0
    ? 'forRootAsync({ useFactory: … }) for options that a function creates'
    : `the options themselves; for what depends on the route, @Cors; ${PER_ORIGIN}`;
}

/** `forRoot('https://app.example.com')`: the origin goes where origins go, in the spelling that the next start accepts. */
function aroundOrigin(text: string): string {
  if (text === '*') {
    return "{ origin: '*' }";
  }
  const right = harmlessOrigin(text, false);
  return right === undefined ? EXAMPLE : `{ origin: ${quotedCure(right)} }`;
}

function insteadOfObject(value: object, place: OptionsPlace, names: readonly string[]): string | undefined {
  if (Array.isArray(value)) {
    return '{ origin: [ … ] } around a list of origins';
  }
  if (isPlainObject(value)) {
    return undefined;
  }
  if (isRegExp(value)) {
    return `{ origin: ${quotedValue(value)} } for the origins that it matches`;
  }
  // Their own keys are none that anybody wrote: letters of a text, bytes, a stack.
  if (isBoxedPrimitive(value) || isNativeError(value) || ArrayBuffer.isView(value)) {
    return EXAMPLE;
  }
  if (typeof Reflect.get(value, 'then') === 'function') {
    return place === 'forRoot'
      ? 'the options themselves, or forRootAsync({ useFactory: async () => … }) for options that are loaded later'
      : 'the policy itself, which has to exist when the class is defined';
  }
  const inherited = inheritedOption(value, names);
  if (inherited !== undefined) {
    return `a plain object, as ${inherited} is inherited from the object's class: { ${inherited}: options.${inherited} }`;
  }
  // A Map, a Date, a class whose fields are all private: there is nothing to read, and without a mistake the user would
  // believe that it had been read.
  return Reflect.ownKeys(value).length === 0 ? 'a plain object (Object.fromEntries(map) for a Map)' : undefined;
}

/** `@Cors` takes one value: what it was given, in the spelling that the next start accepts. */
function insteadOfSeveral(values: readonly unknown[]): string {
  const [first, second] = values;
  const origins = values.map((value) => (typeof value === 'string' ? harmlessOrigin(value, true) : undefined));
  if (origins.every((origin) => origin !== undefined)) {
    return `{ origin: [${origins.map(quotedCure).join(', ')}] } as the only argument`;
  }
  // Neither '*' nor a word such as 'self' is the name of a policy.
  if (typeof first === 'string' && first !== '*' && noOriginIn(first) === undefined && isPlain(second)) {
    const origin = harmlessOrigin(first, true);
    const head = origin === undefined ? `use: ${quotedCure(first)}` : `origin: ${quotedCure(origin)}`;
    return `{ ${head}, … } as the only argument, with the options in it`;
  }
  return isPlain(first) && isPlain(second)
    ? 'all options into the first argument, which is the only one'
    : 'one argument: a policy, the name of one, or false';
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
    const several = argumentsIn(written);
    if (several !== undefined) {
      this.report({
        code: 'type',
        path: '',
        value: several.slice(1).find((value) => value !== undefined),
        expected: insteadOfSeveral(several),
      });
      return;
    }
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
