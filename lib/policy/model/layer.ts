import { ownValue } from './own-keys.js';

/**
 * One target's `@Cors` values (or forRoot's), in execution order: later ones win key by key, `add`s add up, a later
 * `use` or
 * `false` discards earlier ones. A string is short for `{ use: name }`.
 *
 * Every mistake belongs to a layer: `where` is the name under which the error lists it, `CatsController.update (PUT
 * /cats/:id)`.
 */
export interface PolicyLayer {
  readonly where: string;
  /** As they were written, in TypeScript or JavaScript: policies, names, `false`. They have not been checked yet. */
  readonly values: readonly unknown[];
  /** The values of each subclass that inherits the handler of this layer: if one of them closes, this layer does not count. */
  readonly inheritedBy?: readonly (readonly unknown[])[];
}

/** A string of the registry, so that two loaded copies of this package understand each other. */
const ARGUMENTS = Symbol.for('nestjs-cors:arguments');

/** What stands for the value of a `@Cors` that was given several: a mistake, which the start reports. */
export function severalArguments(values: readonly unknown[]): object {
  return { [ARGUMENTS]: values };
}

/** Undefined for every other value. */
export function argumentsIn(value: unknown): readonly unknown[] | undefined {
  const values: unknown = typeof value === 'object' && value !== null ? ownValue(value, ARGUMENTS) : undefined;
  return Array.isArray(values) ? values : undefined;
}
