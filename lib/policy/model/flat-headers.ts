/** Names and values by turns: the form that Node's `writeHead` takes soonest. */
export type FlatHeaders = readonly string[];

/** The same in pairs, for who looks a name up. */
export function pairsOf(headers: FlatHeaders): readonly (readonly [name: string, value: string])[] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
}
