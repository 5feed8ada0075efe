import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

import { migrate, type Migration } from '../src/migrate.js';

const MODULE = `import { Module } from '@nestjs/common';

@Module({
  imports: [],
})
export class AppModule {}
`;

/** An application whose `bootstrap()` has these statements. */
function migrated(statements: string, top = '', others: Readonly<Record<string, string>> = {}): Migration {
  const main = `import { NestFactory } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import { AppModule } from './app.module';
${top}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  ${statements}
  await app.listen(3000);
}
bootstrap();
`;
  const files = { 'main.ts': main, 'app.module.ts': MODULE, ...others };
  const texts = new Map(Object.entries(files).map(([file, text]) => [`/app/${file}`, text]));
  return migrate({ root: '/app', within: '/app', texts, configOutside: () => undefined });
}

/** What the root module imports, on one line. */
function importOf({ files }: Migration): string | undefined {
  const text = files.get('app.module.ts')?.after.replaceAll(/\s+/g, ' ');
  return /imports: \[ ?(CorsModule.*?),? \],? \}\) export|imports: \[(.*)\],? \}\) export/
    .exec(text ?? '')
    ?.slice(1)
    .find(Boolean);
}

const factory = (options: string): string => `CorsModule.forRootAsync({ useFactory: () => (${options}), })`;

