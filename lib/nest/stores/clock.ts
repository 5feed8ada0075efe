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

/** For how many milliseconds the clock of the system is taken at its word. It costs less than the monotonic one. */
const TRUSTED = 1000;

let time = 0;
let latest = 0;
/** What the two clocks said at `time`. */
let atSystem = Date.now();
let atMonotonic = performance.now();

/**
 * The monotonic clock stands still while the machine sleeps, so that a list would seem fresh afterwards: what the clock of the system
 * has gained meanwhile counts as well, also if somebody has set it forward. If it is set back, the time is right within a second.
 */
function now(): number {
  const system = Date.now();
  const passed = system - atSystem;
  if (passed < 0 || passed >= TRUSTED) {
    const monotonic = performance.now();
    time += Math.max(passed, monotonic - atMonotonic);
    atSystem = system;
    atMonotonic = monotonic;
    latest = Math.max(latest, time);
  } else {
    latest = Math.max(latest, time + passed);
  }
  return latest;
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
