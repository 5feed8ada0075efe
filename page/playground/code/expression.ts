/**
 * Reads values that are written as code, and runs nothing: a link that anybody may have written brings the text. What has no
 * rule here, has no meaning.
 *
 * There are parsers of JavaScript, and they know all of it: acorn would be the half of what this page loads before its first
 * answer, to have most of its nodes refused. A test compares this one with the engine.
 */
import { CodeError } from './code-error.js';
import { compute } from './compute.js';
import type { Cursor } from './cursor.js';
import { MOST_KEYS } from './limits.js';
import { NAMES } from './names.js';

/** What some names mean when they are called, such as `originList('…')`. */
export type Calls = Readonly<Record<string, (values: readonly unknown[]) => unknown>>;

/** Nobody writes more, and the stack ends somewhere. */
const DEEPEST = 50;

const NAME = /[A-Za-z_$][\w$]*/y;
const DOTTED_NAME = /(?:new\s+)?[A-Za-z_$][\w$]*(?:\s*\.\s*[A-Za-z_$][\w$]*)*/y;
const FUNCTION = /(?:async\b\s*)?(?:function\b|(?:[A-Za-z_$][\w$]*|\([^()]*\))\s*(?::\s*[\w$]+\s*)?=>)/y;
const NUMBER = /0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const REGEXP = /\/((?:[^/\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\])+)\/([A-Za-z]*)/y;
const STRINGS: Readonly<Record<string, RegExp>> = {
  "'": /'((?:[^'\\\n\r]|\\(?:\r\n|[^]))*)'/y,
  '"': /"((?:[^"\\\n\r]|\\(?:\r\n|[^]))*)"/y,
  '`': /`((?:[^`\\]|\\[^])*)`/y,
};
const ESCAPE = /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|[^]))/g;
const SHORT: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  v: '\v',
  f: '\f',
  '0': '\0',
  '\n': '',
  '\r': '',
  '\r\n': '',
};

export class ExpressionReader {
  #depth = 0;

  constructor(
    private readonly cursor: Cursor,
    private readonly calls: Calls,
    private readonly names: ReadonlyMap<string, unknown> = NAMES,
  ) {}

  /** The values between two parentheses, which open here. */
  arguments(): readonly unknown[] {
    return this.#list('(', ')', () => [this.value()]);
  }

  /** Sums and products of numbers, `60 * 60`, and texts that are too long for a line. */
  value(): unknown {
    return this.#operations(/[+-]/y, () => this.#operations(/[*/]/y, () => this.#unary()));
  }

  #operations(operator: RegExp, operand: () => unknown): unknown {
    const { cursor } = this;
    let left = operand();
    for (;;) {
      cursor.skip();
      const at = cursor.at;
      const found = cursor.take(operator)?.[0];
      if (found === undefined) {
        return left;
      }
      left = compute(found, left, operand(), at);
    }
  }

  #unary(): unknown {
    const { cursor } = this;
    cursor.skip();
    const at = cursor.at;
    const sign = cursor.take(/[+-]/y)?.[0];
    if (sign === undefined) {
      return this.#annotated();
    }
    this.#enter();
    const value = this.#unary();
    this.#depth -= 1;
    if (typeof value !== 'number') {
      throw new CodeError(`${sign} stands only before a number here`, at);
    }
    return sign === '-' ? -value : value;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST) {
      throw new CodeError('This is nested too deeply', this.cursor.at);
    }
  }

  /** `[…] as const` */
  #annotated(): unknown {
    const { cursor } = this;
    this.#enter();
    const value = this.#primary();
    this.#depth -= 1;
    cursor.skip();
    cursor.take(/as\s+const\b/y);
    return value;
  }

  #primary(): unknown {
    const { cursor } = this;
    const start = cursor.at;
    if (cursor.take(FUNCTION) !== undefined) {
      throw new CodeError(
        'Functions are not run here, as anyone could have written the link to this page: write the origins as a list',
        start,
      );
    }
    const next = cursor.peek();
    if (STRINGS[next] !== undefined) {
      return this.#string(STRINGS[next]);
    }
    if (next === '[') {
      return this.#list('[', ']', () => this.#item());
    }
    if (next === '{') {
      return this.#object();
    }
    if (next === '/') {
      return this.#regExp();
    }
    if (cursor.takes('(')) {
      const value = this.value();
      cursor.skip();
      this.#expect(')');
      return value;
    }
    const number = cursor.take(NUMBER)?.[0];
    if (number !== undefined) {
      if (/^0\d/.test(number) || cursor.take(/[\w$]/y) !== undefined) {
        throw new CodeError('This is not a number as it is read here', start);
      }
      return Number(number.replaceAll('_', ''));
    }
    const name = cursor.take(DOTTED_NAME)?.[0];
    if (name === undefined) {
      throw new CodeError(next === '' ? 'A value is missing at the end' : `A value cannot begin with ${next}`, start);
    }
    return this.#named(name.replaceAll(/\s+/g, ' ').replaceAll(/ ?\. ?/g, '.'), start);
  }

  #named(name: string, start: number): unknown {
    const { cursor } = this;
    cursor.skip();
    if (cursor.peek() === '(') {
      const call = Object.hasOwn(this.calls, name) ? this.calls[name] : undefined;
      if (call === undefined) {
        throw new CodeError(`${name}() is not run here: write the value itself`, start);
      }
      const values = this.arguments();
      try {
        return call(values);
      } catch (error) {
        throw new CodeError(`${name}(): ${error instanceof Error ? error.message : String(error)}`, start);
      }
    }
    if (!this.names.has(name)) {
      throw new CodeError(`${name} has no value here: write the value itself`, start);
    }
    return this.names.get(name);
  }

  #string(expression: RegExp): string {
    const { cursor } = this;
    const start = cursor.at;
    const isTemplate = cursor.peek() === '`';
    const text = cursor.take(expression)?.[1];
    if (text === undefined) {
      throw new CodeError('This text is not closed', start);
    }
    if (isTemplate && /(?:^|[^\\])(?:\\\\)*\$\{/.test(text)) {
      throw new CodeError('Templates with ${…} are not read here: write the text itself', start);
    }
    return text.replace(ESCAPE, (_, point?: string, unit?: string, byte?: string, other = '') => {
      const digits = point ?? unit ?? byte;
      if (digits !== undefined && Number.parseInt(digits, 16) <= 0x10_ffff) {
        return String.fromCodePoint(Number.parseInt(digits, 16));
      }
      if (digits !== undefined || /[1-9ux]/.test(other)) {
        throw new CodeError('There is an escape in this text that is not read here', start);
      }
      return SHORT[other] ?? other;
    });
  }

  #regExp(): RegExp {
    const { cursor } = this;
    const start = cursor.at;
    const [, source, flags] = cursor.take(REGEXP) ?? [];
    if (source === undefined) {
      throw new CodeError('This RegExp is not closed', start);
    }
    try {
      return new RegExp(source, flags);
    } catch (error) {
      throw new CodeError(error instanceof Error ? error.message : String(error), start);
    }
  }

  /** What stands between two brackets, with commas between the items and perhaps one behind the last. */
  #list(open: string, close: string, item: () => readonly unknown[]): unknown[] {
    const { cursor } = this;
    const start = cursor.at;
    const items: unknown[] = [];
    this.#expect(open);
    for (cursor.skip(); !cursor.takes(close); cursor.skip()) {
      items.push(...item());
      cursor.skip();
      if (!cursor.takes(',') && cursor.peek() !== close) {
        throw new CodeError(
          cursor.isAtEnd ? `This ${open} is not closed` : `A comma or ${close} is missing here`,
          cursor.isAtEnd ? start : cursor.at,
        );
      }
    }
    return items;
  }

  #item(): readonly unknown[] {
    const { cursor } = this;
    const start = cursor.at;
    if (!cursor.takes('...')) {
      return [this.value()];
    }
    const spread: unknown = this.value();
    if (!Array.isArray(spread)) {
      throw new CodeError('Only a list can be spread here', start);
    }
    return spread;
  }

  #object(): object {
    const made = {};
    const start = this.cursor.at;
    let keys = 0;
    this.#list('{', '}', () => {
      const key = this.#key();
      if (++keys > MOST_KEYS) {
        throw new CodeError(`An object has at most ${MOST_KEYS} keys here`, start);
      }
      const value = this.value();
      // As a key of its own, whatever its name.
      Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
      return [];
    });
    return made;
  }

  #key(): string {
    const { cursor } = this;
    const start = cursor.at;
    if (cursor.takes('...')) {
      throw new CodeError('Objects are not spread here: write the keys themselves', start);
    }
    const string = STRINGS[cursor.peek()];
    const key =
      string !== undefined && cursor.peek() !== '`'
        ? this.#string(string)
        : (cursor.take(NAME)?.[0] ?? cursor.take(/\d+/y)?.[0]);
    if (key === undefined) {
      throw new CodeError('A key has to be written as it is here', start);
    }
    if (key === '__proto__') {
      throw new CodeError('The key __proto__ is not read here', start);
    }
    cursor.skip();
    if (!cursor.takes(':')) {
      throw new CodeError(
        `The key ${key} needs a colon and a value: neither variables nor methods are read here`,
        start,
      );
    }
    return key;
  }

  #expect(text: string): void {
    if (!this.cursor.takes(text)) {
      throw new CodeError(`${text} is missing here`, this.cursor.at);
    }
  }
}
