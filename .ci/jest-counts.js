/**
 * A jest reporter. Under .ci/run (which names a folder in JEST_COUNTS) every run of jest leaves its counts there, whatever
 * command started it; anywhere else it does nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export default class JestCounts {
  onRunComplete(_contexts, results) {
    const folder = process.env.JEST_COUNTS;
    if (folder === undefined) {
      return;
    }
    const counts = {
      passed: results.numPassedTests,
      // A file that could not even be loaded holds no test that failed.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(counts));
  }
}
