/** The handlers' own source, for the page to show beside what they answer: text that was copied would go stale. */
import { readFile } from 'node:fs/promises';

/** The whole of these files but for their imports, by the path that each of them serves. */
export async function readSources(files: Readonly<Record<string, URL>>): Promise<Record<string, string>> {
  const sources: Record<string, string> = {};
  for (const [path, file] of Object.entries(files)) {
    sources[path] = (await readFile(file, 'utf8')).replace(/^(?:import .*\n|\n)+/, '').trimEnd();
  }
  return sources;
}

/** The source of each handler in a controller's file, by the path it serves. */
export async function readHandlers(file: URL): Promise<Record<string, string>> {
  const handlers: Record<string, string> = {};
  const source = await readFile(file, 'utf8');
  const prefix = /@Controller\('([^']+)'\)/.exec(source)?.[1] ?? '';
  // One handler is one paragraph, from its first decorator to the brace that closes it.
  for (const [paragraph] of source.matchAll(/^ {2}@[\s\S]*?^ {2}\}$/gm)) {
    const path = /@(?:Get|Post)\('([^']+)'\)/.exec(paragraph)?.[1];
    if (path) {
      handlers[`/${prefix}/${path}/`] = paragraph.replace(/^ {2}/gm, '');
    }
  }
  return handlers;
}
