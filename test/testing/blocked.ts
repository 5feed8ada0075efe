import { CorsBlockedError } from '../../lib/testing/index.js';

/** The error a blocked call rejects with. Fails if it was not blocked. */
export async function blocked(call: Promise<unknown>): Promise<CorsBlockedError> {
  const outcome: unknown = await call.then(
    () => new Error('The call was not blocked'),
    (error: unknown) => error,
  );
  if (outcome instanceof CorsBlockedError) {
    return outcome;
  }
  throw outcome;
}

/** What every failure says, and nothing more. */
export function finding({ step, header, actual, expected }: CorsBlockedError): object {
  return { step, header, actual, expected };
}
