/** Steps through a text that is TypeScript, of which only some parts are understood. */
import { CodeError } from './code-error.js';

/** Longer texts are refused: a link could make the page work for minutes. */
export const LONGEST_TEXT = 20_000;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Strings, templates and comments, in which brackets mean nothing. */
const TEXT = /'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|\/\/[^\n]*|\/\*[^]*?\*\//y;

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

  /** The next character; empty at the end. */
  peek(): string {
    return this.text.charAt(this.at);
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
      if (this.peek() !== '' && others.includes(this.peek())) {
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

  /** The same for plain text. */
  takes(text: string): boolean {
    const isHere = this.text.startsWith(text, this.at);
    this.at += isHere ? text.length : 0;
    return isHere;
  }

  /**
   * Past everything between two brackets, whatever it is. Returns it.
   *
   * @param part - is tried at every position, and goes past what it understands.
   */
  skipBrackets(part: () => boolean = () => false): string {
    const start = this.at;
    const open: string[] = [];
    do {
      if (this.isAtEnd) {
        throw new CodeError('This bracket is not closed', start);
      }
      const character = this.peek();
      if (part() || this.take(TEXT) !== undefined) {
        continue;
      }
      this.at += 1;
      const closing = CLOSING[character];
      if (closing !== undefined) {
        open.push(closing);
      } else if (character === open.at(-1)) {
        open.pop();
      }
    } while (open.length > 0);
    return this.text.slice(start, this.at);
  }
}
