import { randomUUID } from 'node:crypto';

import { thrownText } from '../../policy/mistakes/safe-text.js';
import { type AppLog, Throttle } from '../report/app-log.js';
import { settle } from '../report/settle.js';
import { readMessage, textOfMessage, type BusMessage } from './bus-message.js';
import type { Clock } from './clock.js';
import type { CorsBus } from './cors-bus.js';

/** What an instance does with messages of the others. Its methods never throw. */
export interface BusListener {
  changed(id: string): void;
  changedAny(): void;
  reload(): void;
}

/** How long a sender waits for the bus: a client that is not connected may queue a message for long. */
const PATIENCE = 2000;

/** How long it waits to listen. Longer than that, as a client may still be connecting: trying again too early only adds another. */
const PATIENCE_TO_LISTEN = 10_000;

/** Listening within this time counts as having listened since the factory ran: it need not run again. */
const AT_ONCE = 1000;

/** Attempts that have neither succeeded nor failed. Each may take memory and a connection for as long as it does neither. */
const MOST_UNSETTLED = 3;

/** Messages that the bus has not accepted yet: they may wait in a pool that the application needs for its own queries. */
const MOST_IN_PROGRESS = 100;

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * An instance's end of the bus. It never throws or rejects: if the bus is down, lists are at most `ttl` old, and nothing else
 * happens. It tries to subscribe until it succeeds, also if an attempt never settles. If a change could not be sent, it later sends
 * that any list may have changed.
 */
export class BusLink {
  readonly #bus: CorsBus;
  readonly #listener: BusListener;
  readonly #log: AppLog;
  readonly #clock: Clock;
  readonly #throttle: Throttle;
  readonly #sender = randomUUID();
  /** How each subscription is ended. There is more than one if an attempt succeeds after another one was made. */
  readonly #subscriptions: (() => Promise<void>)[] = [];
  #unsettled = 0;
  #inProgress = 0;
  #whenThereIsRoom: () => void = () => undefined;
  /** Settles when the message for all that has changed meanwhile is sent or owed; undefined while there is room. */
  #joint: Promise<void> | undefined;
  #isClosed = false;
  readonly #timers = new Map<'subscribe' | 'owed', () => void>();
  /** The kinds of messages that could not be sent yet. */
  readonly #owed = new Set<'changed-any' | 'reload'>();

  constructor(bus: CorsBus, listener: BusListener, log: AppLog, clock: Clock) {
    this.#bus = bus;
    this.#listener = listener;
    this.#log = log;
    this.#clock = clock;
    this.#throttle = new Throttle(() => clock.now());
  }

