import { quotedValue, thrownText } from '../../policy/mistakes/safe-text.js';
import { readStoredOrigins, type StoredOrigins } from '../../policy/origins/stored-origins.js';
import onDemand from '../../packages/on-demand.cjs';
import { settle } from '../report/settle.js';
import type { Clock } from './clock.js';
import { copyOfId, idOfKey } from './list-key.js';
import { LoadQueue, type Load, type Outcome, type Waiter } from './load-queue.js';
import type { StoreLog } from './store-log.js';
import type { StoreSettings } from './store-options.js';

/** The list of one key. */
interface Held {
  readonly origins: StoredOrigins;
  /** Until then it is not loaded again. */
  readonly freshUntil: number;
  /** Until then it is used if the database does not answer. */
  readonly oldUntil: number;
  /** The database has failed: until then it is not asked again. */
  retryAt: number;
  /** The rows that only policies with credentials leave out have been logged. */
  isSaid: boolean;
}

/** What is used of lru-cache: a map that moves an entry to the end when it is read, and pops from the front. */
interface Recent<Key, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  peek(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
  delete(key: Key): unknown;
  pop(): unknown;
  clear(): void;
}

/** The requested list, and whether there is an old one to use if loading fails. */
interface Asked {
  readonly id: string;
  readonly key: string;
  readonly hasOld: boolean;
}

/** How long a database may take before an old list is used. */
const PATIENCE = 1000;

/** A load is abandoned after this time at the latest: its connection may have died without an error. */
const LONGEST_LOAD = 60_000;

/** How long a database that has failed for a key is not asked for it again. */
const RETRY_AFTER = 1000;

/** The part of `max` that keys without a list may take from those that have one. */
const SHARE_OF_UNKNOWN = 1 / 16;

/**
 * The lists of a store.
 *
 * Age counts from the start of a load, as its result may be that old. A list is used until it is `ttl` old; after that,
 * requests wait for a new one, so that a revoked origin is not allowed longer because its key was rarely requested. If the
 * database does not answer, the old list is used until it is `staleFor` old. If a list changes while it is loaded, the result
 * is discarded.
 */
export class OriginLists {
  readonly #known: Recent<string, Held>;
  /** Keys without a list, and until when they are not loaded again. The oldest comes first. */
  readonly #unknown: Recent<string, number>;
  readonly #loads: LoadQueue;
  readonly #settings: StoreSettings;
  readonly #clock: Clock;
  readonly #log: StoreLog;
  readonly #name: string;
  #isClosed = false;

