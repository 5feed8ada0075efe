/** docs/errors.md: every code is there, and what is written there prints what is printed there. */
import { Controller, Get, Injectable, Module, Put, Scope, type Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { Cors, CorsConfigError, type CorsDecoratorValue, CorsModule, type CorsModuleOptions } from 'nestjs-cors';
import ts from 'typescript';
import { describeIssue, type CorsConfigIssue } from '../../lib/policy/mistakes/issue.js';
import { createApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, type Way } from '../support/ways.js';
import { ROOT } from './pages.js';

const PAGE = await readFile(`${ROOT}docs/errors.md`, 'utf8');
const APP = 'https://app.example.com';

interface Entry {
  readonly code: string;
  /** The code of what is written, in the order of the page. */
  readonly written: readonly string[];
  readonly acknowledged: string | undefined;
  readonly printed: string;
}

const entries: readonly Entry[] = PAGE.split(/^### /m)
  .slice(1)
  .map((section) => {
    const written = /^- Written: ([\s\S]*?)^- Cure: /m.exec(section)?.[1] ?? '';
    return {
      code: /^`([a-z-]+)`/.exec(section)?.[1] ?? '',
      written: [...written.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
      acknowledged: /^- If it is intended.*: `dangerouslyAllow: \['([a-z-]+)'\]`/m.exec(section)?.[1],
      printed: /```\n([\s\S]*?)```/.exec(section)?.[1] ?? '',
    };
  });

/** The members of a union or the keys of a type, as its file has them. */
async function keysIn(file: string, declaration: RegExp, key: RegExp): Promise<string[]> {
  const text = await readFile(`${ROOT}lib/policy/${file}`, 'utf8');
  const part = declaration.exec(text)?.[0] ?? '';
  return [...part.matchAll(key)].map((match) => match[1] ?? match[2] ?? '');
}

@Injectable()
class TenantOrigins {
  allowsOrigin(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class ScopedOrigins extends TenantOrigins {}
// The page has one class, and each of its shapes has that name.
Object.defineProperty(ScopedOrigins, 'name', { value: 'TenantOrigins' });

interface Shape {
  readonly forRoot?: CorsModuleOptions;
  readonly cors?: CorsDecoratorValue;
  readonly controller?: false;
  readonly imports?: readonly Type[];
}

/** What an application of this shape prints when it is to start. */
async function printedBy(
  way: Way,
  { forRoot = { origin: APP }, cors, controller, imports = [] }: Shape,
): Promise<string> {
  class CatsController {
    list(): void {}
    update(): void {}
  }
  const decorate = (decorator: MethodDecorator, key: 'list' | 'update'): void => {
    const descriptor = Object.getOwnPropertyDescriptor(CatsController.prototype, key);
    decorator(CatsController.prototype, key, descriptor ?? {});
  };
  decorate(Get(), 'list');
  decorate(Put(':id'), 'update');
  Controller('cats')(CatsController);
  if (controller !== undefined) {
    Cors(controller)(CatsController);
  }
  if (cors !== undefined) {
    decorate(Cors(cors), 'update');
  }
  @Module({ imports: [CorsModule.forRoot(forRoot), ...imports], controllers: [CatsController] })
  class AppModule {}

  const app = await createApp(way, AppModule);
  const error: unknown = await app.listen(0).catch((reason: unknown) => reason);
  if (!(error instanceof CorsConfigError)) {
    throw new Error(`the application has started, or failed otherwise: ${String(error)}`);
  }
  return `${error.message.split('\n').slice(1).join('\n').replaceAll(/^ {2}/gm, '')}\n`;
}

/** The value that the code of the page stands for. What is there, is what everybody can read in this repository. */
function valueOf<Value>(code: string): Value {
  const { outputText } = ts.transpileModule(`return (${code});`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  // oxlint-disable-next-line typescript/no-implied-eval -- see above
  const evaluate = new Function('TenantOrigins', 'process', outputText) as (...scope: readonly unknown[]) => Value;
  return evaluate(TenantOrigins, { env: {} });
}

const argumentOf = (code: string): string => /^(?:forRoot|@Cors)\(([\s\S]*)\)$/.exec(code)?.[1] ?? `{ ${code} }`;

/** The shapes of applications that an entry writes: options of `forRoot`, or a `@Cors` with the `forRoot` that it stands over. */
function shapesOf({ written }: Entry): Shape[] {
  const shapes: Shape[] = [];
  for (const code of written) {
    const last = shapes.at(-1);
    if (code.startsWith('@Cors(')) {
      shapes.push({
        cors: valueOf(argumentOf(code)),
        forRoot: { origin: APP, policies: { partners: { origin: APP } } },
      });
    } else if (/^(?:forRoot\(|[a-zA-Z]+: )/.test(code)) {
      const options = valueOf<CorsModuleOptions | undefined>(argumentOf(code) || 'undefined');
      const forRoot = { ...(!code.startsWith('forRoot(') && { origin: APP }), ...options };
      if (last?.cors !== undefined) {
        shapes[shapes.length - 1] = { ...last, forRoot };
      } else {
        shapes.push({ forRoot });
      }
    }
  }
  return shapes;
}

@Module({ providers: [TenantOrigins] })
class OneModule {}
@Module({ providers: [TenantOrigins] })
class OtherModule {}
@Module({ providers: [ScopedOrigins] })
class ScopedModule {}

/** What the words of the page say beside the code. */
const SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  'nested-use': [
    { forRoot: { origin: APP, policies: { partners: {}, resellers: { use: 'partners' } } } },
    { forRoot: { origin: APP, policies: { partners: APP as never } } },
  ],
  'opens-nothing': [{ controller: false, cors: { maxAge: 60 } }],
  'resolver-ambiguous': [{ cors: { origin: { resolver: TenantOrigins } }, imports: [OneModule, OtherModule] }],
  'resolver-scoped': [{ cors: { origin: { resolver: ScopedOrigins } }, imports: [ScopedModule] }],
};

const the = { where: 'the application', path: '', value: undefined };

/** Applications of many parts: test/nest starts them, and here is what their mistakes print. */
const ISSUES: Readonly<Record<string, readonly CorsConfigIssue[]>> = {
  'not-a-route': [
    { ...the, code: 'not-a-route', where: 'CatsService.find', place: 'elsewhere' },
    { ...the, code: 'not-a-route', where: 'ChatGateway.say', place: 'gateway' },
  ],
  'gateway-option': [
    {
      ...the,
      code: 'gateway-option',
      where: 'ChatGateway',
      path: 'methods',
      reason: 'it applies to HTTP handlers only',
    },
  ],
  'gateway-unjudged': [{ ...the, code: 'gateway-unjudged', where: 'ChatGateway', value: 'OddAdapter' }],
  'lost-decorator': [{ ...the, code: 'lost-decorator', where: 'CatsController.list' }],
  'duplicate-module': [{ ...the, code: 'duplicate-module', where: 'CorsModule (imported by AppModule, UsersModule)' }],
  'lazy-module': [{ ...the, code: 'lazy-module', where: 'CorsModule' }],
  'options-scoped': [{ ...the, code: 'options-scoped', where: 'forRootAsync', value: 'REQUEST' }],
  'duplicate-cors': [{ ...the, code: 'duplicate-cors', source: 'enableCors', mounts: [], caller: 'src/main.ts:12' }],
  'old-platform': [{ ...the, code: 'old-platform', value: '11.1.9', name: '@nestjs/platform-fastify' }],
};

function linesOf(issues: readonly CorsConfigIssue[]): string {
  return issues
    .map((issue) => {
      const path = issue.path === '' ? '' : `${issue.path}: `;
      const name = issue.code === 'old-platform' ? '' : path;
      return `${issue.where}\n  ${name}${describeIssue(issue)}   [${issue.code}]\n`;
    })
    .join('');
}

describe('docs/errors.md', () => {
  it('has an entry for every code, and for no other', async () => {
    const codes = await keysIn(
      'mistakes/issue-data.ts',
      /interface IssueData \{[\s\S]*?^\}/m,
      /^ {2}(?:'([a-z-]+)'|(\w+)):/gm,
    );

    expect(codes.length).toBeGreaterThan(40);
    expect(entries.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
  });

  it('says which of them can be intended', async () => {
    const dangers = await keysIn('model/options.ts', /type CorsDangerCode =[\s\S]*?;/, /\| '([a-z-]+)'/g);

    expect(entries.flatMap(({ acknowledged }) => acknowledged ?? []).toSorted()).toEqual(dangers.toSorted());
    expect(entries.filter(({ code, acknowledged }) => ![code, undefined].includes(acknowledged))).toEqual([]);
  });

  const started = entries.filter(({ code }) => !(code in ISSUES));
  const described = entries.filter(({ code }) => code in ISSUES);

  describe.each(BOTH_PLATFORMS)('on %s', (_, way) => {
    it.each(started)('prints what stands under $code, where it is written', async (entry) => {
      const printed: string[] = [];
      for (const shape of SHAPES[entry.code] ?? shapesOf(entry)) {
        printed.push(await printedBy(way, shape));
      }
      expect(printed.join('')).toBe(entry.printed);
    });
  });

  it.each(described)('has the sentence of $code', ({ code, printed }) => {
    expect(linesOf(ISSUES[code] ?? [])).toBe(printed);
  });
});
