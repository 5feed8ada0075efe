/**
 * Gives an end to what code of the app returned where nothing waits for it. A promise is waited for, so that none of them
 * rejects unheard, which would end the process; everything else is no affair of ours. Never throws.
 *
 * @param onFailure - is told what a promise rejected with, or what its `then` threw. Must not throw.
 */
export function settle(outcome: unknown, onFailure: (error: unknown) => void): void {
  if ((typeof outcome === 'object' && outcome !== null) || typeof outcome === 'function') {
    end(outcome).then(undefined, onFailure);
  }
}

/** `await` reads a foreign promise's `then` within this promise: what it throws is a rejection like any other. */
async function end(outcome: unknown): Promise<void> {
  await outcome;
}
