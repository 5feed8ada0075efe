/**
 * Reads an application as people write it: `CorsModule.forRoot()` and controllers, with their decorators. Bodies of handlers are
 * not run; of them only `throw new …Exception()` is understood, where it is a statement that nothing can pass by.
 */
import { originList } from '../../../lib/policy/origins/origin-list.js';
import { CodeError } from './code-error.js';
import { Cursor } from './cursor.js';
import { corsOf, headersOf, pathsOf, statusOf, type Decorator } from './decorators.js';
import { ExpressionReader, type Calls } from './expression.js';
import { checkHarmless } from './harmless.js';
import { checkLimits, LONGEST_CONSTANT } from './limits.js';
import { NAMES } from './names.js';
import { sentenceFor } from './statements.js';
import { hasStatus, thrownBy, type Thrown } from './thrown.js';

export interface HandlerCode {
  readonly name: string;
  /** `GET`; `ALL` for `@All()`. */
  readonly method: string;
  readonly paths: readonly string[];
  /** The values of `@Cors`, in the order in which decorators run. */
  readonly cors: readonly unknown[];
  /** Undefined: the status that Nest gives. */
  readonly status: number | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The exception that it throws. */
  readonly throws: Thrown | undefined;
}

export interface ControllerCode {
  readonly name: string;
  readonly paths: readonly string[];
  readonly cors: readonly unknown[];
  readonly handlers: readonly HandlerCode[];
}

export interface ApplicationCode {
  /** What `forRoot()` got. */
  readonly options: unknown;
  readonly controllers: readonly ControllerCode[];
  /** The decorators that were found and have no effect here. */
  readonly ignored: readonly string[];
}

const METHODS: ReadonlyMap<string, string> = new Map(
  ['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All'].map((name) => [name, name.toUpperCase()]),
);

/** Those that change nothing about CORS, and are so common that they need no mention. */
const SILENT: ReadonlySet<string> = new Set(['Injectable', 'Module']);

const CALLS: Calls = {
  originList: ([value, options]) => {
    if (typeof value !== 'string' && value !== undefined) {
      throw new Error('takes a string');
    }
    return originList(value, typeof options === 'object' && options !== null ? options : undefined);
  },
};

/** Throws a {@link CodeError} at what cannot be read. */
export function readApplication(text: string): ApplicationCode {
  return new ApplicationReader(text).read();
}

