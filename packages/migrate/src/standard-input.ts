import { UsageError, type ReadFolder } from './disk.js';

const SHAPE = 'the standard input has to be JSON: { "files": { "src/main.ts": "…" }, "dir": "" }';

/** Files that are not on the disk, or not as they are there: those of a schematic. */
export async function fromStandardInput(input: AsyncIterable<Uint8Array>): Promise<ReadFolder> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) {
    chunks.push(chunk);
  }
  const { files, dir } = read(Buffer.concat(chunks).toString('utf8'));
  // A root of its own: what is on the disk at these paths has no part in it.
  const root = '/workspace';
  const texts = new Map(files.map(([path, text]) => [`${root}/${path.replace(/^\/+/, '')}`, text]));
  return {
    sources: { root, texts, within: dir === '' ? root : `${root}/${dir}`, configOutside: () => undefined },
    skipped: [],
  };
}

interface Given {
  readonly files: readonly (readonly [path: string, text: string])[];
  /** The folder that may be changed, below the root; the others are only read. */
  readonly dir: string;
}

function read(json: string): Given {
  const value = parsed(json);
  const files = property(value, 'files');
  const dir = property(value, 'dir') ?? '';
  if (typeof files !== 'object' || files === null || typeof dir !== 'string') {
    throw new UsageError(SHAPE);
  }
  const entries = Object.entries(files).map(([path, text]: [string, unknown]) => {
    if (typeof text !== 'string') {
      throw new UsageError(SHAPE);
    }
    return [path, text] as const;
  });
  return { files: entries, dir };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UsageError(SHAPE);
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