describe('enableCors()', () => {
  it.each([
    ['', `CorsModule.forRoot({ origin: '*' })`],
    ['{ origin: true }', `CorsModule.forRoot({ origin: '*' })`],
    ['{ origin: false }', `CorsModule.forRoot({ origin: false })`],
    [
      `{ origin: 'https://a.example', maxAge: '600' as any }`,
      `CorsModule.forRoot({ origin: 'https://a.example', maxAge: 600 })`,
    ],
    [
      `{ allowedHeaders: 'X-A, X-B', maxAge: 60 * 60 }`,
      `CorsModule.forRoot({ origin: '*', allowedHeaders: 'X-A, X-B', maxAge: 60 * 60, })`,
    ],
    [`{ methods: 'get,put' }`, `CorsModule.forRoot({ origin: '*', methods: 'GET,PUT' })`],
    [`{ exposedHeaders: ['*'], allowedHeaders: null }`, `CorsModule.forRoot({ origin: '*', exposedHeaders: '*' })`],
    [`{ origin: process.env.A?.split(',') }`, factory('{ origin: originList(process.env.A) }')],
    [
      `{ origin: process.env.A?.split(',') ?? [] }`,
      factory('{ origin: originList(process.env.A, { optional: true }), }'),
    ],
    [
      `{ origin: process.env.A?.split(',') || '*' }`,
      factory(`{ origin: process.env.A === undefined ? '*' : originList(process.env.A), }`),
    ],
    [
      `{ origin: (process.env.A || 'http://localhost').split(',') }`,
      factory(`{ origin: originList(process.env.A || 'http://localhost'), }`),
    ],
    [
      `{ origin: ['http://localhost', ...(process.env.A?.split(',') ?? [])] }`,
      factory(`{ origin: ['http://localhost', ...originList(process.env.A, { optional: true })], }`),
    ],
  ])('with %s becomes %s', (options, expected) => {
    const migration = migrated(`app.enableCors(${options});`);

    expect(importOf(migration)).toBe(expected);
    expect(migration.left).toEqual([]);
    expect(migration.files.get('main.ts')?.after).not.toContain('enableCors');
  });

  it.each([
    ['(request, callback) => callback(null, {})', /^the options depend on the request/],
    ['{ origin: (origin, callback) => callback(null, true) }', /^the origin is a function/],
    ['{ origin(origin, callback) { callback(null, true); } }', /^the origin is a function/],
    ['{ origin: /x/ }', /^the origin is a RegExp/],
    [`{ origin: ['https://a.example', /x/] }`, /^the origin is a RegExp/],
    ['{ origin: true, credentials: true }', /^with credentials, every origin is allowed/],
    [`{ origin: '*', credentials: process.env.A === 'true' }`, /^with credentials, every origin is allowed/],
    [
      `{ credentials: true, origin: process.env.A ? process.env.A : '*' }`,
      /^with credentials, every origin is allowed/,
    ],
    [`{ origin: ['*'] }`, /^the list of origins contains '\*'/],
    [`{ origin: 'https://*.a.example' }`, /is a pattern/],
    [`{ origin: process.env.A || 'https://*.a.example' }`, /is a pattern/],
    [`{ origin: (process.env.A || 'https://*.a.example').split(',') }`, /is a pattern/],
    [`{ origin: 'https://a.example/' }`, /\[origin-not-serialized\]$/],
    [
      `{ origin: ['http://a.example'], credentials: true }`,
      /\[insecure-origin-with-credentials\]\. To add it, move the options to CorsModule\.forRoot\(\{ origin: … \}\) and delete this call$/,
    ],
    [`{ allowedHeaders: ['Access-Control-Allow-Origin'] }`, /\[header-forbidden\]$/],
    [`{ origin: 'https://a.example', credentials: process.env.A as any }`, /credentials: "true" does not belong here/],
    [`{ origin: 'https://a.example', maxAge: process.env.A! }`, /maxAge: "600" does not belong here|max-age/],
    ['{ ...options }', /^not all of the options are written here/],
    [`{ ['origin']: '*' }`, /^not all of the options are written here/],
    ['{ origin: origins() }', /^it is not known what origins\(\) is/],
    ['{ preflightContinue: true }', /^with preflightContinue/],
    [`{ allowHeaders: 'X-A' }`, /^the option allowHeaders has no counterpart/],
    ['{ origin: null }', /^the origin has no value/],
    [`{ origin: '*', dangerouslyAllow: [] }`, /^the option dangerouslyAllow is one of nestjs-cors\. To use it, move/],
    [`{ origin: [process.env.A!, undefined] }`, /^the origin has no value/],
    [`{ origin: [process.env.A!, true] }`, /^it is not known what true is/],
    [`{ origin: [process.env.A!, f()] }`, /^it is not known what f\(\) is/],
    [`{ origin: [process.env.A!, ...f()] }`, /^it is not known what f\(\) is/],
    [`{ origin: [process.env.A!, ...process.env.B!] }`, /^it is not known what \.\.\.process\.env\.B! is/],
    [`{ origin: [process.env.A!, /x/] }`, /^the origin is a RegExp/],
    [
      `{ origin: [process.env.A!, 'https://*.a.example'] }`,
      /^"https:\/\/\*\.a\.example" was compared letter by letter/,
    ],
    [`{ origin: [process.env.A!, 'https://*.a.example'].filter(Boolean) }`, /^"https:\/\/\*\.a\.example" was compared/],
    [`{ origin: ['https://b.example', ...(process.env.A ? ['https://*.a.example'] : [])] }`, /^"https:\/\/\*\.a/],
  ])('with %s stays, and the report says why', (options, reason) => {
    const migration = migrated(`app.enableCors(${options});`);

    expect(migration.files.has('app.module.ts')).toBe(false);
    expect(migration.left.map(({ file, text }) => [file, text])).toEqual([['main.ts', expect.stringMatching(reason)]]);
    const comment = migration.files.get('main.ts')?.after.replaceAll(/\n\s*\/\/ {3}/g, ' ');
    expect(comment).toContain(`// nestjs-cors-migrate: ${migration.left[0]?.text}.`);
  });

  it('says of each item why it stays', () => {
    const { left } = migrated(`app.enableCors({ origin: [/x/, 'https://*.a.example', process.env.A!, f()] });`);

    expect(left.map(({ text }) => text.slice(0, 30))).toEqual([
      'the origin is a RegExp. Write ',
      '"https://*.a.example" was comp',
      'it is not known what f() is. W',
    ]);
  });

  it.each([
    '/\\.example\\.com$/',
    `'https://*.example.com'`,
    `[/\\.example\\.com$/, process.env.A!]`,
    `['https://*.example.com', process.env.A!]`,
    '(origin, callback) => callback(null, true)',
  ])('comes to an end for %s: what the report says to do by hand leaves nothing to decide', (origin) => {
    const options = `{ origin: ${origin}, credentials: true }`;
    const module = MODULE.replace('imports: []', `imports: [CorsModule.forRoot({ origin: 'https://*.example.com' })]`);
    const moved = { 'app.module.ts': `import { CorsModule } from 'nestjs-cors';\n${module}` };

    const [onlyReason, ...others] = migrated(`app.enableCors(${options});`).left;

    expect(onlyReason?.text).toContain('move the options to CorsModule.forRoot({ origin: … }) and delete this call');
    expect(others).toEqual([]);
    expect(migrated('', '', moved).left).toEqual([]);
  });

  it.each([
    [
      'an option of NestFactory.create()',
      'main.ts',
      `import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module';
NestFactory.create(AppModule, { cors: { origin: /x/ } });`,
      'move the options to CorsModule.forRoot({ origin: … }) and delete the option cors',
    ],
    [
      'a gateway',
      'app.module.ts',
      `import { Module } from '@nestjs/common'; import { WebSocketGateway } from '@nestjs/websockets';
@WebSocketGateway({ cors: { origin: /x/ } }) class ChatGateway {}
@Module({ providers: [ChatGateway] }) export class AppModule {}`,
      'move the options to @Cors({ origin: … }) on the class and delete the option cors',
    ],
    [
      'the middleware of a controller',
      'app.module.ts',
      `import cors from 'cors'; import { Controller, Module } from '@nestjs/common';
@Controller() class CatsController {}
@Module({ controllers: [CatsController] })
export class AppModule { configure(consumer) { consumer.apply(cors({ origin: /x/ })).forRoutes(CatsController); } }`,
      'move the options to @Cors({ origin: … }) on the controllers and delete this call',
    ],
  ])('says where the options of %s belong', (_, file, text, byHand) => {
    const { left } = migrated('', '', { [file]: text });

    expect(left.map((each) => each.text)).toEqual([expect.stringContaining(`. To do so, ${byHand}`)]);
  });

  it.each([
    [
      `const d = process.env.B ? '*' : 'https://a.example';`,
      `{ origin: process.env.A || d }`,
      `{ origin: process.env.A || (process.env.B ? '*' : 'https://a.example'), }`,
    ],
    [
      `const d = process.env.B || 'https://a.example';`,
      `{ origin: process.env.A ?? d }`,
      `{ origin: process.env.A ?? (process.env.B || 'https://a.example'), }`,
    ],
    [
      `const d = process.env.B ? 'https://b.example' : 'https://a.example';`,
      `{ origin: ['https://c.example', process.env.A || d] }`,
      `{ origin: ['https://c.example', process.env.A || (process.env.B ? 'https://b.example' : 'https://a.example')], }`,
    ],
    [
      `const d = process.env.B || 'https://a.example';`,
      `{ origin: process.env.A?.split(',') || d }`,
      `{ origin: process.env.A === undefined ? (process.env.B || 'https://a.example') : originList(process.env.A), }`,
    ],
    [
      `const d = process.env.B ? 'a' : 'b';`,
      `{ origin: 'https://a.example', credentials: d === 'a' }`,
      `{ origin: 'https://a.example', credentials: (process.env.B ? 'a' : 'b') === 'a', }`,
    ],
    [
      `const d = process.env.B || 'true';`,
      `{ origin: 'https://a.example', credentials: d.trim() === 'true' }`,
      `{ origin: 'https://a.example', credentials: (process.env.B || 'true').trim() === 'true', }`,
    ],
    [
      `const d = process.env.B?.trim();`,
      `{ origin: 'https://a.example', credentials: d.toLowerCase() === 'true' }`,
      `{ origin: 'https://a.example', credentials: (process.env.B?.trim()).toLowerCase() === 'true', }`,
    ],
    [
      `const d = process.env.B === '1';`,
      `{ origin: 'https://a.example', credentials: !d }`,
      `{ origin: 'https://a.example', credentials: !(process.env.B === '1'), }`,
    ],
    [`const d = -1;`, `{ maxAge: -d * +process.env.A }`, `{ origin: '*', maxAge: -(-1) * +process.env.A }`],
    [
      `const d = process.env.B === '1';`,
      `{ origin: d ? 'https://a.example' : false }`,
      `{ origin: process.env.B === '1' ? 'https://a.example' : false, }`,
    ],
  ])('keeps the parts of an expression together: %s %s', (constant, options, expected) => {
    const migration = migrated(`${constant} app.enableCors(${options});`);

    expect(importOf(migration)).toBe(factory(expected));
  });

  it.each([
    ['process.env.A', 'A'],
    [`process.env.A || 'https://a.example'`, 'A'],
    [`process.env.B === '1' ? process.env.A : false`, 'A'],
    [`process.env.A?.split(',')`, 'A'],
    [`(process.env.A || 'https://a.example').split(',')`, 'A'],
    [`['https://a.example', process.env.A]`, 'A'],
    [`['https://a.example', ...(process.env.A?.split(',') ?? [])]`, 'A'],
    [`app.get(ConfigService).get('origin')`, `get('origin')`],
  ])('with an origin of %s notes that a * in it is a pattern now', (origin, name) => {
    const { left, notes } = migrated(`app.enableCors({ origin: ${origin} });`);

    expect(left).toEqual([]);
    expect(notes.map(({ text }) => text)).toContain(
      `a * in ${name}, as in https://*.example.com, is a pattern now, and alone in a list every origin; until now it was compared letter by letter and matched no page`,
    );
  });

  it.each([
    ['function Boolean() { return true; }', `{ credentials: Boolean(process.env.A), origin: 'https://a.example' }`],
    ['const Number = (x) => 5;', `{ maxAge: Number(process.env.A) }`],
    [`import { parseInt } from './numbers';`, `{ maxAge: parseInt(process.env.A) }`],
    ['function String() {}', `{ origin: 'https://a.example', credentials: String(process.env.A) === 'true' }`],
    ['class parseFloat {}', `{ maxAge: parseFloat(process.env.A) }`],
    ['const process = { env: {} };', `{ origin: process.env.A }`],
    ['const process = { env: {} }; const { A } = process.env;', `{ origin: A }`],
    ['const Boolean = (x) => false;', `{ origin: ['https://a.example', process.env.A].filter(Boolean) }`],
    ['const Boolean = (x) => false;', `{ origin: process.env.A.split(',').filter(Boolean) }`],
    ['const Boolean = (x) => false;', `{ origin: process.env.A.split(',').filter((x) => Boolean(x)) }`],
  ])('does not take %s for the global of that name', (top, options) => {
    const { files, left } = migrated(`app.enableCors(${options});`, top);

    expect(files.has('app.module.ts')).toBe(false);
    expect(left[0]?.text).toMatch(/^it is not known what/);
  });

  it('does not take a variable that is called undefined for nothing', () => {
    const { left } = migrated(`const undefined = { origin: f() }; app.enableCors(undefined);`);

    expect(left[0]?.text).toMatch(/^it is not known what/);
  });

  it.each([
    `import process from 'node:process';`,
    `import * as process from 'process';`,
    'declare const process: any;',
  ])('reads the environment after %s', (top) => {
    expect(importOf(migrated('app.enableCors({ origin: process.env.A });', top))).toBe(
      factory('{ origin: process.env.A }'),
    );
  });

  it('stays if the root module has a name of its own where a global would be read', () => {
    const { left } = migrated('app.enableCors({ origin: process.env.A });', '', {
      'app.module.ts': `${MODULE}const process = { env: {} };`,
    });

    expect(left[0]?.text).toMatch(/^the name process means something else/);
  });

  it.each([
    ['const a = process.env.A as string;', '[a, process.env.B!]', '[process.env.A!, process.env.B!]'],
    ['const a = process.env.A!; const b = (a);', '[b]', '[process.env.A!]'],
    ['const { A } = process.env;', '[A!]', '[process.env.A!]'],
    ['const c = app.get(ConfigService); const a = <string>c.get("A");', '[a]', `[c.get('A')!]`],
    [
      'const list = [process.env.A, process.env.B].filter(Boolean) as string[];',
      'list',
      '[process.env.A, process.env.B].filter(Boolean) as string[]',
    ],
    [
      'const list = [process.env.A] as string[];',
      `[...list, 'https://b.example']`,
      `[...[process.env.A] as string[], 'https://b.example']`,
    ],
    ['const a = process.env.A;', '[a]', '[process.env.A]'],
    ['const a = process.env.A as string;', 'a', 'process.env.A'],
  ])('keeps what is asserted of the items of a list: %s origin: %s', (constants, origin, expected) => {
    const moved = importOf(migrated(`${constants} app.enableCors({ origin: ${origin} });`));
    expect(moved?.replaceAll(/,? \}/g, ' }')).toContain(`origin: ${expected} })`);
  });

  it.each([
    ['const { A } = process.env;', '[A!]', ''],
    ['const { A, PORT } = process.env; log(PORT);', 'A', 'const { PORT } = process.env; log(PORT);'],
    ['const { PORT, A, B } = process.env;', '[A!, B!]', 'const { PORT } = process.env;'],
    ['const { A, B, PORT } = process.env;', '[A!, B!]', 'const { PORT } = process.env;'],
    ['const { A: a, B } = process.env, c = 1;', 'a', 'const { B } = process.env, c = 1;'],
    ['const { A, ...others } = process.env;', 'A', 'const { A, ...others } = process.env;'],
    ['const { A } = process.env; log(A);', 'A', 'const { A } = process.env; log(A);'],
  ])('leaves no name of the environment behind that nothing uses: %s origin: %s', (constants, origin, expected) => {
    const { files } = migrated(`${constants} app.enableCors({ origin: ${origin} });`);
    const text = files.get('main.ts')?.after ?? '';
    expect(/AppModule\);\n([^]*?)\n? *await app/.exec(text)?.[1]?.trim()).toBe(expected);
  });

  it('leaves no hole where an empty list was spread', () => {
    const migration = migrated(`app.enableCors({ origin: ['https://a.example', ...[], 'https://b.example'] });`);

    expect(importOf(migration)).toBe(
      `CorsModule.forRoot({ origin: ['https://a.example', ...[], 'https://b.example'], })`,
    );
  });

  it.each([
    'if (x) { app.enableCors(); }',
    'x && app.enableCors();',
    'for (const y of x) app.enableCors();',
    'if (x) return; app.enableCors();',
    '[1].forEach(() => app.enableCors());',
    'try { y(); } catch { app.enableCors(); }',
    'switch (x) { case 1: app.enableCors(); }',
    'try { y(); app.enableCors(); } catch {}',
    'try { y(); } finally { app.enableCors(); }',
    'return; app.enableCors();',
    'throw x; app.enableCors();',
    'if (x) throw x; app.enableCors();',
    '{ if (x) return; } app.enableCors();',
    'try { if (x) return; } finally { y(); } app.enableCors();',
    'try { return; } catch {} app.enableCors();',
    'for (const y of x) { if (y) return; } app.enableCors();',
    'one: { if (x) break one; app.enableCors(); }',
    'setUp(app); function setUp(app) { try { y(); app.enableCors(); } catch {} }',
    'try { setUp(app); } catch {} function setUp(app) { app.enableCors(); }',
    'setUp(app); function setUp(app) { if (x) throw x; app.enableCors(); }',
    'setUp(app); function* setUp(app) { app.enableCors(); }',
  ])('that not every start reaches stays: %s', (statements) => {
    const { files, left } = migrated(statements);

    expect(files.has('app.module.ts')).toBe(false);
    expect(left[0]?.text).toMatch(/^whether this runs is decided elsewhere/);
  });

  it.each([
    'for (const y of x) { if (y) continue; } app.enableCors();',
    'x.forEach((y) => { return y; }); app.enableCors();',
    'const y = () => { throw x; }; app.enableCors();',
    'switch (x) { case 1: break; } app.enableCors();',
  ])('that every start reaches moves: %s', (statements) => {
    const { files, left } = migrated(statements);

    expect(left).toEqual([]);
    expect(files.get('app.module.ts')?.after).toContain('CorsModule.forRoot(');
  });

  it.each([
    [
      'moves',
      'if (x) throw x; try { const app = await NestFactory.create(AppModule); y(); app.enableCors(); } catch {}',
    ],
    ['moves', 'if (x) return; const app = await NestFactory.create(AppModule); app.enableCors();'],
    [
      'stays',
      'let app; try { app = await NestFactory.create(AppModule); y(); app.enableCors(); } catch {} app.listen();',
    ],
    ['stays', 'try { var app = await NestFactory.create(AppModule); y(); app.enableCors(); } catch {} app.listen();'],
    [
      'stays',
      'for (const y of x) { const app = await NestFactory.create(AppModule); if (y) continue; app.enableCors(); }',
    ],
  ])('%s by what is between it and where the application is created: %s', (outcome, statements) => {
    const { files } = migrated('', '', {
      'main.ts': `import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module'; async function bootstrap() { ${statements} }`,
    });

    expect(files.has('app.module.ts')).toBe(outcome === 'moves');
  });

  it.each(['if (x) return;', '{ if (x) throw x; }', 'try { return; } catch {}'])(
    'that a module applies after %s stays',
    (statement) => {
      const { files, left } = migrated('', '', {
        'app.module.ts': `import cors from 'cors'; import { Module } from '@nestjs/common';
@Module({ imports: [] })
export class AppModule { configure(consumer) { ${statement} consumer.apply(cors()).forRoutes('*'); } }`,
      });

      expect(files.get('app.module.ts')?.after).not.toContain('CorsModule.forRoot(),');
      expect(left[0]?.text).toMatch(/^whether this runs is decided elsewhere/);
    },
  );

  it('reads a ConfigService as before, in a factory', () => {
    const migration = migrated(
      `const config = app.get(ConfigService); app.enableCors({ origin: config.get('cors').origin, credentials: app.get(ConfigService).get('c') });`,
    );

    expect(importOf(migration)).toBe(
      `CorsModule.forRootAsync({ imports: [ConfigModule], inject: [ConfigService], useFactory: (config: ConfigService) => ({ origin: config.get('cors').origin, credentials: config.get('c'), }), })`,
    );
  });

  it.each([
    ['a service of the application', `app.get(MyConfig).get('origin')`],
    ['what is not typed as an origin', `app.get(ConfigService).get<boolean>('origin')`],
  ])('stays if the origin is %s', (_, origin) => {
    expect(migrated(`app.enableCors({ origin: ${origin} });`).left[0]?.text).toMatch(/^it is not known what/);
  });

  it('copies options of another file, and stays if a list is used elsewhere, too', () => {
    const copied = migrated('app.enableCors(options);', `import { options } from './options';`, {
      'options.ts': `export const options = { origin: ['https://a.example'] };`,
    });
    const shared = migrated(
      'app.enableCors({ origin: origins }); origins.push(x);',
      `const origins = ['https://a.example'];`,
    );

    expect(importOf(copied)).toBe(`CorsModule.forRoot({ origin: ['https://a.example'] })`);
    expect(copied.files.get('main.ts')?.after).not.toContain('./options');
    expect(shared.left[0]?.text).toMatch(/^other code of this file uses origins as well/);
  });

  it('stays if another entry point starts the same module without CORS', () => {
    const { left } = migrated('app.enableCors();', '', {
      'worker.ts': `import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module'; NestFactory.create(AppModule);`,
    });

    expect(left[0]?.text).toMatch(/^worker\.ts starts AppModule without CORS/);
  });
});

