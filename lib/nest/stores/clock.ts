/** The time of stores and buses: a simulation has its own. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs a function once, later. Returns a function that cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** No timer keeps a process alive. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
