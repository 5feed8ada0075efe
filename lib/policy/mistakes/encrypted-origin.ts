/** The same origin or pattern, encrypted: `https://example.com` for `http://example.com:443`. */
export function encryptedOrigin(text: string): string {
  return text.replace(/^(http|ws)(?=:)/, '$1s').replace(/:443$/, '');
}
