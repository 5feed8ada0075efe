import type { AppLog } from '../../../../lib/nest/report/app-log.js';
import { BusLink } from '../../../../lib/nest/stores/bus-link.js';
import { OriginLists } from '../../../../lib/nest/stores/origin-lists.js';
import { StoreLog } from '../../../../lib/nest/stores/store-log.js';
import type { StoreSettings } from '../../../../lib/nest/stores/store-options.js';
import type { BusEnd, SimulatedBus } from './simulated-bus.js';
import type { SimulatedClock } from './simulated-clock.js';
import type { SimulatedDatabase } from './simulated-database.js';

const silence = { warn: () => undefined, error: () => undefined, debug: () => undefined } as unknown as AppLog;

/** A key, as the world sees it from outside of the store. */
interface Seen {
  /** When the instance was told last that the list was changed. */
  heard: number;
  /** When the instance forgot the list last, because it was told to. */
  forgotten: number;
  /** When the load began whose list the instance should have; undefined: it should have none. */
  loaded: number | undefined;
  /** Signals of loads that run. */
  readonly running: Set<AbortSignal>;
  /** Requests that wait. */
  waiting: number;
  /** When somebody asked last. */
  asked: number;
}

/** One process: the lists of a store and its end of the bus, wired as an application wires them. */
export class SimulatedInstance {
  readonly lists: OriginLists;
  readonly end: BusEnd;
  readonly #link: BusLink;
  readonly #seen = new Map<string, Seen>();
  readonly #clock: SimulatedClock;
  readonly #settings: StoreSettings;
  readonly #running = new Set<AbortSignal>();
  #heardAny = Number.NEGATIVE_INFINITY;
  #forgottenAny = Number.NEGATIVE_INFINITY;
  isDown = false;
  /** It had to forget lists that were fresh. */
  #isFull = false;

  constructor(
    settings: StoreSettings,
    clock: SimulatedClock,
    database: SimulatedDatabase,
    bus: SimulatedBus,
    private readonly violated: (what: string) => void,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    const log = new StoreLog('Simulated', settings.max, silence, () => clock.now());
    const load = (key: string, signal: AbortSignal): unknown => this.#load(key, signal, database);
    this.lists = new OriginLists(settings, load, { clock, log, name: 'Simulated' });
    this.end = bus.end((message) => this.#onHeard(message));
    const listener = {
      changed: (id: string) => {
        this.lists.drop(id);
        this.#forget(this.#seenOf(id));
      },
      changedAny: () => {
        this.lists.dropAll();
        this.#forgottenAny = clock.now();
        for (const seen of this.#seen.values()) {
          this.#forget(seen);
        }
      },
      reload: () => undefined,
    };
    this.#link = new BusLink(this.end, listener, silence, clock);
    this.#link.open();
  }

  /** Since when the instance must not use what was there before. */
  heard(key: string): number {
    return Math.max(this.#heardAny, this.#seenOf(key).heard);
  }

  async changed(key: string): Promise<void> {
    this.lists.drop(key);
    const seen = this.#seenOf(key);
    seen.heard = this.#clock.now();
    this.#forget(seen);
    await this.#link.publish({ kind: 'changed', id: key });
  }

  /** A request: refused when it has waited for `originTimeout`. */
  async allows(key: string, origin: string, originTimeout: number): Promise<boolean> {
    const seen = this.#seenOf(key);
    const timeout = new AbortController();
    const stop = this.#clock.after(originTimeout, () => timeout.abort());
    seen.asked = this.#clock.now();
    seen.waiting += 1;
    const allowed = await this.lists.allows(key, origin, true, timeout);
    seen.waiting -= 1;
    stop();
    return allowed;
  }

  async shutDown(): Promise<void> {
    this.isDown = true;
    this.end.isConnected = false;
    await this.#link.close();
    this.lists.close();
  }

  async #load(key: string, signal: AbortSignal, database: SimulatedDatabase): Promise<unknown> {
    const seen = this.#seenOf(key);
    const startedAt = this.#clock.now();
    this.#judgeLoad(key, seen, startedAt);
    for (const running of [seen.running, this.#running]) {
      running.add(signal);
    }
    // What is given up counts no more, whether the database knows or not.
    signal.addEventListener('abort', () => this.#ended(seen, signal));
    try {
      const list = await database.query(key);
      if (!signal.aborted && Math.max(seen.forgotten, this.#forgottenAny) < startedAt && list !== undefined) {
        seen.loaded = startedAt;
      }
      return list;
    } finally {
      this.#ended(seen, signal);
    }
  }

  #judgeLoad(key: string, seen: Seen, now: number): void {
    const { ttl, concurrency } = this.#settings;
    if (seen.running.size > 0) {
      this.violated(`two loads of ${key} overlap`);
    }
    if (this.#running.size >= concurrency) {
      this.violated(`more than ${concurrency} loads at once`);
    }
    // The request whose list had become old may have been answered with it meanwhile.
    if (seen.waiting === 0 && (seen.loaded === undefined || now > seen.asked + ttl + 60_000)) {
      this.violated(`${key} is loaded, and nobody waits for it`);
    }
    this.#isFull ||= this.lists.size >= this.#settings.max;
    if (seen.loaded !== undefined && now < seen.loaded + ttl && !this.#isFull) {
      this.violated(`${key} is loaded while its list is fresh`);
    }
  }

  #ended(seen: Seen, signal: AbortSignal): void {
    seen.running.delete(signal);
    this.#running.delete(signal);
  }

  /** From now on nothing may be used that was there before, whatever the instance makes of the message. */
  #onHeard(message: string): void {
    if (this.isDown) {
      return;
    }
    const [, , , kind, id] = message === '' ? [] : (JSON.parse(message) as readonly string[]);
    if (kind === 'changed' && id !== undefined) {
      this.#seenOf(id).heard = this.#clock.now();
    } else {
      this.#heardAny = this.#clock.now();
    }
  }

  #forget(seen: Seen): void {
    seen.forgotten = this.#clock.now();
    seen.loaded = undefined;
  }

  #seenOf(key: string): Seen {
    let seen = this.#seen.get(key);
    if (seen === undefined) {
      seen = {
        heard: Number.NEGATIVE_INFINITY,
        forgotten: Number.NEGATIVE_INFINITY,
        loaded: undefined,
        running: new Set(),
        waiting: 0,
        asked: Number.NEGATIVE_INFINITY,
      };
      this.#seen.set(key, seen);
    }
    return seen;
  }
}
