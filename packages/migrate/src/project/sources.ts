/** The files of an application, by their path: absolute, with slashes. Whatever reads or writes a disk is elsewhere. */
export interface Sources {
  /** What all paths start with: absolute, with slashes, without one at the end. */
  readonly root: string;
  /** The folder that may be changed: the root, or one in it. */
  readonly within: string;
  /** TypeScript files, or JavaScript where there is no TypeScript, and the configurations of the compiler and of Nest's CLI. */
  readonly texts: ReadonlyMap<string, string>;
  /** A configuration that another one extends, in a package or above the folder. Undefined: there is none. */
  readonly configOutside: (path: string) => string | undefined;
}

/** Whether the file may be changed. */
export function mayChange({ within }: Sources, path: string): boolean {
  return path.startsWith(`${within}/`);
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'bower_components', 'dist', 'build', 'coverage', 'out', 'tmp']);

/** Folders whose files are not the application's source: packages, what a build wrote, what tools keep for themselves. */
export function isSkippedFolder(name: string): boolean {
  return name.startsWith('.') || SKIPPED_FOLDERS.has(name);
}

export function isConfig(path: string): boolean {
  return /(^|\/)(tsconfig[^/]*|nest-cli)\.json$/.test(path);
}

export function isTypeScript(path: string): boolean {
  return /\.[mc]?ts$/.test(path) && !/\.d\.[mc]?ts$/.test(path);
}

export function isJavaScript(path: string): boolean {
  return /\.[mc]?js$/.test(path);
}

/** `vitest.config.ts` beside an application in JavaScript: its language says nothing of the application's. */
export function isToolConfig(path: string): boolean {
  return /\.config\.[mc]?ts$/.test(path);
}

/** Files that tests are written in: what they start is not the application. */
export function isTestFile({ root }: Sources, path: string): boolean {
  const below = path.slice(root.length);
  return /[.-](e2e-)?(spec|test)\.[mc]?[jt]s$/.test(below) || /\/(test|tests|e2e|__tests__|[^/]*-e2e)\//.test(below);
}
