import { access, constants, lstat, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import {
  isConfig,
  isJavaScript,
  isSkippedFolder,
  isToolConfig,
  isTypeScript,
  type Sources,
} from './project/sources.js';

/** A mistake of the person who runs it: a sentence, and nothing has been done. */
export class UsageError extends Error {}

const MOST_FILES = 20_000;
const MOST_BYTES = 1_000_000;

export interface ReadFolder {
  readonly sources: Sources;
  /** Files that were passed over, each with a sentence. */
  readonly skipped: readonly { readonly file: string; readonly text: string }[];
}

/** Reads the source files of a folder. Links are not followed: what they lead to is not in the folder. */
export async function readFolder(dir: string): Promise<ReadFolder> {
  const root = slashes(await folderAt(dir));
  const texts = new Map<string, string>();
  const skipped: { file: string; text: string }[] = [];
  const found = await listFiles(root);
  const hasTypeScript = found.some((file) => isTypeScript(file) && !isToolConfig(file));
  for (const path of found.filter(
    (file) => isConfig(file) || isTypeScript(file) || (!hasTypeScript && isJavaScript(file)),
  )) {
    const content = await readFile(path).catch(() => undefined);
    const file = path.slice(root.length + 1);
    if (content === undefined) {
      skipped.push({ file, text: 'it cannot be read' });
    } else if (content.length > MOST_BYTES) {
      skipped.push({ file, text: 'it is larger than 1 MB' });
    } else {
      const text = decoded(content);
      if (text === undefined) {
        skipped.push({ file, text: 'it is not UTF-8' });
      } else {
        texts.set(path, text);
      }
    }
  }
  return { sources: { root, within: root, texts, configOutside }, skipped };
}

/** Writes all of the new texts, or none: half of a migration is an application without CORS, or with two sources of it. */
export async function writeFiles(
  root: string,
  files: ReadonlyMap<string, { readonly before: string; readonly after: string }>,
): Promise<void> {
  const paths = [...files].map(([file, texts]) => ({ path: join(root, file), file, ...texts }));
  for (const { path, file, before } of paths) {
    const isPlain = (await lstat(path)).isFile();
    if (!isPlain || decoded(await readFile(path)) !== before) {
      throw new UsageError(`${file} was changed meanwhile, so nothing was written. Run the command again.`);
    }
  }
  for (const { path, file } of paths) {
    await access(path, constants.W_OK).catch(() => {
      throw new UsageError(
        `${file} may not be changed, so nothing was written. Make it writable, and run the command again.`,
      );
    });
  }
  for (const [index, { path, after }] of paths.entries()) {
    await writeFile(path, after).catch(async (error: unknown) => {
      // What was cut off, as where the disk is full, as well.
      await Promise.all(paths.slice(0, index + 1).map(async (each) => writeFile(each.path, each.before)));
      throw error;
    });
  }
}

async function folderAt(dir: string): Promise<string> {
  const path = await realpath(dir).catch(() => undefined);
  if (path === undefined || !(await lstat(path)).isDirectory()) {
    throw new UsageError(`${dir} is not a folder. Name the folder of the application, or run the command in it.`);
  }
  if (slashes(path).split('/').includes('node_modules')) {
    throw new UsageError(
      `${dir} is in node_modules, and packages are not changed. Name the folder of the application.`,
    );
  }
  return path;
}

async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = `${folder === '/' ? '' : folder}/${entry.name}`;
      if (entry.isDirectory() && !isSkippedFolder(entry.name)) {
        folders.push(path);
      } else if (entry.isFile() && (isTypeScript(path) || isJavaScript(path) || isConfig(path))) {
        files.push(path);
      }
    }
    if (files.length > MOST_FILES) {
      throw new UsageError(`there are more than ${MOST_FILES} source files here. Name the folder of one application.`);
    }
  }
  return files.toSorted();
}

function configOutside(path: string): string | undefined {
  if (!path.endsWith('.json')) {
    return undefined;
  }
  try {
    const stats = statSync(path);
    // Reading a pipe would wait for someone to write to it.
    return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** With its byte order mark, which is written again. Undefined: it is in another encoding. */
function decoded(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
