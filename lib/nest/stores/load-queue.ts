import { settle } from '../report/settle.js';
import { shieldListeners } from '../report/shielded-signal.js';
import type { Clock } from './clock.js';

/** A request that waits for a list. */
export interface Waiter {
  /** The load has come to its end, or the old list is to do. */
  answer(): void;
}

/** A list that is being loaded, or is about to be. */
export class Load {
  readonly waiters = new Set<Waiter>();
  /** Undefined while it waits for its turn. */
  controller: AbortController | undefined = undefined;
  /** When it began. What it reads is at least as new as that. */
  startedAt = 0;
  /** The list was changed after the load had begun: what it reads may be what was there before. */
  isOvertaken = false;
  /** The database has had its time: an old list, if there is one, is used. */
  isOverdue = false;
  timers: (() => void)[] = [];

  constructor(
    readonly id: string,
    readonly key: string,
    /** There is an old list. It goes before those that a stranger may have made up. */
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
  /** After that long an old list is used in place of what has not come yet. */
  readonly patience: number;
  /** A load that takes longer is given up. */
  readonly limit: number;
  readonly clock: Clock;
  /** May throw, and may never answer. */
  run(key: string, signal: AbortSignal): unknown;
  /** A load has come to an end, and nothing overtook it. */
  end(load: Load, outcome: Outcome): void;
  /** An old list is to be used for now. */
  late(load: Load): void;
}

/**
 * The loads of a store: one for each key at a time, however often the key is asked about or changed meanwhile, and not more than
 * `concurrency` at once. The others wait, keys that have had a list first; and those that nobody waits for any more are not begun.
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

  /** The load that is under way for this key, or another one; with somebody who waits for it. */
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

  /** Somebody has given up waiting. */
  leave(load: Load, waiter: Waiter): void {
    load.waiters.delete(waiter);
    this.#dropUnwanted(load);
  }

  /** What is read from now on counts, and nothing that a load has begun to read before. */
  overtake(load: Load): void {
    load.isOvertaken = load.isRunning;
    load.hasList = false;
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

  /** Ends everything: who waits is answered, and no timer is left. */
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
    const late = (): void => {
      load.isOverdue = true;
      if (load.hasList) {
        this.#options.late(load);
        load.answerAll();
      }
    };
    load.timers.push(this.#options.clock.after(this.#options.patience, late));
  }

  /** A list that was in use is loaded even so: the next request finds it. */
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
    // What a listener fails at is no concern of the load, which reports its own end.
    shieldListeners(controller.signal, () => undefined);
    load.controller = controller;
    load.startedAt = clock.now();
    this.#running += 1;
    const end = (outcome: Outcome): void => {
      // Once: what was given up, or closed, may still answer.
      if (load.controller === controller && this.#loads.get(load.id) === load) {
        this.#end(load, outcome);
      }
    };
    load.timers.push(
      clock.after(limit, () => {
        const error = new Error(`it took longer than ${limit} ms`);
        controller.abort(error);
        end({ error });
      }),
    );
    settle(
      answered(() => run(load.key, controller.signal), end),
      () => undefined,
    );
  }

  #end(load: Load, outcome: Outcome): void {
    this.#running -= 1;
    load.stopTimers();
    load.controller = undefined;
    if (load.isOvertaken && load.waiters.size > 0) {
      load.isOvertaken = false;
      load.isOverdue = false;
      this.#wait(load);
    } else {
      this.#loads.delete(load.id);
      if (!load.isOvertaken) {
        this.#options.end(load, outcome);
        load.answerAll();
      }
    }
    this.#next();
  }
}

/** Whatever is thrown, returned or rejected with is an outcome. */
async function answered(run: () => unknown, end: (outcome: Outcome) => void): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = { value: await run() };
  } catch (error) {
    outcome = { error };
  }
  end(outcome);
}
