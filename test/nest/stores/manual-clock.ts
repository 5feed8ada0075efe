import type { Clock } from '../../../lib/nest/stores/clock.js';

/** A clock that a test sets forward; whoever waits for a time is called when it has come. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time passes while nothing runs: no timer is on time, and other events come before them. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, timer by timer; what a timer sets off in promises has been done before the next one. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at);
      if (next === undefined) {
        break;
      }
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settled();
    }
    this.#now = until;
  }
}

/** Everything that waits for promises only has been done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
