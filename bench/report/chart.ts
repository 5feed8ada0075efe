import type { Table } from './result.js';
import { figureText } from './text.js';

const WIDTH = 760;
const LABELS = 190;
const FIGURES = 70;
const BAR = 14;
const GAP = 12;
const TOP = 64;

/** Ours first in the eye: one strong colour, and shades of grey for all others. Both read on white and on black. */
const STYLE = `
    text { font: 12px system-ui, sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .unit, .figure { fill: #59636e; }
    .ours { fill: #e0234e; }
    .other0 { fill: #6e7781; } .other1 { fill: #8c959f; } .other2 { fill: #afb8c1; } .other3 { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .unit, .figure { fill: #9198a1; }
      .ours { fill: #ff5c7c; }
      .other0 { fill: #8b949e; } .other1 { fill: #6e7681; } .other2 { fill: #484f58; } .other3 { fill: #b1bac4; }
    }`;

/** The columns that are the library's. */
const OURS: ReadonlySet<string> = new Set(['nestjs-cors', 'one policy', 'three policies']);

/** Draws a table as horizontal bars, a group for each row. Nothing but SVG: a page and a repository's front page show it alike. */
export function chartOf(table: Table): string {
  const { title } = table;
  const { columns, unit } = table.charted ?? table;
  const rows = table.rows.map(({ name, values }) => ({
    name,
    values: columns.map((column) => values[table.columns.indexOf(column)]),
  }));
  const most = Math.max(...rows.flatMap(({ values }) => values.map((value) => value ?? 0)), 1);
  const scale = (WIDTH - LABELS - FIGURES) / most;
  const groupHeight = columns.length * BAR + GAP;
  const height = TOP + rows.length * groupHeight;
  const groups = rows.map(({ name, values }, row) => {
    const top = TOP + row * groupHeight;
    const bars = values.map((value, column) => {
      const y = top + column * BAR;
      const width = Math.max((value ?? 0) * scale, 0);
      return [
        `<rect class="${classOf(columns, column)}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" rx="2"/>`,
        `<text class="figure" x="${(LABELS + width + 6).toFixed(1)}" y="${y + BAR - 4}">${figureText(value)}</text>`,
      ].join('');
    });
    const middle = top + (columns.length * BAR) / 2 + 3;
    return `<text x="${LABELS - 10}" y="${middle}" text-anchor="end">${escaped(name)}</text>${bars.join('')}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `  <style>${STYLE}\n  </style>`,
    `  <text class="title" x="0" y="18">${escaped(title)}</text>`,
    `  ${legend(columns, unit)}`,
    ...groups.map((group) => `  ${group}`),
    '</svg>\n',
  ].join('\n');
}

function legend(columns: readonly string[], unit: string): string {
  if (columns.length === 1) {
    return `<text class="unit" x="0" y="42">${escaped(unit)}</text>`;
  }
  let x = 0;
  const items = columns.map((name, column) => {
    const item = `<rect class="${classOf(columns, column)}" x="${x}" y="32" width="10" height="10" rx="2"/><text x="${x + 15}" y="41">${escaped(name)}</text>`;
    x += 15 + name.length * 7 + 14;
    return item;
  });
  return `${items.join('')}<text class="unit" x="${x}" y="41">${escaped(unit)}</text>`;
}

function classOf(columns: readonly string[], column: number): string {
  const name = columns[column] ?? '';
  if (columns.length === 1 || OURS.has(name)) {
    return 'ours';
  }
  return `other${columns.filter((other) => !OURS.has(other)).indexOf(name) % 4}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
