/**
 * The tests of the folder that is being mutated (MUTATED) as one suite: for every mutant jest would load the library once for each
 * file otherwise, which takes longer than the tests themselves.
 */
import { readdirSync } from 'node:fs';

const folder = new URL(`../${process.env['MUTATED'] ?? 'policy'}/`, import.meta.url);

for (const name of readdirSync(folder)) {
  if (name.endsWith('.spec.ts')) {
    await import(new URL(name, folder).pathname);
  }
}
