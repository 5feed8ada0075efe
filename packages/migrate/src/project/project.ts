import { ts } from 'ts-morph';

import { CompilerConfigs } from './compiler-options.js';
import { Names } from './names.js';
import { isConfig, type Sources } from './sources.js';

/** The parsed application. Its packages are not read: what an import of one of them means is known by its name. */
export interface Project {
  readonly sources: Sources;
  readonly files: readonly ts.SourceFile[];
  readonly names: Names;
  readonly configs: CompilerConfigs;
  /** Files that cannot be parsed, each with its first mistake. */
  readonly broken: readonly { readonly file: ts.SourceFile; readonly line: number; readonly message: string }[];
}

export function openProject(sources: Sources): Project {
  const configs = new CompilerConfigs(sources);
  const paths = [...sources.texts.keys()].filter((path) => !isConfig(path) && !configs.excludes(path));
  const program = ts.createProgram({ rootNames: paths, options: OPTIONS, host: hostOf(sources, configs) });
  const parsed = paths.flatMap((path) => program.getSourceFile(path) ?? []);
  const broken = parsed.flatMap((file) => {
    const [first] = program.getSyntacticDiagnostics(file);
    return first === undefined ? [] : [{ file, ...describe(file, first) }];
  });
  const unreadable = new Set(broken.map(({ file }) => file));
  const files = parsed.filter((file) => !unreadable.has(file));
  return { sources, files, broken, configs, names: new Names(program.getTypeChecker(), files) };
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

function hostOf({ root, texts }: Sources, configs: CompilerConfigs): ts.CompilerHost {
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
      return text === undefined ? undefined : ts.createSourceFile(path, text, language, true);
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
