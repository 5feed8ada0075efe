import { ts } from 'ts-morph';

import { Changes } from './changes.js';
import { CompilerConfigs } from './compiler-options.js';
import { Names } from './names.js';
import { isReadableConfig, parseFile } from './nesting.js';
import { isConfig, type Sources } from './sources.js';

/** The parsed application. Its packages are not read: what an import of one of them means is known by its name. */
export interface Project {
  readonly sources: Sources;
  readonly files: readonly ts.SourceFile[];
  readonly names: Names;
  readonly changes: Changes;
  readonly configs: CompilerConfigs;
  /** Files that cannot be parsed, each with its first mistake. */
  readonly broken: readonly { readonly file: ts.SourceFile; readonly line: number; readonly message: string }[];
  /** Paths of files that were passed over, as they are nested too deeply. */
  readonly deep: ReadonlySet<string>;
}

export function openProject(given: Sources): Project {
  const deep = new Set<string>();
  const sources = withoutDeepConfigs(given, deep);
  const configs = new CompilerConfigs(sources);
  const paths = [...sources.texts.keys()].filter((path) => !isConfig(path) && !configs.excludes(path));
  const program = ts.createProgram({ rootNames: paths, options: OPTIONS, host: hostOf(sources, configs, deep) });
  const parsed = paths.flatMap((path) => program.getSourceFile(path) ?? []);
  const broken = parsed.flatMap((file) => {
    const [first] = program.getSyntacticDiagnostics(file);
    return first === undefined ? [] : [{ file, ...describe(file, first) }];
  });
  const unreadable = new Set(broken.map(({ file }) => file));
  const files = parsed.filter((file) => !unreadable.has(file));
  const names = new Names(program.getTypeChecker(), files);
  return { sources, files, broken, deep, configs, names, changes: new Changes(files, names) };
}

const OPTIONS: ts.CompilerOptions = {
  allowJs: true,
  noLib: true,
  noResolve: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  experimentalDecorators: true,
};

function withoutDeepConfigs(sources: Sources, deep: Set<string>): Sources {
  const readable = [...sources.texts].filter(([path, text]) => {
    const reads = !isConfig(path) || isReadableConfig(path, text);
    return reads || !deep.add(path);
  });
  return {
    ...sources,
    texts: new Map(readable),
    configOutside: (path) => {
      const text = sources.configOutside(path);
      return text !== undefined && isReadableConfig(path, text) ? text : undefined;
    },
  };
}

function hostOf({ root, texts }: Sources, configs: CompilerConfigs, deep: Set<string>): ts.CompilerHost {
  const folders = foldersOf(texts.keys());
  const files: ts.ModuleResolutionHost = {
    fileExists: (path) => texts.has(path),
    readFile: (path) => texts.get(path),
    directoryExists: (path) => folders.has(path),
  };
  return {
    ...files,
    fileExists: files.fileExists,
    readFile: files.readFile,
    getSourceFile: (path, language) => {
      const text = texts.get(path);
      const file = text === undefined ? undefined : parseFile(path, text, language);
      if (text !== undefined && file === undefined) {
        deep.add(path);
      }
      return file;
    },
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map(({ text }) => ts.resolveModuleName(text, containing, resolutionOf(configs, containing), files)),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCurrentDirectory: () => root,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => {
      throw new Error('a migration compiles nothing');
    },
  };
}

/** Only what says where an import leads. */
function resolutionOf(configs: CompilerConfigs, path: string): ts.CompilerOptions {
  const { baseUrl, paths, pathsBasePath, rootDirs } = configs.optionsFor(path);
  const given = { baseUrl, paths, pathsBasePath, rootDirs };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...OPTIONS, ...known };
}

function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) {
        break;
      }
      folders.add(folder);
    }
  }
  return folders;
}

function describe(file: ts.SourceFile, { start, messageText }: ts.Diagnostic): { line: number; message: string } {
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
  return { line: line + 1, message: ts.flattenDiagnosticMessageText(messageText, ' ') };
}
