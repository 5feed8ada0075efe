import { describe, expect, it } from '@jest/globals';
import { HttpStatus } from '@nestjs/common';
import fc from 'fast-check';
import { runInNewContext } from 'node:vm';

import { readApplication } from '../../page/playground/code/application.js';
import { CodeError, placeOf } from '../../page/playground/code/code-error.js';
import { UNREAD } from '../../page/playground/code/thrown.js';
import { printFetch, readFetch } from '../../page/playground/code/fetch-call.js';

/** The options of `forRoot`, written as this. */
const optionsOf = (code: string): unknown => readApplication(`CorsModule.forRoot(${code})`).options;

function errorOf(run: () => unknown): CodeError {
  try {
    run();
  } catch (error) {
    if (error instanceof CodeError) {
      return error;
    }
    throw error;
  }
  throw new Error('It can be read');
}

describe('a value written as code', () => {
  it.each([
    `'it\\'s'`,
    `"\\u00e9\\x41\\n\\u{1F600}"`,
    '`plain\ntemplate`',
    `'a\\\nb'`,
    '60 * 60 * 24',
    '(1 + 2) * 3 - 4 / 2',
    `'https://' + "a.example"`,
    '-1',
    '1_000',
    '.5e3',
    '0xff',
    '[1, [2, 3,],]',
    '[...["a", "b"], "c"]',
    "{ a: 1, 'b c': { d: false }, 7: null, }",
    '{ /* why */ a: undefined, // so\n b: Infinity }',
    "{ toString: 1, constructor: 2, hasOwnProperty: 'x' }",
    '[]',
    '{}',
    'null',
  ])('is what the engine makes of it: %s', (code) => {
    expect(optionsOf(code)).toEqual(structuredClone(runInNewContext(`(${code})`)));
  });

  it.each(['/https:\\/\\/[a-z/]+\\.example/i', '/[\\]/]\\//u', '/a(?<x>b)/'])('is a RegExp: %s', (code) => {
    expect(String(optionsOf(code))).toBe(code);
  });

  it('is what the engine makes of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(optionsOf(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('may be the list of an environment variable, and constant', () => {
    expect(optionsOf("{ origin: originList('https://a.example, https://b.example') }")).toEqual({
      origin: ['https://a.example', 'https://b.example'],
    });
    expect(optionsOf("['a', 'b'] as const")).toEqual(['a', 'b']);
  });

  it.each([
    ['(origin) => true', 'Functions are not run here'],
    ['origin => true', 'Functions are not run here'],
    ['async () => {}', 'Functions are not run here'],
    ['function () { return true; }', 'Functions are not run here'],
    ['{ origin() { return true; } }', 'neither variables nor methods'],
    ['{ get origin() { return 1; } }', 'neither variables nor methods'],
    ['{ origin }', 'neither variables nor methods'],
    ['{ ...others }', 'Objects are not spread here'],
    ["{ ['origin']: 1 }", 'A key has to be written as it is'],
    ['{ __proto__: { origin: 1 } }', 'The key __proto__ is not read here'],
    ["{ '__proto__': 1 }", 'The key __proto__ is not read here'],
    ['process.env.ORIGIN', 'process.env.ORIGIN has no value here'],
    ["fetch('https://evil.example')", 'fetch() is not run here'],
    ['new Function("alert(1)")()', 'new Function() is not run here'],
    ['`https://${host}`', 'Templates with ${…} are not read here'],
    ['[1,,2]', 'A value cannot begin with ,'],
    ['{ a: 1', 'A comma or } is missing here'],
    ["{ a: 'b }", 'This text is not closed'],
    ['/[/', 'This RegExp is not closed'],
    ['/(/', 'Invalid regular expression'],
    ['007', 'This is not a number'],
    ["'\\1'", 'There is an escape'],
    ['"\\u{110000}"', 'There is an escape'],
    ['1 + "a"', '+ stands only between numbers here'],
    ['a.b.c', 'has no value here'],
    ['this', 'this has no value here'],
    ['constructor', 'constructor has no value here'],
    ['toString()', 'toString() is not run here'],
    ['['.repeat(5000), 'This is nested too deeply'],
    [`${'-'.repeat(5000)}1`, 'This is nested too deeply'],
    [`${'('.repeat(5000)}1`, 'This is nested too deeply'],
    [`'${'x'.repeat(20_000)}'`, 'longer than 20000 characters'],
    ["{ dangerouslyAllow: ['regexp-unsafe'] }", '"regexp-unsafe" cannot be allowed here'],
    [`[${'/a/,'.repeat(51)}]`, 'There are 51 RegExps'],
  ])('is refused, not run: %.60s', (code, message) => {
    expect(errorOf(() => optionsOf(code)).message).toContain(message);
  });

  it('does not reach into prototypes', () => {
    const options = optionsOf("{ constructor: { prototype: { origin: '*' } } }");
    expect(Object.getPrototypeOf(options)).toBe(Object.prototype);
    expect('origin' in {}).toBe(false);
  });

  it('is refused with a CodeError, whatever it is', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      "'",
      '"',
      '`',
      '/',
      '\\',
      ',',
      ':',
      '@Cors',
      '=>',
      'class A',
      '...',
      '*',
      '$',
      ' ',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 30 }),
        (parts) => {
          for (const read of [
            () => readApplication(parts.join('')),
            () => optionsOf(parts.join('')),
            () => readFetch(`fetch(${parts.join('')}`),
          ]) {
            try {
              read();
            } catch (error) {
              expect(error).toBeInstanceOf(CodeError);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the code of an application', () => {
  it('may be pasted as it stands in a file', () => {
    const { options, controllers, ignored } = readApplication(`
      import { Module, Controller } from '@nestjs/common';
      import { Cors, CorsModule } from "nestjs-cors";

      @Module({
        imports: [ConfigModule.forRoot({ envFilePath: '.env' }), CorsModule.forRoot({ origin: /https:\\/\\/[a-z)"']+/ })],
        controllers: [CatsController],
      })
      export class AppModule {}

      @Controller({ path: ['cats', 'kittens'] })
      @UseGuards(AuthGuard('jwt'))
      @Cors({ maxAge: 600 }) // for all of them
      export class CatsController implements OnModuleInit {
        private readonly log = new Logger('Cats');
        constructor(private readonly cats: CatsService) {}

        @Get(':id')
        @Header('ETag', '"7"')
        async read(@Param('id', ParseIntPipe) id: number): Promise<{ name: string }> {
          if (id === 0) { throw new GoneException("no '}' here"); }
          throw new NotFoundException("no '}' here");
          return { name: \`\${id}\` };
        }

        @Cors(false)
        @HttpCode(204)
        @Delete(['one', 'two'])
        remove() {}

        helper() { return '@Cors'; }
      }
    `);
    expect(String(Reflect.get(options as object, 'origin'))).toBe(`/https:\\/\\/[a-z)"']+/`);
    expect(ignored).toEqual(['@UseGuards']);
    expect(controllers).toEqual([
      {
        name: 'CatsController',
        paths: ['cats', 'kittens'],
        cors: [{ maxAge: 600 }],
        handlers: [
          {
            name: 'read',
            method: 'GET',
            paths: [':id'],
            cors: [],
            status: undefined,
            headers: [['ETag', '"7"']],
            throws: { name: 'NotFoundException', values: ["no '}' here"] },
          },
          {
            name: 'remove',
            method: 'DELETE',
            paths: ['one', 'two'],
            cors: [false],
            status: 204,
            headers: [],
            throws: undefined,
          },
        ],
      },
    ]);
  });

  it.each([
    ['', 'There is no CorsModule.forRoot'],
    ['app.enableCors()', 'write its options into CorsModule.forRoot({ … })'],
    ["CorsModule.forRoot() app.setGlobalPrefix('api')", 'write it into the paths'],
    ['CorsModule.forRoot() app.enableVersioning()', 'write the version into the path'],
    ['CorsModule.forRoot() @Controller() class A { @Version("1") @Get() b() {} }', 'write the version into the path'],
    ['bootstrap()', 'Only CorsModule.forRoot({ … }), constants, and classes'],
    ['const A = one; CorsModule.forRoot({ origin: A })', 'A has no value here: write the value itself'],
    [`const A = '${'a'.repeat(500)}'; CorsModule.forRoot({ origin: A })`, 'A has no value here'],
    ["const A = ['a']; const B = [...A]; CorsModule.forRoot({ origin: B })", 'B has no value here'],
    ['CorsModule.forRoot({}) CorsModule.forRoot({})', 'is here twice'],
    ['CorsModule.forRootAsync({ useFactory: () => ({}) })', 'Factories are not run here'],
    ['CorsModule.forRoot({}) @Cors({}) class A {}', 'only controllers are read here'],
    ['CorsModule.forRoot({}) @Controller() class A extends B {}', 'Handlers that a controller inherits'],
    ['CorsModule.forRoot({}) @Controller() class A { @Cors({}) b() {} }', 'it is not an HTTP handler'],
    ['CorsModule.forRoot({}) @Controller() class A { @Get() b() {}', 'This class is not closed'],
    ['CorsModule.forRoot({}) @Controller("a*") class A {}', 'A wildcard needs a name: write a*rest'],
    ['CorsModule.forRoot({}) @Controller({ host: "a" }) class A {}', 'host of a controller is not read here'],
    ['CorsModule.forRoot({}) @Controller() class A { @Get() @HttpCode(99) b() {} }', 'a status from 200 to 599'],
    [
      'CorsModule.forRoot({}) @Controller() class A { @Get() b() { throw new HttpException("a", status) } }',
      'The status that b throws is not known here',
    ],
    ['CorsModule.forRoot({}) @Controller({ path: "a", version: "1" }) class A {}', 'write the version into the path'],
    ['CorsModule.forRoot({}) @Controller() class A { @Get() @Header("a b", "c") b() {} }', '@Header() cannot send'],
  ])('says what it does not read: %s', (code, message) => {
    expect(errorOf(() => readApplication(code)).message).toContain(message);
  });

  it.each([
    ['throw new GoneException();', 'GoneException'],
    ["const a = 1;\n  throw new GoneException('gone')", 'GoneException'],
    ['log()\n throw new errors.GoneException()', 'GoneException'],
    ['if (a) return 1; throw new GoneException()', 'GoneException'],
    ['if (a) { return 1 } throw new GoneException()', 'GoneException'],
    ['throw/**/new/**/GoneException()', 'GoneException'],
    ['throw error', 'Error'],
    ['throw new Error()', 'Error'],
    ['// throw new GoneException()', undefined],
    ['/* throw new GoneException() */', undefined],
    ["'throw new GoneException()'", undefined],
    ['"; throw new GoneException()"', undefined],
    ['`throw new GoneException()`', undefined],
    ['`${`}`} ; throw new GoneException() ${{ a: {} }}`', undefined],
    ['const a = /; throw new GoneException()/', undefined],
    ['const a = /[/;] throw new GoneException()/', undefined],
    ['if (a) throw new GoneException()', undefined],
    ['if (a) {} else throw new GoneException()', undefined],
    ['for await (const a of b) throw new GoneException()', undefined],
    ['if (a) { throw new GoneException() }', undefined],
    ['const a = () => { throw new GoneException() }', undefined],
    ['try { throw new GoneException() } catch {}', undefined],
    ['a.throw; return { throw: 1 }', undefined],
    ['return 1; throw new GoneException()', undefined],
    ['return /`/', undefined],
    ["return /'/", undefined],
    ['return /[/}]\\}/.test(a)', undefined],
    ["if (a) /'/.test(b)", undefined],
    ['return a / b; // c / d', undefined],
    ["return (a) / b + c[0] / d + e! / f + g++ / h + 1 / 2 + '/'", undefined],
  ])('throws where a statement of the body does: %s', (body, throws) => {
    const { controllers } = readApplication(
      `CorsModule.forRoot() @Controller() class A { @Get() a() { ${body}\n } @Cors(false) @Get('b') b() {} }`,
    );
    expect(controllers[0]?.handlers.map((each) => [each.name, each.throws?.name])).toEqual([
      ['a', throws],
      ['b', undefined],
    ]);
  });

  it.each([
    ['new GoneException', []],
    ["new GoneException('a', { description: 'b' },)", ['a', { description: 'b' }]],
    ['new HttpException("a" + "b", HttpStatus.I_AM_A_TEAPOT)', ['ab', 418]],
    ['new HttpException(`a ${b}`, 418, { cause: error })', [UNREAD, 418, UNREAD]],
    ["new HttpException({ a: b(')', [','], /[),]/) }, 418 /* , */)", [UNREAD, 418]],
    ['new HttpException(a ? [1, 2] : 3, 400 + 18)', [UNREAD, 418]],
  ])('reads the arguments that have a value here: throw %s', (thrown, values) => {
    const code = `CorsModule.forRoot() @Controller() class A { @Get() a() { throw ${thrown}; } }`;

    expect(readApplication(code).controllers[0]?.handlers[0]?.throws?.values).toEqual(values);
  });

  it('knows every name of HttpStatus', () => {
    const names = Object.keys(HttpStatus).filter((name) => Number.isNaN(Number(name)));
    const read = names.map((name) => optionsOf(`{ maxAge: HttpStatus.${name} }`));

    expect(read).toEqual(names.map((name) => ({ maxAge: Reflect.get(HttpStatus, name) as unknown })));
  });

  it('reads constants, and a whole program with its start', () => {
    const { options } = readApplication(`
      import { NestFactory } from '@nestjs/core';
      const APP = 'https://app.example.com';
      export const ALL: readonly string[] = [APP_OF_OTHERS, 'b']
      const LIST = ['https://a.example', 'https://b.example'] as const;
      @Module({ imports: [CorsModule.forRoot({ origin: [APP, ...LIST], credentials: true })] })
      export class AppModule {}
      const app = await NestFactory.create(AppModule, { logger: ['error'] });
      await app.listen(process.env.PORT ?? 3000);
    `);

    expect(options).toEqual({
      origin: ['https://app.example.com', 'https://a.example', 'https://b.example'],
      credentials: true,
    });
  });

  it('may leave out the options', () => {
    expect(readApplication('CorsModule.forRoot();').options).toEqual({});
    expect(readApplication('CorsModule.forRoot(undefined)').options).toEqual({});
    expect(readApplication('CorsModule.forRoot(null)').options).toBeNull();
  });

  it('has one line for each name of a header: what the platform sets last', () => {
    const { controllers } = readApplication(
      "CorsModule.forRoot() @Controller() class A { @Get() @Header('X-A', '1') @Header('x-b', '3') @Header('x-a', '2') a() {} }",
    );
    expect(controllers[0]?.handlers[0]?.headers).toEqual([
      ['X-A', '1'],
      ['x-b', '3'],
    ]);
  });

  it('has handlers only where Nest finds them', () => {
    const { controllers } = readApplication(`CorsModule.forRoot() @Controller() class A {
      static { start(); }
      static readonly limits = { a: '}', b: /[}]/ } // a comment; @Get() no() {}
      list = async () => {
        return 1;
      };
      get size() { return 1; }
      @Get('static') static no() {}
      @Get() get() {}
    }`);
    expect(controllers[0]?.handlers.map(({ name }) => name)).toEqual(['get']);
  });

  it.each(['static a() {}', 'static async a() {}', 'get a() { return 1; }', 'a = 1;', 'a() {}'])(
    'refuses @Cors where the library does: %s',
    (member) => {
      const text = `CorsModule.forRoot() @Controller() class A { @Cors({ origin: '*' }) ${member} }`;
      expect(errorOf(() => readApplication(text)).message).toContain('[not-a-route] @Cors has no effect on a');
    },
  );

  it('refuses @Cors on a static method, even as a route', () => {
    const text = 'CorsModule.forRoot() @Controller() class A { @Get() @Cors({}) static a() {} }';
    expect(errorOf(() => readApplication(text)).message).toContain('[not-a-route]');
  });

  it.each(['@Cors @Controller() class A {}', '@Controller class A {}', '@Controller() class A { @Get a() {} }'])(
    'refuses a decorator that is not called: %s',
    (text) => {
      expect(errorOf(() => readApplication(`CorsModule.forRoot() ${text}`)).message).toContain('needs its parentheses');
    },
  );

  it('names the place', () => {
    const text = `CorsModule.forRoot({\n  origin: process.env.ORIGIN,\n})`;
    expect(placeOf(text, errorOf(() => readApplication(text)).at)).toEqual({ line: 2, column: 11 });
  });
});

describe('a call of fetch()', () => {
  it.each([
    ["fetch('/cats')", { url: '/cats', init: {} }],
    ["const response = await fetch('/cats', { method: 'PUT' });", { url: '/cats', init: { method: 'PUT' } }],
    [`window.fetch("/cats", { body: JSON.stringify({ a: [1] }) })`, { url: '/cats', init: { body: '{"a":[1]}' } }],
    [`fetch("/cats", { headers: new Headers({ 'X-A': '1' }) })`, { url: '/cats', init: { headers: { 'X-A': '1' } } }],
  ])('is read: %s', (code, call) => {
    expect(readFetch(code)).toEqual(call);
  });

  it.each([
    ['', 'Write one call'],
    ['axios.get("/cats")', 'Write one call'],
    ['fetch()', 'a URL, as a string'],
    ['fetch("/cats", [])', 'The second argument of fetch() is an object'],
    ['fetch("/cats").then()', 'There is something behind the call'],
  ])('is refused: %s', (code, message) => {
    expect(errorOf(() => readFetch(code)).message).toContain(message);
  });

  it('is printed so that it reads the same', () => {
    const init = fc.record(
      {
        method: fc.string(),
        credentials: fc.constantFrom('include', 'omit'),
        headers: fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
          { maxKeys: 3 },
        ),
        keepalive: fc.boolean(),
        body: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.string(), init, (url, given) => {
        const call = { url, init: { ...given, ...(given.headers && { headers: { ...given.headers } }) } };
        expect(readFetch(printFetch(call))).toEqual(call);
      }),
    );
  });
});
