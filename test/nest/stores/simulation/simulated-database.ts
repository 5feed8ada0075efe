import type { Dice } from '../../../soak/dice.js';
import type { SimulatedClock } from './simulated-clock.js';

/** `slow` answers after seconds, `stalled` when it is another again, `failing` with an error. */
export type DatabaseMode = 'up' | 'slow' | 'stalled' | 'failing';

/** The slowest answer of a database that is up, of a slow one, and of one that fails. */
export const UP = 50;
export const SLOW = 5000;
export const FAILING = 20;

/** When an origin was allowed and revoked, by turns: allowed first. */
type History = number[];

/** A table of tenants and their origins, which remembers what was in it when. */
export class SimulatedDatabase {
  readonly #clock: SimulatedClock;
  readonly #dice: Dice;
  readonly #origins = new Map<string, Map<string, History>>();
  #mode: DatabaseMode = 'up';
  #upSince = 0;
  #stalled: (() => void)[] = [];

  constructor(clock: SimulatedClock, dice: Dice) {
    this.#clock = clock;
    this.#dice = dice;
  }

  set mode(mode: DatabaseMode) {
    if (mode === 'up' && this.#mode !== 'up') {
      this.#upSince = this.#clock.now();
    }
    this.#mode = mode;
    if (mode !== 'stalled') {
      const stalled = this.#stalled;
      this.#stalled = [];
      for (const go of stalled) {
        this.#clock.after(this.#dice.below(UP), go);
      }
    }
  }

  /** For how long it has answered every query. */
  get upFor(): number {
    return this.#mode === 'up' ? this.#clock.now() - this.#upSince : 0;
  }

  has(tenant: string, origin: string): boolean {
    return (this.#historyOf(tenant, origin)?.length ?? 0) % 2 === 1;
  }

  /** For how long an origin has been what it is. */
  unchangedFor(tenant: string, origin: string): number {
    return this.#clock.now() - (this.#historyOf(tenant, origin)?.at(-1) ?? Number.NEGATIVE_INFINITY);
  }

  toggle(tenant: string, origin: string): void {
    const origins = this.#origins.get(tenant) ?? new Map<string, History>();
    this.#origins.set(tenant, origins);
    const history = origins.get(origin) ?? [];
    origins.set(origin, history);
    history.push(this.#clock.now());
  }

  /** Reads at once or just before it answers: either may be, and what is written in between is seen or not. */
  query(tenant: string): Promise<readonly string[] | undefined> {
    const mode = this.#mode;
    return new Promise((resolve, reject) => {
      if (mode === 'failing') {
        this.#clock.after(this.#dice.below(FAILING), () => reject(new Error('connection refused')));
        return;
      }
      const early = this.#dice.below(2) === 0 ? [this.#read(tenant)] : undefined;
      const answer = (): void => resolve(early === undefined ? this.#read(tenant) : early[0]);
      if (mode === 'stalled') {
        this.#stalled.push(answer);
      } else {
        this.#clock.after(mode === 'slow' ? 500 + this.#dice.below(SLOW - 500) : this.#dice.below(UP), answer);
      }
    });
  }

  #read(tenant: string): readonly string[] | undefined {
    const origins = this.#origins.get(tenant);
    return origins && [...origins].filter(([, history]) => history.length % 2 === 1).map(([origin]) => origin);
  }

  #historyOf(tenant: string, origin: string): History | undefined {
    return this.#origins.get(tenant)?.get(origin);
  }
}
