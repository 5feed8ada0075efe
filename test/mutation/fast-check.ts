/** fast-check for mutants: thirty runs show what thousands would, and which input shows it best is nobody's concern. */
import fastCheck, {
  type IAsyncProperty,
  type IProperty,
  type Parameters,
} from '../../node_modules/fast-check/lib/fast-check.js';

export * from '../../node_modules/fast-check/lib/fast-check.js';

function assert<T>(property: IProperty<T> | IAsyncProperty<T>, parameters?: Parameters<T>): Promise<void> | void {
  const numRuns = Math.min(parameters?.numRuns ?? 30, 30);
  return fastCheck.assert(property as IAsyncProperty<T>, { ...parameters, numRuns, endOnFailure: true });
}

export default { ...fastCheck, assert };
