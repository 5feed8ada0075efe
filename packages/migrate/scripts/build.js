/**
 * Builds dist/main.js. The library's compiler of policies becomes part of it: so the tool knows what CorsModule would say at
 * start, of the same version, without an installation of the library and of Nest.
 */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** What the library loads on demand stands in the bundle. @type {import('rolldown').Plugin} */
const onDemand = {
  name: 'on-demand',
  resolveId: (id) => (id.endsWith('/on-demand.cjs') ? '\0on-demand' : undefined),
  load: (id) =>
    id === '\0on-demand'
      ? `import * as tldts from 'tldts';
import * as regexpp from '@eslint-community/regexpp';
export default { tldts: () => tldts, regexpp: () => regexpp };`
      : undefined,
};

await rm('dist', { recursive: true, force: true });
const bundle = await rolldown({
  input: 'src/main.ts',
  platform: 'node',
  external: ['ts-morph', 'diff', /^node:/],
  plugins: [onDemand],
});
await bundle.write({ format: 'esm', file: 'dist/main.js', minify: false });
await bundle.close();
