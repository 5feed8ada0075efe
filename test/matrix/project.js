/** The packed tarball, the Nodes, and projects that have both Nest and the tarball installed by npm. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** Kept from run to run, and not in git. */
const NODES = join(ROOT, '.cache/matrix');
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];

/** What it takes to build and to pack. */
const PACKED =
  'lib page scripts docs tsconfig.json tsconfig.build.json package.json README.md CHANGELOG.md SECURITY.md LICENSE';

/** As in a new Nest project. */
const COMPILER = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  types: ['node'],
};

/** What no program loads may be this repository's: types, and what compiles for jest. */
const TOOLS = ['@types/node', '@types/express', '@swc/jest'];

/** @typedef {{ code: number | string, stdout: string, stderr: string }} Output */

/**
 * A failure is an outcome, not an exception. `NODE_OPTIONS` and the like are the caller's, not a project's.
 *
 * @param {string} cwd @param {string} program @param {readonly string[]} args @returns {Promise<Output>}
 */
export function outputOf(cwd, program, args) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_') || name === 'NODE_EXTRA_CA_CERTS'),
  );
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, timeout: 240_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 1), stdout, stderr });
    });
  });
}

/** @param {string} cwd @param {string} program @param {readonly string[]} args */
async function succeed(cwd, program, args) {
  const output = await outputOf(cwd, program, args);
  if (output.code !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${output.stderr}${output.stdout}`);
  }
  return output.stdout;
}

/** A folder for a run, outside of this repository: nothing in its node_modules may be found. */
export async function workFolder() {
  return realpath(await mkdtemp(join(tmpdir(), 'nestjs-cors-matrix-')));
}

/**
 * Builds and packs the sources as they stand, in a copy: a build in the repository would take dist away from whoever uses it,
 * and the other way round. Returns the tarball.
 *
 * @param {string} folder
 */
export async function pack(folder) {
  const copy = join(folder, 'package');
  await mkdir(copy);
  for (const path of PACKED.split(' ')) {
    await cp(join(ROOT, path), join(copy, path), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await succeed(copy, process.execPath, ['scripts/build.js']);
  await succeed(copy, 'npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  return join(folder, String(tarball));
}

/** The programs by version: our own where it is one, else of the npm package that ships it. @param {readonly string[]} versions */
export async function installNodes(versions) {
  /** @type {Map<string, string>} */
  const programs = new Map();
  for (const version of versions) {
    programs.set(version, await installNode(version));
  }
  return programs;
}

/** @param {string} version */
async function installNode(version) {
  if (process.versions.node === version || process.versions.node.startsWith(`${version}.`)) {
    return process.execPath;
  }
  const home = join(NODES, `node-${version}`);
  const program = join(home, 'node_modules/node/bin/node');
  if ((await outputOf(ROOT, program, ['--version'])).code !== 0) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
    await succeed(home, 'npm', [...INSTALL, `node@${version}`]);
  }
  return program;
}

/** The compiler of this version: one of our own, or one that comes from npm and is kept. @param {string} version */
export async function installCompiler(version) {
  for (const name of ['typescript', 'typescript-7']) {
    const own = join(ROOT, 'node_modules', name);
    if (JSON.parse(await readFile(join(own, 'package.json'), 'utf8')).version.startsWith(`${version}.`)) {
      return join(own, 'bin/tsc');
    }
  }
  const home = join(NODES, `typescript-${version}`);
  const program = join(home, 'node_modules/typescript/bin/tsc');
  if (!existsSync(program)) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true }));
    await succeed(home, 'npm', [...INSTALL, `typescript@${version}`]);
  }
  return program;
}

/** By the name of the command, what runs it: those that are not npm come from npm, and are kept. */
export async function managerPrograms() {
  const home = join(NODES, 'managers');
  const at = (/** @type {string} */ path) => [process.execPath, join(home, 'node_modules', path)];
  const programs = new Map([
    ['pnpm', at('pnpm/bin/pnpm.cjs')],
    ['yarn', at('yarn/bin/yarn.js')],
    ['berry', at('@yarnpkg/cli-dist/bin/yarn.js')],
  ]);
  if (!existsSync(join(home, 'node_modules/@yarnpkg/cli-dist'))) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true }));
    await succeed(home, 'npm', [...INSTALL, 'pnpm@10', 'yarn@1', '@yarnpkg/cli-dist@4']);
  }
  return programs;
}

/** A folder with these packages and the tarball in its node_modules. */
export class Project {
  /** @param {string} home */
  constructor(home) {
    this.home = home;
  }

  /** @param {string} home @param {readonly string[]} packages */
  static async install(home, packages) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true }));
    await succeed(home, 'npm', [...INSTALL, ...packages]);
    for (const tool of TOOLS) {
      const link = join(home, 'node_modules', tool);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(ROOT, 'node_modules', tool), link);
    }
    return new Project(home);
  }

  /**
   * A folder in the project, with a kind of module of its own and copies of these files of `test`.
   *
   * @param {string} name @param {string} type @param {readonly string[]} copied
   */
  async part(name, type, copied) {
    const part = new Project(join(this.home, name));
    await mkdir(part.home, { recursive: true });
    await writeFile(join(part.home, 'package.json'), JSON.stringify({ type }));
    for (const path of copied) {
      await cp(join(ROOT, 'test', path), join(part.home, path), { recursive: true });
    }
    return part;
  }

  /** @param {object} options @param {string} compiler the program @returns {Promise<Output>} */
  async compile(options, compiler = TSC) {
    const compilerOptions = { ...COMPILER, rootDir: '.', ...options };
    await writeFile(join(this.home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
    return outputOf(this.home, process.execPath, [compiler, '--pretty', 'false', '-p', 'tsconfig.json']);
  }

  /** Runs this repository's jest in a folder of the project: what its tests import is the project's. @param {string} path */
  async jest(path) {
    return outputOf(join(this.home, path), process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js')]);
  }
}
