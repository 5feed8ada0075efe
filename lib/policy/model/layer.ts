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
}
