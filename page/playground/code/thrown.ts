import { CodeError } from './code-error.js';
import { Cursor } from './cursor.js';
import { isStatus } from './decorators.js';
import { ExpressionReader } from './expression.js';
import { Tokens, type Token } from './tokens.js';

/** An argument that has no value here, such as a variable. */
export const UNREAD: unique symbol = Symbol('unread');

export interface Thrown {
  /** The name of the exception. */
  readonly name: string;
  readonly values: readonly unknown[];
}

/** Nest answers with 500 for what is not one of its exceptions. */
const UNKNOWN = 'Error';

/**
 * The exception that a body certainly throws: bodies are not run, so that only a statement of the body itself counts, under no
 * condition and in no block.
 */
export function thrownBy(body: string): Thrown | undefined {
  const cursor = new Cursor(body);
  const tokens = new Tokens(cursor);
  let before: Token | undefined;
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    if (tokens.open === 1 && isStatement(token, before)) {
      if (token.text === 'return') {
        return undefined;
      }
      if (token.text === 'throw') {
        return tokens.next()?.text === 'new' ? exceptionOf(tokens, cursor) : { name: UNKNOWN, values: [] };
      }
    }
    before = token;
  }
  return undefined;
}

function isStatement({ kind }: Token, before: Token | undefined): boolean {
  const isConditional = before?.isCondition === true || before?.text === 'else' || before?.text === 'do';
  // A method or a key may have these names.
  return kind === 'word' && !isConditional && before?.text !== '.';
}

/** With the last of the names in `errors.TooLateException`. */
function exceptionOf(tokens: Tokens, cursor: Cursor): Thrown {
  let name = UNKNOWN;
  let token = tokens.next();
  for (; token?.kind === 'word' || token?.text === '.'; token = tokens.next()) {
    name = token.text === '.' ? name : token.text;
  }
  return { name, values: token?.text === '(' ? valuesOf(cursor) : [] };
}

function valuesOf(cursor: Cursor): readonly unknown[] {
  const values: unknown[] = [];
  for (cursor.skip(); cursor.peek() !== ')' && !cursor.isAtEnd; cursor.skip(',')) {
    values.push(valueOf(cursor));
  }
  return values;
}

/** Goes past the value, whether it can be read or not. */
function valueOf(cursor: Cursor): unknown {
  const start = cursor.at;
  try {
    const value = new ExpressionReader(cursor, {}).value();
    cursor.skip();
    if (/[,)]/.test(cursor.peek())) {
      return value;
    }
  } catch (error) {
    if (!(error instanceof CodeError)) {
      throw error;
    }
  }
  cursor.at = start;
  const tokens = new Tokens(cursor);
  while (tokens.open > 0 || !/[,)]/.test(cursor.peek())) {
    if (tokens.next() === undefined) {
      break;
    }
    cursor.skip();
  }
  return UNREAD;
}

/** The status of Nest's other exceptions is in their names. */
export function hasStatus({ name, values }: Thrown): boolean {
  return name !== 'HttpException' || isStatus(values[1]);
}