describe('what other code changes', () => {
  const written = `export const options = { cors: { origin: '*' }, list: ['https://a.example', 'https://b.example'] };`;

  it.each([
    [`options.cors.origin = 'https://a.example';`, 'options.cors'],
    [`options['cors'].origin = 'https://a.example';`, 'options.cors'],
    [`options.cors = { origin: 'https://a.example' };`, 'options.cors'],
    [`const key = 'cors'; options[key].origin = 'https://a.example';`, 'options.cors'],
    [`const { cors } = options; cors.origin = 'https://a.example';`, 'options.cors'],
    [`const same = options; same.cors.origin = 'https://a.example';`, 'options.cors'],
    [`Object.assign(options.cors, { origin: 'https://a.example' });`, 'options.cors'],
    [`Object.defineProperty(options.cors, 'origin', { value: 'https://a.example' });`, 'options.cors'],
    [`delete options.cors.origin;`, 'options.cors'],
    [`[options.cors.origin] = ['https://a.example'];`, 'options.cors'],
    [`function f(o) { o.cors.origin = 'https://a.example'; } f(options);`, 'options.cors'],
    [`const f = (a, { cors }) => { delete cors.origin; }; f(1, options);`, 'options.cors'],
    [`function f(o) { g(o); } function g(o) { o.origin = 'https://a.example'; } f(options.cors);`, 'options.cors'],
    [`function f(o) { o.origin = 1; f(o); } f(options.cors);`, 'options.cors'],
    [`options.list.pop();`, '{ origin: options.list }'],
    [`options.list.length--;`, '{ origin: options.list }'],
    [`options.list[0] = 'https://c.example';`, '{ origin: options.list }'],
    [`options.cors.origin = 'https://a.example';`, '{ origin: options.cors.origin }'],
  ])('stays, wherever it does so: %s', (change, given) => {
    const places = [
      migrated(`${change} app.enableCors(${given});`, `import { options } from './options';`, {
        'options.ts': written,
      }),
      migrated(`app.enableCors(${given});`, `import { options } from './options';`, {
        'options.ts': `${written} ${change}`,
      }),
      migrated(`app.enableCors(${given});`, `import { options } from './options';`, {
        'options.ts': written,
        'strict.ts': `import * as all from './options'; ${change.replaceAll('options', 'all.options')}`,
      }),
      migrated(`app.enableCors(${given});`, `${written} import './strict';`, {
        'strict.ts': `import { options as all } from './main'; ${change.replaceAll('options', 'all')}`,
      }),
    ];

    expect(places.map(({ files }) => files.has('app.module.ts'))).toEqual([false, false, false, false]);
    expect(places[0]?.left[0]?.text).toMatch(/^other code changes options\.(cors|cors\.origin|list) after it is made/);
  });

  it.each([
    `options.port = 1;`,
    `function f(o) { log(o.cors); o.port = 1; } f(options);`,
    `options.list.map(String);`,
    `const { list } = options; list.length;`,
  ])('moves if that is something else: %s', (change) => {
    const { left } = migrated(`${change} app.enableCors(options.cors);`, `import { options } from './options';`, {
      'options.ts': written,
    });

    expect(left).toEqual([]);
  });
});