  /** Begins to listen, without waiting. */
  open(): void {
    settle(this.#subscribe(0), () => undefined);
  }

  /**
   * Resolves when the bus has accepted the message, or has failed to in time. Never rejects. It sends after `close()` as well, as
   * requests that write may end later.
   */
  async publish(message: BusMessage): Promise<void> {
    const isTooMany = message.kind === 'changed' && this.#inProgress >= MOST_IN_PROGRESS;
    await (isTooMany ? (this.#joint ??= this.#tellJointly()) : this.#tell(message));
  }

  async #tell(message: BusMessage): Promise<void> {
    if (!(await this.#send(message))) {
      this.#owe(message.kind === 'reload' ? 'reload' : 'changed-any');
    }
  }

  /** One message tells of all that changes until there is room. */
  async #tellJointly(): Promise<void> {
    const room = new Promise<void>((resolve) => (this.#whenThereIsRoom = resolve));
    const hasRoom = await this.#inTime(async () => room).then(
      () => true,
      () => false,
    );
    this.#joint = undefined;
    if (hasRoom) {
      await this.#tell({ kind: 'changed-any' });
    } else {
      this.#owe('changed-any');
    }
  }

  #owe(kind: 'changed-any' | 'reload'): void {
    this.#owed.add(kind);
    this.#later('owed', 0, (attempt) => this.#sendOwed(attempt));
  }

  /** Stops listening, and tries once more to send what is owed. Never rejects, and waits only as long as a bus may take. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#timers.values()) {
      stop();
    }
    this.#timers.clear();
    const stops = this.#subscriptions.splice(0).map(async (unsubscribe) => this.#stop(unsubscribe));
    await Promise.all([...stops, this.#sendOwed(0)]);
  }

  async #subscribe(attempt: number): Promise<void> {
    const wait = { isOver: false };
    const giveUp = (): void => {
      wait.isOver = true;
      this.#timers.delete('subscribe');
      this.#subscribeLater(attempt, new Error(`the bus took longer than ${PATIENCE_TO_LISTEN} ms`));
    };
    this.#timers.set('subscribe', this.#clock.after(PATIENCE_TO_LISTEN, giveUp));
    this.#unsettled += 1;
    const begunAt = this.#clock.now();
    try {
      const unsubscribe = await this.#bus.subscribe(
        (message) => this.#receive(message),
        (problem) => this.#failed('this instance may miss messages of the bus, and hears of changes later', problem),
      );
      this.#unsettled -= 1;
      await this.#subscribed(unsubscribe, attempt > 0 || this.#clock.now() - begunAt > AT_ONCE);
    } catch (error) {
      this.#unsettled -= 1;
      if (!wait.isOver) {
        this.#stopTimer('subscribe');
      }
      this.#subscribeLater(attempt, error);
    }
  }

  async #subscribed(unsubscribe: () => Promise<void>, hasWaited: boolean): Promise<void> {
    if (this.#isClosed) {
      await this.#stop(unsubscribe);
      return;
    }
    this.#subscriptions.push(unsubscribe);
    // A second one only brings each message twice. It is not ended: on a shared connection that could end the first one as well.
    if (this.#subscriptions.length === 1) {
      this.#stopTimer('subscribe');
      // What was loaded before may have changed without a message.
      this.#listener.changedAny();
      if (hasWaited) {
        this.#listener.reload();
      }
    }
  }

  #subscribeLater(tried: number, error: unknown): void {
    if (this.#subscriptions.length > 0) {
      return;
    }
    this.#failed('this instance cannot listen to the bus, and hears of changes later', error);
    if (this.#unsettled < MOST_UNSETTLED) {
      this.#later('subscribe', tried, (next) => this.#subscribe(next));
    }
  }

  #receive(text: unknown): void {
    if (this.#isClosed) {
      return;
    }
    const message = readMessage(text);
    if (message === undefined) {
      this.#throttle.run('ignored', (again) =>
        this.#log.warn(`a message on the bus was ignored, as it was not sent by nestjs-cors${again}`),
      );
    } else if (message.kind === 'lost') {
      this.#listener.changedAny();
      this.#listener.reload();
    } else if (message.sender !== this.#sender) {
      this.#take(message);
    }
  }

  #take(message: BusMessage): void {
    switch (message.kind) {
      case 'changed':
        this.#listener.changed(message.id);
        break;
      case 'changed-any':
        this.#listener.changedAny();
        break;
      case 'reload':
        this.#listener.reload();
        break;
    }
  }

  async #sendOwed(attempt: number): Promise<void> {
    for (const kind of this.#owed) {
      this.#owed.delete(kind);
      if (!(await this.#send({ kind }))) {
        this.#owed.add(kind);
        this.#later('owed', attempt, (next) => this.#sendOwed(next));
        return;
      }
    }
  }

  async #send(message: BusMessage): Promise<boolean> {
    try {
      await this.#inTime(async () => this.#publish(message));
      return true;
    } catch (error) {
      const then = this.#isClosed ? 'load it when their lists are ttl old' : 'are told later';
      this.#say(`the other instances could not be told of a change, and ${then}`, error);
      return false;
    }
  }

  async #publish(message: BusMessage): Promise<void> {
    this.#inProgress += 1;
    try {
      await this.#bus.publish(textOfMessage(message, this.#sender));
    } finally {
      this.#inProgress -= 1;
      this.#whenThereIsRoom();
    }
  }

  async #stop(unsubscribe: () => Promise<void>): Promise<void> {
    try {
      await this.#inTime(unsubscribe);
    } catch (error) {
      // The client may have been closed before: then there is nothing left to stop.
      this.#log.debug(`unsubscribing from the bus failed: ${thrownText(error)}`);
    }
  }

  /** Rejects if it takes too long. Its later outcome is ignored. */
  #inTime(run: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new Error(`the bus took longer than ${PATIENCE} ms`));
      const stop = this.#clock.after(PATIENCE, giveUp, true);
      attempt(run).finally(stop).then(resolve, reject);
    });
  }

  /** One timer per purpose, with a longer pause each time. */
  #later(purpose: 'subscribe' | 'owed', tried: number, run: (attempt: number) => Promise<void>): void {
    if (this.#isClosed || this.#timers.has(purpose)) {
      return;
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** tried, LONGEST_PAUSE);
    const start = (): void => {
      this.#timers.delete(purpose);
      settle(run(tried + 1), () => undefined);
    };
    this.#timers.set(purpose, this.#clock.after(pause, start));
  }

  #stopTimer(purpose: 'subscribe' | 'owed'): void {
    this.#timers.get(purpose)?.();
    this.#timers.delete(purpose);
  }

  #failed(what: string, error: unknown): void {
    if (!this.#isClosed) {
      this.#say(what, error);
    }
  }

  #say(what: string, error: unknown): void {
    this.#throttle.run(what, (again) => this.#log.error(`${what}: ${thrownText(error)}${again}`));
  }
}

/** Turns a thrown error into a rejection. */
async function attempt(run: () => Promise<unknown>): Promise<unknown> {
  return run();
}
