import { createHash } from 'node:crypto';

/** Weakest first. */
const ALGORITHMS: readonly string[] = ['sha256', 'sha384', 'sha512'];

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
export function matchesIntegrity(bytes: Uint8Array, metadata: string): boolean {
  const hashes = readHashes(metadata);
  const strongest = ALGORITHMS.findLast((name) => hashes.some(({ algorithm }) => algorithm === name));
  if (strongest === undefined) {
    return true;
  }
  const digest = createHash(strongest).update(bytes).digest('base64');
  return hashes.some(({ algorithm, digest: written }) => algorithm === strongest && written === digest);
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
