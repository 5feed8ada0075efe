import { types } from 'node:util';

import { closestName } from '../../policy/mistakes/closest-name.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { inheritedOption, ownValue } from '../../policy/model/own-keys.js';

/**
 * What was given in place of options, on its way through Nest's container: a promise would be awaited there, and what is
 * no provider at all would be Nest's error at `create()` rather than ours at `init()`.
 */
export class MisgivenOptions {
  constructor(
    readonly value: unknown,
    /** Known where it is not the options themselves that are mistaken. */
    readonly issues: readonly CorsConfigIssue[] = [],
  ) {}
}

/** Anything that could be an object of options goes through as it is; it is judged at start. */
export function givenToRoot(options: unknown): unknown {
  if (types.isPromise(options)) {
    // The mistake is ours to report; a rejection of theirs would end the process before that.
    options.catch(() => undefined);
  }
  const isObject = typeof options === 'object' && options !== null && !types.isPromise(options);
  return isObject ? options : new MisgivenOptions(options);
}

const ASYNC_KEYS = [
  'imports',
  'inject',
  'useFactory',
  'useClass',
  'useExisting',
  'provideInjectionTokensFrom',
] as const;
const WHERE = 'forRootAsync';

/** What is wrong with the options of `forRootAsync()` themselves. What its factory returns is judged at start. */
export function findAsyncMistakes(options: unknown): readonly CorsConfigIssue[] {
  const found: CorsConfigIssue[] = [];
  const type = (path: string, value: unknown, expected: string): void => {
    found.push({ code: 'type', where: WHERE, path, value, expected });
  };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const isFunction = typeof options === 'function';
    type(
      '',
      options,
      isFunction ? '{ useFactory: … } around the function' : 'an object with useFactory, useClass or useExisting',
    );
    return found;
  }
  const inherited = inheritedOption(options, ASYNC_KEYS);
  if (inherited !== undefined) {
    type('', options, `a plain object, as ${inherited} is not the object's own, but its class's`);
    return found;
  }
  checkSource(options, type);
  if (found.length === 0) {
    found.push(...unknownKeys(options));
  }
  return found;
}

function unknownKeys(options: object): readonly CorsConfigIssue[] {
  const free = ASYNC_KEYS.filter((name) => !Object.hasOwn(options, name));
  return Reflect.ownKeys(options)
    .filter((key) => !ASYNC_KEYS.some((known) => known === key))
    .map((key) => {
      const name = String(key);
      return { code: 'unknown-option', where: WHERE, path: name, value: key, guess: closestName(name, free) };
    });
}

/** One of the three has to be there, and Nest calls it unseen. */
function checkSource(options: object, type: (path: string, value: unknown, expected: string) => void): void {
  const factory = ownValue(options, 'useFactory');
  const source = ownValue(options, 'useClass');
  if (factory === undefined && source === undefined && ownValue(options, 'useExisting') === undefined) {
    type(
      '',
      options,
      'useFactory: () => ({ … }), useClass or useExisting into it; forRoot({ … }) takes the options themselves',
    );
  }
  if (factory !== undefined && typeof factory !== 'function') {
    type('useFactory', factory, 'a function that returns the options, () => ({ … })');
  }
  if (source !== undefined && typeof source !== 'function') {
    type('useClass', source, 'a class with a method createCorsOptions()');
  }
  for (const key of ['imports', 'inject']) {
    const list = ownValue(options, key);
    if (list !== undefined && !Array.isArray(list)) {
      type(key, list, 'a list');
    }
  }
}
