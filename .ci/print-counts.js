/** Adds up what the runs of jest left in the folder given: one plain line. Fails if no test ran. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const files = existsSync(folder) ? readdirSync(folder) : [];
const runs = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
const sum = (/** @type {string} */ key) => runs.reduce((total, counts) => total + counts[key], 0);

console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
if (sum('passed') === 0) {
  process.exitCode = 1;
}
