import type { Provider } from '@nestjs/common';

import { shelterFactory } from './given-options.js';

/** The injection token of the {@link OptionsSource}. */
export const OPTIONS_SOURCE = Symbol('nestjs-cors:options-source');

/** The factory of `forRootAsync()` with what it injects: `CorsService.reload()` runs it again. */
export class OptionsSource {
  readonly #make: () => Promise<unknown>;
  #first: unknown = undefined;

  constructor(make: () => Promise<unknown>) {
    this.#make = make;
  }

  async run(): Promise<unknown> {
    const options = await this.#make();
    this.#first ??= options;
    return options;
  }

  /** False where a test has put other options in their place. */
  isSourceOf(options: unknown): boolean {
    return this.#first === options;
  }
}

/**
 * A provider of `forRootAsync()`; in two where it is the factory of the options, which is the app's and may be run again.
 *
 * @param token - of the options.
 */
export function sheltered(provider: Provider, token: symbol): readonly Provider[] {
  const safe = shelterFactory(provider);
  if (typeof safe === 'function' || !('useFactory' in safe) || safe.provide !== token) {
    return [safe];
  }
  const make: (...dependencies: unknown[]) => Promise<unknown> = safe.useFactory;
  const source = (...dependencies: unknown[]): OptionsSource => new OptionsSource(async () => make(...dependencies));
  return [
    { ...safe, provide: OPTIONS_SOURCE, useFactory: source },
    { provide: token, inject: [OPTIONS_SOURCE], useFactory: async (made: OptionsSource) => made.run() },
  ];
}
