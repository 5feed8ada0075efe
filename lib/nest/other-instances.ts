import type { ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { failureText } from '../policy/mistakes/config-error.js';
import { CORS_BUS } from './cors.constants.js';
import type { AppLog } from './report/app-log.js';
import { settle } from './report/settle.js';
import { BusLink } from './stores/bus-link.js';
import { SYSTEM_CLOCK } from './stores/clock.js';
import { storeHandleOf, type StoreHandle } from './stores/cors-origin-store.js';
import { insteadOfBus, isBus, type CorsBus } from './stores/cors-bus.js';

/** The pause between two reloads that other instances request: any client that writes to the bus can request them. */
const RELOAD_PAUSE = 1000;

/** How long such a reload delays the next one at most: the factory may never settle. */
const LONGEST_RELOAD = 60_000;

/** The stores of the application, and the bus that connects it with its other instances. */
export class OtherInstances {
  readonly #modules: ModulesContainer;
  readonly #log: AppLog;
  readonly #reload: () => Promise<void>;
  readonly #stores = new Set<StoreHandle>();
  readonly #disconnect: (() => void)[] = [];
  #link: BusLink | undefined;
  #reloading: 'no' | 'yes' | 'and again' = 'no';
  #stopPause: () => void = () => undefined;
  #hasLeft = false;

  /** @param reload - loads the policies again, if they come from a factory. */
  constructor(modules: ModulesContainer, log: AppLog, reload: () => Promise<void>) {
    this.#modules = modules;
    this.#log = log;
    this.#reload = reload;
  }

  /** The mistakes of the stores, and of the bus if it is a provider. */
  mistakes(): readonly CorsConfigIssue[] {
    const ofBus = busMistakeOf(this.#busProviders());
    return [...this.#findStores().flatMap(({ issues }) => issues), ...(ofBus === undefined ? [] : [ofBus])];
  }

  /** @param bus - from the options; otherwise the provider is used. */
  open(bus: unknown): void {
    const chosen = bus ?? this.#busProviders()[0]?.instance;
    if (isBus(chosen)) {
      this.#link = this.#connect(chosen);
      this.#link.open();
    }
    this.findStores();
  }

  /** Modules that are loaded later bring stores, too. */
  findStores(): void {
    for (const store of this.#findStores()) {
      if (!this.#stores.has(store)) {
        this.#stores.add(store);
        this.#disconnect.push(store.connect(async (id) => this.#tell(id)));
      }
    }
  }

  async #tell(id: string | undefined): Promise<void> {
    await this.#link?.publish(id === undefined ? { kind: 'changed-any' } : { kind: 'changed', id });
  }

  get hasBus(): boolean {
    return this.#link !== undefined;
  }

  /** Never rejects. */
  async tellToReload(): Promise<void> {
    await this.#link?.publish({ kind: 'reload' });
  }

  /** Stops listening; changes are still told until `close()`, as requests may be in progress. Never rejects. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.#stopPause();
    await this.#link?.close();
  }

  close(): void {
    for (const disconnect of this.#disconnect) {
      disconnect();
    }
  }

  #connect(bus: CorsBus): BusLink {
    const each = (run: (store: StoreHandle) => void): void => {
      for (const store of this.#stores) {
        run(store);
      }
    };
    const listener = {
      changed: (id: string) => each((store) => store.drop(id)),
      changedAny: () => each((store) => store.dropAll()),
      reload: () => this.#reloadSoon(),
    };
    return new BusLink(bus, listener, this.#log, SYSTEM_CLOCK);
  }

  /** One reload at a time, with a pause; requests that arrive meanwhile cause one more, unless the application closes first. */
  #reloadSoon(): void {
    if (this.#reloading !== 'no') {
      this.#reloading = 'and again';
      return;
    }
    this.#reloading = 'yes';
    const run = async (): Promise<void> => {
      try {
        await this.#reloadInTime();
      } catch (error) {
        if (!this.#hasLeft) {
          this.#log.error(`the CORS policies could not be loaded again, and stay as they are: ${failureText(error)}`);
        }
      }
      if (this.#hasLeft) {
        return;
      }
      this.#stopPause = SYSTEM_CLOCK.after(RELOAD_PAUSE, () => {
        const isAskedAgain = this.#reloading === 'and again';
        this.#reloading = 'no';
        if (isAskedAgain) {
          this.#reloadSoon();
        }
      });
    };
    settle(run(), () => undefined);
  }

  /** Options that arrive after the time limit still come into force, unless newer ones already have. */
  async #reloadInTime(): Promise<void> {
    let stop = (): void => undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`the factory took longer than ${LONGEST_RELOAD} ms`));
      stop = SYSTEM_CLOCK.after(LONGEST_RELOAD, fail);
    });
    try {
      await Promise.race([this.#reload(), tooLate]);
    } finally {
      stop();
    }
  }

  /** Each once: what Nest has in its place under another token leads to the same handle. */
  #findStores(): readonly StoreHandle[] {
    const providers = [...this.#modules.values()].flatMap((module) => [...module.providers.values()]);
    const instances = new Set(providers.map(({ instance }): unknown => instance));
    return [...new Set([...instances].flatMap((instance) => storeHandleOf(instance) ?? []))];
  }

  #busProviders(): readonly BusProvider[] {
    return [...new Set([...this.#modules.values()].flatMap((module) => module.providers.get(CORS_BUS) ?? []))];
  }
}

/** What is used of Nest's wrapper around a provider. */
interface BusProvider {
  readonly instance: unknown;
  readonly isTransient: boolean;
  isDependencyTreeStatic(): boolean;
}

function busMistakeOf(providers: readonly BusProvider[]): CorsConfigIssue | undefined {
  const [first, another] = providers;
  if (first === undefined) {
    return undefined;
  }
  const mistake = (value: unknown, expected: string): CorsConfigIssue => ({
    code: 'type',
    where: 'CORS_BUS',
    path: '',
    value,
    expected,
  });
  if (another !== undefined) {
    const expected = 'one provider in one module that exports it; several modules provide a bus, each its own';
    return mistake(first.instance, expected);
  }
  if (first.isTransient || !first.isDependencyTreeStatic()) {
    return mistake(
      undefined,
      'a static provider; this one is request-scoped or transient, and is used without a request',
    );
  }
  return isBus(first.instance)
    ? undefined
    : mistake(first.instance, insteadOfBus(first.instance, 'a provider with publish() and subscribe()'));
}
