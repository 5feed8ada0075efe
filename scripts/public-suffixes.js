/**
 * Writes lib/policy/origins/domains-above-suffixes.ts: the names that are part of somebody's registrable domain and have
 * public suffixes below them. tldts knows them, but cannot be asked for them.
 */
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** @returns {string[]} */
export function domainsAboveSuffixes() {
  const { getDomain } = require('tldts');
  // The one look behind the curtain, at build time only.
  const trie = require('tldts/dist/cjs/src/data/trie.js');
  /** @type {string[]} */
  const labels = [];
  let offset = 0;
  for (const length of trie.edgeLength) {
    labels.push(trie.labelText.slice(offset, offset + length));
    offset += length;
  }
  const found = new Set();
  /** @param {number} node @param {string[]} names - all names above, and the node's own */
  const walk = (node, names) => {
    if (trie.nodeFlags[node] !== 0) {
      names.slice(0, -1).forEach((name) => found.add(name));
    }
    for (let edge = trie.edgeStart[node]; edge < trie.edgeStart[node + 1]; edge += 1) {
      const name = names.length === 0 ? labels[edge] : `${labels[edge]}.${names.at(-1)}`;
      walk(trie.edgeChild[edge], [...names, name]);
    }
  };
  walk(trie.rulesRoot, []);
  const isPart = (/** @type {string} */ name) =>
    /^[a-z0-9.-]+$/.test(name) && getDomain(name, { allowPrivateDomains: true }) !== null;
  return [...found].filter(isPart).toSorted((a, b) => (a < b ? -1 : 1));
}

const path = fileURLToPath(new URL('../lib/policy/origins/domains-above-suffixes.ts', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = [''];
  for (const name of domainsAboveSuffixes()) {
    const line = lines.at(-1) === '' ? name : `${lines.at(-1)} ${name}`;
    lines.splice(-1, 1, ...(line.length > 112 ? [lines.at(-1) ?? '', name] : [line]));
  }
  await writeFile(
    path,
    `/**
 * Names that belong to a registrable domain and have public suffixes below them: a wildcard there accepts names that
 * anyone can register. Written by scripts/public-suffixes.js from the list in tldts.
 */
export const DOMAINS_ABOVE_SUFFIXES: ReadonlySet<string> = new Set(
  \`
${lines.join('\n')}
\`
    .trim()
    .split(/\\s/),
);
`,
  );
}