describe('the option cors of NestFactory.create()', () => {
  const created = (before: string, given: string, others: Readonly<Record<string, string>> = {}): Migration =>
    migrated('', '', {
      'main.ts': `import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module'; import { AdminModule } from './admin.module';
${before}
async function bootstrap() { const app = await NestFactory.create(AppModule, ${given}); await app.listen(3000); }`,
      'admin.module.ts': MODULE.replace('AppModule', 'AdminModule'),
      ...others,
    });

  it.each([
    ['a spread in front of it', 'const a = { cors: false };', '{ ...a, cors: true }'],
    ['a spread behind it', `const a = { cors: { origin: 'https://a.example' } };`, '{ cors: true, ...a }'],
    ['a computed key', `const a = 'cors';`, `{ cors: true, [a]: { origin: 'https://a.example' } }`],
    ['a second value', 'let a = { cors: true }; if (b) a = { cors: false };', 'a'],
    ['a change', `const a = { cors: { origin: '*' } }; a.cors.origin = 'https://a.example';`, 'a'],
    ['a reader', 'const a = { cors: true }; log(a.cors);', 'a'],
    ['a file of its own', `import { a } from './a';`, 'a'],
  ])('stays, and is not passed over, with %s', (_, before, given) => {
    const { files, left } = created(before, given, { 'a.ts': 'export const a = { cors: true };' });

    expect(files.has('app.module.ts')).toBe(false);
    expect(left).toHaveLength(1);
  });

  it('stays for both applications that get it, if one of them stays', () => {
    const { files, left } = created(
      `const a = { cors: { origin: 'https://a.example' } }; NestFactory.create(AdminModule, a).then((app) => { if (x) app.enableCors(); });`,
      'a',
    );

    expect([...files.keys()]).toEqual(['main.ts']);
    expect(files.get('main.ts')?.after).toContain(`const a = { cors: { origin: 'https://a.example' } };`);
    expect(left.map(({ text }) => text.slice(0, 20))).toContain('whether this runs is');
  });
});

