/** Alternating names and values: the form that Node's `writeHead` handles fastest. */
export type FlatHeaders = readonly string[];

/** The same in pairs, for looking up a name. */
export function pairsOf(headers: FlatHeaders): readonly (readonly [name: string, value: string])[] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
}
