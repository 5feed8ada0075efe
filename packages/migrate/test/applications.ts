import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const APPS = fileURLToPath(new URL('apps/', import.meta.url));

/** The names of the applications that the migration is tried on. */
export async function listApps(): Promise<readonly string[]> {
  const entries = await readdir(APPS, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

/** Every file of a folder, by its path below it, byte for byte. */
export async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (file): Promise<[string, string]> => [
      file.slice(folder.length + 1),
      await readFile(file, 'latin1'),
    ]),
  );
  return new Map(texts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where a folder is written anew, as what is expected. */
export async function replaceFolder(folder: string, from: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await cp(from, folder, { recursive: true });
}

export async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
