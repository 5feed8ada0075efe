/** A place in a text that cannot be read, with what to write instead. */
export class CodeError extends Error {
  override readonly name = 'CodeError';

  /** @param at - the position in the text. */
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

export interface Place {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
}

export function placeOf(text: string, at: number): Place {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
