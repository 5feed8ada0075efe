/**
 * What `package.json` promises: Node >= 20.19, Nest ^11.1.10 || ^12, Express and Fastify, ES modules and CommonJS.
 *
 * @typedef {{ node: string, nest: string, modules: 'module' | 'commonjs', platform: 'express' | 'fastify' }} Combination
 */

/** npm ranges: the oldest that `engines` allows, and the newest of each line. */
const NODES = ['20.19.0', '20', '22', '24', '26'];
const NESTS = ['11.1.10', '11', '12'];
const MODULES = /** @type {const} */ (['module', 'commonjs']);
const PLATFORMS = /** @type {const} */ (['express', 'fastify']);

/** Old with old and new with new; and the two that meet in the middle: CommonJS that has to require Nest 12's ES modules. */
const CORNERS = /** @type {const} */ ([
  { node: '20', nest: '11.1.10', modules: 'commonjs' },
  { node: '22', nest: '11', modules: 'module' },
  { node: '20.19.0', nest: '12', modules: 'commonjs' },
  { node: '20', nest: '12', modules: 'commonjs' },
  { node: '24', nest: '12', modules: 'module' },
  { node: '26', nest: '12', modules: 'commonjs' },
]);

/** @type {readonly Combination[]} */
export const corners = CORNERS.flatMap((corner) => PLATFORMS.map((platform) => ({ ...corner, platform })));

/** @type {readonly Combination[]} */
export const everything = NESTS.flatMap((nest) =>
  MODULES.flatMap((modules) =>
    NODES.flatMap((node) => PLATFORMS.map((platform) => ({ node, nest, modules, platform }))),
  ),
);

/** How a project is compiled whose program then runs. */
export const COMPILED_AS = {
  module: { module: 'nodenext' },
  commonjs: { module: 'commonjs', moduleResolution: 'bundler' },
};

/** Beside the one that builds the package. The newest is a program of another make, and knows less of what is old. */
export const OTHER_COMPILERS = ['5.9', '7'];

/** The ways in which a project can look for the types. */
export const RESOLUTIONS = [
  { name: 'nodenext', type: 'module', options: { module: 'nodenext' } },
  { name: 'nodenext, CommonJS', type: 'commonjs', options: { module: 'nodenext' } },
  { name: 'bundler', type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
  {
    name: 'CommonJS, bundler',
    type: 'commonjs',
    options: { module: 'commonjs', moduleResolution: 'bundler' },
    // TypeScript 5.9 does not take the two together.
    silencedBy: { 6: undefined, 7: undefined },
  },
  {
    name: 'node10',
    type: 'commonjs',
    options: { module: 'commonjs', moduleResolution: 'node10' },
    // What silences the warning, by the compiler that gives it; TypeScript 7 has forgotten this resolution.
    silencedBy: { 5.9: '5.0', 6: '6.0' },
  },
];
