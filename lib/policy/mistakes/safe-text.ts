const DEFAULT_LIMIT = 200;

/**
 * Text that is safe in a log line or an error: printable ASCII is kept, everything else is written as `\uXXXX`, and
 * what is longer than `limit` characters ends in `…`.
 *
 * Why not JSON.stringify: it keeps U+0085, U+2028, bidirectional overrides and everything else that a terminal may act
 * on (CVE-2024-1681: an `Origin` with a line break in it could forge lines in the log).
 *
 * @example safeText('https://a.example\nGET /')  // 'https://a.example\\u000aGET /'
 */
export function safeText(text: string, limit = DEFAULT_LIMIT): string {
  let safe = '';
  for (let index = 0; index < text.length; index += 1) {
    // The limit counts what is written, not what was read: one character may become six.
    if (safe.length >= limit) {
      return `${safe}…`;
    }
    safe += safeCharacter(text, index);
  }
  return safe;
}

function safeCharacter(text: string, index: number): string {
  const code = text.charCodeAt(index);
  return code >= 0x20 && code <= 0x7e ? text.charAt(index) : `\\u${code.toString(16).padStart(4, '0')}`;
}