describe('without semicolons', () => {
  it.each([
    [`const x = y\n  app.enableCors()\n  ;[1].map(x)`, `const x = y\n  ;[1].map(x)`],
    [`const x = y\n  app.enableCors();\n  (1).map(x)`, `const x = y;\n  (1).map(x)`],
    [`const x = y;\n  app.enableCors();\n  [1].map(x)`, `const x = y;\n  [1].map(x)`],
    [`const x = y\n  app.enableCors()\n  x()`, `const x = y\n  x()`],
    [`const x = y\n  const z = {}\n  ;(1).map(x)\n  app.enableCors(z)`, `const x = y\n  ;(1).map(x)`],
  ])('what stands around it stays apart: %s', (statements, after) => {
    expect(migrated(statements).files.get('main.ts')?.after).toContain(after);
  });

  it.each([
    ['const x = y\n  * corsFactor\n  app.enableCors()', 'const x = y\n  * corsFactor\n'],
    ['/* first */ a() // of CORS\n  app.enableCors()', '/* first */ a() // of CORS\n'],
    ['const x = `\n// cors\n`\n  app.enableCors()', 'const x = `\n// cors\n`\n'],
    ['// of CORS\n  /* of CORS,\n   * too */\n  app.enableCors()', 'create(AppModule);\n  await'],
    ['// other\n\n  // of CORS\n  app.enableCors()', '// other\n\n  await'],
  ])('only comments go with a statement: %s', (statements, after) => {
    expect(
      migrated(statements)
        .files.get('main.ts')
        ?.after.replace(/\n {2}\n/, '\n\n'),
    ).toContain(after);
  });

  it('an import is not put into what follows', () => {
    const { files } = migrated('', '', {
      'main.ts': `import { Module } from '@nestjs/common'\nimport { NestFactory } from '@nestjs/core'\n\n;(async () => {\n  const app = await NestFactory.create(AppModule)\n  app.enableCors()\n})()\n@Module({})\nclass AppModule {}\n`,
      'app.module.ts': '',
    });

    expect(files.get('main.ts')?.after).toContain(
      `from '@nestjs/core'\nimport { CorsModule } from 'nestjs-cors'\n\n;(async () => {\n`,
    );
  });
});

