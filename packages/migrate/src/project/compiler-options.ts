import { ts } from 'ts-morph';

import { globMatcher } from './glob.js';
import type { Sources } from './sources.js';
import { isTestFile } from './sources.js';

interface FolderConfig {
  readonly folder: string;
  readonly options: ts.CompilerOptions;
  readonly excludes: readonly ((path: string) => boolean)[];
}

/** What the configurations of the compiler say about a file: how its imports are resolved, and whether it takes part. */
export class CompilerConfigs {
  readonly #configs: readonly FolderConfig[];

  constructor(private readonly sources: Sources) {
    const named = [...projectsOfNestCli(sources), ...ownConfigs(sources)];
    const seen = new Set<string>();
    this.#configs = named
      .filter(({ folder }) => !seen.has(folder) && seen.add(folder))
      .map(({ folder, config }) => readConfig(sources, folder, config))
      .toSorted((a, b) => b.folder.length - a.folder.length);
  }

  optionsFor(path: string): ts.CompilerOptions {
    return this.#configFor(path)?.options ?? {};
  }

  /** The folder of the nearest configuration: the application or the library that the file belongs to. */
  folderOf(path: string): string | undefined {
    return this.#configFor(path)?.folder;
  }

  /** Tests take part in any case: most builds leave them out, but they start the application all the same. */
  excludes(path: string): boolean {
    return (
      !isTestFile(this.sources, path) && (this.#configFor(path)?.excludes.some((matches) => matches(path)) ?? false)
    );
  }

  #configFor(path: string): FolderConfig | undefined {
    return this.#configs.find(({ folder }) => path.startsWith(`${folder}/`));
  }
}

interface NamedConfig {
  readonly folder: string;
  readonly config: string;
}

/** `apps/api/tsconfig.app.json` knows more than a `tsconfig.json` beside it. */
function ownConfigs({ texts }: Sources): NamedConfig[] {
  const rank = (path: string): number =>
    ['tsconfig.app.json', 'tsconfig.lib.json', 'tsconfig.json', 'tsconfig.base.json'].indexOf(nameOf(path));
  return [...texts.keys()]
    .filter((path) => rank(path) >= 0)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((config) => ({ folder: folderOf(config), config }));
}

function projectsOfNestCli({ root, texts }: Sources): NamedConfig[] {
  const projects = property(parseJson(texts.get(`${root}/nest-cli.json`)), 'projects');
  return Object.values(typeof projects === 'object' && projects !== null ? projects : {}).flatMap((project) => {
    const folder = property(project, 'root');
    const config = property(property(project, 'compilerOptions'), 'tsConfigPath');
    const known = typeof folder === 'string' && typeof config === 'string' && texts.has(`${root}/${config}`);
    return known && folder !== '' ? [{ folder: `${root}/${folder}`, config: `${root}/${config}` }] : [];
  });
}

function readConfig(sources: Sources, folder: string, path: string): FolderConfig {
  let excludes: readonly string[] = [];
  const text = sources.texts.get(path) ?? '{}';
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: true,
    fileExists: (file) => sources.texts.has(file) || sources.configOutside(file) !== undefined,
    readFile: (file) => extendedText(file, sources.texts.get(file) ?? sources.configOutside(file)),
    // Which files there are is known already; what is left out is not.
    readDirectory: (_folder, _extensions, excluded) => {
      excludes = (excluded ?? []).map(withWildcards);
      return [];
    },
  };
  const json = withoutWildcards(ts.parseConfigFileTextToJson(path, text).config);
  const parsed = ts.parseJsonConfigFileContent(
    json ?? {},
    host,
    folderOf(path),
    undefined,
    path,
    undefined,
    undefined,
    new Map(),
  );
  const written = nameOf(path) === 'tsconfig.json' ? excludes : [];
  return { folder, options: parsed.options, excludes: written.map((glob) => globMatcher(folderOf(path), glob)) };
}

const STAR = '\uE000';
const QUESTION = '\uE001';

/**
 * Hides the wildcards of `exclude` from the compiler, which would make regular expressions of them: some take for ever on a
 * path that does not match.
 */
function withoutWildcards(config: unknown): unknown {
  const exclude = property(config, 'exclude');
  return Array.isArray(exclude) && typeof config === 'object'
    ? {
        ...config,
        exclude: exclude.map((glob: unknown) =>
          typeof glob === 'string' ? glob.replaceAll('*', STAR).replaceAll('?', QUESTION) : glob,
        ),
      }
    : config;
}

function withWildcards(glob: string): string {
  return glob.replaceAll(STAR, '*').replaceAll(QUESTION, '?');
}

function extendedText(path: string, text: string | undefined): string | undefined {
  const config: unknown = text === undefined ? undefined : ts.parseConfigFileTextToJson(path, text).config;
  return Array.isArray(property(config, 'exclude')) ? JSON.stringify(withoutWildcards(config)) : text;
}

function parseJson(text: string | undefined): unknown {
  return text === undefined ? undefined : ts.parseConfigFileTextToJson('nest-cli.json', text).config;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
