import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { command } from './command.js';

const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableCors();
  await app.listen(3000);
}
bootstrap();
`;
const MODULE = `import { Module } from '@nestjs/common';

@Module({ imports: [] })
export class AppModule {}
`;

let folder = '';

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrate-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('the command', () => {
  it('prints its options for --help', async () => {
    expect(await command(folder, ['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--write') });
  });

  it.each([
    [['--wirte'], /Unknown option '--wirte'/],
    [['a', 'b'], /one folder can be migrated at a time, not 2/],
    [['missing'], /missing is not a folder\. Name the folder/],
  ])('is used wrongly with %j, and says so', async (args, sentence) => {
    const { code, out, report } = await command(folder, args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(report).toMatch(sentence);
    expect(report).not.toMatch(/^\s+at /m);
  });

  it('does not take a file, a folder without sources, or a package', async () => {
    await write({ 'main.ts': '', 'node_modules/x/index.ts': MAIN, 'empty/readme.md': '' });

    expect((await command(folder, [join(folder, 'main.ts')])).report).toMatch(/is not a folder/);
    expect((await command(folder, [join(folder, 'empty')])).report).toMatch(/there are no source files in/);
    expect((await command(folder, [join(folder, 'node_modules/x')])).report).toMatch(/is in node_modules/);
  });

  it('has nothing to do where there is no CORS code', async () => {
    await write({ 'src/app.module.ts': MODULE });

    expect(await command(folder, [folder])).toEqual({
      code: 0,
      out: '',
      report: 'Nothing to migrate: no CORS code was found.\n',
    });
  });

  it('names files as they are seen from where it runs', async () => {
    await write({ 'apps/api/main.ts': MAIN, 'apps/api/app.module.ts': MODULE });
    const { out, report } = await command(
      folder,
      ['apps/api'].map((dir) => join(folder, dir)),
    );

    expect(out).toMatch(/^--- a\/.*apps\/api\/app\.module\.ts$/m);
    expect(report).toMatch(/apps\/api\/main\.ts:6 {2}methods were not listed/);
  });

  it('prints the new texts as JSON', async () => {
    await write({ 'main.ts': MAIN, 'app.module.ts': MODULE });
    const { code, out } = await command(folder, [folder, '--json']);
    const result: { files: { file: string }[] } = JSON.parse(out);

    expect(code).toBe(0);
    expect(result.files.map(({ file }) => file)).toEqual(['app.module.ts', 'main.ts']);
    expect(result).toMatchObject({ found: 1, left: [], notes: [{ file: 'main.ts', line: 6 }] });
  });

  it('reads files from the standard input instead, and changes only those of the folder that is named', async () => {
    const files = {
      'apps/a/main.ts': MAIN,
      'apps/a/app.module.ts': MODULE,
      'apps/b/main.ts': MAIN,
      'apps/b/app.module.ts': MODULE,
    };
    const { code, out } = await command(folder, ['--json', '--stdin'], JSON.stringify({ files, dir: 'apps/a' }));

    const { files: changed }: { files: { file: string }[] } = JSON.parse(out);

    expect(code).toBe(0);
    expect(changed.map(({ file }) => file)).toEqual(['apps/a/app.module.ts', 'apps/a/main.ts']);
  });

  it.each(['', '{', '[]', '{"files":{"a.ts":1}}'])('takes no other standard input than files: %j', async (input) => {
    expect(await command(folder, ['--json', '--stdin'], input)).toMatchObject({
      code: 2,
      report: expect.stringMatching(/the standard input has to be JSON/),
    });
  });

  it('imports CorsModule where there is nothing to move, with --add', async () => {
    await write({ 'main.ts': MAIN.replace('  app.enableCors();\n', ''), 'app.module.ts': MODULE });
    await command(folder, [folder, '--add', '--write']);
    await command(folder, [folder, '--add', '--write']);

    expect(await readFile(join(folder, 'app.module.ts'), 'utf8')).toBe(`import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';

