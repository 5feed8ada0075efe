/**
 * RFC 9110 5.6.2: what method and header names are made of. By character code, as names come from hostile requests too.
 */
const TOKEN_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** True for a character that a token may contain. */
export function isTokenCode(code: number): boolean {
  return code < 128 && TOKEN_CHARACTERS[code] === 1;
}

/** RFC 9110 5.6.2: one or more token characters. Linear, without a regular expression. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isTokenCode(text.charCodeAt(index))) {
      return false;
    }
  }
  return text !== '';
}
