import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';

import { CorsConfigError } from '../../policy/mistakes/config-error.js';
import { isClass, isGenerator, NO_GENERATOR } from '../../policy/model/function-kinds.js';
import { settle } from '../report/settle.js';
import type { CorsModuleOptions } from './cors.options.js';
import type { OptionsSource } from './options-source.js';

/** What `CorsService.update()` takes. */
export type OptionsChange = CorsModuleOptions | ((current: CorsModuleOptions) => CorsModuleOptions);

/** Brings options from the factory of `forRootAsync()` into force again. */
export class PolicyReloads {
  readonly #source: OptionsSource | undefined;
  readonly #swap: (options: unknown) => void;
  /** Tells what the factory calls. A timer that it leaves behind does not count once the factory has settled. */
  readonly #within = new AsyncLocalStorage<{ isOver: boolean }>();
  #running = 0;
  /** The latest request wins, even if an earlier factory settles last. A factory may never settle. */
  #asked = 0;
  /** The request whose options are in force. */
  #inForce = 0;
  /** `update()` has put others in the place of those that the factory made. */
  #isUpdated = false;

  /**
   * @param source - undefined if a test has put other options in the place of its own.
   * @param swap - throws, and changes nothing, where there are mistakes.
   */
  constructor(source: OptionsSource | undefined, swap: (options: unknown) => void) {
    this.#source = source?.isFactory === true ? source : undefined;
    this.#swap = swap;
  }

  update(change: OptionsChange, current: CorsModuleOptions): void {
    if (isGenerator(change)) {
      throw misgiven(change, `a function that returns the options, ${NO_GENERATOR}`);
    }
    // A class cannot be called: it is reported like any other wrong value.
    const options: unknown = typeof change === 'function' && !isClass(change) ? change(current) : change;
    if (types.isPromise(options)) {
      settle(options, () => undefined);
      throw misgiven(options, 'the options themselves; await the promise first');
    }
    this.#swap(options);
    this.#asked += 1;
    this.#inForce = this.#asked;
    this.#isUpdated = true;
  }

  /**
   * Rejects and changes nothing if the factory fails or its options have mistakes. It does not replace options that `update()` or a
   * later reload has set in the meantime: they may revoke an origin.
   */
  async reload(): Promise<void> {
    const source = this.#source;
    if (source === undefined) {
      throw new Error(
        'CorsService.reload() runs the factory of CorsModule.forRootAsync() again, but these options have no factory; use update()',
      );
    }
    if (this.#within.getStore()?.isOver === false) {
      // Each run would begin another one, without an end.
      throw new Error(
        'CorsService.reload() was called by the factory that it runs; return the options there, and call reload() where their source has changed',
      );
    }
    this.#asked += 1;
    const turn = this.#asked;
    const options = await this.#run(source);
    if (turn > this.#inForce) {
      this.#swap(options);
      this.#inForce = turn;
      this.#isUpdated = false;
    }
  }

  async #run(source: OptionsSource): Promise<unknown> {
    const run = { isOver: false };
    this.#running += 1;
    try {
      return await this.#within.run(run, async () => source.run());
    } finally {
      run.isOver = true;
      this.#running -= 1;
      if (this.#running === 0) {
        // Before Node 24 every promise of the process is slower while it is enabled.
        this.#within.disable();
      }
    }
  }

  /** Requested by another instance, or by a bus that may have lost messages. The options of `update()` stay. */
  async reloadAsAsked(): Promise<void> {
    if (!this.#isUpdated && this.#source !== undefined) {
      await this.reload();
    }
  }
}

function misgiven(value: unknown, expected: string): CorsConfigError {
  return new CorsConfigError([{ code: 'type', where: 'CorsService.update()', path: '', value, expected }]);
}
