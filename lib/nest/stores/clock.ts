/** The time of stores and buses: a simulation has its own. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /**
   * Runs a function once, later. Returns a function that cancels it.
   *
   * @param isAwaited - the application awaits what it settles. If nothing else kept the process alive, it would end in the middle
   * of `await app.close()`.
   */
  after(milliseconds: number, run: () => void, isAwaited?: boolean): () => void;
}

/** Clocks that differ by no more are the same: they are read one after the other, and one of them in whole milliseconds. */
const TOLERANCE = 1000;

/** How far the time is ahead of the monotonic one. */
let ahead = 0;
let difference = Date.now() - performance.now();

/**
 * The monotonic time stands still while the machine sleeps, and a list would be as fresh as before: what the clock of the system has
 * gone forward counts as well, also if somebody has set it. Set back, it changes nothing.
 */
function now(): number {
  const monotonic = performance.now();
  const change = Date.now() - monotonic - difference;
  if (Math.abs(change) > TOLERANCE) {
    ahead += Math.max(change, 0);
    difference += change;
  }
  return monotonic + ahead;
}

/** No timer keeps a process alive unless it is awaited. */
export const SYSTEM_CLOCK: Clock = {
  now,
  after(milliseconds, run, isAwaited = false) {
    const timer = setTimeout(run, milliseconds);
    if (!isAwaited) {
      timer.unref();
    }
    return () => clearTimeout(timer);
  },
};
