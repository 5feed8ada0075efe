/**
 * `npm run bench`: all suites, or those that are named: `npm run bench -- hook nest-express`.
 *
 * `--quick` checks every answer and times next to nothing. `--write` puts the tables into the documentation.
 */
import { parseArgs } from 'node:util';

import type { Bar, SuiteResult, Table } from './report/result.js';
import { barsText, tableText } from './report/text.js';
import { writeResults } from './report/write.js';
import { allocationsSuite } from './suites/allocations.suite.js';
import { FULL, QUICK, type Effort } from './suites/effort.js';
import { growthSuite } from './suites/growth.suite.js';
import { handshakesSuite } from './suites/handshakes.suite.js';
import { hookSuite, packagesSuite } from './suites/hook.suite.js';
import { calledSuite, nestSuite } from './suites/nest.suite.js';
import { loadingSuite } from './suites/loading.suite.js';
import { socketsSuite } from './suites/sockets.suite.js';
import { startSuite } from './suites/start.suite.js';
import { tenantsSuite } from './suites/tenants.suite.js';

const SUITES: Readonly<Record<string, (effort: Effort) => Promise<SuiteResult>>> = {
  hook: hookSuite,
  packages: packagesSuite,
  'nest-express': (effort) => nestSuite('express', effort),
  called: calledSuite,
  'nest-fastify': (effort) => nestSuite('fastify', effort),
  growth: growthSuite,
  sockets: socketsSuite,
  handshakes: handshakesSuite,
  allocations: allocationsSuite,
  start: startSuite,
  loading: loadingSuite,
  tenants: tenantsSuite,
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const effort = options.quick ? QUICK : FULL;
const tables: Table[] = [];
const bars: Bar[] = [];

for (const name of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
  const suite = SUITES[name];
  if (suite === undefined) {
    throw new Error(`There is no suite called ${name}; there are ${Object.keys(SUITES).join(', ')}`);
  }
  const result = await suite(effort);
  tables.push(...result.tables);
  bars.push(...result.bars);
  if (effort.quick) {
    console.log(`${name}: all answers are right`);
  } else {
    console.log(result.tables.map(tableText).join(''));
  }
}
if (!effort.quick) {
  console.log(barsText(bars));
}
if (options.write) {
  await writeResults(tables, bars);
}
