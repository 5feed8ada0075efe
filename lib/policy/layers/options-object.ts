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
 * Tells an object of options from everything else. Each kind has its own cure, as each was meant in its own way: `true`
 * as in `{ cors: true }`, a function as in `enableCors((request, callback) => …)`.
 *
 * @param names - the options that there are: one that only the object's class has would be dropped in silence.
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
    return value ? "{ origin: '*' } for everyone" : '{ origin: false } for nobody';
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
  forRoot: '{} for no options (a factory returns them: () => ({ … }), with the parentheses)',
  policy: "a policy, such as { origin: 'https://app.example.com' }, the name of one, or false for nobody",
};

const CLASS: Readonly<Record<OptionsPlace, string>> = {
  forRoot: 'forRootAsync({ useClass: … }) for a class that makes the options',
  policy: '{ origin: { resolver: … } } around a class that decides about origins',
};

const PER_ORIGIN = 'for what depends on the origin, { origin: (origin, request) => true or false }';

/** The literal port of `enableCors((request, callback) => …)`, or a function that makes the options. */
function aroundFunction(value: object, place: OptionsPlace): string {
  if (place === 'policy') {
    return `the options themselves; ${PER_ORIGIN}`;
  }
  // A getter may stand in its place, but this is only about the words.
  return Reflect.get(value, 'length') === 0
    ? 'forRootAsync({ useFactory: … }) for options that a function makes'
    : `the options themselves; for what depends on the route, @Cors; ${PER_ORIGIN}`;
}

/** `forRoot('https://app.example.com')`: the origin goes where origins go, in the spelling that the next start takes. */
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
  if (typeof Reflect.get(value, 'then') === 'function') {
    return place === 'forRoot'
      ? 'the options themselves, or forRootAsync({ useFactory: async () => … }) for options that come later'
      : 'the policy itself: it has to be there when the class is defined';
  }
  const inherited = inheritedOption(value, names);
  if (inherited !== undefined) {
    return `a plain object, as ${inherited} is not the object's own, but its class's: { ${inherited}: options.${inherited} }`;
  }
  // A Map, a Date, a class whose fields are all private: there is nothing to read, and saying nothing about it would
  // leave somebody believing.
  return Reflect.ownKeys(value).length === 0 ? 'a plain object (Object.fromEntries(map) for a Map)' : undefined;
}
