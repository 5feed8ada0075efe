import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { APPS, filesOf } from './applications.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NEST = join(dirname(createRequire(import.meta.url).resolve('@nestjs/cli/package.json')), 'bin/nest.js');
const BIN = join(ROOT, 'bin/nestjs-cors.cjs');

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nest-add-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/nestjs-cors'), 'junction');
  await writeFile(join(folder, 'package.json'), '{ "name": "app", "private": true }');
});

afterEach(() => rm(folder, { recursive: true }));

async function node(args: readonly string[]): Promise<{ code: unknown; out: string }> {
  const { promise, resolve } = deferred<{ code: unknown; out: string }>();
  execFile(process.execPath, [...args], { cwd: folder }, (error, stdout, stderr) => {
    resolve({ code: error?.code ?? 0, out: stdout + stderr });
  });
  return promise;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

describe('nest add nestjs-cors', () => {
  const add = (...args: string[]): Promise<{ code: unknown; out: string }> =>
    node([NEST, 'add', 'nestjs-cors', '--skip-install', ...args]);

  it('moves the CORS code of the application, and with --dry-run only says so', async () => {
    const app = join(APPS, '02-options-object');
    await cp(join(app, 'before'), folder, { recursive: true });
    const rehearsed = await add('--dry-run');
    expect(rehearsed.out).toMatch(/UPDATE.* src\/main\.ts/);
    expect(await filesOf(join(folder, 'src'))).toEqual(await filesOf(join(app, 'before/src')));

    expect((await add()).code).toBe(0);
    expect(await filesOf(join(folder, 'src'))).toEqual(await filesOf(join(app, 'after/src')));
  });

  it('imports CorsModule where there is nothing to move', async () => {
    const app = join(APPS, '01-nest-new');
    await cp(join(app, 'after'), folder, { recursive: true });
    const file = join(folder, 'src/app.module.ts');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace(/import .* from 'nestjs-cors';\n/, '').replace(/CorsModule\.forRoot.*\)(?=\])/, ''),
    );
    await add();

    expect(await readFile(file, 'utf8')).toContain(`  imports: [
    // No other origin is allowed until a route, or forRoot(), names some: @Cors({ origin: … })
    CorsModule.forRoot(),
  ],`);
  });
});

describe('nest add nestjs-cors, where a file is not UTF-8', () => {
  it('leaves it as it is, and says so', async () => {
    await cp(join(APPS, '02-options-object', 'before'), folder, { recursive: true });
    const file = join(folder, 'src/main.ts');
    const latin = Buffer.concat([Buffer.from('// caf\xe9\n', 'latin1'), await readFile(file)]);
    await writeFile(file, latin);
    const { out } = await node([NEST, 'add', 'nestjs-cors', '--skip-install']);

    expect(out).toMatch(/src\/main\.ts {2}was not read: it is not UTF-8/);
    expect(await readFile(file)).toEqual(latin);
  });
});

describe('npx nestjs-cors', () => {
  it('runs the migration, with its options and its exit code', async () => {
    const app = join(APPS, '10-under-an-if');
    await cp(join(app, 'before'), folder, { recursive: true });

    expect(await node([BIN, 'migrate', '--write'])).toEqual({
      code: 1,
      out: expect.stringMatching(/src\/main\.ts:10 {2}whether this runs is decided elsewhere/),
    });
    expect(await filesOf(join(folder, 'src'))).toEqual(await filesOf(join(app, 'after/src')));
  });

  it.each([
    [['--help'], /^Usage: nestjs-cors migrate/],
    [[], /^Usage: nestjs-cors migrate/],
    [['migarte'], /^"migarte" is not a command of nestjs-cors\./],
    [['migrate', 'a', 'b'], /one folder can be migrated at a time/],
  ])('with %j says what it takes, with exit code 2', async (args, sentence) => {
    expect(await node([BIN, ...args])).toEqual({ code: 2, out: expect.stringMatching(sentence) });
  });

  it('takes the tool that the application has installed before its own', async () => {
    const own = join(folder, 'node_modules/nestjs-cors-migrate');
    await mkdir(own);
    await writeFile(
      join(own, 'package.json'),
      JSON.stringify({ name: 'nestjs-cors-migrate', bin: { 'nestjs-cors-migrate': './own.js' } }),
    );
    await writeFile(join(own, 'own.js'), 'console.log("own", process.argv.slice(2).join(" ")); process.exitCode = 1;');

    expect(await node([BIN, 'migrate', 'apps/a b'])).toEqual({ code: 1, out: 'own apps/a b\n' });
  });

  it('is no part of what an application loads', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      shell: process.platform === 'win32',
    });
    const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
    const own = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/') && !path.startsWith('docs/'));

    expect(own).toEqual(
      expect.arrayContaining(['bin/nestjs-cors.cjs', 'schematics/collection.json', 'schematics/nest-add.cjs']),
    );
    expect(own.filter((path) => path.startsWith('packages/'))).toEqual([]);
  });
});
