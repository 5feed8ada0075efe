import { ts } from 'ts-morph';

import { indentationAt, lineStart } from '../options/snippet.js';
import type { FileEdits } from './file-edits.js';

const MARK = 'nestjs-cors-migrate:';
const WIDTH = 100;

/** Says above the statement, the member or the class what is to be decided. One that is there already is replaced. */
export function leaveComment(edits: FileEdits, node: ts.Node, reasons: readonly string[]): void {
  const { text } = edits.file;
  const anchor = anchorOf(node);
  const position = anchor.getStart();
  const indentation = indentationAt(text, position);
  const lines = reasons.flatMap((reason) => wrapped(`${MARK} ${reason}.`, WIDTH - indentation.length));
  const comment = lines.map((line) => `// ${line}\n${indentation}`).join('');
  const [start, end] = oldComment(text, anchor);
  if (text.slice(start, end).replaceAll('\r', '') !== comment) {
    edits.replace(start, end, comment);
  }
}

function anchorOf(node: ts.Node): ts.Node {
  let anchor = node;
  while (
    !ts.isStatement(anchor) &&
    !ts.isClassElement(anchor) &&
    !ts.isClassDeclaration(anchor) &&
    !ts.isSourceFile(anchor.parent)
  ) {
    anchor = anchor.parent;
  }
  // `if (x) app.enableCors();`: above the line.
  const { text } = anchor.getSourceFile();
  const start = anchor.getStart();
  const stands = text.slice(lineStart(text, start), start).trim() === '';
  return stands || ts.isSourceFile(anchor.parent) ? anchor : anchorOf(anchor.parent);
}

/** The comment of an earlier run: the lines from the mark to the statement. */
function oldComment(text: string, anchor: ts.Node): [start: number, end: number] {
  const end = anchor.getStart();
  let start = end;
  for (let line = lineStart(text, end); line > 0;) {
    const previous = lineStart(text, line - 1);
    const content = text.slice(previous, line).trim();
    if (!content.startsWith('//')) {
      break;
    }
    if (content.startsWith(`// ${MARK}`)) {
      start = previous + indentationAt(text, previous).length;
    }
    line = previous;
  }
  return [start, end];
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    const line = last === '' ? word : `${last} ${word}`;
    if (line.length > width - 3 && last !== '') {
      lines.push(`  ${word}`);
    } else {
      lines[lines.length - 1] = line;
    }
  }
  return lines;
}
