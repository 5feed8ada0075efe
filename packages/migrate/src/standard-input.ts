import { UsageError, type ReadFolder } from './disk.js';

const SHAPE = 'the standard input has to be JSON: { "files": { "src/main.ts": "…" } }';

/** Files that are not on the disk, or not as they are there: those of a schematic. */
export async function fromStandardInput(input: AsyncIterable<Uint8Array>): Promise<ReadFolder> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) {
    chunks.push(chunk);
  }
  const files = filesOf(Buffer.concat(chunks).toString('utf8'));
  // A root of its own: what is on the disk at these paths has no part in it.
  const root = '/workspace';
  const texts = new Map(files.map(([path, text]) => [`${root}/${path.replace(/^\/+/, '')}`, text]));
  return { sources: { root, texts, configOutside: () => undefined }, skipped: [] };
}

function filesOf(json: string): [path: string, text: string][] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new UsageError(SHAPE);
  }
  const files: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'files') : undefined;
  if (typeof files !== 'object' || files === null) {
    throw new UsageError(SHAPE);
  }
  return Object.entries(files).map(([path, text]: [string, unknown]) => {
    if (typeof text !== 'string') {
      throw new UsageError(SHAPE);
    }
    return [path, text];
  });
}
