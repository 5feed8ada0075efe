import { CorsConfigError } from '../../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue-data.js';
import { quotedValue } from '../../policy/mistakes/quoted-value.js';
import type { CorsOriginQuestion, CorsOriginResolver } from '../../policy/model/origin-resolver.js';
import { settle } from '../report/settle.js';
import { SYSTEM_CLOCK } from './clock.js';
import { idOfKey } from './list-key.js';
import { OriginLists } from './origin-lists.js';
import { StoreLog } from './store-log.js';
import { readStoreOptions, type CorsOriginStoreOptions } from './store-options.js';

/** How the application finds its stores, of whichever copy of the package, and speaks with them. */
const HANDLE: unique symbol = Symbol.for('nestjs-cors:store');

/** What the application needs of a store. */
export interface StoreHandle {
  /** What is wrong with the options of its constructor. */
  readonly issues: readonly CorsConfigIssue[];
  drop(id: string): void;
  dropAll(): void;
  /** @param tell - tells the other instances that a list was changed. Never rejects. */
  connect(tell: (id: string) => Promise<void>): void;
  close(): void;
}

/**
 * Origins that live in a database, by tenant, say: a resolver that keeps the lists which it has loaded. What is fresh is answered
 * at once; nothing that a stranger sends makes it grow, and a database that is down makes it neither throw nor hang.
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
 * A static provider, like every resolver. Mistakes in the options stop the application at `app.init()`.
 */
export abstract class CorsOriginStore implements CorsOriginResolver {
  readonly #issues: readonly CorsConfigIssue[];
  readonly #log: StoreLog;
  readonly #lists: OriginLists;
  readonly #links = new Set<(id: string) => Promise<void>>();

  constructor(options: CorsOriginStoreOptions = {}) {
    const { name } = new.target;
    const { settings, issues } = readStoreOptions(options, name);
    this.#issues = issues;
    this.#log = new StoreLog(name, settings.max);
    const load = (key: string, signal: AbortSignal): unknown => this.load(key, signal);
    this.#lists = new OriginLists(settings, load, { clock: SYSTEM_CLOCK, log: this.#log, name });
  }

  /**
   * Whose list decides, out of what a preflight knows as well: URL and host. Undefined: nobody's, and the origin is refused. So is
   * a list of values, as a wildcard of a route has them.
   */
  abstract keyOf(question: CorsOriginQuestion): string | readonly string[] | undefined;

  /**
   * The origins and origin patterns of a key, as `forRoot` takes them, without RegExps and functions; undefined where there is no
   * such key. Read from the database itself: what a cache or a lagging replica says is kept for `ttl`.
   *
   * Rows are checked like configuration: one with a mistake is left out, and logged once. What it throws, or does not answer within
   * `ttl` (a minute at most), is a failure.
   *
   * @param signal - aborted where the load is given up.
   */
  abstract load(
    key: string,
    signal: AbortSignal,
  ): string | readonly string[] | undefined | Promise<string | readonly string[] | undefined>;

  /** Asked by the policies that name this store. A boolean where the list is fresh. */
  allowsOrigin(origin: string, question: CorsOriginQuestion): boolean | Promise<boolean> {
    if (this.#issues.length > 0) {
      throw new CorsConfigError(this.#issues);
    }
    const key: unknown = this.keyOf(question);
    if (typeof key !== 'string') {
      if (key !== undefined) {
        settle(key, () => undefined);
        this.#log.noKey(key);
      }
      return false;
    }
    // What does not say is judged as strictly as can be.
    const credentials: unknown = question.credentials;
    return this.#lists.allows(key, origin, credentials !== false, () => question.signal);
  }

  /**
   * To be called after the list of a key was written: it is loaded anew, here and in every other instance. Here it is forgotten
   * before this returns; the promise resolves when the others have been told, or cannot be. It does not reject for a bus that
   * fails, as the write has happened: that is logged, the others are told later, and `ttl` bounds what they miss.
   */
  async changed(key: string): Promise<void> {
    if (typeof key !== 'string') {
      throw new TypeError(`changed() takes the key whose list was changed, and ${quotedValue(key)} is not a string`);
    }
    const id = idOfKey(key);
    this.#lists.drop(id);
    await Promise.all([...this.#links].map(async (tell) => tell(id)));
  }

  /** @internal */
  get [HANDLE](): StoreHandle {
    return {
      issues: this.#issues,
      drop: (id) => this.#lists.drop(id),
      dropAll: () => this.#lists.dropAll(),
      connect: (tell) => {
        this.#links.add(tell);
      },
      close: () => this.#lists.close(),
    };
  }
}

/** Undefined for what is no store. Never throws: providers are objects of the app's. */
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
