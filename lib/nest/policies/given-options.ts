import type { Provider } from '@nestjs/common';

import { isNativeError, isPromise, isProxy } from '../../packages/node.js';
import { closestName } from '../../policy/mistakes/closest-name.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { thrownText } from '../../policy/mistakes/safe-text.js';
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

/** The provider of `forRootAsync()`, which calls the app's factory: what that returns or throws passes the container as well. */
export function shelterFactory(provider: Provider): Provider {
  if (typeof provider === 'function' || !('useFactory' in provider)) {
    return provider;
  }
  const make: (...dependencies: unknown[]) => unknown = provider.useFactory;
  const useFactory = async (...dependencies: unknown[]): Promise<unknown> => {
    try {
      const options = await make(...dependencies);
      return isSafeInContainer(options) ? options : new MisgivenOptions(options);
    } catch (error) {
      throw isPrimitive(error) || (isNativeError(error) && isSafeInContainer(error))
        ? error
        : new Error(`the factory of CorsModule.forRootAsync() failed: ${thrownText(error)}`);
    }
  };
  return { ...provider, useFactory };
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
