import type { FactoryProvider, Provider } from '@nestjs/common';

import { shelterFactory, type ClassSource } from './given-options.js';
import { Holders, type Holder } from './holders.js';

/**
 * The injection token of the {@link OptionsSource}. It is always provided: for what is not, even if it is optional,
 * a testing module calls its mocker.
 */
export const OPTIONS_SOURCE = Symbol('nestjs-cors:options-source');

/** The options of `forRoot()`. Nobody asks for them: with `moduleIdGeneratorAlgorithm: 'deep'` they tell two modules apart. */
const GIVEN_OPTIONS = Symbol('nestjs-cors:given-options');

const sources = new Holders<OptionsSource>();

/** Where the options come from: the factory of `forRootAsync()` with what it injects, or the argument of `forRoot()`. */
export class OptionsSource {
  readonly #make: () => unknown;
  #first: unknown = undefined;

  constructor(
    make: () => unknown,
    /** `CorsService.reload()` can run it again. */
    readonly isFactory: boolean,
  ) {
    this.#make = make;
  }

  async run(): Promise<unknown> {
    const options = await this.#make();
    this.#first ??= options;
    return options;
  }

  /**
   * The options of the start, as they were made: an `instanceDecorator` may have replaced those in the container. Undefined if a
   * test has put other options in their place.
   */
  get first(): unknown {
    return this.#first;
  }
}

/** Undefined for what is not a source, such as a mock. */
export function sourceIn(given: unknown): OptionsSource | undefined {
  return sources.open(given);
}

/** The providers of the options of `forRoot()`, which may be anything that passes the container. */
export function givenProviders(options: unknown, token: symbol): readonly Provider[] {
  const source = (): Holder<OptionsSource> => sources.hold(new OptionsSource(() => options, false));
  return [
    { provide: GIVEN_OPTIONS, useValue: options },
    { provide: OPTIONS_SOURCE, useFactory: source },
    optionsFrom(token),
  ];
}

/**
 * A provider of `forRootAsync()`; in two where it is the factory of the options, which is the app's and may be run again.
 *
 * @param token - of the options.
 * @param source - the class that has to have `createCorsOptions()`, if there is one.
 */
export function sheltered(provider: Provider, token: symbol, source: ClassSource | undefined): readonly Provider[] {
  if (typeof provider === 'function' || !('useFactory' in provider)) {
    return [provider];
  }
  const make = shelterFactory(provider, source);
  if (provider.provide !== token) {
    return [{ ...provider, useFactory: make }];
  }
  const hold = (...dependencies: unknown[]): Holder<OptionsSource> =>
    sources.hold(new OptionsSource(async () => make(...dependencies), true));
  return [{ ...provider, provide: OPTIONS_SOURCE, useFactory: hold }, optionsFrom(token)];
}

function optionsFrom(token: symbol): FactoryProvider {
  return { provide: token, inject: [OPTIONS_SOURCE], useFactory: async (holder: unknown) => sourceIn(holder)?.run() };
}
