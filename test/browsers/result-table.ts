import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINE_DIFFERENCES, type ExpectedObservation } from './differences/engine-differences.js';
import { ENGINE_NAMES, type EngineName } from './engines/engine.js';
import type { Observation } from './observation.js';
import { ALL_SCENARIOS, GROUPS } from './scenarios/all-scenarios.js';
import { PLATFORMS } from './stage/scenario-app.js';

const FILE = new URL('../../docs/browsers.md', import.meta.url);
const BEGIN = '<!-- The results: npm run test:browsers:docs writes them. -->';
const END = '<!-- The end of the results. -->';

/** What has been compared: one line per engine, group, platform and scenario. */
interface Row {
  readonly engine: EngineName;
  readonly group: string;
  readonly differences: readonly number[];
  /** Whether a page reads what it would not read in another engine, or the other way round. */
  readonly isOtherVerdict: boolean;
}

/** The table in docs/browsers.md. */
export class ResultTable {
  readonly versions = new Map<EngineName, string>();
  private readonly rows: Row[] = [];

  add(
    engine: EngineName,
    group: string,
    reference: Observation,
    { observation, differences }: ExpectedObservation,
  ): void {
    const verdicts = ({ steps }: Observation): string => steps.map(({ verdict }) => verdict).join();
    this.rows.push({ engine, group, differences, isOtherVerdict: verdicts(reference) !== verdicts(observation) });
  }

  /** How many scenarios a difference has a part in. */
  scenariosOf(engine: EngineName, difference: number): number {
    return this.rows.filter((row) => row.engine === engine && row.differences.includes(difference)).length;
  }

  /** What the docs have to say: everything but the versions, which change with every update of the machine. */
  text(): string {
    return [...this.groupLines(), '', ...this.differenceLines()].join('\n');
  }

  /** What they say. */
  written(): string {
    const { middle } = readDocs();
    return middle.split('\n').slice(2).join('\n');
  }

  write(): void {
    const { before, after } = readDocs();
    const versions = ENGINE_NAMES.map((name) => `${name} ${this.versions.get(name)}`).join(', ');
    writeFileSync(FILE, `${before}${BEGIN}\n\nLast run with ${versions}.\n\n${this.text()}\n\n${END}${after}`);
  }

  private groupLines(): readonly string[] {
    const cells = (group: string | null): readonly string[] => ENGINE_NAMES.map((engine) => this.cell(engine, group));
    const count = (group: string | null): number =>
      ALL_SCENARIOS.filter((scenario) => group === null || scenario.group === group).length * PLATFORMS.length;
    return markdownTable([
      ['scenarios, on both platforms', 'pageAt()', ...ENGINE_NAMES],
      ...GROUPS.map((group) => [group, String(count(group)), ...cells(group)]),
      ['all', String(count(null)), ...cells(null)],
      [
        'with another verdict',
        '',
        ...ENGINE_NAMES.map((engine) => String(this.rowsOf(engine, null).filter((row) => row.isOtherVerdict).length)),
      ],
    ]);
  }

  private cell(engine: EngineName, group: string | null): string {
    const rows = this.rowsOf(engine, group);
    const known = rows.filter(({ differences }) => differences.length > 0);
    const same = `${rows.length - known.length}`;
    if (known.length === 0 || group === null) {
      return known.length === 0 ? same : `${same} + ${known.length}`;
    }
    const numbers = [...new Set(known.flatMap(({ differences }) => differences))].toSorted((a, b) => a - b);
    return `${same} + ${known.length} (${numbers.join(', ')})`;
  }

  private rowsOf(engine: EngineName, group: string | null): readonly Row[] {
    return this.rows.filter((row) => row.engine === engine && (group === null || row.group === group));
  }

  private differenceLines(): readonly string[] {
    return markdownTable([
      ['', 'engine', 'what it does', 'scenarios', 'standard'],
      ...ENGINE_DIFFERENCES.map(({ engines, what, clause }, index) => [
        String(index + 1),
        engines.join(', '),
        what,
        engines.map((engine) => this.scenariosOf(engine, index + 1)).join(', '),
        `[${new URL(clause).host}](${clause})`,
      ]),
    ]);
  }
}

function readDocs(): { readonly before: string; readonly middle: string; readonly after: string } {
  const [before = '', rest = ''] = readFileSync(FILE, 'utf8').split(BEGIN);
  const [middle = '', after = ''] = rest.split(END);
  return { before, middle: middle.trim(), after };
}

/** As prettier writes it: columns as wide as their widest cell. */
function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
