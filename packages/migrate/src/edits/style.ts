import { ts } from 'ts-morph';

import type { Snippet } from '../options/snippet.js';

/** How a file is written. */
export interface Style {
  readonly eol: string;
  /** One step of indentation. */
  readonly unit: string;
  readonly quote: string;
  readonly semicolon: string;
  /** After the last of several lines. */
  readonly trailingComma: string;
  /** Between the braces of `{ x }`. */
  readonly pad: string;
}

const WIDTH = 80;

export function styleOf(file: ts.SourceFile): Style {
  const { text } = file;
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: unitOf(text),
    quote: count(text, /"(?:[^"\\\n])*"/g) > count(text, /'(?:[^'\\\n])*'/g) ? '"' : `'`,
    semicolon: count(text, /;[ \t]*(?:\/\/.*)?\r?$/gm) * 4 >= file.statements.length ? ';' : '',
    trailingComma: count(text, /[^,\s{[(;]\s*\n\s*[}\])]/g) > 2 && count(text, /,\s*\n\s*[}\])]/g) === 0 ? '' : ',',
    pad: count(text, /\{[^\s{}][^\n{}]*\}/g) > count(text, /\{ [^\n{}]* \}/g) ? '' : ' ',
  };
}

function unitOf(text: string): string {
  const steps = new Map<number, number>();
  let before = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^\s*\*/.test(line)) {
      continue;
    }
    if (line.startsWith('\t')) {
      return '\t';
    }
    const width = line.length - line.trimStart().length;
    if (width > before) {
      steps.set(width - before, (steps.get(width - before) ?? 0) + 1);
    }
    before = width;
  }
  const [most] = [...steps].toSorted(([a, x], [b, y]) => y - x || a - b);
  return ' '.repeat(most?.[0] ?? 2);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** The snippet as the file would have it, with line ends that are not yet the file's. */
export function inStyle(snippet: Snippet, from: Style, to: Style): Snippet {
  return withQuotes(
    snippet
      .split('\n')
      .map((line, index) => (index === 0 ? line : reindented(line, from.unit, to.unit)))
      .join('\n'),
    to.quote,
  );
}

function reindented(line: string, from: string, to: string): string {
  const step = from === '\t' ? /^\t+/ : new RegExp(`^(?:\t|${from})+`);
  const blanks = step.exec(line)?.[0] ?? '';
  const tabs = blanks.split('\t').length - 1;
  const spaces = blanks.length - tabs;
  return to.repeat(tabs + spaces / from.length) + line.slice(blanks.length);
}

/** Strings without quotes in them get those of the file. Comments and other kinds of literals are left alone. */
function withQuotes(snippet: Snippet, quote: string): Snippet {
  return snippet.replaceAll(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:[^`\\]|\\.)*`|'([^'"\\\n]*)'|"([^'"\\\n]*)"/g,
    (all, single: string | undefined, double: string | undefined) => {
      const inner = single ?? double;
      return inner === undefined ? all : `${quote}${inner}${quote}`;
    },
  );
}

/** Whether it still fits the line. */
export function fits(indentation: string, text: string): boolean {
  return !text.includes('\n') && indentation.replaceAll('\t', '    ').length + text.length <= WIDTH;
}

/** All lines but the first, moved to the right. */
export function indented(snippet: Snippet, indentation: string): Snippet {
  return snippet.replaceAll(/\n(?=[^\n])/g, `\n${indentation}`);
}
