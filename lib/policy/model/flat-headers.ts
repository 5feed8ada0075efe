/** Alternating names and values: the form that Node's `writeHead` handles fastest. */
export type FlatHeaders = readonly string[];

/** The same in pairs, for looking up a name; also of a list that the app has made, which may hold anything. */
export function pairsOf(flat: FlatHeaders): readonly (readonly [name: string, value: string])[];
export function pairsOf(flat: readonly unknown[]): readonly (readonly [name: unknown, value: unknown])[];
export function pairsOf(flat: readonly unknown[]): readonly (readonly [name: unknown, value: unknown])[] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]] as const] : []));
}
