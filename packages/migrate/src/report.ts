import { createTwoFilesPatch } from 'diff';

import type { Migration, Remark } from './migrate.js';

/** A unified diff that `git apply` takes. */
export function diffOf({ files }: Migration, prefix: string): string {
  return [...files]
    .map(([file, { before, after }]) =>
      createTwoFilesPatch(`a/${prefix}${file}`, `b/${prefix}${file}`, before, after, '', '', { context: 3 }),
    )
    .map((patch) => patch.replace(/^=+\n/, '').replaceAll('\t\n', '\n'))
    .join('');
}

export interface ReportOptions {
  readonly written: boolean;
  /** Of the folder, as seen from where the command runs. */
  readonly prefix: string;
  readonly skipped: readonly { readonly file: string; readonly text: string }[];
}

export function reportOf(migration: Migration, { written, prefix, skipped }: ReportOptions): string {
  const { files, left, notes, found } = migration;
  const line = ({ file, line: now, lineAfter, text }: Remark): string =>
    `  ${prefix}${file}:${written ? lineAfter : now}  ${text}`;
  const sections = [
    ...(found === 0 && left.length === 0 ? ['Nothing to migrate: no CORS code was found.'] : []),
    ...(files.size > 0
      ? [
          `${written ? 'Changed' : 'Would change'} ${countOf(files.size, 'file')}${written ? '' : '; add --write to do it'}.`,
        ]
      : []),
    ...(notes.length > 0 ? ['What is different from now on:', ...notes.map(line)] : []),
    ...(left.length > 0 ? ['Left as it is, for you to decide:', ...left.map(line)] : []),
    ...(skipped.length > 0 ? ['Not read:', ...skipped.map(({ file, text }) => `  ${prefix}${file}  ${text}`)] : []),
    ...(found > 0 && left.length === 0 && files.size > 0
      ? ['Start the application then: mistakes in the options stop it, each with its cure.']
      : []),
  ];
  return `${sections.join('\n')}\n`;
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
