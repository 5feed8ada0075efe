import { settle } from '../report/settle.js';
import { shieldListeners } from '../report/shielded-signal.js';
import type { Clock } from './clock.js';

/** A request that waits for a list. */
export interface Waiter {
  /** The load has ended, or the old list is used. */
  answer(): void;
}

/** A list that is being loaded, or will be. */
export class Load {
  readonly waiters = new Set<Waiter>();
  /** Undefined while it waits for its turn, or to be begun again. */
  controller: AbortController | undefined = undefined;
  /** When it began. Its result is at least that new. */
  startedAt = 0;
  /** The list has changed since the load began, or this process was suspended: the result may be outdated. */
  isOvertaken = false;
  /** The load is late: an old list, if there is one, is used. */
  isOverdue = false;
  /** How often it was begun again because the list had changed while it was loaded. */
  restarts = 0;
  timers: (() => void)[] = [];

  constructor(
    readonly id: string,
    readonly key: string,
    /** There is an old list. Such loads go first: a client may have invented the other keys. */
    public hasList: boolean,
  ) {}

  get isRunning(): boolean {
    return this.controller !== undefined;
  }

  stopTimers(): void {
    for (const stop of this.timers) {
      stop();
    }
    this.timers = [];
  }

  answerAll(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const waiter of waiters) {
      waiter.answer();
    }
  }
}

/** How a load ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

export interface LoadQueueOptions {
  readonly concurrency: number;
  /** After this time an old list is used while the load goes on. */
  readonly patience: number;
  /** A load that takes longer is abandoned. */
  readonly limit: number;
  readonly clock: Clock;
  /** May throw, and may never settle. */
  run(key: string, signal: AbortSignal): unknown;
  /** A load has ended, and the list has not changed meanwhile. */
  end(load: Load, outcome: Outcome): void;
  /** A load is late, and an old list is used. */
  late(load: Load): void;
  /** The list has changed during each of several loads in a row, and is loaded again. */
  restless(load: Load): void;
}

/** The first restart comes in the next turn of the event loop, so that a list in memory cannot keep the loop for itself. */
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 640;

/** If a timer is this late, the process was suspended or busy: the database may be fast, and what it answered may be old. */
const SUSPENDED = 1000;

/** After so many restarts it is reported: perhaps `load()` itself calls `changed()`. */
const MANY_RESTARTS = 5;

/**
 * The loads of a store: one per key at a time, however often the key is requested or changed meanwhile, and at most
 * `concurrency` at once. The others wait; keys with an old list go first. A load that no request waits for any more does not
 * begin.
 */
export class LoadQueue {
  readonly #loads = new Map<string, Load>();
  readonly #urgent = new Set<Load>();
  readonly #others = new Set<Load>();
  readonly #options: LoadQueueOptions;
  #running = 0;

  constructor(options: LoadQueueOptions) {
    this.#options = options;
  }

  get(id: string): Load | undefined {
    return this.#loads.get(id);
  }

  /** Adds a waiter to the current load of this key, or to a new one. */
  join(id: string, key: string, hasList: boolean, waiter: Waiter): Load {
    let load = this.#loads.get(id);
    if (load === undefined) {
      load = new Load(id, key, hasList);
      this.#loads.set(id, load);
      this.#wait(load);
    }
    load.waiters.add(waiter);
    this.#next();
    return load;
  }

  /** A waiter has stopped waiting. */
  leave(load: Load, waiter: Waiter): void {
    load.waiters.delete(waiter);
    this.#dropUnwanted(load);
  }

  /**
   * The list has changed: the result of a load that has begun no longer counts. The next one begins when it has ended, so one that
   * is late is told to stop. One that is not late is not: many changes would begin as many loads.
   */
  overtake(load: Load): void {
    load.isOvertaken = load.isRunning;
    load.hasList = false;
    if (load.isOverdue) {
      stop(load);
    }
    if (this.#urgent.delete(load)) {
      this.#others.add(load);
    }
    this.#dropUnwanted(load);
  }

