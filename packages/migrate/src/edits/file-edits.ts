import { ts } from 'ts-morph';

import { lineStart, nextLine } from '../options/snippet.js';
import type { Names } from '../project/names.js';
import { styleOf, type Style } from './style.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The changes of one file. Only what they name is touched. */
export class FileEdits {
  readonly style: Style;
  /** The names that imports were added for. */
  readonly imported = new Set<string>();
  readonly #edits: Edit[] = [];
  readonly #removed: Edit[] = [];

  constructor(
    readonly file: ts.SourceFile,
    readonly names: Names,
  ) {
    this.style = styleOf(file);
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text: text.replaceAll('\n', this.style.eol) });
  }

  insert(position: number, text: string): void {
    this.replace(position, position, text);
  }

  remove(start: number, end: number): void {
    if (!this.isRemoved(start, end)) {
      this.#removed.push({ start, end, text: '' });
    }
  }

  isRemoved(start: number, end: number): boolean {
    return this.#removed.some((edit) => edit.start <= start && end <= edit.end);
  }

  /** Whether nothing of what is called this is left, nor put in. `name` itself does not count. */
  isUnused(name: ts.Identifier): boolean {
    const isPutIn = this.#edits.some(({ text }) => namesIn(text).includes(name.text));
    return (
      !isPutIn &&
      this.names.usesOf(this.file, name.text).every((use) => use === name || this.isRemoved(use.getStart(), use.end))
    );
  }

  /** Whether something of what is called this has been taken out. */
  lost(name: ts.Identifier): boolean {
    return this.names
      .usesOf(this.file, name.text)
      .some((use) => use !== name && this.isRemoved(use.getStart(), use.end));
  }

  /** A whole statement or member, with the comments that are about CORS, and one of the blank lines around it. */
  removeStatement(node: ts.Node): void {
    const { text } = this.file;
    const nodeEnd = endOf(node);
    const end = lineEndAfter(text, nodeEnd);
    let start = commentsAbove(node);
    this.#keepApart(node);
    if (text.slice(lineStart(text, start), start).trim() !== '' || end === undefined) {
      // `a(); b(); c();` on one line: one of the blanks stays.
      this.remove(start, nodeEnd + (/^[ \t]*(?=\S)/.exec(text.slice(nodeEnd))?.[0].length ?? 0));
      return;
    }
    start = lineStart(text, start);
    const before = text.slice(0, start);
    const opens = /(^|[{[(]\s*?|\n[ \t]*)\r?\n$/.test(before) || before === '';
    const after = /^([ \t]*\r?\n|[ \t]*[}\])])/.exec(text.slice(end))?.[0];
    if (opens && after?.trim() === '' && after !== undefined) {
      this.remove(start, end + after.length);
    } else if (after !== undefined && after.trim() !== '' && /\n[ \t]*\r?\n$/.test(before)) {
      this.remove(lineStart(text, start - 1), end);
    } else {
      this.remove(start, end);
    }
  }

  /** The lines of an import, and no blank ones: another may be inserted in its place. */
  removeImport(node: ts.Node): void {
    const { text } = this.file;
    const end = endOf(node);
    this.#keepApart(node);
    this.remove(lineStart(text, node.getStart()), lineEndAfter(text, end) ?? end);
  }

  /** `a()⏎ node;⏎ (b)`: without the statement between them, the other two would be one. */
  #keepApart(node: ts.Node): void {
    const { parent } = node;
    if (!ts.isBlock(parent) && !ts.isSourceFile(parent)) {
      return;
    }
    const statements: readonly ts.Node[] = parent.statements;
    const at = statements.indexOf(node);
    const next = statements.slice(at + 1).find((each) => !this.isRemoved(each.getStart(), each.end));
    const before = statements.slice(0, at).findLast((each) => !this.isRemoved(each.getStart(), each.end));
    const continues = next !== undefined && /^[([`+\-/*.,?]/.test(next.getText()) && endOf(node) === node.end;
    if (continues && before !== undefined && !/[;}]$/.test(before.getText())) {
      this.insert(before.end, ';');
    }
  }

  /** An element of a list, with the comma that separates it from its neighbour. */
  removeElement(node: ts.Node, list: ts.NodeArray<ts.Node>): void {
    const { text } = this.file;
    const index = list.indexOf(node);
    const [next, previous] = [list[index + 1], list[index - 1]];
    const start = commentsAbove(node);
    const alone = text.slice(lineStart(text, start), start).trim() === '';
    const comma = /^\s*,/.exec(text.slice(node.end))?.[0].length ?? 0;
    const end = lineEndAfter(text, node.end + comma);
    if (alone && end !== undefined && (comma > 0 || previous === undefined)) {
      this.remove(lineStart(text, start), end);
    } else if (next !== undefined) {
      this.remove(node.getStart(), next.getStart());
    } else if (previous !== undefined) {
      this.remove(previous.end, node.end);
    } else {
      this.remove(list.pos, list.end);
    }
  }

  get isEmpty(): boolean {
    return this.#edits.length + this.#removed.length === 0;
  }

  /** Where a position of the file is, once the edits are applied. */
  positionAfter(position: number): number {
    const before = [...this.#edits, ...this.#removed].filter(({ start, end }) => end <= position && start <= position);
    return before.reduce((moved, { start, end, text }) => moved + text.length - (end - start), position);
  }

  apply(): string {
    const edits = [...this.#edits, ...this.#removed].toSorted((a, b) => a.start - b.start || a.end - b.end);
    let text = '';
    let position = 0;
    for (const edit of edits) {
      if (edit.start < position) {
        // Within what is removed already.
        position = Math.max(position, edit.end);
        continue;
      }
      text += this.file.text.slice(position, edit.start) + edit.text;
      position = edit.end;
    }
    return text + this.file.text.slice(position);
  }
}

/** Without a semicolon on a later line, which belongs to what follows: `a()⏎ ;[b].forEach(c)`. */
export function endOf(node: ts.Node): number {
  const file = node.getSourceFile();
  const last = node.getLastToken(file);
  return last?.kind === ts.SyntaxKind.SemicolonToken &&
    file.text.slice(last.getFullStart(), last.getStart(file)).includes('\n')
    ? last.getFullStart()
    : node.end;
}

/** Without what is in strings. */
function namesIn(code: string): string[] {
  return code.replaceAll(/(['"`])(?:(?!\1)[^\\\n])*\1/g, '').split(/[^\w$]+/);
}

/** After the line, if nothing but a comment follows. */
function lineEndAfter(text: string, position: number): number | undefined {
  const end = nextLine(text, position);
  const rest = text.slice(position, end).trim();
  return rest === '' || rest.startsWith('//') ? end : undefined;
}

/** Where the comments start that stand directly above and speak of CORS; the node itself if none does. */
function commentsAbove(node: ts.Node): number {
  const { text } = node.getSourceFile();
  const position = node.getStart();
  let start = position;
  for (const { pos, end } of (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []).toReversed()) {
    const line = lineStart(text, start);
    const isAbove = text.slice(line, start).trim() === '' && /^[ \t]*\r?\n$/.test(text.slice(end, line));
    if (!isAbove || text.slice(lineStart(text, pos), pos).trim() !== '') {
      break;
    }
    start = pos;
  }
  return /cors|cross.?origin/i.test(text.slice(start, position)) ? start : position;
}