class ApplicationReader {
  readonly #cursor: Cursor;
  readonly #expressions: ExpressionReader;
  /** Those of constants, besides. */
  readonly #names = new Map(NAMES);
  readonly #controllers: ControllerCode[] = [];
  readonly #ignored = new Set<string>();
  #root: { readonly options: unknown } | undefined;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
    this.#expressions = new ExpressionReader(this.#cursor, CALLS, this.#names);
  }

  read(): ApplicationCode {
    const cursor = this.#cursor;
    for (cursor.skip(';,'); !cursor.isAtEnd; cursor.skip(';,')) {
      this.#readStatement();
    }
    if (this.#root === undefined) {
      throw new CodeError('There is no CorsModule.forRoot({ … }): without it CORS is not handled', 0);
    }
    const code = { options: this.#root.options, controllers: this.#controllers, ignored: [...this.#ignored] };
    checkLimits(code.options, code.controllers);
    checkHarmless([code.options, ...this.#controllers.flatMap(corsOfController)]);
    return code;
  }

  #readStatement(): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    if (cursor.take(/import\b[^;'"]*(?:'[^'\n]*'|"[^"\n]*")/y) !== undefined) {
      return;
    }
    if (this.#readRoot() || this.#readConstant() || this.#skipStart()) {
      return;
    }
    const decorators = this.#decorators();
    const found = cursor.take(/(?:export\s+|default\s+|abstract\s+)*class\s+([\w$]+)([^{]*)/y);
    const name = found?.[1];
    if (name === undefined) {
      throw new CodeError(sentenceFor(cursor.text.slice(cursor.at)), cursor.at);
    }
    if (/\bextends\b/.test(found?.[2] ?? '')) {
      throw new CodeError('Handlers that a controller inherits are not read here: write them out', start);
    }
    this.#readClass(name, decorators);
  }

  /** True where `CorsModule.forRoot()` stands here. */
  readonly #readRoot = (): boolean => {
    const cursor = this.#cursor;
    const start = cursor.at;
    const method = cursor.take(/\bCorsModule\s*\.\s*(forRoot|forRootAsync)\s*(?=\()/y)?.[1];
    if (method === undefined) {
      return false;
    }
    if (method === 'forRootAsync') {
      throw new CodeError('Factories are not run here: write CorsModule.forRoot({ … }) with their result', start);
    }
    if (this.#root !== undefined) {
      throw new CodeError('CorsModule.forRoot() is here twice', start);
    }
    // As the default of its parameter.
    const [options = {}] = this.#expressions.arguments();
    this.#root = { options };
    return true;
  };

  /** Short, and without the names of others: what is worked out stays about as long as its text. */
  #readConstant(): boolean {
    const cursor = this.#cursor;
    const name = cursor.take(/(?:export\s+)?const\s+([\w$]+)\s*(?::[^=;]*)?=\s*/y)?.[1];
    if (name === undefined) {
      return false;
    }
    const start = cursor.at;
    try {
      const value = new ExpressionReader(cursor, CALLS).value();
      if (cursor.at - start <= LONGEST_CONSTANT) {
        this.#names.set(name, value);
      }
    } catch (error) {
      if (!(error instanceof CodeError)) {
        throw error;
      }
      // `const app = await NestFactory.create(AppModule);` has no part in this. Where its name stands for a value, that is said there.
      cursor.at = start;
      cursor.skipValue();
    }
    return true;
  }

  /** `await app.listen(3000);` changes nothing about CORS. */
  #skipStart(): boolean {
    const isStart = this.#cursor.take(/(?:void\s+)?(?:await\s+)?[\w$]+\s*\.\s*(?:listen|init)\s*(?=\()/y) !== undefined;
    if (isStart) {
      this.#cursor.skipBrackets();
    }
    return isStart;
  }

  #decorators(): readonly Decorator[] {
    const cursor = this.#cursor;
    const decorators: Decorator[] = [];
    for (let start = cursor.at; cursor.take(/@/y) !== undefined; start = cursor.at) {
      const name = cursor.take(/[\w$]+(?:\.[\w$]+)*/y)?.[0] ?? '';
      if (name === 'Version') {
        throw new CodeError(
          "Versions are not known here: write the version into the path, as in @Get('v1/cats')",
          start,
        );
      }
      cursor.skip();
      const hasArguments = cursor.peek() === '(';
      if (!hasArguments && isRead(name)) {
        throw new CodeError(`@${name} needs its parentheses: @${name}(…)`, start);
      }
      if (hasArguments && isRead(name)) {
        decorators.push({ name, values: this.#expressions.arguments(), at: start });
      } else {
        this.#ignore(name);
        decorators.push({ name, values: [], at: start });
        if (hasArguments) {
          // `imports: [CorsModule.forRoot({ … })]`: everything else of a module has no part in this.
          cursor.skipBrackets(name === 'Module' ? this.#readRoot : undefined);
        }
      }
      cursor.skip();
    }
    return decorators;
  }

  #ignore(name: string): void {
    if (!SILENT.has(name)) {
      this.#ignored.add(`@${name}`);
    }
  }

  #readClass(name: string, decorators: readonly Decorator[]): void {
    const cursor = this.#cursor;
    const controller = decorators.find((each) => each.name === 'Controller');
    const cors = corsOf(decorators);
    if (controller === undefined) {
      if (cors.length > 0) {
        throw new CodeError(`@Cors stands on ${name}, and only controllers are read here`, decorators[0]?.at ?? 0);
      }
      cursor.skipBrackets();
      return;
    }
    const start = cursor.at;
    cursor.at += 1;
    const handlers = new Map<string, HandlerCode>();
    for (cursor.skip(';'); cursor.take(/\}/y) === undefined; cursor.skip(';')) {
      if (cursor.isAtEnd) {
        throw new CodeError('This class is not closed', start);
      }
      this.#readMember(handlers);
    }
    this.#controllers.push({ name, paths: pathsOf(controller), cors, handlers: [...handlers.values()] });
  }

  /** Up to the body. A brace behind one of these signs belongs to the type: `Promise<{ name: string }>`. */
  #skipReturnType(): void {
    const cursor = this.#cursor;
    while (/[<:|&,]\s*$/.test(cursor.take(/[^{;}]*/y)?.[0] ?? '') && cursor.peek() === '{') {
      cursor.skipBrackets();
    }
  }

  #readMember(handlers: Map<string, HandlerCode>): void {
    const cursor = this.#cursor;
    const decorators = this.#decorators();
    const modifiers =
      cursor.take(/(?:(?:public|private|protected|static|async|readonly|override|get|set)\s+(?=[\w$#]))+/y)?.[0] ?? '';
    const start = cursor.at;
    const name = cursor.take(/[\w$#]+/y)?.[0];
    if (name === undefined) {
      throw new CodeError('A handler begins with its decorators and its name: @Get() list() {}', start);
    }
    cursor.skip();
    const isMethod = cursor.peek() === '(';
    // Nest routes the methods of objects.
    const canBeHandler = isMethod && !/\b(?:static|get|set)\b/.test(modifiers);
    const method = canBeHandler ? decorators.find((each) => METHODS.has(each.name)) : undefined;
    if (method === undefined && corsOf(decorators).length > 0) {
      throw new CodeError(
        `[not-a-route] @Cors has no effect on ${name}, as it is not an HTTP handler: remove it, or write it on a method of the object with @Get() or another`,
        start,
      );
    }
    if (!isMethod) {
      cursor.skipValue();
      return;
    }
    cursor.skipBrackets();
    this.#skipReturnType();
    const body = cursor.peek() === '{' ? cursor.skipBrackets() : '';
    if (method !== undefined) {
      const handler = handlerOf(name, method, decorators, body);
      if (handler.throws !== undefined && !hasStatus(handler.throws)) {
        throw new CodeError(
          `The status that ${name} throws is not known here: write it as new HttpException('…', 418) or HttpStatus.NOT_FOUND`,
          start,
        );
      }
      handlers.set(name, handler);
    }
  }
}

function corsOfController({ cors, handlers }: ControllerCode): readonly unknown[] {
  return [...cors, ...handlers.flatMap((handler) => handler.cors)];
}

function isRead(name: string): boolean {
  return METHODS.has(name) || ['Controller', 'Cors', 'Header', 'HttpCode'].includes(name);
}

function handlerOf(name: string, method: Decorator, decorators: readonly Decorator[], body: string): HandlerCode {
  const status = decorators.find((each) => each.name === 'HttpCode');
  const headers = decorators.filter((each) => each.name === 'Header').toReversed();
  return {
    name,
    method: METHODS.get(method.name) ?? 'GET',
    paths: pathsOf(method),
    cors: corsOf(decorators),
    status: status && statusOf(status),
    headers: headersOf(headers),
    throws: thrownBy(body),
  };
}
