/** Random programs: what they do apart from CORS stays the same, and no page may read more than before. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ts } from 'ts-morph';

import { compilePolicy } from '../../../lib/policy/compile.js';
import { evaluateRequest } from '../../../lib/policy/decisions/request-decision.js';
import { readNamedPolicies } from '../../../lib/policy/layers/named-policies.js';
import { originList } from '../../../lib/policy/origins/origin-list.js';
import { migrate, type Migration } from '../src/migrate.js';

const MODULE = `import { Module } from '@nestjs/common'\n@Module({ imports: [] })\nexport class AppModule {}\n`;

function migrated(files: Readonly<Record<string, string>>): Migration {
  const texts = new Map(Object.entries(files).map(([file, text]) => [`/app/${file}`, text]));
  return migrate({ root: '/app', within: '/app', texts, configOutside: () => undefined });
}

function isValid(text: string): boolean {
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return diagnostics.length === 0;
}

/** The statements of the function that starts the application, printed alike. */
function statementsOf(text: string): readonly string[] {
  const file = ts.createSourceFile('main.ts', text, ts.ScriptTarget.ESNext, true);
  const printer = ts.createPrinter({ removeComments: true });
  const body = file.statements.flatMap((statement) =>
    ts.isFunctionDeclaration(statement) ? (statement.body?.statements ?? []) : [],
  );
  return body
    .filter((statement) => !ts.isEmptyStatement(statement) && !/enableCors|use\(cors/.test(statement.getText()))
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, file));
}

