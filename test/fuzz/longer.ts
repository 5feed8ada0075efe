/**
 * fast-check as `npm run fuzz` sees it: every property runs for FUZZ_SECONDS, however many runs its test asks for, and from
 * another seed each time. A failure prints its seed.
 */
import fastCheck, {
  type IAsyncProperty,
  type IProperty,
  type Parameters,
} from '../../node_modules/fast-check/lib/fast-check.js';

export * from '../../node_modules/fast-check/lib/fast-check.js';

const LONGER = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: 1000 * Number(process.env['FUZZ_SECONDS'] ?? 60),
  markInterruptAsFailure: false,
};

function assert<T>(property: IProperty<T> | IAsyncProperty<T>, parameters?: Parameters<T>): Promise<void> | void {
  const { seed: _fixed, ...others } = parameters ?? {};
  return fastCheck.assert(property as IAsyncProperty<T>, { ...others, ...LONGER });
}

export default { ...fastCheck, assert };