  constructor(
    settings: StoreSettings,
    load: (key: string, signal: AbortSignal) => unknown,
    { clock, log, name }: { readonly clock: Clock; readonly log: StoreLog; readonly name: string },
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#name = name;
    const { LRUCache: Cache } = onDemand.lruCache();
    this.#known = new Cache<string, Held>({ max: settings.max });
    this.#unknown = new Cache<string, number>({ max: settings.max });
    this.#loads = new LoadQueue({
      concurrency: settings.concurrency,
      patience: PATIENCE,
      limit: Math.min(settings.ttl, LONGEST_LOAD),
      clock,
      run: load,
      end: (ended, outcome) => this.#end(ended, outcome),
      restless: ({ key }) => log.restless(key),
      late: ({ key }) => log.failed(key, `it took longer than ${PATIENCE} ms; the old list is used`),
    });
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#known.size + this.#unknown.size;
  }

  /**
   * Whether the list of this key has this origin; synchronous, unless the list has to be loaded.
   *
   * @param asking - its signal ends the wait; read only if there is something to wait for.
   */
  allows(
    key: string,
    origin: string,
    credentials: boolean,
    asking: { readonly signal: AbortSignal },
  ): boolean | Promise<boolean> {
    const id = idOfKey(key);
    const now = this.#clock.now();
    const held = this.#known.get(id);
    if (held !== undefined && (now < held.freshUntil || this.#doesForNow(held, id, now))) {
      return this.#matches(held, id, key, origin, credentials);
    }
    const notBefore = held === undefined ? this.#unknown.peek(id) : held.retryAt;
    if (this.#isClosed) {
      this.#log.closed();
      return false;
    }
    if (notBefore !== undefined && now < notBefore) {
      return false;
    }
    const hasOld = held !== undefined && now < held.oldUntil;
    return this.#ask({ id, key, hasOld }, asking.signal, () => {
      const found = this.#known.peek(id);
      return found !== undefined && this.#isUsable(found) && this.#matches(found, id, key, origin, credentials);
    });
  }

  /** The list has changed: it is dropped, and the result of a running load is not used. */
  drop(id: string): void {
    this.#known.delete(id);
    this.#unknown.delete(id);
    const load = this.#loads.get(id);
    if (load !== undefined) {
      this.#loads.overtake(load);
    }
  }

  /** Any list may have changed. */
  dropAll(): void {
    this.#known.clear();
    this.#unknown.clear();
    this.#loads.overtakeAll();
  }

  /** Opens the lists again after `close()`; they are empty then. */
  open(): void {
    this.#isClosed = false;
    this.#log.opened();
  }

  /** Drops everything; waiting requests are refused. */
  close(): void {
    this.#isClosed = true;
    this.#known.clear();
    this.#unknown.clear();
    this.#loads.close();
  }

  #doesForNow(held: Held, id: string, now: number): boolean {
    return now < held.oldUntil && (now < held.retryAt || this.#loads.get(id)?.isOverdue === true);
  }

  /** After a load: the list is its result, or an old list that may be used because it failed. */
  #isUsable({ freshUntil, oldUntil }: Held): boolean {
    return this.#clock.now() < Math.max(freshUntil, oldUntil);
  }

  #matches(held: Held, id: string, key: string, origin: string, credentials: boolean): boolean {
    const { open, strict, strictIssues } = held.origins;
    if (credentials && !held.isSaid) {
      held.isSaid = true;
      this.#log.leftOut(`${id} with credentials`, key, strictIssues);
    }
    return (credentials ? strict : open).matches(origin);
  }

  #ask({ id, key, hasOld }: Asked, signal: AbortSignal, answer: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(false);
        return;
      }
      const waiter: Waiter = {
        answer: () => {
          signal.removeEventListener('abort', leave);
          resolve(answer());
        },
      };
      const own = copyOfId(id);
      const load = this.#loads.join(own, id === key ? own : key, hasOld, waiter);
      const leave = (): void => {
        this.#loads.leave(load, waiter);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #end({ id, key, startedAt }: Load, outcome: Outcome): void {
    const read = this.#read(key, outcome);
    if (read === 'failed') {
      this.#remember(id, undefined, this.#clock.now() + RETRY_AFTER);
      return;
    }
    this.#known.delete(id);
    if (read === undefined) {
      this.#remember(id, undefined, startedAt + this.#settings.missTtl);
      return;
    }
    const { ttl, staleFor } = this.#settings;
    const held: Held = {
      origins: read,
      freshUntil: startedAt + ttl,
      oldUntil: startedAt + Math.max(ttl, staleFor),
      retryAt: 0,
      isSaid: read.strictIssues.length === 0,
    };
    this.#remember(id, held, 0);
    // Last: a logger is code of the app, and may call changed().
    if (read.issues.length > 0) {
      this.#log.leftOut(id, key, read.issues);
    }
  }

  /** The list; undefined if there is none; `failed` if it could not be read. Never throws. */
  #read(key: string, outcome: Outcome): StoredOrigins | undefined | 'failed' {
    if ('error' in outcome) {
      // It may be a promise that rejects.
      settle(outcome.error, () => undefined);
      this.#log.failed(key, thrownText(outcome.error));
      return 'failed';
    }
    const { value } = outcome;
    if (value === undefined || value === null) {
      return undefined;
    }
    try {
      const list = typeof value === 'string' ? [value] : value;
      if (Array.isArray(list)) {
        return readStoredOrigins(list, this.#name, (row) => settle(row, () => undefined));
      }
      this.#log.failed(key, `load() returned ${quotedValue(value)}; return a list of origins, or undefined`);
    } catch (error) {
      this.#log.failed(key, `its list could not be read: ${thrownText(error)}`);
    }
    return 'failed';
  }

  /** @param until - when to load again, if there is no list. An old list stays as long as it may be used. */
  #remember(id: string, held: Held | undefined, until: number): void {
    const old = this.#known.peek(id);
    if (held === undefined && old !== undefined && this.#clock.now() < old.oldUntil) {
      old.retryAt = until;
      return;
    }
    this.#known.delete(id);
    this.#unknown.delete(id);
    if (this.#makeRoom(held !== undefined)) {
      if (held === undefined) {
        this.#unknown.set(id, until);
      } else {
        this.#known.set(id, held);
      }
    }
  }

  /** Evicts keys without a list first: clients can invent them. False if there is no room for a new one of these. */
  #makeRoom(isKnown: boolean): boolean {
    const share = Math.floor(this.#settings.max * SHARE_OF_UNKNOWN);
    while (this.size >= this.#settings.max) {
      const takesUnknown = isKnown
        ? this.#unknown.size > share || this.#known.size === 0
        : this.#unknown.size > 0 && this.#unknown.size >= share;
      if (takesUnknown) {
        this.#unknown.pop();
      } else if (isKnown || this.#unknown.size < share) {
        this.#known.pop();
      } else {
        return false;
      }
    }
    return true;
  }
}
