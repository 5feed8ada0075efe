/** Steps through TypeScript whose meaning does not matter, in one pass: no character is looked at more than a few times. */
import { CodeError } from './code-error.js';
import type { Cursor } from './cursor.js';

export interface Token {
  readonly kind: 'word' | 'text' | 'sign';
  /** Empty for values: strings, templates, RegExps and numbers. */
  readonly text: string;
  /** A closing parenthesis: of `if (…)` or another, behind which a statement stands. */
  readonly isCondition: boolean;
}

/** Templates in templates: nobody writes more, and the stack ends somewhere. */
const DEEPEST = 20;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Behind these a value begins, so that a slash opens a RegExp. */
const BEFORE_VALUES: ReadonlySet<string> = new Set(
  'return typeof case in of delete void throw new instanceof else do await yield'.split(' '),
);
const BEFORE_CONDITIONS: ReadonlySet<string> = new Set(['if', 'while', 'for', 'with']);

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\d[\w.]*/y;
const STEPS = /\+\+|--/y;

interface Open {
  readonly closing: string;
  readonly isCondition: boolean;
}

export class Tokens {
  readonly #open: Open[] = [];
  /** A value ends here, so that a slash divides. */
  #isBehindValue = false;
  #last = '';
  /** The bracket that was closed last was opened here. */
  #wasOpen = false;

  constructor(
    private readonly cursor: Cursor,
    private readonly depth = 0,
  ) {}

  /** How many brackets are open. */
  get open(): number {
    return this.#open.length;
  }

  /** Undefined at the end. */
  next(): Token | undefined {
    this.cursor.skip();
    if (this.cursor.isAtEnd) {
      return undefined;
    }
    const token = this.#text() ?? this.#word() ?? this.#sign();
    // `for await (…)` is a loop as any other.
    this.#last = this.#last === 'for' && token.text === 'await' ? 'for' : token.text;
    return token;
  }

  #text(): Token | undefined {
    const { cursor } = this;
    const next = cursor.peek();
    if (next === "'" || next === '"') {
      this.#string(next);
    } else if (next === '`') {
      this.#template();
    } else if (next === '/' && !this.#isBehindValue) {
      this.#regExp();
    } else {
      return undefined;
    }
    this.#isBehindValue = true;
    return { kind: 'text', text: '', isCondition: false };
  }

  /** A string, up to its end on this line. */
  #string(quote: string): void {
    const { cursor } = this;
    const start = cursor.at;
    for (cursor.at += 1; cursor.peek() !== quote; cursor.at += 1) {
      this.#mustGoOn(start, 'text');
      cursor.at += cursor.peek() === '\\' ? 1 : 0;
    }
    cursor.at += 1;
  }

  #regExp(): void {
    const { cursor } = this;
    const start = cursor.at;
    let isInClass = false;
    for (cursor.at += 1; isInClass || cursor.peek() !== '/'; cursor.at += 1) {
      this.#mustGoOn(start, 'RegExp');
      const character = cursor.peek();
      isInClass = character === '[' || (isInClass && character !== ']');
      cursor.at += character === '\\' ? 1 : 0;
    }
    cursor.at += 1;
    cursor.take(/[a-z]*/y);
  }

  #mustGoOn(start: number, what: 'text' | 'RegExp'): void {
    if (this.cursor.isAtEnd || this.cursor.peek() === '\n') {
      throw new CodeError(`This ${what} is not closed`, start);
    }
  }

  #template(): void {
    const { cursor } = this;
    const start = cursor.at;
    if (this.depth > DEEPEST) {
      throw new CodeError('This is nested too deeply', start);
    }
    for (cursor.at += 1; !cursor.takes('`');) {
      if (cursor.isAtEnd) {
        throw new CodeError('This text is not closed', start);
      }
      if (cursor.takes('${')) {
        const inner = new Tokens(cursor, this.depth + 1);
        for (let token = inner.next(); token?.text !== '}' || inner.#wasOpen; token = inner.next()) {
          if (token === undefined) {
            throw new CodeError('This text is not closed', start);
          }
        }
      } else {
        cursor.at += cursor.peek() === '\\' ? 2 : 1;
      }
    }
  }

  #word(): Token | undefined {
    const { cursor } = this;
    const word = cursor.take(WORD)?.[0];
    if (word !== undefined) {
      this.#isBehindValue = this.#last === '.' || !BEFORE_VALUES.has(word);
      return { kind: 'word', text: word, isCondition: false };
    }
    const number = cursor.take(NUMBER)?.[0];
    if (number === undefined) {
      return undefined;
    }
    this.#isBehindValue = true;
    return { kind: 'text', text: '', isCondition: false };
  }

  #sign(): Token {
    const { cursor } = this;
    const steps = cursor.take(STEPS)?.[0];
    if (steps !== undefined) {
      return { kind: 'sign', text: steps, isCondition: false };
    }
    const sign = cursor.peek();
    cursor.at += 1;
    const closing = CLOSING[sign];
    let isCondition = false;
    if (closing !== undefined) {
      this.#open.push({ closing, isCondition: sign === '(' && BEFORE_CONDITIONS.has(this.#last) });
    } else if (sign === ')' || sign === ']' || sign === '}') {
      this.#wasOpen = this.#open.at(-1)?.closing === sign;
      isCondition = this.#wasOpen && this.#open.pop()?.isCondition === true;
    }
    // `value!` is still one. Behind the brace of a block a statement begins.
    const staysValue = sign === '!' && this.#isBehindValue;
    this.#isBehindValue = staysValue || sign === ']' || (sign === ')' && !isCondition);
    return { kind: 'sign', text: sign, isCondition };
  }
}
