/**
 * Handles what code of the app returned if no other code awaits it. A promise is awaited, so that its rejection does not end
 * the process; other values are ignored. Never throws.
 *
 * @param onFailure - gets what a promise rejected with, or what its `then` threw. Must not throw.
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
