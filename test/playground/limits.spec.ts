/** A link may have been written by anybody, and must not keep the browser of its readers busy. */
import { describe, expect, it } from '@jest/globals';

import { readApplication } from '../../page/playground/code/application.js';
import { CodeError } from '../../page/playground/code/code-error.js';
import { Cursor, LONGEST_TEXT } from '../../page/playground/code/cursor.js';
import { readFetch } from '../../page/playground/code/fetch-call.js';
import { startApplication, trimSlashes } from '../../page/playground/model/application.js';

const ROOT = "CorsModule.forRoot({ origin: '*' })";
const many = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => write(i)).join('');
const handlers = (count: number, decorators = ''): string => many(count, (i) => `${decorators}@Get('${i}')h${i}(){}`);

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CodeError);
    return error instanceof Error ? error.message : '';
  }
  return 'It is read';
}

describe('the size of an application', () => {
  it.each([
    [
      'paths of a controller times those of its handler',
      `${ROOT} @Controller([${many(1000, () => "'',")}]) class C { @Get([${many(1000, () => "'',")}]) a() {} }`,
      'There are 1000000 routes, counted for each path of a controller and of its handlers, and at most 200 are read here',
    ],
    [
      'several controllers together',
      ROOT + many(3, (i) => `@Controller(['a', 'b']) class C${i} { ${handlers(34)} }`),
      'There are 204 routes',
    ],
    [
      'handlers without a path',
      `${ROOT} @Controller() class C { ${many(201, (i) => `@Get([])h${i}(){}`)} }`,
      'There are 201 handlers',
    ],
    ['entries of paths', `CorsModule.forRoot({ paths: [${many(51, () => '{},')}] })`, 'There are 51 entries of paths'],
    [
      'patterns of an entry',
      `CorsModule.forRoot({ paths: [{ path: [${many(51, () => "'/a',")}] }] })`,
      'There are 51 patterns in paths',
    ],
    ['named policies', `CorsModule.forRoot({ policies: {${many(51, (i) => `p${i}: {},`)}} })`, 'There are 51 policies'],
    [
      'lists that each handler reads again',
      `CorsModule.forRoot({ origin: [${many(300, (i) => `'https://a${i}.example',`)}] }) @Controller() class C { ${handlers(150)} }`,
      'The policies of all handlers together have more than 30000 values',
    ],
    [
      'decorators of a class, which each handler reads again',
      `${ROOT} ${many(400, () => '@Cors({})')} @Controller() class C { ${handlers(150)} }`,
      'The policies of all handlers together have more than 30000 values',
    ],
    [
      'a path',
      `${ROOT} @Controller('${'/'.repeat(301)}') class C {}`,
      'A path of @Controller() is longer than 300 characters',
    ],
    [
      'a path of a handler',
      `${ROOT} @Controller() class C { @Get('${'a'.repeat(301)}') a() {} }`,
      'A path of @Get() is longer than 300',
    ],
    [
      'the keys of an object',
      `CorsModule.forRoot({${many(201, (i) => `k${i}:1,`)}})`,
      'An object has at most 200 keys here',
    ],
  ])('is limited: %s', (_, text, message) => {
    expect(messageOf(() => readApplication(text))).toContain(message);
  });

  it('may be that of a real application', () => {
    const code = readApplication(`${ROOT} @Controller(['a', 'b']) class C { ${handlers(100)} }`);
    expect(startApplication(code).handlers).toHaveLength(200);
  });

  it('is limited for the URL of a request', () => {
    expect(messageOf(() => readFetch(`fetch('/${'a'.repeat(2000)}')`))).toContain('longer than 2000 characters');
    expect(readFetch(`fetch('/${'a'.repeat(1999)}')`).url).toHaveLength(2000);
  });
});

describe('a path', () => {
  it.each(['', '/', '////', 'a', '/a/', '//a//b//', 'a///'])('is trimmed as Nest does it: %j', (path) => {
    expect(trimSlashes(path)).toBe(path.replaceAll(/^\/+|\/+$/g, ''));
  });
});

/** The characters that the reader looks at or goes past. */
function stepsOf(text: string): number {
  const { peek, take, takes } = Cursor.prototype;
  let steps = 0;
  Cursor.prototype.peek = function counted(this: Cursor) {
    steps += 1;
    return peek.call(this);
  };
  Cursor.prototype.take = function counted(this: Cursor, expression) {
    const found = take.call(this, expression);
    steps += 1 + (found?.[0].length ?? 0);
    return found;
  };
  Cursor.prototype.takes = function counted(this: Cursor, expected) {
    steps += expected.length;
    return takes.call(this, expected);
  };
  try {
    readApplication(text);
  } catch (error) {
    expect(error).toBeInstanceOf(CodeError);
  } finally {
    Object.assign(Cursor.prototype, { peek, take, takes });
  }
  return steps;
}

describe('a hostile text', () => {
  const inBody = 'CorsModule.forRoot() @Controller() class C { @Get() a() {';
  const inModule = '@Module(';
  const inValue = 'CorsModule.forRoot([';
  const parts = [
    "\\'",
    '\\"',
    '\\`',
    "'",
    '"',
    '`',
    '`${',
    '${',
    '/*',
    '/* ',
    '//',
    '//\n',
    '/',
    '/[',
    '\\/',
    '(',
    '[{',
    '}',
    ')',
    ' ',
    '\n',
    '@',
    '@a',
    '@Cors',
    '@Cors()',
    '@Get()',
    '@a.',
    ';',
    ',',
    'throw new ',
    'throw ',
    'return /',
    'if (',
    'for await (',
    'CorsModule',
    'CorsModule . ',
    'CorsModule.forRoot',
    'import ',
    'export ',
    'class a ',
    'class a{',
    'static ',
    'get ',
    'a;',
    'a=',
    'a',
    'a()',
    'a():|',
    'a():|{}',
    '< ',
    'async ',
    'new ',
    'a . ',
    'true ',
    '(1),',
    '((',
    '-',
    '1+',
    '1_',
    '...[',
    '...[],',
    '{a:',
    "'a'+",
    '\\\\',
    '*',
    "@Header('a','b')",
  ];
  it.each(parts)('is read in a number of steps that follows its length: %j', (part) => {
    for (const before of ['CorsModule.forRoot() ', inBody, inModule, inValue]) {
      const text = before + part.repeat((LONGEST_TEXT - before.length) / part.length);
      expect(stepsOf(text)).toBeLessThan(40 * LONGEST_TEXT);
    }
  });

  it('ends at the first text that is not closed, instead of looking for its end again and again', () => {
    for (const part of ["\\'", '\\"', '\\`', '/[']) {
      const text = `${inBody} x = ${part.repeat(6000)}`;
      expect(stepsOf(text)).toBeLessThan(4 * LONGEST_TEXT);
      expect(messageOf(() => readApplication(text))).toMatch(/^This (?:text|RegExp) is not closed$/);
    }
  });
});
