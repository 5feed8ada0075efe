import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What is written by hand: not what typedoc writes into `docs/api`, nor what VitePress builds. */
const WRITTEN = /^(?:docs\/(?!api\/|\.vitepress\/).+|sample\/[^/]+\/README|[A-Z_]+)\.md$/;

export interface Page {
  /** From the root of the repository: `docs/start.md`. */
  readonly path: string;
  readonly text: string;
}

export async function writtenPages(): Promise<readonly Page[]> {
  const inRoot = await readdir(ROOT);
  const below = await Promise.all(
    ['docs', 'sample'].map(async (folder) => {
      const files = await readdir(`${ROOT}${folder}`, { recursive: true });
      return files.map((file) => `${folder}/${file}`);
    }),
  );
  const paths = [...inRoot, ...below.flat()].filter((path) => WRITTEN.test(path)).toSorted();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(`${ROOT}${path}`, 'utf8') })));
}
