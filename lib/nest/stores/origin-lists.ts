import { quotedValue } from '../../policy/mistakes/quoted-value.js';
import { thrownText } from '../../policy/mistakes/thrown-text.js';
import { readStoredOrigins, type StoredOrigins } from '../../policy/origins/stored-origins.js';
import onDemand from '../../packages/on-demand.cjs';
import type { Clock } from './clock.js';
import { copyOfId, idOfKey } from './list-key.js';
import { LoadQueue, type Load, type Outcome, type Waiter } from './load-queue.js';
import type { StoreLog } from './store-log.js';
import type { StoreSettings } from './store-options.js';

/** The list of one key. */
interface Held {
  readonly origins: StoredOrigins;
  /** Until then nobody looks again. */
  readonly freshUntil: number;
  /** Until then it is used where the database does not answer. */
  readonly oldUntil: number;
  /** The database has failed: until then it is left alone. */
  retryAt: number;
  /** The rows that only policies with credentials leave out have been said. */
  isSaid: boolean;
}

/** What is used of lru-cache: a map that puts what was read last behind the rest, and pops from the front. */
interface Recent<Key, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  peek(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
  delete(key: Key): unknown;
  pop(): unknown;
  clear(): void;
}

/** Whose list is asked for, and whether an old one does where that fails. */
interface Asked {
  readonly id: string;
  readonly key: string;
  readonly hasOld: boolean;
}

/** How long a database may take before it counts as one that does not answer. */
const PATIENCE = 1000;

/** A load that is given up after this time at the latest: its connection may be gone without a word. */
const LONGEST_LOAD = 60_000;

/** How long a database that has failed at a key is not asked about it again. */
const RETRY_AFTER = 1000;

/** The part of `max` that keys without a list may take from those that have one. */
const SHARE_OF_UNKNOWN = 1 / 16;

/**
 * The lists of a store.
 *
 * Time counts from the beginning of a load: what it reads may be as old as that. A list is used until it is `ttl` old, and then
 * waited for: an origin that was revoked is not to live longer because nobody asked about it for a while. Where the database does
 * not answer, the old list does until it is `staleFor` old. What a load reads that was overtaken by a change is thrown away.
 */
export class OriginLists {
  readonly #known: Recent<string, Held>;
  /** Keys without a list, and until when that is not asked again. The oldest comes first. */
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
      late: ({ key }) => log.failed(key, `it took longer than ${PATIENCE} ms; the old list is used`),
    });
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#known.size + this.#unknown.size;
  }

  /**
   * Whether the list of this key has this origin; at once, unless the list has to be loaded.
   *
   * @param signalOf - who asks waits no longer than that: asked for only where there is something to wait for.
   */
  allows(key: string, origin: string, credentials: boolean, signalOf: () => AbortSignal): boolean | Promise<boolean> {
    const id = idOfKey(key);
    const now = this.#clock.now();
    const held = this.#known.get(id);
    if (held !== undefined && (now < held.freshUntil || this.#doesForNow(held, id, now))) {
      return this.#matches(held, id, key, origin, credentials);
    }
    const notBefore = held === undefined ? this.#unknown.peek(id) : held.retryAt;
    if (this.#isClosed || (notBefore !== undefined && now < notBefore)) {
      return false;
    }
    const hasOld = held !== undefined && now < held.oldUntil;
    return this.#ask({ id, key, hasOld }, signalOf(), () => {
      const found = this.#known.peek(id);
      return found !== undefined && this.#isUsable(found) && this.#matches(found, id, key, origin, credentials);
    });
  }

  /** The list was changed: what is known of it is forgotten, and what is being read of it is not used. */
  drop(id: string): void {
    this.#known.delete(id);
    this.#unknown.delete(id);
    const load = this.#loads.get(id);
    if (load !== undefined) {
      this.#loads.overtake(load);
    }
  }

  /** Any list may have been changed. */
  dropAll(): void {
    this.#known.clear();
    this.#unknown.clear();
    this.#loads.overtakeAll();
  }

  /** Forgets everything; who waits is refused. */
  close(): void {
    this.#isClosed = true;
    this.#known.clear();
    this.#unknown.clear();
    this.#loads.close();
  }

  #doesForNow(held: Held, id: string, now: number): boolean {
    return now < held.oldUntil && (now < held.retryAt || this.#loads.get(id)?.isOverdue === true);
  }

  /** After a load: what there is now is what it gave, or what does while it failed. */
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
    if (read.issues.length > 0) {
      this.#log.leftOut(id, key, read.issues);
    }
    this.#remember(id, held, 0);
  }

  /** The list; undefined where there is none; or that it could not be read. Never throws. */
  #read(key: string, outcome: Outcome): StoredOrigins | undefined | 'failed' {
    if ('error' in outcome) {
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
        return readStoredOrigins(list, this.#name);
      }
      this.#log.failed(key, `load() answered ${quotedValue(value)}; return a list of origins, or undefined`);
    } catch (error) {
      this.#log.failed(key, `its list could not be read: ${thrownText(error)}`);
    }
    return 'failed';
  }

  /** @param until - where there is no list: when to ask again. An old list stays, as long as it may be used. */
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

  /** A key without a list gives way first: strangers make them up. False where one has no place itself. */
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
