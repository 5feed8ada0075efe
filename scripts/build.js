/** Builds dist/esm and dist/cjs from lib, side by side. */
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** @param {string} project */
function compile(project) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [tsc, '--pretty', 'false', '-p', project], { cwd: root, stdio: 'inherit' });
    child.on('exit', (code) => resolve(code === 0));
  });
}

process.chdir(root);
// What an earlier build left of a renamed file would be published.
await rm('dist', { recursive: true, force: true });
await mkdir('dist/cjs', { recursive: true });
await writeFile('dist/cjs/package.json', '{ "type": "commonjs" }\n');

const built = await Promise.all(['tsconfig.build.json', 'tsconfig.build-cjs.json'].map(compile));
if (built.includes(false)) {
  process.exit(1);
}
