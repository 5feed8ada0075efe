/**
 * Counts the files of lib that a reader opens who follows one request or one mistake: those of which a function runs, by V8's
 * coverage of the sources, transpiled file by file. `node scripts/walks.js` prints them for a GET, a preflight, and
 * `maxAge: -1`; with a folder as its argument it counts those of another checkout.
 */
import { mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import ts from 'typescript';

const root = path.resolve(process.argv[2] ?? '.');
const built = path.join(await realpath(path.join(root, 'node_modules')), '.walks');

/** As the build does, but a file stays a file. */
async function transpile() {
  for (const file of await filesOf(path.join(root, 'lib'))) {
    const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
      fileName: file,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: file.endsWith('.cts') ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        verbatimModuleSyntax: !file.endsWith('.cts'),
      },
    });
    const target = path
      .join(built, path.relative(root, file))
      .replace(/\.ts$/, '.js')
      .replace(/\.cts$/, '.cjs');
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }
  await writeFile(path.join(built, 'package.json'), '{ "type": "module" }\n');
}

/** @param {string} folder @returns {Promise<string[]>} */
async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.c?ts$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const session = new Session();

/** The files of lib of which a function ran meanwhile. @param {() => Promise<unknown>} walk @returns {Promise<string[]>} */
async function opened(walk) {
  await session.post('Profiler.takePreciseCoverage');
  await walk();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const folder = `${pathToFileURL(built).href}/lib/`;
  return result
    .filter(({ url, functions }) => url.startsWith(folder) && functions.some(isCalled))
    .map(({ url }) => url.slice(folder.length).replace(/\.js$/, '.ts'))
    .toSorted();
}

/**
 * A module's own code is a function without a name: a file that is only loaded is not opened.
 *
 * @param {{ functionName: string, ranges: { count: number }[] }} called
 */
function isCalled({ functionName, ranges }) {
  return functionName !== '' && ranges.some(({ count }) => count > 0);
}

/** An application with two handlers at one URL. @param {object} options */
async function appWith(options) {
  const { CorsModule } = await import(pathToFileURL(path.join(built, 'lib/index.js')).href);
  class CatsController {
    list() {
      return [];
    }
    rename() {}
  }
  Controller('cats')(CatsController);
  for (const [name, decorate] of /** @type {const} */ ([
    ['list', Get()],
    ['rename', Put()],
  ])) {
    const descriptor = Object.getOwnPropertyDescriptor(CatsController.prototype, name);
    if (descriptor !== undefined) {
      decorate(CatsController.prototype, name, descriptor);
    }
  }
  class AppModule {}
  Module({ imports: [CorsModule.forRoot(options)], controllers: [CatsController] })(AppModule);
  return NestFactory.create(AppModule, { logger: false });
}

await transpile();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const ORIGIN = 'https://app.example.com';
const app = await appWith({ origin: ORIGIN, credentials: true });
await app.listen(0);
const url = `${await app.getUrl()}/cats`;
const get = await opened(() => fetch(url, { headers: { Origin: ORIGIN } }));
const preflight = await opened(() =>
  fetch(url, { method: 'OPTIONS', headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' } }),
);
await app.close();

/** From the compiler of policies on: what comes before it runs at every start, mistake or not. */
const wrong = await appWith({ origin: ORIGIN, maxAge: -1 });
const mistake = await opened(async () => {
  const error = await wrong.init().then(
    () => new Error('the application started'),
    (/** @type {unknown} */ reason) => reason,
  );
  if (!String(error).includes('max-age')) {
    throw error;
  }
});

for (const [name, files] of Object.entries({ 'a GET': get, 'a preflight': preflight, 'maxAge: -1': mistake })) {
  console.log(`${name}: ${files.length} files\n  ${files.join('\n  ')}`);
}
await rm(built, { recursive: true });
