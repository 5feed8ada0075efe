import { Dice } from '../../../soak/dice.js';
import { readStoreOptions } from '../../../../lib/nest/stores/store-options.js';
import { SimulatedBus, type BusWeather } from './simulated-bus.js';
import { SimulatedClock } from './simulated-clock.js';
import { FAILING, SimulatedDatabase, SLOW, UP, type DatabaseMode } from './simulated-database.js';
import { SimulatedInstance } from './simulated-instance.js';

/** What a run is made of. The same is the same run. */
export interface WorldPlan {
  readonly seed: number;
  readonly instances: number;
  readonly tenants: number;
  readonly ttl: number;
  readonly staleFor: number;
  readonly max: number;
  readonly concurrency: number;
  readonly weather: BusWeather;
  /** Of 100 changes, those that nobody is told of: made by hand, or by an instance that is killed after it has written. */
  readonly untold: number;
  /** Of 100 requests, those for tenants that there are not. */
  readonly strangers: number;
  readonly requests: number;
  readonly changes: number;
  /** How often the database becomes another. */
  readonly troubles: number;
  /** How often an instance loses the bus. */
  readonly partitions: number;
}

export interface WorldReport {
  readonly violations: readonly string[];
  readonly allowed: number;
  readonly refused: number;
}

const LENGTH = 300_000;
const ORIGIN_TIMEOUT = 2000;
const ORIGINS = 3;

/** Instances that are watched closely when a tenant changes. */
const WATCHERS = 4;

/** When a database that is up again has answered what was asked before, and a key at which it failed is asked about again. */
const GRACE = Math.max(UP, FAILING, SLOW) + 1000 + 100;

/** An instance that could not tell the others does it within this time. */
const TOLD = 30_000 + 2000 + 2000;

/** Instances, a bus and a database, on a time of their own; and whoever judges what becomes of it. */
export class SimulatedWorld {
  readonly #clock = new SimulatedClock();
  readonly #dice: Dice;
  readonly #database: SimulatedDatabase;
  readonly #bus: SimulatedBus;
  readonly #instances: SimulatedInstance[] = [];
  readonly #violations: string[] = [];
  #tenants = 0;
  #allowed = 0;
  #refused = 0;

  constructor(private readonly plan: WorldPlan) {
    this.#dice = new Dice(plan.seed);
    this.#database = new SimulatedDatabase(this.#clock, this.#dice);
    this.#bus = new SimulatedBus(this.#clock, this.#dice, plan.weather);
    for (let count = 0; count < plan.instances; count += 1) {
      this.#instances.push(this.#start());
    }
  }

  async run(): Promise<WorldReport> {
    const { requests, changes, troubles, partitions } = this.plan;
    for (let tenant = 0; tenant < this.plan.tenants; tenant += 1) {
      this.#database.toggle(`tenant ${tenant}`, originOf(0));
    }
    this.#often(changes, () => this.#change());
    this.#often(requests, () => this.#request());
    this.#often(troubles, () => this.#trouble());
    this.#often(partitions, () => this.#part());
    await this.#clock.runUntil(LENGTH);
    await this.#agree();
    await Promise.all(this.#instances.map(async (instance) => instance.shutDown()));
    return { violations: this.#violations, allowed: this.#allowed, refused: this.#refused };
  }

  /** When all is well again, all instances say the same: at once where nothing was lost, and after `ttl` in any case. */
  async #agree(): Promise<void> {
    const { ttl, weather, untold } = this.plan;
    this.#database.mode = 'up';
    for (const { end } of this.#instances) {
      end.isConnected = true;
    }
    const isReliable = weather.lost === 0 && untold === 0;
    const end = LENGTH + (isReliable ? TOLD + weather.delay : ttl) + GRACE;
    await this.#clock.runUntil(end);
    for (const instance of this.#instances) {
      for (let count = 0; count < 5; count += 1) {
        const [tenant, origin] = [this.#tenant(), this.#origin()];
        void instance.allows(tenant, origin, ORIGIN_TIMEOUT).then((allowed) => {
          if (allowed !== this.#database.has(tenant, origin)) {
            this.#violations.push(`${origin} of ${tenant} is ${allowed ? 'allowed' : 'refused'} in the end`);
          }
        });
      }
    }
    await this.#clock.runUntil(end + ORIGIN_TIMEOUT + 1);
  }

  #start(): SimulatedInstance {
    const { ttl, staleFor, max, concurrency } = this.plan;
    const { settings } = readStoreOptions({ ttl, staleFor, missTtl: Math.min(ttl, 2000), max, concurrency }, '');
    return new SimulatedInstance(settings, this.#clock, this.#database, this.#bus, (what) =>
      this.#violations.push(`${what}, at ${this.#clock.now()}`),
    );
  }

  #often(times: number, run: () => void): void {
    for (let count = 0; count < times; count += 1) {
      this.#clock.after(this.#dice.below(LENGTH), run);
    }
  }

