import type { Clock } from '../../../../lib/nest/stores/clock.js';

interface Event {
  readonly at: number;
  readonly run: () => void;
  isTakenBack: boolean;
}

/** More than any chain of promises here is long. */
const TURNS = 16;

/** Time that passes from event to event. What an event sets off in promises has been done before the next one. */
export class SimulatedClock implements Clock {
  #now = 0;
  #order = 0;
  /** A binary heap: the next event is the first. */
  readonly #heap: Event[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    // No two things happen at the same moment: which of them was first would be a matter of taste.
    this.#order += 1;
    const event: Event = { at: this.#now + milliseconds + this.#order * 1e-7, run, isTakenBack: false };
    this.#push(event);
    return () => {
      event.isTakenBack = true;
    };
  }

  async runUntil(end: number): Promise<void> {
    for (let event = this.#heap[0]; event !== undefined && event.at <= end; event = this.#heap[0]) {
      this.#pop();
      if (!event.isTakenBack) {
        this.#now = event.at;
        event.run();
        for (let turn = 0; turn < TURNS; turn += 1) {
          await Promise.resolve();
        }
      }
    }
    this.#now = end;
  }

  #push(event: Event): void {
    let index = this.#heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) {
        break;
      }
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): void {
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    for (let index = 0; ;) {
      let first = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#heap.length && this.#isBefore(child, first)) {
          first = child;
        }
      }
      if (first === index) {
        return;
      }
      this.#swap(index, first);
      index = first;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    return a !== undefined && b !== undefined && a.at < b.at;
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a !== undefined && b !== undefined) {
      this.#heap[one] = b;
      this.#heap[other] = a;
    }
  }
}
