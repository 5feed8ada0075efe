/**
 * Builds dist/esm and dist/cjs from lib, side by side, with their types. A new entry point is a line in ENTRIES, and one in
 * `exports` of package.json.
 *
 * Both builds share one copy of every module that needs nothing of Nest, most of the code: `dist/entry.cjs` has what the
 * package needs when it is imported, `dist/core.cjs` what it needs when an application is created, and each of LAZY is a file
 * as well. Only modules that import Nest or rxjs are there twice: Nest itself may be loaded by `import` or by `require`.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { transform } from 'esbuild';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import ts from 'typescript';
import { breakLines } from './line-breaks.js';
import { lineMapOf } from './line-map.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const ENTRIES = {
  index: 'lib/index.ts',
  inspector: 'lib/inspector/index.ts',
  postgres: 'lib/postgres.ts',
  redis: 'lib/redis.ts',
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
  { name: 'diagnosis', source: 'lib/policy/diagnosis/diagnose.ts', calls: ['diagnose', 'placeName'] },
  { name: 'closest-name', source: 'lib/policy/mistakes/closest-name.ts', calls: ['closestName'] },
  { name: 'regexp-analysis', source: 'lib/policy/origins/regexp-analysis.ts', calls: ['analyseRegExp'] },
  {
    name: 'registrable-domain',
    source: 'lib/policy/origins/registrable-domain.ts',
    calls: ['hasSuffixBelow', 'isPublicSuffix', 'registrableDomain'],
  },
];

/** Modules of the core that are imported by what is loaded earlier, with what is called in them. */
const IN_CORE = [
  {
    name: 'core',
    source: 'lib/policy/origins/stored-origins.ts',
    calls: ['adviceOn', 'checkOrigin', 'readStoredOrigins'],
  },
];

const isInCore = (/** @type {string} */ id) => IN_CORE.some(({ source }) => id.endsWith(`/${source}`));

/** What the inspector serves to browsers, made from `page/`: a file of its own, loaded when the page is asked for. */
const PAGE = { name: 'inspector-page', source: 'lib/inspector/page-files.ts', calls: ['pageFiles'] };

