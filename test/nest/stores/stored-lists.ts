import type { AppLog } from '../../../lib/nest/report/app-log.js';
import { OriginLists } from '../../../lib/nest/stores/origin-lists.js';
import { StoreLog } from '../../../lib/nest/stores/store-log.js';
import { readStoreOptions, type CorsOriginStoreOptions } from '../../../lib/nest/stores/store-options.js';
import { ManualClock } from './manual-clock.js';

/** One load that the test answers. */
export interface AskedLoad {
  readonly key: string;
  readonly signal: AbortSignal;
  answer(list: unknown): void;
  fail(error: unknown): void;
}

/** The lists of a store on a clock and a database of the test's. */
export class StoredLists {
  readonly clock = new ManualClock();
  readonly lists: OriginLists;
  /** Every load that was begun. */
  readonly loads: AskedLoad[] = [];
  readonly said: string[] = [];
  /** What the database says at once, by key; undefined: the test answers. */
  database: ((key: string) => unknown) | undefined;

  /** What `load()` does instead, without a promise. */
  atOnce: (() => unknown) | undefined;

  constructor(options: CorsOriginStoreOptions = {}) {
    const { settings } = readStoreOptions(options, 'Stored');
    const say = (line: string): void => void this.said.push(line);
    const log = new StoreLog('Stored', settings.max, { warn: say, error: say } as AppLog, () => this.clock.now());
    this.lists = new OriginLists(settings, (key, signal) => this.#load(key, signal), {
      clock: this.clock,
      log,
      name: 'Stored',
    });
  }

  allows(key: string, origin = 'https://a.example', signal = new AbortController().signal): boolean | Promise<boolean> {
    return this.lists.allows(key, origin, true, { signal });
  }

  #load(key: string, signal: AbortSignal): unknown {
    if (this.atOnce !== undefined) {
      this.loads.push({ key, signal, answer: () => undefined, fail: () => undefined });
      return this.atOnce();
    }
    return new Promise((resolve, reject) => {
      this.loads.push({ key, signal, answer: resolve, fail: reject });
      if (this.database !== undefined) {
        resolve(this.database(key));
      }
    });
  }
}
