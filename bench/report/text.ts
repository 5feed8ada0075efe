import { isMet, type Bar, type Table } from './result.js';

/** A table as text, columns aligned; Markdown as well, so that it can be pasted. */
export function tableText({ title, unit, columns, rows, note }: Table): string {
  const lines = [['', ...columns], ...rows.map(({ name, values }) => [name, ...values.map(figureText)])];
  return `\n## ${title} (${unit})\n\n${markdown(lines)}\n\n${note}\n`;
}

export function barsText(bars: readonly Bar[]): string {
  const lines = bars.map((bar) => [bar.what, ...barCells(bar)]);
  const met = bars.filter(isMet).length;
  return `\n## Bars: ${met} of ${bars.length} met\n\n${markdown([['', 'bar', 'figure', '95 % interval', ''], ...lines])}\n`;
}

function barCells(bar: Bar): readonly string[] {
  const { value, low, high } = bar.figure;
  return [
    `${bar.direction === 'at most' ? '≤' : '≥'} ${bar.limit} ${bar.unit}`,
    ratioText(value),
    `${ratioText(low)} to ${ratioText(high)}`,
    isMet(bar) ? 'met' : '**not met**',
  ];
}

function ratioText(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0);
}

/** Figures as people read them: no digits that mean nothing. */
export function figureText(value: number | undefined): string {
  if (value === undefined) {
    return '';
  }
  if (Math.abs(value) < 100) {
    return String(Number(value.toPrecision(2)));
  }
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

function markdown(lines: readonly (readonly string[])[]): string {
  const [header = [], ...rows] = lines;
  const widths = header.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [row(header), `| ${rule.join(' | ')} |`, ...rows.map(row)].join('\n');
}