  overtakeAll(): void {
    for (const load of this.#loads.values()) {
      this.overtake(load);
    }
  }

  /** Ends all loads: every waiter is answered, and no timer is left. */
  close(): void {
    for (const load of this.#loads.values()) {
      load.stopTimers();
      this.#loads.delete(load.id);
      load.controller?.abort(new Error('the application is closing'));
      load.answerAll();
    }
    this.#urgent.clear();
    this.#others.clear();
    this.#running = 0;
  }

  #wait(load: Load): void {
    (load.hasList ? this.#urgent : this.#others).add(load);
    this.#watch(load);
  }

  #watch(load: Load): void {
    const { clock, patience } = this.#options;
    const since = clock.now();
    const late = (): void => {
      if (clock.now() - since >= patience + SUSPENDED) {
        this.#watch(load);
        return;
      }
      load.isOverdue = true;
      if (load.isOvertaken) {
        stop(load);
      }
      if (load.hasList) {
        this.#options.late(load);
        load.answerAll();
      }
    };
    load.timers.push(clock.after(patience, late));
  }

  /** A key with an old list is loaded all the same: the next request finds the result. */
  #dropUnwanted(load: Load): void {
    if (!load.isRunning && !load.hasList && load.waiters.size === 0) {
      load.stopTimers();
      this.#others.delete(load);
      this.#loads.delete(load.id);
    }
  }

  #next(): void {
    for (const waiting of [this.#urgent, this.#others]) {
      for (const load of waiting) {
        if (this.#running >= this.#options.concurrency) {
          return;
        }
        waiting.delete(load);
        this.#begin(load);
      }
    }
  }

  #begin(load: Load): void {
    const { clock, limit, run } = this.#options;
    const controller = new AbortController();
    // A failing listener does not affect the load, which reports its own end.
    shieldListeners(controller.signal, () => undefined);
    load.controller = controller;
    load.startedAt = clock.now();
    this.#running += 1;
    const end = (outcome: Outcome, longest: number): void => {
      // Once: an abandoned or closed load may still settle.
      if (load.controller === controller && this.#loads.get(load.id) === load) {
        load.isOvertaken ||= clock.now() - load.startedAt >= longest;
        this.#end(load, outcome);
      }
    };
    load.timers.push(
      clock.after(limit, () => {
        const error = new Error(`it took longer than ${limit} ms`);
        controller.abort(error);
        end({ error }, limit + SUSPENDED);
      }),
    );
    settle(
      answered(
        () => run(load.key, controller.signal),
        (outcome) => end(outcome, limit),
      ),
      () => undefined,
    );
  }

  #end(load: Load, outcome: Outcome): void {
    this.#running -= 1;
    load.stopTimers();
    load.controller = undefined;
    if (load.isOvertaken && load.waiters.size > 0) {
      this.#restart(load);
    } else {
      this.#loads.delete(load.id);
      if (!load.isOvertaken) {
        this.#options.end(load, outcome);
        load.answerAll();
      }
    }
    this.#next();
  }

  /** After a pause that grows, so that neither the event loop nor the database is flooded. Requests do not wait for ever. */
  #restart(load: Load): void {
    load.isOvertaken = false;
    load.isOverdue = false;
    const pause = load.restarts === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (load.restarts - 1), LONGEST_PAUSE);
    load.restarts += 1;
    if (load.restarts === MANY_RESTARTS) {
      this.#options.restless(load);
    }
    const begin = (): void => {
      this.#wait(load);
      this.#next();
    };
    load.timers.push(this.#options.clock.after(pause, begin));
  }
}

/** Its signal says so; it has ended when it settles, or is given up. */
function stop({ controller }: Load): void {
  controller?.abort(new Error('the list has changed meanwhile, and is loaded again'));
}

/** Reports a returned value, a thrown error or a rejection as an outcome; never at once, as nobody waits for it yet. */
async function answered(run: () => unknown, end: (outcome: Outcome) => void): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = { value: await run() };
  } catch (error) {
    await Promise.resolve();
    outcome = { error };
  }
  end(outcome);
}