/** @param {{ name: string, source: string, calls: string[] }[]} modules @returns {import('rolldown').Plugin} */
const calledLater = (modules) => ({
  name: 'called-later',
  load(id) {
    const lazy = modules.find(({ source }) => id.endsWith(`/${source}`));
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
const isOneOf = (/** @type {object} */ packages) => (/** @type {string} */ id) =>
  Object.keys(packages).some((name) => id === name || id.startsWith(`${name}/`));
const isInstalled = isOneOf({ ...dependencies, ...peerDependencies });
const isPeer = isOneOf(peerDependencies);

/** How the core imports what is loaded before it. */
const ENTRY_FILE = '/entry.cjs';

/** @type {import('rolldown').InputOptions} */
const INPUT = {
  input: ENTRIES,
  platform: 'node',
  tsconfig: 'tsconfig.json',
  external: (id) =>
    id.startsWith('node:') || isInstalled(id) || isOnDemand.test(id) || id === ENTRY_FILE || id === '../testing.cjs',
  // Most of the time goes into the types, and that is known.
  checks: { pluginTimings: false },
};

/** What both buses need, too small for a file of its own. */
const isOfBuses = /\/stores\/bus-options\.ts$/;

/** @type {import('rolldown').OutputOptions} */
const OUTPUT = {
  strict: true,
  charset: 'ascii',
  sourcemap: true,
  // What is loaded in every start of every app is read and compiled each time. The map and `name` give the names back.
  minify: { compress: true, mangle: { keepNames: { function: true, class: true } }, codegen: true },
};

/**
 * Which modules import which, from these on. What is imported dynamically is a module, and imported by none.
 *
 * @param {readonly string[]} input @param {import('rolldown').Plugin} later
 */
async function importsFrom(input, later) {
  /** @type {Map<string, readonly string[]>} */
  const imports = new Map();
  /** @type {import('rolldown').Plugin} */
  const graph = {
    name: 'graph',
    buildEnd() {
      for (const id of this.getModuleIds()) {
        imports.set(id, this.getModuleInfo(id)?.importedIds ?? []);
      }
    },
  };
  const bundle = await rolldown({ ...INPUT, input: [...input], plugins: [later, graph] });
  await bundle.generate({ format: 'esm' });
  await bundle.close();
  return imports;
}

/**
 * The modules that need nothing of Nest, neither themselves nor through others: those that are needed when the package is
 * imported, and those that are needed later. Of each, also those that modules of other files import.
 */
async function findFree() {
  const input = [ENTRIES.index, ENTRIES.inspector, ...IN_CORE.map(({ source }) => source)];
  const imports = await importsFrom(input, calledLater([...LAZY, PAGE]));
  // What only the inspector needs is loaded with the inspector.
  const needsNest = new Set([...imports.keys()].filter((id) => isPeer(id) || id.includes('/lib/inspector/')));
  for (const id of needsNest) {
    for (const [importer, imported] of imports) {
      if (imported.includes(id)) {
        needsNest.add(importer);
      }
    }
  }
  const free = [...imports.keys()].filter((id) => id.endsWith('.ts') && !needsNest.has(id));
  const early = await importsFrom([ENTRIES.index], calledLater([...LAZY, PAGE, ...IN_CORE]));
  const onImport = new Set([...early.keys()].filter((id) => id.endsWith(`/${ENTRIES.index}`)));
  for (const id of onImport) {
    for (const imported of early.get(id) ?? []) {
      onImport.add(imported);
    }
  }
  const parts = {
    entry: new Set(free.filter((id) => onImport.has(id) && !isInCore(id))),
    core: new Set(free.filter((id) => !onImport.has(id) || isInCore(id))),
  };
  const borderOf = (/** @type {ReadonlySet<string>} */ part) =>
    [...part].filter((id) => [...imports].some(([importer, all]) => !part.has(importer) && all.includes(id)));
  return { onImport, parts, borders: { entry: borderOf(parts.entry), core: borderOf(parts.core) } };
}

/** Stands for a module that has all exports of these. @param {readonly string[]} modules @returns {import('rolldown').Plugin} */
const together = (modules) => ({
  name: 'together',
  resolveId: (id) => (id === 'together' ? '\0together' : undefined),
  load: (id) =>
    id === '\0together' ? modules.map((module) => `export * from ${JSON.stringify(module)};\n`).join('') : undefined,
});

/**
 * Builds a file that both builds share. Returns the names that it exports.
 *
 * @param {string} name @param {import('rolldown').InputOptions} input @returns {Promise<readonly string[]>}
 */
async function buildShared(name, input) {
  const bundle = await rolldown({ ...INPUT, ...input });
  const paths = (/** @type {string} */ id) =>
    isOnDemand.test(id) ? './on-demand.cjs' : id === ENTRY_FILE ? './entry.cjs' : id;
  const { output } = await bundle.write({ ...OUTPUT, format: 'cjs', file: `dist/${name}.cjs`, paths });
  await bundle.close();
  return output[0].exports;
}

/**
 * Puts a shared file in the place of the modules that it holds.
 *
 * @param {string} name @param {string} from @param {readonly string[]} names
 * @param {(id: string, importer: string | undefined) => boolean} holds @returns {import('rolldown').Plugin}
 */
const shared = (name, from, names, holds) => ({
  name: `shared-${name}`,
  async resolveId(id, importer, options) {
    const resolved = await this.resolve(id, importer, { ...options, skipSelf: true });
    return resolved !== null && holds(resolved.id, importer) ? `\0${name}` : undefined;
  },
  load: (id) =>
    id === `\0${name}`
      ? `import file from '${from}';\nexport const { ${names.join(', ')} } = file${isOnDemand.test(from) ? `.${name}()` : ''};\n`
      : undefined,
});

async function buildPage() {
  const bundle = await rolldown({
    input: 'page/inspector/main.ts',
    tsconfig: 'page/tsconfig.json',
    platform: 'browser',
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  const sheets = await Promise.all(
    ['page/picture/picture.css', 'page/inspector/inspector.css'].map((file) => readFile(file, 'utf8')),
  );
  const { code: style } = await transform(sheets.join(''), { loader: 'css', minify: true });
  const packed = brotliCompressSync(JSON.stringify({ script: output[0].code, style })).toString('base64');
  await writeFile(
    `dist/${PAGE.name}.cjs`,
    `'use strict';
const { brotliDecompressSync } = require('node:zlib');
const files = JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')));
exports.pageFiles = () => files;
`,
  );
}

async function buildCode() {
  const { onImport, parts, borders } = await findFree();
  const entry = await buildShared('entry', {
    input: 'together',
    plugins: [together(borders.entry), calledLater([...LAZY, ...IN_CORE])],
  });
  const core = await buildShared('core', {
    input: 'together',
    plugins: [
      shared('entry', ENTRY_FILE, entry, (id) => parts.entry.has(id)),
      together(borders.core),
      calledLater(LAZY),
    ],
  });
  const testing = await buildShared('testing', { input: ENTRIES.testing });
  const bundle = await rolldown({
    ...INPUT,
    plugins: [
      // Through the file that is required in both builds: so Node need not search it for the names that it exports.
      shared('entry', '/packages/on-demand.cjs', entry, (id) => parts.entry.has(id)),
      calledLater([...LAZY, PAGE, ...IN_CORE]),
      shared('core', '/packages/on-demand.cjs', core, (id) => parts.core.has(id) && !isInCore(id)),
      shared('testing', '../testing.cjs', testing, (id) => id.endsWith(`/${ENTRIES.testing}`)),
    ],
  });
  for (const format of /** @type {const} */ (['esm', 'cjs'])) {
    const dir = `dist/${format}`;
    const { output } = await bundle.write({
      format,
      dir,
      chunkFileNames: '[name].js',
      // One file beside the entry: each one more that is loaded costs a fraction of a millisecond.
      codeSplitting: { groups: [{ name: 'shared', test: (id) => onImport.has(id) || isOfBuses.test(id) }] },
      paths: (id) => (isOnDemand.test(id) ? ON_DEMAND.from : id),
      ...OUTPUT,
    });
    for (const chunk of output) {
      if (format === 'cjs' && chunk.type === 'chunk') {
        await (chunk.isEntry ? spellGetters : spareGetters)(`${dir}/${chunk.fileName}`);
      }
    }
  }
  await bundle.close();
  const { outputText } = ts.transpileModule(await readFile(ON_DEMAND.source, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const own = [...[...LAZY, PAGE].map(({ name }) => name), 'entry', 'core'].map(
    (name) => `onDemand['${name}'] = () => require('./${name}.cjs');\n`,
  );
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

/**
 * A chunk that hands on what it got from the shared file: each name a constant, for which 10 kB of getters are too many.
 *
 * @param {string} file
 */
async function spareGetters(file) {
  const code = await readFile(file, 'utf8');
  if (file.endsWith('/_core.js')) {
    const getter = /Object\.defineProperty\(exports,"(\w+)",\{enumerable:!0,get:function\(\)\{return ([\w$]+)\}\}\)/g;
    await writeFile(file, code.replace(getter, 'exports.$1=$2'));
  }
}

/** Types that import Nest's, and the entries: each build has these for itself, and both share all the others (see below). */
const needsNest = /(?:index|inspector\.\w+|cors\.(?:interceptor|module(?:-definition)?|service))(?:\.d)?\.ts$/;

async function buildTypes() {
  const bundle = await rolldown({ ...INPUT, plugins: [dts({ emitDtsOnly: true, tsconfig: 'tsconfig.build.json' })] });
  await bundle.write({
    format: 'esm',
    dir: 'dist/esm',
    entryFileNames: ({ name }) => `${name}.ts`,
    chunkFileNames: '[name].ts',
    codeSplitting: { groups: [{ name: 'types.d', test: (id) => id.includes('/lib/') && !needsNest.test(id) }] },
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
await Promise.all([
  buildCode(),
  buildPage(),
  buildTypes(),
  ...LAZY.map((own) =>
    buildShared(own.name, { input: own.source, plugins: [calledLater(LAZY.filter((lazy) => lazy !== own))] }),
  ),
]);

for (const file of (
  await Promise.all(['dist', 'dist/esm', 'dist/cjs'].map((folder) => builtFiles(folder, '.map')))
).flat()) {
  const built = file.replace(/\.map$/, '');
  const { code, map } = breakLines(await readFile(built, 'utf8'), await readFile(file, 'utf8'));
  await writeFile(built, code);
  await writeFile(file, lineMapOf(map));
}
// The same types twice: beside "type": "commonjs" they are those of a CommonJS module. To TypeScript the types of a package that
// is imported may differ between the two. What imports none is one file that both share.
for (const file of await builtFiles('dist/esm', '.d.ts')) {
  await cp(file, file.replace('/esm/', '/cjs/'));
  if (!/^import .* from "(?!\.|node:)/m.test(await readFile(file, 'utf8'))) {
    await writeFile(file, `export * from '../cjs/${path.basename(file, '.d.ts')}.js';\n`);
  }
}
