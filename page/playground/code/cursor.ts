/** Steps through a text that is TypeScript on the whole and JavaScript in the parts that matter. */
import { type CallExpression, type Options, parseExpressionAt, tokenizer, tokTypes } from 'acorn';
import { CodeError } from './code-error.js';

/** Longer texts are refused: a link could make the page work for minutes. */
export const LONGEST_TEXT = 20_000;

const OPTIONS: Options = { ecmaVersion: 'latest' };
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export class Cursor {
  at = 0;

  constructor(readonly text: string) {
    if (text.length > LONGEST_TEXT) {
      throw new CodeError(`This text is longer than ${LONGEST_TEXT} characters`, LONGEST_TEXT);
    }
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Past blanks, comments, and these characters. */
  skip(others = ''): void {
    for (let before = -1; before !== this.at;) {
      before = this.at;
      this.take(/\s+/y);
      this.take(/\/\/[^\n]*/y);
      if (this.take(/\/\*/y) !== undefined) {
        const end = this.text.indexOf('*/', this.at);
        this.at = end === -1 ? this.text.length : end + 2;
      }
      if (!this.isAtEnd && others.includes(this.text.charAt(this.at))) {
        this.at += 1;
      }
    }
  }

  /** What the sticky expression matches here, and goes past it. */
  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text) ?? undefined;
    this.at += found?.[0].length ?? 0;
    return found;
  }

  /** The call that begins at a position and whose parenthesis opens here; goes past it. */
  call(start: number): CallExpression {
    const end = this.#endOfCall();
    const node = parse(this.text.slice(0, end), start);
    this.at = end;
    if (node.type !== 'CallExpression') {
      throw new CodeError('This is not a call', start);
    }
    return node;
  }

  /** By JavaScript's own tokens, as parentheses stand in strings and RegExps, too. */
  #endOfCall(): number {
    let depth = 0;
    try {
      for (const { type, end } of tokenizer(this.text.slice(this.at), OPTIONS)) {
        if (type === tokTypes.parenL) {
          depth += 1;
        } else if (type === tokTypes.parenR) {
          depth -= 1;
          if (depth === 0) {
            return this.at + end;
          }
        }
      }
    } catch (error) {
      throw asCodeError(error, this.at);
    }
    throw new CodeError('This parenthesis is not closed', this.at);
  }

  /** Past everything between two brackets, whatever it is. */
  skipBrackets(): string {
    const start = this.at;
    const open: string[] = [];
    do {
      const character = this.text.charAt(this.at);
      const closing = CLOSING[character];
      if (this.isAtEnd) {
        throw new CodeError('This bracket is not closed', start);
      }
      if (
        this.take(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`|\/\/[^\n]*|\/\*[^]*?\*\//y) === undefined
      ) {
        this.at += 1;
        if (closing !== undefined) {
          open.push(closing);
        } else if (character === open.at(-1)) {
          open.pop();
        }
      }
    } while (open.length > 0);
    return this.text.slice(start, this.at);
  }
}

/** One expression, and nothing behind it. */
export function parseWhole(text: string): ReturnType<typeof parse> {
  const node = parse(text, 0);
  const rest = new Cursor(text);
  rest.at = node.end;
  rest.skip(';');
  if (!rest.isAtEnd) {
    throw new CodeError('There is something behind the end', rest.at);
  }
  return node;
}

function parse(text: string, at: number): ReturnType<typeof parseExpressionAt> {
  try {
    return parseExpressionAt(text, at, OPTIONS);
  } catch (error) {
    throw asCodeError(error, 0);
  }
}

/** @param offset - where the text begins that was parsed. */
function asCodeError(error: unknown, offset: number): CodeError {
  if (error instanceof RangeError) {
    return new CodeError('This is nested too deeply', offset);
  }
  const at = error instanceof SyntaxError && 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
  const message = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error);
  return new CodeError(message, offset + at);
}
