import { Cursor } from './cursor.js';
import { Tokens, type Token } from './tokens.js';

/** Nest answers with 500 for what is not one of its exceptions. */
const UNKNOWN = 'Error';

/**
 * The exception that a body certainly throws: bodies are not run, so that only a statement of the body itself counts, under no
 * condition and in no block.
 */
export function thrownBy(body: string): string | undefined {
  const tokens = new Tokens(new Cursor(body));
  let before: Token | undefined;
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    if (tokens.open === 1 && isStatement(token, before)) {
      if (token.text === 'return') {
        return undefined;
      }
      if (token.text === 'throw') {
        return tokens.next()?.text === 'new' ? nameOf(tokens) : UNKNOWN;
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

/** The last of `errors.TooLateException`. */
function nameOf(tokens: Tokens): string {
  let name = UNKNOWN;
  for (let token = tokens.next(); token?.kind === 'word' || token?.text === '.'; token = tokens.next()) {
    name = token.text === '.' ? name : token.text;
  }
  return name;
}
