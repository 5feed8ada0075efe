import { isBoxedPrimitive, isNativeError, isRegExp } from '../../packages/node.js';
import { quotedValue } from '../mistakes/quoted-value.js';
import { isClass } from '../model/is-class.js';
import { inheritedOption, isPlainObject } from '../model/own-keys.js';
import { harmlessOrigin } from '../origins/origin-option.js';

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
  return right === undefined ? EXAMPLE : `{ origin: ${quotedValue(right)} }`;
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
