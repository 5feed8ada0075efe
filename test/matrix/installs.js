/**
 * The package managers, and the shapes of project that each has to install the tarball into: one platform alone, on both
 * lines of Nest, and a workspace whose apps differ in both.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { managerPrograms, outputOf } from './project.js';

const PROGRAM = fileURLToPath(new URL('./install-consumer/start.js', import.meta.url));

/** What @nestjs/platform-express 11 imports without saying so: with Plug'n'Play every app on it has to add this. */
const UNDECLARED = `packageExtensions:\n  "@nestjs/platform-express@11":\n    peerDependencies:\n      rxjs: "*"\n`;

/** @typedef {{ nest: string, platform: 'express' | 'fastify' }} App */

/** @type {readonly App[]} */
const APPS = ['11', '12'].flatMap((nest) => [
  { nest, platform: 'express' },
  { nest, platform: 'fastify' },
]);

/**
 * In the workspace each app has another platform than its neighbour. Not another Nest: npm puts a package once where the range
 * of its peers takes both, beside one of the two, and so the other app gets Nest's classes twice, whatever the package.
 *
 * @type {readonly App[]}
 */
const NEIGHBOURS = [
  { nest: '12', platform: 'express' },
  { nest: '12', platform: 'fastify' },
];

/** What Vendure 3 is made of: there npm once refused the package. @type {App} */
const VENDURE = { nest: '11', platform: 'express' };

const EXPECTED = {
  preflight: {
    status: 204,
    'access-control-allow-methods': 'PUT',
    'access-control-allow-origin': 'https://partner.example',
    'access-control-max-age': '60',
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  },
  get: { status: 200, 'access-control-allow-origin': 'https://app.example.com', vary: 'Origin' },
};

/**
 * @typedef {object} Manager
 * @property {string} name
 * @property {Readonly<Record<string, string>>} files what the root of a project says to it
 * @property {readonly string[]} install
 * @property {(program: string) => readonly string[]} run what `node` is given, in the folder of an app
 * @property {boolean} quick one that the corners try, too
 */

/** @type {readonly Manager[]} */
const MANAGERS = [
  {
    name: 'npm',
    // As npm resolves peers when nobody forces it: an app that cannot be installed so fails.
    files: {},
    install: ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
    run: (program) => [program],
    quick: true,
  },
  {
    name: 'pnpm, strict',
    files: { '.npmrc': 'node-linker=isolated\nstrict-peer-dependencies=true\nauto-install-peers=false\n' },
    install: ['pnpm', 'install', '--prefer-offline', '--no-frozen-lockfile', '--ignore-scripts', '--reporter=silent'],
    run: (program) => [program],
    quick: true,
  },
  {
    name: 'yarn 1',
    files: {},
    install: [
      'yarn',
      'install',
      '--prefer-offline',
      '--ignore-scripts',
      '--ignore-engines',
      '--silent',
      '--no-progress',
    ],
    run: (program) => [program],
    quick: false,
  },
  ...['node-modules', 'pnp'].map((linker) => ({
    name: `yarn 4, ${linker}`,
    files: {
      '.yarnrc.yml': `nodeLinker: ${linker}\nenableTelemetry: false\nenableScripts: false\nenableImmutableInstalls: false\n${UNDECLARED}`,
      'yarn.lock': '',
    },
    install: ['berry', 'install'],
    run: (/** @type {string} */ program) => (linker === 'pnp' ? PNP.concat(program) : [program]),
    quick: false,
  })),
];

/** What `yarn node` passes on, from any folder of the project. */
const PNP = ['--require', '../../.pnp.cjs', '--experimental-loader', '../../.pnp.loader.mjs', '--no-warnings'];

/** @param {App} app @param {string} tarball */
function dependenciesOf({ nest, platform }, tarball) {
  const packages = ['common', 'core', `platform-${platform}`].map((name) => [`@nestjs/${name}`, `^${nest}.0.0`]);
  return {
    ...Object.fromEntries(packages),
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.0',
    'nestjs-cors': `file:${tarball}`,
  };
}

/** Every project is a workspace for the managers, of one app or of several: one layout for all. */
async function writeProject(
  /** @type {string} */ home,
  /** @type {Manager} */ { files },
  /** @type {readonly App[]} */ apps,
  /** @type {string} */ tarball,
) {
  const packageOf = (/** @type {object} */ rest) =>
    JSON.stringify({ version: '1.0.0', private: true, type: 'module', ...rest });
  const written = {
    ...files,
    'package.json': packageOf({ name: 'root', workspaces: ['apps/*'] }),
    'pnpm-workspace.yaml': 'packages: [apps/*]\n',
  };
  for (const app of apps) {
    const name = `${app.platform}-${app.nest}`;
    Object.assign(written, {
      [`apps/${name}/package.json`]: packageOf({ name, dependencies: dependenciesOf(app, tarball) }),
    });
  }
  for (const [path, text] of Object.entries(written)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  for (const { platform, nest } of apps) {
    await cp(PROGRAM, join(home, `apps/${platform}-${nest}/start.js`));
  }
}

/** @param {string} home @param {Manager} manager @param {readonly App[]} apps @param {string} tarball */
async function failuresIn(home, manager, apps, tarball) {
  await writeProject(home, manager, apps, tarball);
  const programs = await managerPrograms();
  const [name = '', ...args] = manager.install;
  const [program = name, ...before] = programs.get(name) ?? [];
  const installed = await outputOf(home, program, [...before, ...args]);
  if (installed.code !== 0) {
    return [`${manager.install.join(' ')}: exit code ${installed.code}\n${installed.stdout}${installed.stderr}`];
  }
  const failures = [];
  for (const { platform, nest } of apps) {
    const folder = join(home, `apps/${platform}-${nest}`);
    const { code, stdout, stderr } = await outputOf(folder, process.execPath, [...manager.run('start.js'), platform]);
    if (code !== 0 || stderr !== '' || stdout.trim() !== JSON.stringify(EXPECTED)) {
      failures.push(`${platform} on Nest ${nest}: exit code ${code}\n${stdout}${stderr}`);
    }
  }
  return failures;
}

/**
 * @param {string} folder @param {string} tarball @param {boolean} onlyQuick
 * @param {(what: string, from: number, passed: number, failed: readonly string[]) => void} report
 */
export async function tryManagers(folder, tarball, onlyQuick, report) {
  // The others in all their shapes belong to the long run.
  const projects = onlyQuick ? [[VENDURE], NEIGHBOURS] : [...APPS.map((app) => [app]), NEIGHBOURS];
  for (const manager of MANAGERS.filter(({ quick }) => quick || !onlyQuick)) {
    for (const apps of projects) {
      const from = Date.now();
      const shape = apps.map(({ platform, nest }) => `${platform} on Nest ${nest}`).join(' beside ');
      const home = join(folder, `${manager.name}-${shape}`.replaceAll(/\W+/g, '-'));
      const failed = await failuresIn(home, manager, apps, tarball);
      report(`${manager.name}: ${shape}`, from, apps.length - failed.length, failed);
    }
  }
}
