import { CorsConfigError } from '../../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue-data.js';
import { quotedValue } from '../../policy/mistakes/safe-text.js';
import { hasGenerator, NO_GENERATOR } from '../../policy/model/function-kinds.js';
import type { CorsOriginQuestion, CorsOriginResolver } from '../../policy/model/origin-resolver.js';
import { reported } from '../report/reported-promise.js';
import { settle } from '../report/settle.js';
import { SYSTEM_CLOCK } from './clock.js';
import { idOfKey } from './list-key.js';
import { OriginLists } from './origin-lists.js';
import { StoreLog } from './store-log.js';
import { readStoreOptions, type CorsOriginStoreOptions } from './store-options.js';

/**
 * How the application finds and calls its stores, even those of another copy of the package.
 *
 * All that a store has is under this key, not in fields with a hash: Nest may replace an instance by a proxy, by an object that is
 * derived from it (`instrument.instanceDecorator`), or by a copy of its properties (`forwardRef()`). None of these has the fields,
 * and all of them lead to this one object.
 */
const HANDLE: unique symbol = Symbol.for('nestjs-cors:store');

/** What the application uses of a store. */
export interface StoreHandle {
  /** The mistakes in the options of its constructor, and in its methods. */
  readonly issues: readonly CorsConfigIssue[];
  drop(id: string): void;
  dropAll(): void;
  /**
   * An application uses the store until it calls the returned function. Several applications may share a store, together or one
   * after the other; it is closed while none of them uses it.
   *
   * @param tell - tells the other instances that a list has changed; without an id, that any may have. Never rejects.
   */
  connect(tell: (id?: string) => Promise<void>): () => void;
}

/**
 * Origins in a database, for example by tenant: a resolver that caches the lists that it loads. A fresh list answers at once.
 * Memory is bounded whatever clients send; if the database is down, the store neither throws nor hangs.
 *
 * ```ts
 * @Injectable()
 * export class TenantOrigins extends CorsOriginStore {
 *   constructor(private readonly tenants: TenantRepository) {
 *     super({ ttl: 60_000, staleFor: 3_600_000, max: 10_000 });
 *   }
 *   keyOf(question: CorsOriginQuestion) {
 *     return question.params['tenant'];
 *   }
 *   load(tenant: string, signal: AbortSignal) {
 *     return this.tenants.originsOf(tenant, signal);
 *   }
 * }
 *
 * @Cors({ origin: { resolver: TenantOrigins } })
 * ```
 *
 * It must be a static provider, like every resolver. Mistakes in the options stop the application at `app.init()`.
 */
export abstract class CorsOriginStore implements CorsOriginResolver {
  /** @internal */
  readonly [HANDLE]: StoreState;

  constructor(options: CorsOriginStoreOptions = {}) {
    this[HANDLE] = new StoreState(options, new.target.name, this);
  }

  /**
   * Returns the key of the list that decides. Use only what a preflight has as well: URL and host. If it returns undefined, the
   * origin is refused. An array, the value of a wildcard parameter, is refused as well.
   */
  abstract keyOf(question: CorsOriginQuestion): string | readonly string[] | undefined;

  /**
   * Returns the origins and origin patterns of a key, as in `forRoot`, without RegExps and functions; undefined if there is no
   * such key. Read the database itself: the answer of a cache or of a lagging replica would be used for `ttl`.
   *
   * Rows are checked like configuration: a row with a mistake is left out, and logged once. The load fails if it throws, or
   * takes longer than `ttl` (at most a minute).
   *
   * @param signal - aborted when the load is abandoned.
   */
  abstract load(
    key: string,
    signal: AbortSignal,
  ): string | readonly string[] | undefined | Promise<string | readonly string[] | undefined>;

