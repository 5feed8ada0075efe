import type { OptionsSource } from './options-source.js';

/** Brings options from the factory of `forRootAsync()` into force again. */
export class PolicyReloads {
  readonly #source: OptionsSource | undefined;
  readonly #swap: (options: unknown) => void;
  /** One after the other: what was asked for last has the last word. */
  #last: Promise<void> = Promise.resolve();
  /** `update()` has put others in the place of those that the factory made. */
  #isUpdated = false;

  /**
   * @param options - those of the start: undefined is the source where a test has put others in their place.
   * @param swap - throws, and changes nothing, where there are mistakes.
   */
  constructor(source: OptionsSource | undefined, options: unknown, swap: (options: unknown) => void) {
    this.#source = source?.isSourceOf(options) === true ? source : undefined;
    this.#swap = swap;
  }

  update(options: unknown): void {
    this.#swap(options);
    this.#isUpdated = true;
  }

  /** Rejects and changes nothing if the factory fails or its options have mistakes. */
  async reload(): Promise<void> {
    const source = this.#source;
    if (source === undefined) {
      throw new Error(
        'CorsService.reload() runs the factory of CorsModule.forRootAsync() again, but these options have no factory; use update()',
      );
    }
    const reload = this.#last.then(async () => {
      this.#swap(await source.run());
      this.#isUpdated = false;
    });
    this.#last = reload.catch(() => undefined);
    return reload;
  }

  /** Requested by another instance, or by a bus that may have lost messages. The options of `update()` stay. */
  async reloadAsAsked(): Promise<void> {
    if (!this.#isUpdated && this.#source !== undefined) {
      await this.reload();
    }
  }
}
