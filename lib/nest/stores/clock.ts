/** Time, as the stores and the buses use it: a simulation has one of its own. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs something once, later. Returns what takes it back. */
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
