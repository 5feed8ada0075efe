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

/** No timer keeps a process alive unless it is awaited. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(milliseconds, run, isAwaited = false) {
    const timer = setTimeout(run, milliseconds);
    if (!isAwaited) {
      timer.unref();
    }
    return () => clearTimeout(timer);
  },
};
