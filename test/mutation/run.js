/**
 * `npm run test:mutation`: changes lib/policy, lib/routing and lib/testing in thousands of small ways, one at a time, and looks
 * whether a test of that folder fails. `-- policy`: that folder alone; what follows a folder is Stryker's.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['policy', 'routing', 'testing'];
const root = fileURLToPath(new URL('../../', import.meta.url));
const stryker = fileURLToPath(new URL('bin/stryker.js', import.meta.resolve('@stryker-mutator/core/package.json')));

const args = process.argv.slice(2);
const asked = args.filter((arg) => FOLDERS.includes(arg));
const others = args.filter((arg) => !FOLDERS.includes(arg));

for (const folder of asked.length > 0 ? asked : FOLDERS) {
  const mutate = others.includes('--mutate') ? [] : ['--mutate', `lib/${folder}/**/*.ts,!lib/testing/index.ts`];
  // What neither the sources nor the tests have touched since the last run is not tried again.
  const known = ['--incremental', '--incrementalFile', `reports/mutation/${folder}.json`];
  const { status } = spawnSync(
    process.execPath,
    [stryker, 'run', 'stryker.config.json', ...known, ...mutate, ...others],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, MUTATED: folder },
    },
  );
  if (status !== 0) {
    process.exitCode = 1;
  }
}
