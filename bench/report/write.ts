import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { thisMachine } from './machine.js';
import { isMet, type Bar, type SuiteResult, type Table } from './result.js';
import { barsText, tableText } from './text.js';

const PAGE = fileURLToPath(new URL('../../../../docs/performance.md', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../../../docs/performance/', import.meta.url));

/** Between these lines of the page stands what was measured; all else on it is written by hand. */
const FIGURES = /(?<=<!-- figures -->\n)[^]*(?=\n<!-- end of figures -->)/;

/**
 * Puts the results where the documentation shows them: the page's figures, and all of it as JSON. Results of suites
 * that did not run stay as they are.
 */
export async function writeResults(newTables: readonly Table[], newBars: readonly Bar[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const stored = JSON.parse(await readFile(`${FOLDER}results.json`, 'utf8')) as SuiteResult;
  const tables = replaced(stored.tables, newTables, ({ id }) => id);
  const bars = replaced(stored.bars, newBars, ({ what }) => what);
  const judged = bars.map((bar) => ({ ...bar, met: isMet(bar) }));
  const machine = thisMachine();
  await writeFormatted(`${FOLDER}results.json`, JSON.stringify({ machine, bars: judged, tables }));

  const { processor, cores, memory, node, v8 } = machine;
  const measuredOn = `Measured on ${cores} cores of ${processor}, ${memory}, Node ${node} (V8 ${v8}).`;
  const sections = tables.map(tableText);
  // Under a heading of the page's own.
  const figures = `\n${measuredOn}\n${barsText(bars)}${sections.join('')}`.replaceAll(/^## /gm, '### ');
  const page = await readFile(PAGE, 'utf8');
  await writeFormatted(
    PAGE,
    page.replace(FIGURES, () => figures),
  );
}

/** The stored items, each new one in the place of the one with its name, or at the end. */
function replaced<T>(stored: readonly T[], items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  const byName = new Map(stored.map((item) => [nameOf(item), item]));
  items.forEach((item) => byName.set(nameOf(item), item));
  return [...byName.values()];
}

async function writeFormatted(file: string, text: string): Promise<void> {
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
