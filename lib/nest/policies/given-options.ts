import type { FactoryProvider } from '@nestjs/common';

import { isNativeError, isPromise, isProxy } from '../../packages/node.js';
import { closestName } from '../../policy/mistakes/closest-name.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { thrownText } from '../../policy/mistakes/safe-text.js';
import { hasGenerator, isGenerator, NO_GENERATOR } from '../../policy/model/function-kinds.js';
import { inheritedOption, ownValue } from '../../policy/model/own-keys.js';
import { settle } from '../report/settle.js';

/**
 * Carries a value that was given in place of options through Nest's container: a promise would be awaited there, and an
 * invalid provider would be Nest's error at `create()` rather than a `CorsConfigError` at `init()`.
 */
export class MisgivenOptions {
  /** Recognises an instance. `instanceof` would ask a proxy for its prototype, which may throw. */
  // oxlint-disable-next-line no-unused-private-class-members -- `#brand in value` is its use
  readonly #brand = undefined;

  constructor(
    readonly value: unknown,
    /** Set if the mistake is not in the options themselves. */
    readonly issues: readonly CorsConfigIssue[] = [],
  ) {}

  static isOne(value: unknown): value is MisgivenOptions {
    return typeof value === 'object' && value !== null && #brand in value;
  }
}

/** Anything that may be an object of options passes unchanged; it is checked at start. */
export function givenToRoot(options: unknown): unknown {
  if (isPromise(options)) {
    // This module reports the mistake; an unhandled rejection would end the process before that.
    settle(options, () => undefined);
  }
  return isSafeInContainer(options) ? options : new MisgivenOptions(options);
}

/** Nest reads a provided value's prototype, constructor and `then`: reading them must not throw, and `then` not be awaited. */
function isSafeInContainer(options: unknown): boolean {
  try {
    return (
      typeof options === 'object' &&
      options !== null &&
      !isProxy(options) &&
      !('then' in options) &&
      !Object.hasOwn(options, 'constructor')
    );
  } catch {
    return false;
  }
}

/** What `useClass` or `useExisting` names. */
export interface ClassSource {
  readonly key: 'useClass' | 'useExisting';
  readonly value: unknown;
}

/** Undefined if there is a factory, which Nest prefers, or nothing at all. */
export function classSourceOf(options: object): ClassSource | undefined {
  if (ownValue(options, 'useFactory') !== undefined) {
    return undefined;
  }
  // In Nest's order.
  const key = ownValue(options, 'useExisting') === undefined ? 'useClass' : 'useExisting';
  return { key, value: ownValue(options, key) };
}

type Make = (...dependencies: unknown[]) => Promise<unknown>;

/**
 * A factory of `forRootAsync()`, which calls the app's: what that returns or throws passes the container as well.
 *
 * @param source - the class whose instance is the factory's only dependency.
 */
export function shelterFactory({ useFactory }: FactoryProvider, source: ClassSource | undefined): Make {
  const make: (...dependencies: unknown[]) => unknown = useFactory;
  return async (...dependencies) => {
    if (source !== undefined && !hasMethod(dependencies[0], FACTORY_METHOD)) {
      return misgiven(source.key, source.value, `a class with a method ${FACTORY_METHOD}()`);
    }
    if (source !== undefined && hasGenerator(dependencies[0], FACTORY_METHOD)) {
      return misgiven(
        source.key,
        source.value,
        `a class whose ${FACTORY_METHOD}() returns the options, ${NO_GENERATOR}`,
      );
    }
    try {
      const options = await make(...dependencies);
      if (hasMethod(options, FACTORY_METHOD)) {
        const expected = `the options that ${FACTORY_METHOD}() returns; for its class use useClass or useExisting`;
        return misgiven(source?.key ?? 'useFactory', options, expected);
      }
      return isSafeInContainer(options) ? options : new MisgivenOptions(options);
    } catch (error) {
      throw isPrimitive(error) || (isNativeError(error) && isSafeInContainer(error))
        ? error
        : new Error(`the factory of CorsModule.forRootAsync() failed: ${thrownText(error)}`);
    }
  };
}

function misgiven(path: string, value: unknown, expected: string): MisgivenOptions {
  return new MisgivenOptions(value, [{ code: 'type', where: WHERE, path, value, expected }]);
}

/**
 * Usually a method of its class; properties of `Object.prototype` do not count. If a getter or a proxy of the app throws, there
 * is nothing to call.
 */
export function hasMethod(value: unknown, name: string): value is object {
  try {
    const method: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    return typeof method === 'function' && method !== ownValue(Object.prototype, name);
  } catch {
    return false;
  }
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
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
const FACTORY_METHOD = 'createCorsOptions';

/** Mistakes in the options of `forRootAsync()` themselves. The result of its factory is checked at start. */
export function findAsyncMistakes(options: unknown): readonly CorsConfigIssue[] {
  try {
    return judgeAsyncOptions(options);
  } catch {
    const expected = 'an object that can be read; reading this one threw an error';
    return [{ code: 'type', where: WHERE, path: '', value: options, expected }];
  }
}

function judgeAsyncOptions(options: unknown): readonly CorsConfigIssue[] {
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
    type('', options, `a plain object, as ${inherited} is inherited from the object's class`);
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

/** One of the three is required, and Nest calls it without checking it. */
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
  if (isGenerator(factory)) {
    type('useFactory', factory, `a function that returns the options, ${NO_GENERATOR}`);
  }
  if (source !== undefined && typeof source !== 'function') {
    type('useClass', source, `a class with a method ${FACTORY_METHOD}()`);
  }
  for (const key of ['imports', 'inject']) {
    const list = ownValue(options, key);
    if (list !== undefined && !Array.isArray(list)) {
      type(key, list, 'a list');
    }
  }
}
