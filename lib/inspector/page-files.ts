import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The script and the styles of the page. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

/**
 * Loaded at the first request for them. The build creates them from `page/`, as one file for both module formats, and replaces
 * this function with the loader of that file. Only tests of the sources call this one; they get the last build.
 */
export function pageFiles(): PageFiles {
  const require = createRequire(import.meta.url);
  const built: unknown = require(fileURLToPath(new URL('../../dist/inspector-page.cjs', import.meta.url)));
  const files: unknown = isBuilt(built) ? built.pageFiles() : undefined;
  if (!isPageFiles(files)) {
    throw new Error('the page of the inspector is not built; run npm run build');
  }
  return files;
}

function isBuilt(value: unknown): value is { pageFiles(): unknown } {
  return typeof value === 'object' && value !== null && 'pageFiles' in value && typeof value.pageFiles === 'function';
}

function isPageFiles(value: unknown): value is PageFiles {
  return typeof value === 'object' && value !== null && 'script' in value && 'style' in value;
}
