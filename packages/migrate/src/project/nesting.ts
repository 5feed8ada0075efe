import { ts } from 'ts-morph';

/** What is walked through by functions that call themselves must not use up the stack. */
const MOST_DEPTH = 800;

/** Undefined: the file is nested too deeply to be read. */
export function parseFile(
  path: string,
  text: string,
  language: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  try {
    const file = ts.createSourceFile(path, text, language, true);
    return isDeep(file) ? undefined : file;
  } catch (error) {
    if (error instanceof RangeError) {
      // The parser keeps what it knew about this file until it has finished another one.
      ts.createSourceFile('empty.ts', '', language);
      return undefined;
    }
    throw error;
  }
}

/** Nothing of a configuration that is nested too deeply is read. */
export function isReadableConfig(path: string, text: string): boolean {
  return parseFile(path, text, ts.ScriptTarget.JSON) !== undefined;
}

function isDeep(file: ts.SourceFile): boolean {
  let level: ts.Node[] = [file];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) {
      return true;
    }
    const next: ts.Node[] = [];
    for (const node of level) {
      ts.forEachChild(node, (child) => void next.push(child));
    }
    level = next;
  }
  return false;
}
