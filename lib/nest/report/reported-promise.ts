/**
 * What a method of the public API promises. If it rejects and nobody waits for it, the error is reported instead of ending the
 * process as an unhandled rejection: a call without `await`, in a timer or a listener. Whoever waits gets the rejection, and
 * nothing is reported.
 */
class ReportedPromise<T> extends Promise<T> {
  #isAwaited = false;

  /** What `then()` returns is a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a promise has it anyway
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // `await` comes here as well, as this is a subclass.
    this.#isAwaited = true;
    return super.then(onFulfilled, onRejected);
  }

  reportTo(report: (error: unknown) => void): this {
    super.then(undefined, (error: unknown) => {
      // Later than Node would call it unhandled.
      setImmediate(() => {
        if (!this.#isAwaited) {
          report(error);
        }
      });
    });
    return this;
  }
}

/** @param report - gets what `run` rejected with, if nobody waits for that. Must not throw. */
export function reported<T>(run: () => Promise<T>, report: (error: unknown) => void): Promise<T> {
  return new ReportedPromise<T>((resolve, reject) => {
    run().then(resolve, reject);
  }).reportTo(report);
}
