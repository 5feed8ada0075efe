import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { COMPILER, FOR_COMPILING, PEERS, SEEN } from './consumer-app.js';
import { PackedPackage } from './packed-package.js';

// Each test compiles a project or starts processes.
jest.setTimeout(120_000);

const RESOLUTIONS = [
  { resolution: 'nodenext', type: 'module', options: { module: 'nodenext' } },
  { resolution: 'nodenext, CommonJS', type: 'commonjs', options: { module: 'nodenext' } },
  { resolution: 'bundler', type: 'module', options: { module: 'esnext', moduleResolution: 'bundler', noEmit: true } },
  { resolution: 'commonjs + bundler', type: 'commonjs', options: { module: 'commonjs', moduleResolution: 'bundler' } },
  {
    resolution: 'commonjs + node10',
    type: 'commonjs',
    options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  },
] as const;

let packed: PackedPackage;

/** The files that a paper links to or shows, from the root of the package. */
function linksOf(paper: string, text: string): string[] {
  const links = [...text.matchAll(/(?:\]\(|(?:src|srcset)=")([^)"#:\s]+)(?:#[^)]*)?[)"]/g)].map(
    ([, link]) => link ?? '',
  );
  return links.map((link) => posix.join(posix.dirname(paper), link));
}

beforeAll(async () => {
  packed = await PackedPackage.pack();
});

afterAll(async () => {
  await packed.remove();
});

describe('the tarball', () => {
  it('holds the two builds, the papers and what starts the migration, and nothing else', () => {
    const others = packed.files.filter(
      (path) => !/^(?:dist\/(?:esm|cjs)\/|docs\/|dist\/[\w-]+\.cjs(?:\.map)?$)/.test(path),
    );

    expect(others.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin/nestjs-cors.cjs',
      'package.json',
      'schematics/collection.json',
      'schematics/nest-add.cjs',
    ]);
    expect(packed.files).toEqual(
      expect.arrayContaining(['dist/esm/index.js', 'dist/esm/index.d.ts', 'dist/cjs/index.js', 'dist/cjs/index.d.ts']),
    );
    expect(packed.files).toContain('dist/cjs/package.json');
  });

  it('is small: at most 80 files, and 900 kB unpacked', () => {
    expect(packed.files.length).toBeLessThanOrEqual(80);
    expect(packed.unpackedSize).toBeLessThanOrEqual(900_000);
  });

  it('has short lines: Node prints the one that an uncaught error is thrown from', async () => {
    const files = packed.files.filter((path) => packed.files.includes(`${path}.map`));
    const texts = await Promise.all(files.map(async (path) => packed.text(path)));

    expect(files).toEqual(expect.arrayContaining(['dist/core.cjs', 'dist/entry.cjs', 'dist/testing.cjs']));
    expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 1000)).toEqual([]);
  });

  it('holds every file that its papers link to', async () => {
    const papers = packed.files.filter((path) => path.endsWith('.md'));
    const targets = await Promise.all(papers.map(async (paper) => linksOf(paper, await packed.text(paper))));

    expect(targets.flat()).toEqual(expect.arrayContaining(['docs/policy-rules.md', 'docs/exchange-dark.svg']));
    expect(packed.files).toEqual(expect.arrayContaining(targets.flat()));
  });

  it('holds every file that its manifest points to', async () => {
    const { exports, main, types, typesVersions } = await packed.manifest();
    const targets = JSON.stringify({ exports, main, types, typesVersions }).match(/(?<=")\.\/[^"]+\.[a-z.]+(?=")/g);

    // Two entry points, two kinds of module, code and types; and the three fields of old resolvers.
    expect(new Set(targets).size).toBeGreaterThanOrEqual(9);
    expect(packed.files).toEqual(expect.arrayContaining((targets ?? []).map((target) => target.slice(2))));
  });
});

describe.each(['express', 'fastify'])('a project on %s alone', (platform) => {
  const installed = [...PEERS, ...FOR_COMPILING, `@nestjs/platform-${platform}`];

  it.each([
    { type: 'module', options: { module: 'nodenext' } },
    { type: 'commonjs', options: { module: 'commonjs', moduleResolution: 'bundler' } },
  ] as const)('compiles and runs as $type', async ({ type, options }) => {
    const project = await packed.consumer(`${platform}-${type}`, type, installed);
    await project.copy(['app.ts', `${platform}.ts`]);

    // TypeScript 6 is asked for the types below, and test/matrix runs what it writes.
    expect(await project.compile({ ...COMPILER, ...options }, 7)).toEqual({ code: 0, stdout: '', stderr: '' });
    const output = await project.run(`${platform}.js`);

    expect(output).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
    expect(JSON.parse(output.stdout)).toEqual(SEEN);
  });
});

describe('the types', () => {
  it.each(RESOLUTIONS)('resolve under $resolution', async ({ resolution, type, options }) => {
    const platforms = ['@nestjs/platform-express', '@nestjs/platform-fastify'];
    const project = await packed.consumer(resolution.replace(/\W+/g, '-'), type, [
      ...PEERS,
      ...FOR_COMPILING,
      ...platforms,
    ]);
    await project.copy(['app.ts', 'express.ts', 'fastify.ts']);

    expect(await project.compile({ ...COMPILER, ...options })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('are sound by themselves: a project that checks the libraries it uses finds no mistake in this one', async () => {
    const project = await packed.consumer('lib-check', 'module', [...PEERS, ...FOR_COMPILING]);
    await project.write(
      'index.ts',
      `export * from 'nestjs-cors';\nexport * from 'nestjs-cors/inspector';\nexport * from 'nestjs-cors/testing';\n`,
    );

    const { stdout } = await project.compile({ ...COMPILER, module: 'nodenext', skipLibCheck: false });

    expect(stdout.split('\n').filter((line) => line.includes('nestjs-cors/'))).toEqual([]);
  });
});

describe('one process with both builds', () => {
  it('gives both the same names, to ES modules that import the CommonJS one, too', async () => {
    const project = await packed.consumer('both', 'module', PEERS);
    await project.write(
      'both.js',
      `import 'reflect-metadata';
       import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       for (const name of ['nestjs-cors', 'nestjs-cors/inspector', 'nestjs-cors/testing']) {
         const esm = Object.keys(await import(name)).sort();
         const cjs = Object.keys(require(name)).sort();
         const imported = Object.keys(await import(require.resolve(name))).filter((key) => key !== 'default' && key !== 'module.exports').sort();
         console.log(JSON.stringify(esm) === JSON.stringify(cjs) && JSON.stringify(imported) === JSON.stringify(cjs) && esm.length > 0);
       }`,
    );

    expect(await project.run('both.js')).toEqual({ code: 0, stdout: 'true\ntrue\ntrue\n', stderr: '' });
  });

  it.each([
    { module: 'import', decorator: 'require' },
    { module: 'require', decorator: 'import' },
  ])('reads in the module of one ($module) what the decorator of the other ($decorator) wrote', async (copies) => {
    const project = await packed.consumer(`both-${copies.module}`, 'module', [...PEERS, '@nestjs/platform-express']);
    await project.copy(['two-copies.js']);

    const { code, stdout, stderr } = await project.run('two-copies.js', copies.module, copies.decorator);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      isOneClass: false,
      put: 'https://partner.example',
      get: null,
      duplicate: ['duplicate-module'],
    });
  });
});

describe('loading the package', () => {
  it.each(['import', 'require'])('by %s brings what an application needs only when one is created', async (way) => {
    const project = await packed.consumer(`load-${way}`, 'module', PEERS);
    await project.write(
      'load.js',
      `import 'reflect-metadata';
       import { createRequire } from 'node:module';
       import { Module } from '@nestjs/common';
       import { NestFactory } from '@nestjs/core';
       const require = createRequire(import.meta.url);
       const isCoreLoaded = () => Object.keys(require.cache).some((file) => /nestjs-cors.dist.core\\.cjs$/.test(file));
       const { Cors, CorsModule } = ${way === 'import' ? `await import('nestjs-cors')` : `require('nestjs-cors')`};
       Cors({ origin: 'https://app.example.com' })(class {});
       class App {}
       Module({ imports: [CorsModule.forRoot({ origin: 'https://app.example.com' })] })(App);
       const before = isCoreLoaded();
       await NestFactory.createApplicationContext(App, { logger: false });
       console.log(before, isCoreLoaded());`,
    );

    expect(await project.run('load.js')).toEqual({ code: 0, stdout: 'false true\n', stderr: '' });
  });
});

describe('a stack trace', () => {
  it.each(['module', 'commonjs'] as const)('names the lines of the sources in a %s, with source maps', async (type) => {
    const project = await packed.consumer(`stack-${type}`, type, PEERS);
    const load =
      type === 'module'
        ? `import { CorsModule } from 'nestjs-cors';`
        : `const { CorsModule } = require('nestjs-cors');`;
    await project.write(
      'stack.js',
      `${load}\ntry { new CorsModule().configure(); } catch (error) { console.log(error.stack); }`,
    );

    const { stdout } = await project.run('--enable-source-maps', 'stack.js');
    const [, line] = /CorsModule\.configure \(.*lib\/nest\/cors\.module\.ts:(\d+):\d+\)/.exec(stdout) ?? [];

    const source = await readFile(new URL('../../lib/nest/cors.module.ts', import.meta.url), 'utf8');
    expect(source.split('\n')[Number(line) - 1]).toContain('.prepare()');
  });
});