  #request(): void {
    const isStranger = this.#dice.below(100) < this.plan.strangers;
    this.#ask(this.#instance(), isStranger ? `made up ${this.#dice.below(1000)}` : this.#tenant(), this.#origin());
  }

  #ask(instance: SimulatedInstance, tenant: string, origin: string): void {
    void instance
      .allows(tenant, origin, ORIGIN_TIMEOUT)
      .then((allowed) => this.#judge(instance, tenant, origin, allowed));
  }

  #judge(instance: SimulatedInstance, tenant: string, origin: string, allowed: boolean): void {
    const { ttl, staleFor } = this.plan;
    const now = this.#clock.now();
    const age = this.#database.unchangedFor(tenant, origin);
    const isUp = this.#database.upFor > GRACE;
    const what = `${origin} of ${tenant}, ${age} ms after its change, at ${now}`;
    if (allowed) {
      this.#allowed += 1;
    } else {
      this.#refused += 1;
    }
    // One that is shut down refuses, and nobody asks it.
    if (instance.isDown || allowed === this.#database.has(tenant, origin)) {
      return;
    }
    if (!allowed) {
      if (age > ttl + 2000 + GRACE && this.#database.upFor > GRACE + ORIGIN_TIMEOUT) {
        this.#violations.push(`refused: ${what}`);
      }
    } else if (age > Math.max(ttl, staleFor)) {
      this.#violations.push(`allowed after staleFor: ${what}`);
    } else if (age > ttl && isUp) {
      this.#violations.push(`allowed after ttl: ${what}`);
    } else if (instance.heard(tenant) >= now - age) {
      this.#violations.push(`allowed after it was told: ${what}`);
    }
  }

  /** Where something goes wrong, it goes wrong about a change: there are requests just before it, just after it, and at every limit. */
  #change(): void {
    const { ttl, staleFor } = this.plan;
    const [tenant, origin] = [this.#tenant(), this.#origin()];
    for (let count = 0; count < WATCHERS; count += 1) {
      const watcher = this.#instance();
      this.#ask(watcher, tenant, origin);
      for (const moment of [UP, UP, 1000, ttl, ttl + UP, Math.max(ttl, staleFor)]) {
        this.#clock.after(moment + this.#dice.below(2 * UP), () => this.#ask(watcher, tenant, origin));
      }
    }
    this.#clock.after(this.#dice.below(UP), () => this.#write(tenant, origin));
  }

  #write(tenant: string, origin: string): void {
    this.#database.toggle(tenant, origin);
    if (this.#dice.below(100) >= this.plan.untold) {
      void this.#instance().changed(tenant);
    } else if (this.#dice.below(2) === 0) {
      // It dies before it tells the others, and another one takes its place.
      const index = this.#dice.below(this.#instances.length);
      void this.#instances[index]?.shutDown();
      this.#instances[index] = this.#start();
    }
  }

  #trouble(): void {
    const kind = this.#dice.below(4);
    if (kind === 0) {
      this.#outage();
      return;
    }
    if (kind === 1) {
      this.#crowd();
      return;
    }
    const mode = this.#dice.oneOf<DatabaseMode>(['up', 'slow', 'stalled', 'failing', 'failing']);
    this.#database.mode = mode;
    this.#clock.after(this.#dice.below(this.plan.ttl * 2), () => {
      this.#database.mode = 'up';
    });
  }

  /** The database fails, just after an origin was revoked by hand, and stays down longer than its list may be used. */
  #outage(): void {
    const limit = Math.max(this.plan.ttl, this.plan.staleFor);
    if (this.#clock.now() + limit * 1.2 + 5000 > LENGTH) {
      return;
    }
    const tenant = this.#newTenant();
    const watcher = this.#instance();
    this.#ask(watcher, tenant, originOf(0));
    this.#clock.after(2 * UP, () => {
      this.#database.toggle(tenant, originOf(0));
      this.#database.mode = 'failing';
    });
    for (const share of [0.5, 0.9, 1.01, 1.1]) {
      this.#clock.after(limit * share + 2 * UP, () => {
        this.#database.mode = 'failing';
        this.#ask(watcher, tenant, originOf(0));
        // What was refused because the database has just failed is asked once more.
        this.#clock.after(2000, () => this.#ask(watcher, tenant, originOf(0)));
      });
    }
    this.#clock.after(limit * 1.2 + 5000, () => {
      this.#database.mode = 'up';
      void watcher.changed(tenant);
    });
  }

  /** More strangers at once than may be loaded at once, while the database hangs: when it is back, nobody waits for most. */
  #crowd(): void {
    const watcher = this.#instance();
    this.#database.mode = 'stalled';
    for (let count = 0; count < 3 * this.plan.concurrency; count += 1) {
      this.#ask(watcher, `crowd ${count}`, originOf(0));
    }
    this.#clock.after(ORIGIN_TIMEOUT + this.#dice.below(1000), () => {
      this.#database.mode = 'up';
    });
  }

  /** An instance loses the bus; some of these write meanwhile, and some are started without it. */
  #part(): void {
    const kind = this.#dice.below(3);
    const index = this.#dice.below(this.#instances.length);
    // What an instance still has to tell, dies with it.
    if (kind === 0 && this.plan.untold > 0) {
      void this.#instances[index]?.shutDown();
      this.#instances[index] = this.#start();
    }
    const instance = this.#instances[index] ?? this.#instance();
    const other = this.#instance();
    const writer = kind === 1 ? instance : other;
    const tenant = this.#newTenant();
    for (const asked of [instance, other]) {
      this.#ask(asked, tenant, originOf(0));
    }
    instance.end.isConnected = false;
    const away = 1000 + this.#dice.below(20_000);
    this.#clock.after(away / 2, () => {
      this.#database.toggle(tenant, originOf(0));
      void writer.changed(tenant);
    });
    this.#clock.after(away, () => {
      instance.end.isConnected = true;
      const ends = [instance.end, other.end];
      const connections = ends.map(({ connection }) => connection);
      this.#clock.after(1000, () => this.#ask(instance, tenant, originOf(0)));
      this.#clock.after(TOLD + this.plan.weather.delay, () => {
        const isUndisturbed = ends.every(({ connection }, at) => connection === connections[at]);
        if (isUndisturbed && this.plan.weather.lost === 0 && !instance.isDown) {
          void other.allows(tenant, originOf(0), ORIGIN_TIMEOUT).then((allowed) => {
            if (allowed && !other.isDown) {
              this.#violations.push(`${tenant}: another instance was never told`);
            }
          });
        }
      });
    });
  }

  /** Changed by nobody else. */
  #newTenant(): string {
    this.#tenants += 1;
    const tenant = `new ${this.#tenants}`;
    this.#database.toggle(tenant, originOf(0));
    return tenant;
  }

  #instance(): SimulatedInstance {
    const instance = this.#instances[this.#dice.below(this.#instances.length)];
    if (instance === undefined) {
      throw new Error('a world without instances');
    }
    return instance;
  }

  #tenant(): string {
    // Some are asked about more than others.
    return `tenant ${this.#dice.below(1 + this.#dice.below(this.plan.tenants))}`;
  }

  #origin(): string {
    return originOf(this.#dice.below(ORIGINS));
  }
}

function originOf(index: number): string {
  return `https://app-${index}.example`;
}
