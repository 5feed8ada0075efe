/** Weakest first, with the names that Web Crypto has for them. */
const ALGORITHMS: readonly (readonly [name: string, algorithm: string])[] = [
  ['sha256', 'SHA-256'],
  ['sha384', 'SHA-384'],
  ['sha512', 'SHA-512'],
];

interface WrittenHash {
  readonly algorithm: string;
  readonly digest: string;
}

/**
 * Whether the body has one of the hashes. Only the strongest algorithm counts; if no hash can be parsed, every body
 * matches, as in browsers.
 *
 * @see https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist
 */
export async function matchesIntegrity(bytes: Uint8Array<ArrayBuffer>, metadata: string): Promise<boolean> {
  const hashes = readHashes(metadata);
  const strongest = ALGORITHMS.findLast(([name]) => hashes.some(({ algorithm }) => algorithm === name));
  if (strongest === undefined) {
    return true;
  }
  const [name, algorithm] = strongest;
  const digest = base64(new Uint8Array(await crypto.subtle.digest(algorithm, bytes)));
  return hashes.some((hash) => hash.algorithm === name && hash.digest === digest);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Skips invalid hashes and the options after `?`. Browsers accept base64url as well. */
function readHashes(metadata: string): readonly WrittenHash[] {
  return metadata.split(/[\t\n\f\r ]+/).flatMap((word) => {
    const [, algorithm = '', digest = ''] = /^(sha256|sha384|sha512)-([\w+/-]+={0,2})(?:\?|$)/i.exec(word) ?? [];
    return digest === ''
      ? []
      : [{ algorithm: algorithm.toLowerCase(), digest: digest.replaceAll('-', '+').replaceAll('_', '/') }];
  });
}