@Module({ imports: [
  // No other origin is allowed until a route, or forRoot(), names some: @Cors({ origin: … })
  CorsModule.forRoot(),
] })
export class AppModule {}
`);
  });
});

describe('hostile and broken input', () => {
  it('is reported by file and line if it has a syntax error, and left alone', async () => {
    await write({ 'main.ts': `${MAIN}\nfunction (`, 'app.module.ts': MODULE });
    const { code, out, report } = await command(folder, [folder, '--write']);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(report).toMatch(/main\.ts:11 {2}the file has a syntax error, so it was not read/);
    expect(await readFile(join(folder, 'main.ts'), 'utf8')).toBe(`${MAIN}\nfunction (`);
  });

  it('is not followed through links, be they loops or ways out of the folder', async () => {
    await write({
      'app/main.ts': MAIN,
      'app/app.module.ts': MODULE,
      'elsewhere/main.ts': MAIN,
      'elsewhere/app.module.ts': MODULE,
    });
    await symlink(join(folder, 'app'), join(folder, 'app/loop'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'app/out'));
    await symlink(join(folder, 'elsewhere/main.ts'), join(folder, 'app/link.ts'));
    const { code } = await command(folder, [join(folder, 'app'), '--write']);

    expect(code).toBe(0);
    expect(await readFile(join(folder, 'elsewhere/main.ts'), 'utf8')).toBe(MAIN);
    expect(await readFile(join(folder, 'app/main.ts'), 'utf8')).not.toContain('enableCors');
  });

  it.each([
    ['larger than 1 MB', `${MAIN}//${'x'.repeat(1_000_000)}`],
    ['not UTF-8', Buffer.from(MAIN, 'utf16le').fill(0xff, 0, 2)],
  ])('is passed over if it is %s, and named', async (why, content) => {
    await write({ 'main.ts': content, 'app.module.ts': MODULE });

    expect((await command(folder, [folder])).report).toContain(`Not read:\n  main.ts  it is ${why}`);
  });

  const many = (text: string, count: number): string => text.repeat(count);

  it.each<[what: string, nested: (depth: number) => string]>([
    ['parentheses', (depth) => `const x = ${many('(', depth)}1${many(')', depth)};`],
    ['brackets', (depth) => `const x = ${many('[', depth)}${many(']', depth)};`],
    ['objects', (depth) => `const x = ${many('{ a: ', depth)}1${many('}', depth)};`],
    ['signs', (depth) => `const x = ${many('!', depth)}y;`],
    ['conditions', (depth) => `const x = ${many('y ? 1 : ', depth)}2;`],
    ['sums', (depth) => `const x = 1${many(' + 1', depth)};`],
    ['functions', (depth) => `const x = ${many('() => ', depth)}1;`],
    ['calls', (depth) => `x${many('.f()', depth)};`],
    ['branches', (depth) => `${many('if (x) {} else ', depth)}{}`],
    ['blocks', (depth) => `${many('{', depth)}${many('}', depth)}`],
    ['types', (depth) => `type X = ${many('Array<', depth)}1${many('>', depth)};`],
    ['lists of types', (depth) => `type X = 1${many('[]', depth)};`],
  ])('with thousands of nested %s is passed over and named, and the rest is migrated', async (_, nested) => {
    const text = (depth: number): string => `/* cors, NestFactory */\n${nested(depth)}\nexport {};\n`;
    await write({ 'main.ts': MAIN, 'app.module.ts': MODULE, 'a.ts': text(20_000), 'b.ts': text(350) });
    const { code, out, report } = await command(folder, [folder]);

    expect(code).toBe(0);
    expect(out).toContain(`imports: [CorsModule.forRoot({ origin: '*' })]`);
    expect(report).toContain('Not read:\n  a.ts  it is nested too deeply\n');
    expect(report).not.toContain('b.ts');
  });

  it.each(['tsconfig.json', 'nest-cli.json'])(
    'in a %s that is nested deeply is passed over and named',
    async (file) => {
      await write({ 'main.ts': MAIN, 'app.module.ts': MODULE, [file]: `{"a":${many('[', 20_000)}` });
      const { code, report } = await command(folder, [folder]);

      expect(code).toBe(0);
      expect(report).toContain(`Not read:\n  ${file}  it is nested too deeply\n`);
    },
  );

  it.each<[excluded: boolean, glob: string]>([
    [true, '**/*.old.ts'],
    [true, 'src'],
    [true, './src/'],
    [true, '**/s?c'],
    [true, 's*/**/x.old.*'],
    [true, 'src/**'],
    [true, 'src/*'],
    [true, '**/x*o*d*s'],
    [false, 'sr'],
    [false, '*.ts'],
    [false, '**/x'],
    [false, 's?rc'],
    [false, '**/x.*.js'],
  ])('is left out, %s, by the pattern %s of the configuration, also of an extended one', async (excluded, glob) => {
    await write({ 'main.ts': MAIN, 'app.module.ts': MODULE, 'src/x.old.ts': 'unknown.enableCors();' });
    for (const configs of [
      { 'tsconfig.json': JSON.stringify({ exclude: [glob] }) },
      { 'tsconfig.json': '{ "extends": "./base.json" }', 'base.json': JSON.stringify({ exclude: [glob] }) },
    ]) {
      await write(configs);

      expect((await command(folder, [folder])).code).toBe(excluded ? 0 : 1);
    }
  });

  it('is not compared for ever with a pattern of many stars', async () => {
    const name = many('a', 200);
    const glob = `**/${many('*a', 100)}*b`;
    await write({
      [`${name}/main.ts`]: MAIN,
      [`${name}/app.module.ts`]: MODULE,
      [`${name}/tsconfig.json`]: JSON.stringify({ include: [`./${name}/*`], exclude: [glob, `${many('**/', 100)}*b`] }),
    });

    expect((await command(folder, [folder])).code).toBe(0);
  });

  it('reads an application in JavaScript beside the configuration of a tool in TypeScript', async () => {
    await write({ 'vitest.config.ts': 'export default {};', 'main.js': MAIN, 'app.module.js': MODULE });

    expect((await command(folder, ['--write', folder])).report).toContain('Changed 2 files.');
  });

  it('writes all files or none', async () => {
    // The file system takes no more than 1 kB for a file: what is written first fits, what is written last does not.
    const module = `${MODULE}// ${'x'.repeat(1000 - MODULE.length)}\n`;
    await write({ 'a/main.ts': MAIN.replace('./', '../b/'), 'b/app.module.ts': module });
    const tool = new URL('../dist/main.js', import.meta.url).pathname;
    const limited = `ulimit -f 1; node '${tool}' --write '${folder}' 2>&1; true`;

    expect(String(execFileSync('bash', ['-c', limited]))).toMatch(
      /^The migration failed, and nothing was written: EFBIG/,
    );
    expect(await readFile(join(folder, 'b/app.module.ts'), 'utf8')).toBe(module);
    expect(await readFile(join(folder, 'a/main.ts'), 'utf8')).toContain('enableCors');
  });

  it('does not wait for a pipe, or read without end, that a configuration extends', async () => {
    await write({ 'app/main.ts': MAIN, 'app/app.module.ts': MODULE });
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    await symlink('/dev/zero', join(folder, 'zero.json'));
    for (const extended of ['pipe', 'zero']) {
      await write({ 'app/tsconfig.json': `{ "extends": "../${extended}.json" }` });

      expect((await command(folder, [join(folder, 'app')])).code).toBe(0);
    }
  });

  it.each([
    ['calls itself', 'let own = own; own = own; own.enableCors();'],
    [
      'changes what it gets, again and again',
      `app.enableCors(options); f(options); const options = {}; function f(o) { o.a = 1; ${'f(o); f(o.a); '.repeat(30)} }`,
    ],
    ['nests deeply', `app.enableCors({ origin: ${'['.repeat(500)}${']'.repeat(500)} });`],
    ['computes keys', `app.enableCors({ ['ori' + 'gin']: '*', ...x, get credentials() { return true; } });`],
    ['has constants that go in circles', 'const a = b; const b = a; app.enableCors(a);'],
    ['has lists that hold themselves', 'const a = [...b]; const b = [a, ...a]; app.enableCors({ origin: a });'],
    ['calls in circles', 'function f(app) { g(app); } function g(app) { f(app); app.enableCors(); }'],
    ['asks for prototypes', `app.enableCors({ __proto__: { origin: '*' }, constructor: 1 });`],
  ])('that %s is left with a reason', async (_, code) => {
    await write({ 'main.ts': MAIN.replace('app.enableCors();', code), 'app.module.ts': MODULE });
    const { code: exit, report } = await command(folder, [folder]);

    expect(exit).toBe(1);
    expect(report).toMatch(/Left as it is, for you to decide:\n {2}main\.ts:\d+ {2}\S/);
  });

  it('does not stop at a configuration of the compiler that is broken or extends itself', async () => {
    await write({
      'main.ts': MAIN,
      'app.module.ts': MODULE,
      'tsconfig.json': '{ "extends": "./tsconfig.json", ',
      'nest-cli.json': '{ "projects": [null, { "root": 1 }] }',
    });

    expect((await command(folder, [folder])).code).toBe(0);
  });

  it('is not run', async () => {
    await write({ 'main.ts': `throw new Error('run');\n${MAIN}`, 'app.module.ts': MODULE });

    expect((await command(folder, [folder])).code).toBe(0);
  });
});