  /** Called by the policies that name this store. Returns a boolean if the list is fresh. */
  allowsOrigin(origin: string, question: CorsOriginQuestion): boolean | Promise<boolean> {
    const state = this[HANDLE];
    if (state.issues.length > 0) {
      throw new CorsConfigError(state.issues);
    }
    state.loader = this;
    const key: unknown = this.keyOf(question);
    if (typeof key !== 'string') {
      if (key !== undefined) {
        settle(key, () => undefined);
        state.log.noKey(key);
      }
      return false;
    }
    // Without a value the strict rules apply.
    const credentials: unknown = question.credentials;
    return state.lists.allows(key, origin, credentials !== false, question);
  }

  /**
   * Call it after the list of a key was written: the list is loaded again, here and in every other instance. This instance
   * drops it before the call returns. The promise resolves when the others have been told, or cannot be. It does not reject if
   * the bus fails, as the write has happened: the failure is logged, the others are told later, and `ttl` bounds the delay.
   */
  changed(key: string): Promise<void> {
    const state = this[HANDLE];
    const run = async (): Promise<void> => {
      if (typeof key !== 'string') {
        throw new TypeError(`changed() takes a key, and ${quotedValue(key)} is not a string`);
      }
      await state.changed(idOfKey(key));
    };
    return reported(run, (error) => state.log.unhandled(error));
  }
}

/** The part of a store that loads. */
type Loader = Pick<CorsOriginStore, 'load'>;

/** The methods of the app, each with what it returns. */
const METHODS = { keyOf: 'a key', load: 'the origins of a key' } as const;

class StoreState implements StoreHandle {
  readonly log: StoreLog;
  readonly lists: OriginLists;
  readonly #optionIssues: readonly CorsConfigIssue[];
  #issues: readonly CorsConfigIssue[] | undefined;
  readonly #links = new Set<(id?: string) => Promise<void>>();
  /** A list has changed while no application used the store, as before the start: the other instances are told once one does. */
  #isUntold = false;

  constructor(
    options: CorsOriginStoreOptions,
    private readonly name: string,
    /** The object that was asked last: what Nest injects into properties may be on that one only. */
    public loader: Loader,
  ) {
    const { settings, issues } = readStoreOptions(options, name);
    this.#optionIssues = issues;
    this.log = new StoreLog(name, settings.max);
    const load = (key: string, signal: AbortSignal): unknown => this.loader.load(key, signal);
    this.lists = new OriginLists(settings, load, { clock: SYSTEM_CLOCK, log: this.log, name });
  }

  /** Found when they are read first, as the fields of the class are set after this object was made. */
  get issues(): readonly CorsConfigIssue[] {
    return (this.#issues ??= [...this.#optionIssues, ...this.#generators()]);
  }

  #generators(): readonly CorsConfigIssue[] {
    return Object.entries(METHODS)
      .filter(([path]) => hasGenerator(this.loader, path))
      .map(([path, what]) => {
        const value: unknown = Reflect.get(this.loader, path);
        const expected = `a method that returns ${what}, ${NO_GENERATOR}`;
        return { code: 'type', where: this.name, path, value, expected };
      });
  }

  drop(id: string): void {
    this.lists.drop(id);
  }

  dropAll(): void {
    this.lists.dropAll();
  }

  async changed(id: string): Promise<void> {
    this.lists.drop(id);
    this.#isUntold ||= this.#links.size === 0;
    await Promise.all([...this.#links].map(async (tell) => tell(id)));
  }

  connect(tell: (id?: string) => Promise<void>): () => void {
    this.#links.add(tell);
    this.lists.open();
    if (this.#isUntold) {
      this.#isUntold = false;
      settle(tell(), () => undefined);
    }
    return () => {
      this.#links.delete(tell);
      if (this.#links.size === 0) {
        this.lists.close();
      }
    };
  }
}

/** Undefined if the value is not a store. Never throws: providers are objects of the app. */
export function storeHandleOf(value: unknown): StoreHandle | undefined {
  try {
    return isStore(value) ? value[HANDLE] : undefined;
  } catch {
    return undefined;
  }
}

function isStore(value: unknown): value is { readonly [HANDLE]: StoreHandle } {
  return typeof value === 'object' && value !== null && HANDLE in value;
}
