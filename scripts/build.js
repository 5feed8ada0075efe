/**
 * Builds dist/esm and dist/cjs from lib, side by side: a file for each entry point, and chunks for what entries share, with
 * their types. A new entry point is a line in ENTRIES, and one in `exports` of package.json.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import ts from 'typescript';
import { lineMapOf } from './line-map.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const ENTRIES = {
  index: 'lib/index.ts',
  testing: 'lib/testing/index.ts',
};

/** Stays a file of its own, one for both builds: there `require` is lazy, and bundlers see what it names. */
const ON_DEMAND = { source: 'lib/packages/on-demand.cts', built: 'dist/on-demand.cjs', from: '../on-demand.cjs' };
const isOnDemand = /packages\/on-demand\.cjs$/;

/**
 * Modules of lib that only some apps need, with what is called in them: each is a file that is required at the first call, by
 * the same means as the packages. The sources import them as any other.
 */
const LAZY = [
  { name: 'issue', source: 'lib/policy/mistakes/issue.ts', calls: ['describeIssue'] },
  { name: 'closest-name', source: 'lib/policy/mistakes/closest-name.ts', calls: ['closestName'] },
  { name: 'regexp-analysis', source: 'lib/policy/origins/regexp-analysis.ts', calls: ['analyseRegExp'] },
  {
    name: 'registrable-domain',
    source: 'lib/policy/origins/registrable-domain.ts',
    calls: ['hasSuffixBelow', 'isPublicSuffix', 'registrableDomain'],
  },
];

/** @param {string} [itself] @returns {import('rolldown').Plugin} */
const lazyModules = (itself) => ({
  name: 'lazy-modules',
  load(id) {
    const lazy = LAZY.find(({ source }) => source !== itself && id.endsWith(`/${source}`));
    const call = (/** @type {string} */ name) =>
      `export const ${name} = (...values) => onDemand[${JSON.stringify(lazy?.name)}]().${name}(...values);`;
    return (
      lazy && {
        code: `import onDemand from '/packages/on-demand.cjs';\n${lazy.calls.map(call).join('\n')}`,
        moduleType: 'js',
      }
    );
  },
});

/** What an app installs beside the package. What the compiler wants besides, as helpers for decorators, is built in. */
const { dependencies, peerDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
const installed = Object.keys({ ...dependencies, ...peerDependencies });
const isInstalled = (/** @type {string} */ id) => installed.some((name) => id === name || id.startsWith(`${name}/`));

/** @type {import('rolldown').InputOptions} */
const INPUT = {
  input: ENTRIES,
  platform: 'node',
  tsconfig: 'tsconfig.json',
  external: (id) => id.startsWith('node:') || isInstalled(id) || isOnDemand.test(id),
  // Most of the time goes into the types, and that is known.
  checks: { pluginTimings: false },
};

/** @type {import('rolldown').OutputOptions} */
const OUTPUT = {
  strict: true,
  charset: 'ascii',
  sourcemap: true,
  // What is loaded in every start of every app is read and compiled each time. The map and `name` give the names back.
  minify: { compress: true, mangle: { keepNames: { function: true, class: true } }, codegen: true },
};

async function buildLazy() {
  for (const { name, source } of LAZY) {
    const bundle = await rolldown({ ...INPUT, input: source, plugins: [lazyModules(source)] });
    const paths = (/** @type {string} */ id) => (isOnDemand.test(id) ? './on-demand.cjs' : id);
    await bundle.write({ ...OUTPUT, format: 'cjs', file: `dist/${name}.cjs`, paths });
    await bundle.close();
  }
}

async function buildCode() {
  const bundle = await rolldown({ ...INPUT, plugins: [lazyModules()] });
  for (const format of /** @type {const} */ (['esm', 'cjs'])) {
    const dir = `dist/${format}`;
    const { output } = await bundle.write({
      format,
      dir,
      chunkFileNames: '[name].js',
      paths: (id) => (isOnDemand.test(id) ? ON_DEMAND.from : id),
      ...OUTPUT,
    });
    for (const chunk of output) {
      if (format === 'cjs' && chunk.type === 'chunk' && chunk.isEntry) {
        await spellGetters(`${dir}/${chunk.fileName}`);
      }
    }
  }
  await bundle.close();
  const { outputText } = ts.transpileModule(await readFile(ON_DEMAND.source, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const own = LAZY.map(({ name }) => `onDemand['${name}'] = () => require('./${name}.cjs');\n`);
  await writeFile(ON_DEMAND.built, outputText.replace(/(?=^module\.exports)/m, own.join('')));
}

/**
 * Where ES modules import a CommonJS module, Node searches its text for the names that it exports. It knows a getter that
 * says `enumerable: true`, and drops the name where a minifier has written `!0`.
 *
 * @param {string} file
 */
async function spellGetters(file) {
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replaceAll('{enumerable:!0,get:function(){', '{enumerable:true,get:function(){'));
}

async function buildTypes() {
  const bundle = await rolldown({ ...INPUT, plugins: [dts({ emitDtsOnly: true, tsconfig: 'tsconfig.build.json' })] });
  await bundle.write({
    format: 'esm',
    dir: 'dist/esm',
    entryFileNames: ({ name }) => `${name}.ts`,
    chunkFileNames: '[name].ts',
  });
  await bundle.close();
}

/** @param {string} folder @param {string} end */
async function builtFiles(folder, end) {
  return (await readdir(folder)).filter((name) => name.endsWith(end)).map((name) => `${folder}/${name}`);
}

// What an earlier build left of a renamed file would be published.
await rm('dist', { recursive: true, force: true });
await mkdir('dist/cjs', { recursive: true });
await writeFile('dist/cjs/package.json', '{ "type": "commonjs" }\n');
await Promise.all([buildCode(), buildLazy(), buildTypes()]);

for (const file of (
  await Promise.all(['dist', 'dist/esm', 'dist/cjs'].map((folder) => builtFiles(folder, '.map')))
).flat()) {
  await writeFile(file, lineMapOf(await readFile(file, 'utf8')));
}
// The same types twice: beside "type": "commonjs" they are those of a CommonJS module.
for (const file of await builtFiles('dist/esm', '.d.ts')) {
  await cp(file, file.replace('/esm/', '/cjs/'));
}