const statement = fc.constantFrom(
  'a()',
  'const x = y',
  '[1, 2].forEach(f)',
  '(() => {})()',
  '`t`.trim()',
  '/re/.test(s)',
  '+x',
  '--i',
  'if (z) { a() }',
  'const fn = () => 1',
  'try { a() } catch {}',
  'b = c\n  * corsFactor',
  '/* of CORS */ a()',
  '// of CORS',
  '/* plain */',
  'await z',
);
const cors = fc.constantFrom(
  'app.enableCors()',
  `await app.enableCors({ origin: 'https://a.example' })`,
  `app.enableCors({\n    origin: 'https://a.example', // ours\n  })`,
  'app\n    .enableCors(options)',
  `app.use(cors({ origin: 'https://a.example' }))`,
);
const end = fc.constantFrom(';\n', '\n', ';\n\n', '\n\n', ' // of CORS\n', '; // plain\n', ';');
const line = fc.tuple(statement, end, fc.boolean()).map(([text, ending, guarded]) => {
  const isGuarded = guarded && /^[([`/+-](?![/*])/.test(text);
  return `${isGuarded ? ';' : ''}${text}${text.startsWith('//') ? '\n' : ending}`;
});

describe('what stands around the CORS code', () => {
  it('does what it did, and line ends stay as they are', () => {
    const program = fc.tuple(
      fc.array(line, { maxLength: 3 }),
      cors,
      end,
      fc.array(line, { maxLength: 3 }),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\n;[3].map(f)\n', 'const other = 1\n'),
    );
    fc.assert(
      fc.property(program, ([before, call, ending, after, eol, top]) => {
        const main = `import { NestFactory } from '@nestjs/core'
import cors from 'cors'
import { AppModule } from './app.module'
const options = { origin: 'https://a.example' }
${top}async function bootstrap() {
  const app = await NestFactory.create(AppModule)
${[...before, `${call}${ending}`, ...after].join('')}
  await app.listen(3000)
}
bootstrap()
`.replaceAll('\n', eol);
        fc.pre(isValid(main));
        const { files } = migrated({ 'main.ts': main, 'app.module.ts': MODULE });
        const text = files.get('main.ts')?.after ?? main;

        expect([...files.values()].every((file) => isValid(file.after))).toBe(true);
        expect(statementsOf(text)).toEqual(statementsOf(main));
        expect(eol === '\r\n' && /[^\r]\n/.test(text)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

const ORIGINS = ['https://a.example', 'https://b.example', 'http://localhost:3000'];
const PAGES = [...ORIGINS, 'https://evil.example', 'https://x.a.example'];
const VALUES = [undefined, '', 'true', 'https://a.example', 'https://b.example', 'https://a.example,https://b.example'];

const literal = fc.constantFrom(...ORIGINS.map((origin) => `'${origin}'`));
const variable = fc.constantFrom('process.env.A', 'process.env.B', 'process.env.C!');
const condition = fc.constantFrom(
  `process.env.A === 'true'`,
  '!process.env.B',
  'process.env.C',
  'Boolean(process.env.A)',
  '(process.env.A && process.env.B)',
);
const cleaned = fc.constantFrom('', '', '.filter(Boolean)', '.map((x) => x.trim())', '.slice(0, 1)', '.reverse()');
const split = fc
  .tuple(
    fc.oneof(
      variable,
      fc.tuple(variable, literal).map(([name, text]) => `(${name} || ${text})`),
    ),
    fc.constantFrom(`','`, '/,/', `';'`, `',', 1`),
    cleaned,
  )
  .map(([source, separator, rest]) =>
    `${source}.split(${separator})${rest}`.replace('!.', '.').replace('.split', '?.split'),
  );
const { origin } = fc.letrec<{ origin: string; item: string; list: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small' },
    literal,
    variable,
    fc.tuple(variable, literal).map(([name, text]) => `${name} ?? ${text}`),
    tie('list').map((list) => `...${list}`),
    fc.tuple(condition, tie('list')).map(([test, list]) => `...(${test} ? ${list} : [])`),
  ),
  list: fc
    .tuple(fc.array(tie('item'), { minLength: 1, maxLength: 3 }), cleaned)
    .map(([items, rest]) => `[${items.join(', ')}]${rest}`),
  origin: fc.oneof(
    { depthSize: 'small' },
    literal,
    variable,
    split,
    tie('list'),
    fc.constantFrom('true', 'false', `'*'`),
    fc.tuple(variable, fc.constantFrom('||', '??'), tie('origin')).map(([one, or, other]) => `(${one} ${or} ${other})`),
    fc.tuple(split, tie('list')).map(([one, other]) => `${one} ?? ${other}`),
    fc.tuple(condition, tie('origin'), tie('origin')).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
  ),
}));
const credentials = fc.oneof(fc.constantFrom('true', 'false'), condition);

type Reading = readonly [page: string, withCookies: boolean];

/** As `cors` answers. */
function readingsBefore({ origin: given, credentials: may }: { origin?: unknown; credentials?: unknown }): Reading[] {
  const isFor = (page: string): boolean =>
    Array.isArray(given)
      ? given.includes(page)
      : typeof given === 'string'
        ? [page, '*'].includes(given)
        : given === true;
  return PAGES.filter(isFor).flatMap((page): Reading[] =>
    may === true && given !== '*'
      ? [
          [page, false],
          [page, true],
        ]
      : [[page, false]],
  );
}

/** Undefined: CorsModule does not start. */
function readingsAfter(options: unknown): Reading[] | undefined {
  const { policy, issues } = compilePolicy(
    [{ where: 'forRoot', values: [options] }],
    readNamedPolicies(undefined).named,
  );
  if (issues.length > 0 || policy === undefined) {
    return undefined;
  }
  const decisions = PAGES.map((page) => ({ page, decision: evaluateRequest(policy, page) }));
  return decisions
    .filter(({ decision }) => decision.verdict === 'allowed')
    .flatMap(({ page, decision }): Reading[] =>
      decision.allowCredentials
        ? [
            [page, false],
            [page, true],
          ]
        : [[page, false]],
    );
}

describe('what pages may read', () => {
  it('is what they could read, wherever the application starts', () => {
    const program = fc.tuple(origin, credentials, fc.array(fc.constantFrom(...VALUES), { minLength: 3, maxLength: 3 }));
    fc.assert(
      fc.property(program, ([given, may, [A, B, C]]) => {
        const options = `{ origin: ${given}, credentials: ${may} }`;
        const main = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
async function bootstrap() { const app = await NestFactory.create(AppModule); app.enableCors(${options}); }`;
        fc.pre(isValid(main));
        const { files, left } = migrated({ 'main.ts': main, 'app.module.ts': MODULE });
        fc.pre(left.length === 0);
        const env = Object.fromEntries(Object.entries({ A, B, C }).filter(([, value]) => value !== undefined));
        const run = (code: string, names: object): unknown =>
          runInNewContext(ts.transpile(`result = (${code})`, { target: ts.ScriptTarget.ESNext }), {
            ...names,
            process: { env },
            result: undefined,
          });
        const imported = /imports: \[([^]*)\] \}\)/.exec(files.get('app.module.ts')?.after ?? '')?.[1]?.trim() ?? '';
        const forRoot = (given: unknown): unknown => given;
        const forRootAsync = ({ useFactory }: { useFactory: () => unknown }): unknown => useFactory();
        const before = readingsBefore(Object(run(options, {})));
        const after = readingsAfter(
          run(imported.replace(/,$/, ''), { originList, CorsModule: { forRoot, forRootAsync } }),
        );

        expect(after ?? before).toEqual(before);
      }),
      { numRuns: 120 },
    );
  });
});
