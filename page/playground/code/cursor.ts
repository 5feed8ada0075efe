/** Steps through a text that is TypeScript, of which only some parts are understood. */
import { CodeError } from './code-error.js';
import { Tokens } from './tokens.js';

/** Longer texts are refused: a link could make the page work for minutes. */
export const LONGEST_TEXT = 20_000;

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
   * @param part - is tried at every word and sign, and goes past what it understands.
   */
  skipBrackets(part: () => boolean = () => false): string {
    const start = this.at;
    const tokens = new Tokens(this);
    do {
      this.skip();
      if (!part() && tokens.next() === undefined) {
        throw new CodeError('This bracket is not closed', start);
      }
    } while (tokens.open > 0);
    return this.text.slice(start, this.at);
  }

  /** Past a value that does not matter, up to the semicolon, the end of the line or the bracket that closes what is around it. */
  skipValue(): void {
    const tokens = new Tokens(this);
    for (;;) {
      const start = this.at;
      this.take(/[^\S\n]+/y);
      if (this.take(/\/\/[^\n]*|\/\*[^]*?\*\//y) !== undefined) {
        continue;
      }
      const isOutside = tokens.open === 0;
      if (this.isAtEnd || (isOutside && /[;}\n]/.test(this.peek()))) {
        this.at = start;
        return;
      }
      tokens.next();
    }
  }
}
