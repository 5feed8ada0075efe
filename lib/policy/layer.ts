import type { CorsPolicyOptions } from './options.js';

/**
 * One target's `@Cors` values (or forRoot's), in execution order: later ones win key by key, `add`s add up, a later `use` or
 * `false` discards earlier ones. A string is short for `{ use: name }`.
 *
 * A layer is what a mistake belongs to: `where` is the name under which the error lists it, `CatsController.update (PUT /cats/:id)`.
 */
export interface PolicyLayer {
  readonly where: string;
  readonly values: readonly (CorsPolicyOptions | string | false)[];
}
