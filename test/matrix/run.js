/**
 * `npm run test:matrix`: every combination of versions that `package.json` promises runs the same table, from the packed
 * tarball. `-- --corners`: the outermost ones only.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMPILED_AS, corners, everything, OTHER_COMPILERS, RESOLUTIONS } from './combinations.js';
import { tryManagers } from './installs.js';
import { installCompiler, installNodes, outputOf, pack, Project, workFolder } from './project.js';

const SOURCES = ['matrix/consumer', 'support/http-client.ts'];
const NEST = ['common', 'core', 'platform-express', 'platform-fastify', 'testing'];
/** The newest that jest can load as CommonJS: Nest 12 has ES modules only. */
const JEST_ON = '11';

const onlyCorners = process.argv.includes('--corners');
const combinations = onlyCorners ? corners : everything;
const folder = await workFolder();
const totals = { passed: 0, failed: 0, skipped: 0 };
const begun = Date.now();

/**
 * One line of the table; what went wrong stands beneath it.
 *
 * @param {string} what @param {number} from @param {number} passed @param {readonly string[]} failed
 */
function report(what, from, passed, failed) {
  totals.passed += passed;
  totals.failed += failed.length;
  const seconds = `${((Date.now() - from) / 1000).toFixed(1)} s`;
  console.log(`${what.padEnd(58)}${`${passed} passed, ${failed.length} failed`.padEnd(22)}${seconds.padStart(8)}`);
  for (const failure of failed) {
    console.log(failure.replaceAll(/^/gm, '      '));
  }
}

/** @param {Project} project @param {ReadonlyMap<string, string>} nodes @param {string} nest @param {'module' | 'commonjs'} modules */
async function runAll(project, nodes, nest, modules) {
  const from = Date.now();
  const part = await project.part(modules, modules, SOURCES);
  const { code, stdout } = await part.compile(COMPILED_AS[modules]);
  const types = code === 0 ? [] : [stdout];
  report(`Nest ${nest}, ${modules}: compiles`, from, 1 - types.length, types);
  for (const { node, platform } of combinations.filter((each) => each.nest === nest && each.modules === modules)) {
    const start = Date.now();
    const { passed, failed } = outcomeOf(
      await outputOf(part.home, String(nodes.get(node)), [join('matrix/consumer', `${platform}.js`)]),
    );
    report(`Nest ${nest}, ${modules}, Node ${node}, ${platform}`, start, passed, failed);
  }
}

/** What the program printed; whatever else it did is a failure. @param {import('./project.js').Output} output */
function outcomeOf({ code, stdout, stderr }) {
  const unexpected = stderr.replaceAll(/^.*ExperimentalWarning.*\n\(Use .*\n/gm, '');
  if (code !== 0 || unexpected !== '' || stdout === '') {
    return { passed: 0, failed: [`exit code ${code}\n${stdout}${unexpected}`] };
  }
  return /** @type {{ passed: number, failed: string[] }} */ (JSON.parse(stdout));
}

/** @param {Project} project @param {string} nest @param {string} typescript */
async function resolveTypes(project, nest, typescript) {
  const compiler = await installCompiler(typescript);
  for (const { name, type, options, silencedBy } of RESOLUTIONS) {
    if (silencedBy !== undefined && !Object.hasOwn(silencedBy, typescript)) {
      continue;
    }
    const ignoreDeprecations = silencedBy?.[/** @type {keyof typeof silencedBy} */ (typescript)];
    const from = Date.now();
    const part = await project.part(`types-${typescript}-${name}`.replaceAll(/\W+/g, '-'), type, SOURCES);
    const { code, stdout } = await part.compile({ ...options, ignoreDeprecations, noEmit: true }, compiler);
    report(
      `Nest ${nest}, types by ${name}, TypeScript ${typescript}`,
      from,
      code === 0 ? 1 : 0,
      code === 0 ? [] : [stdout],
    );
  }
}

/** @param {Project} project */
async function runJest(project) {
  const from = Date.now();
  const part = await project.part('jest', 'commonjs', ['matrix/jest-consumer', 'support/http-client.ts']);
  const { code, stderr } = await part.jest('matrix/jest-consumer');
  const passed = /^Tests: +(\d+) passed, \1 total$/m.exec(stderr);
  const failed = code === 0 && passed !== null ? [] : [stderr];
  report(`Nest ${JEST_ON}, commonjs, jest`, from, Number(passed?.[1] ?? 0), failed);
}

try {
  const tarball = await pack(folder);
  const nodes = await installNodes([...new Set(combinations.map((each) => each.node))]);
  for (const nest of new Set(combinations.map((each) => each.nest))) {
    const packages = [...NEST.map((name) => `@nestjs/${name}@${nest}`), 'reflect-metadata', 'rxjs', tarball];
    const project = await Project.install(join(folder, `nest-${nest}`), packages);
    for (const modules of new Set(combinations.filter((each) => each.nest === nest).map((each) => each.modules))) {
      await runAll(project, nodes, nest, modules);
    }
    // The corners: the other compilers on the newest Nest. All resolutions by our own are in test/package.
    const compilers = onlyCorners ? (nest === '12' ? OTHER_COMPILERS : []) : ['6', ...OTHER_COMPILERS];
    for (const typescript of compilers) {
      await resolveTypes(project, nest, typescript);
    }
    if (nest === JEST_ON) {
      await runJest(project);
    }
  }
  await tryManagers(join(folder, 'installs'), tarball, onlyCorners, report);
} finally {
  await rm(folder, { recursive: true, force: true });
}

const counts = process.env.JEST_COUNTS;
if (counts !== undefined) {
  await mkdir(counts, { recursive: true });
  await writeFile(join(counts, `matrix-${process.pid}.json`), JSON.stringify(totals));
}
console.log(`\n${((Date.now() - begun) / 1000).toFixed(0)} s in all`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
