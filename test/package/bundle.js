/** Bundles a compiled program: node bundle.js <kind> <entry> <file>. A process of its own, as esbuild does not run inside jest. */
import { dirname, basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import webpack from 'webpack';

/** What Nest asks for and can do without; its CLI leaves them out of bundles in the same way. */
const OPTIONAL = [
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/websockets',
  '@nestjs/websockets/*',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'class-validator',
  'class-transformer',
  'class-transformer/*',
];

/** Without it no CommonJS package, Express say, finds Node's own modules in an ES module: esbuild's documentation has it. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** @param {'cjs' | 'esm'} format @param {string} entry @param {string} outfile */
function esbuild(format, entry, outfile) {
  return build({
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: OPTIONAL,
    minify: true,
    keepNames: true,
    logLevel: 'error',
    ...(format === 'esm' ? { banner: { js: REQUIRE } } : {}),
  });
}

/** `nest build --webpack`, but for its loaders: what is in node_modules stays there, or not. */
async function webpackAsNest(
  /** @type {boolean} */ bundlesPackages,
  /** @type {string} */ entry,
  /** @type {string} */ outfile,
) {
  const isOptional = (/** @type {string} */ id) =>
    OPTIONAL.some((name) => id === name || id.startsWith(name.replace('*', '')));
  const stats = await new Promise((resolve, reject) => {
    webpack(
      {
        entry,
        target: 'node',
        mode: 'none',
        output: { path: dirname(outfile), filename: basename(outfile), library: { type: 'commonjs2' } },
        externals: [
          ({ request }, done) =>
            isOptional(request) || (!bundlesPackages && /^[@a-z]/.test(request))
              ? done(undefined, `commonjs ${request}`)
              : done(),
        ],
        externalsPresets: { node: true },
        optimization: { nodeEnv: false },
        node: { __filename: false, __dirname: false },
        resolve: { modules: ['node_modules', fileURLToPath(new URL('../../node_modules', import.meta.url))] },
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    );
  });
  if (stats.hasErrors()) {
    throw new Error(stats.toString({ all: false, errors: true }));
  }
}

const [kind, entry = '', outfile = ''] = process.argv.slice(2);
await {
  'esbuild-cjs': () => esbuild('cjs', entry, outfile),
  'esbuild-esm': () => esbuild('esm', entry, outfile),
  webpack: () => webpackAsNest(false, entry, outfile),
  'webpack-all': () => webpackAsNest(true, entry, outfile),
}[kind]?.();
