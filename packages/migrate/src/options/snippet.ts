import type { ts } from 'ts-morph';

/**
 * Text that moves to another place. Its lines end with `\n`, and all but the first are indented relative to the line that it
 * started on.
 */
export type Snippet = string;

export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: Snippet;
}

export function snippetOf(node: ts.Node, replacements: readonly Replacement[] = []): Snippet {
  const file = node.getSourceFile();
  return snippetBetween(file.text, node.getStart(file), node.end, replacements);
}

export function snippetBetween(
  text: string,
  start: number,
  end: number,
  replacements: readonly Replacement[],
): Snippet {
  const base = indentationAt(text, start);
  let snippet = '';
  let position = start;
  for (const replacement of replacements.toSorted((a, b) => a.start - b.start)) {
    snippet += dedent(text, position, replacement.start, base);
    const inner = withoutBase(indentationAt(text, replacement.start), base);
    snippet += replacement.text.replaceAll('\n', `\n${inner}`);
    position = replacement.end;
  }
  return snippet + dedent(text, position, end, base);
}

/** The blanks that the line of this position starts with. */
export function indentationAt(text: string, position: number): string {
  const start = lineStart(text, position);
  return /^[ \t]*/.exec(text.slice(start, start + 400))?.[0] ?? '';
}

export function lineStart(text: string, position: number): number {
  return text.lastIndexOf('\n', position - 1) + 1;
}

/** After the line's end. */
export function nextLine(text: string, position: number): number {
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end + 1;
}

function dedent(text: string, start: number, end: number, base: string): string {
  return text
    .slice(start, end)
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line, index) => (index === 0 && text[start - 1] !== '\n' ? line : withoutBase(line, base)))
    .join('\n');
}

function withoutBase(line: string, base: string): string {
  let common = 0;
  while (common < base.length && line[common] === base[common]) {
    common += 1;
  }
  return line.slice(common);
}