it.each([
  ['what is spread after the imports has imports of its own', '@Module({ imports: [], ...base })', /^the imports of/],
  [
    'another module of the application has CorsModule',
    `import { CorsModule } from 'nestjs-cors'; @Module({ imports: [CorsModule.forRoot({ origin: false })] }) class Core {} @Module({ imports: [Core] })`,
    /^AppModule imports CorsModule already/,
  ],
  ['CorsModule is a type there', `import type { CorsModule } from 'nestjs-cors'; @Module({})`, /^the name CorsModule/],
])('stays if %s', (_, metadata, reason) => {
  const { files, left } = migrated('app.enableCors();', '', {
    'app.module.ts': `import { Module } from '@nestjs/common'; ${metadata} export class AppModule {}`,
  });

  expect(files.has('app.module.ts')).toBe(false);
  expect(left[0]?.text).toMatch(reason);
});

it('reads a limit of split() as what it is', () => {
  expect(migrated(`app.enableCors({ origin: process.env.A?.split(',', 1) });`).left).toHaveLength(1);
});

describe('what a class says', () => {
  const module = (imports: string, configure = ''): string =>
    `import cors from 'cors'; import { Module } from '@nestjs/common'; ${imports}
@Module({}) export class AppModule { configure(consumer) { ${configure} } }`;
  const cats = `import { Controller } from '@nestjs/common'; @Controller('cats') export class CatsController {}`;
  const gateway = (options: string, before = '', after = ''): Migration =>
    migrated('', '', {
      'app.module.ts': module(`import { ChatGateway } from './chat.gateway';`),
      'chat.gateway.ts': `import { WebSocketGateway } from '@nestjs/websockets'; ${before}
@WebSocketGateway(${options}) export class ChatGateway {} ${after}`,
    });

  it.each([
    ['a spread in front of it', gateway(`{ ...a, cors: {} }`, `const a = { cors: { origin: '*' } };`), /^not all/],
    ['a spread behind it', gateway(`{ cors: {}, ...a }`, `const a = { cors: { origin: false } };`), /^not all/],
    ['a variable', gateway('a', `const a = { cors: { origin: '*' } };`), /^the options of the gateway are written/],
    ['a subclass', gateway('{ cors: {} }', '', 'class B extends ChatGateway {}'), /^other classes extend/],
    ['a mixin of it', gateway('{ cors: {} }', '', 'class B extends mixin(ChatGateway) {}'), /^other classes extend/],
  ])('stays, and is not passed over: the options of a gateway with %s', (_, { files, left }, reason) => {
    expect([...files.keys()]).toEqual(['chat.gateway.ts']);
    expect(left.map(({ text }) => text)).toEqual([expect.stringMatching(reason)]);
  });

  it('stays where a controller that others extend would hand it on', () => {
    const { files, left } = migrated('', '', {
      'app.module.ts': module(
        `import { CatsController } from './cats.controller';`,
        `consumer.apply(cors({ origin: 'https://a.example' })).forRoutes(CatsController);`,
      ),
      'cats.controller.ts': `${cats} @Controller('dogs') export class DogsController extends CatsController {}`,
    });

    expect([...files.keys()]).toEqual(['app.module.ts']);
    expect(left[0]?.text).toMatch(/^other classes extend this one/);
  });

  it('stays where two say different things of one controller', () => {
    const { files } = migrated('', '', {
      'app.module.ts': module(
        `import { CatsController } from './cats.controller';`,
        `consumer.apply(cors({ origin: 'https://a.example' })).forRoutes(CatsController);
consumer.apply(cors()).forRoutes(CatsController);`,
      ),
      'cats.controller.ts': cats,
    });

    expect([...files.keys()]).toEqual(['app.module.ts']);
  });

  it('notes that preflights no longer get the options of the application', () => {
    const { notes } = migrated(`app.enableCors({ origin: 'https://b.example' });`, '', {
      'app.module.ts': module(
        `import { CatsController } from './cats.controller';`,
        `consumer.apply(cors({ origin: 'https://a.example' })).forRoutes(CatsController);`,
      ),
      'cats.controller.ts': cats,
    });

    expect(notes.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^a preflight for this controller was/));
  });
});

it('makes of the gateway of docs/migrating.md what the page shows', async () => {
  const page = await readFile(new URL('../../../docs/migrating.md', import.meta.url), 'utf8');
  const [before = '', after = ''] = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code);

  const root = MODULE.replace('\n\n', `\nimport { ChatGateway } from './chat.gateway';\n\n`);
  const { files, left } = migrated('app.enableCors();', '', { 'app.module.ts': root, 'chat.gateway.ts': before });

  expect(before).toContain('@WebSocketGateway({ cors: {');
  expect([files.get('chat.gateway.ts')?.after, left]).toEqual([after, []]);
});
