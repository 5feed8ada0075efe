import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PackedPackage, type Consumer } from './packed-package.js';
import { COMPILER, FOR_COMPILING, PEERS, SEEN } from './consumer-app.js';

// Each test bundles an application, and starts it.
jest.setTimeout(240_000);

/** What the app installs; in a bundle it is all in one file. */
const PLATFORMS = ['express', 'fastify'] as const;

let packed: PackedPackage;
let project: Consumer;

beforeAll(async () => {
  packed = await PackedPackage.pack();
  const platforms = PLATFORMS.map((platform) => `@nestjs/platform-${platform}`);
  project = await packed.consumer('bundled', 'module', [...PEERS, ...FOR_COMPILING, ...platforms]);
  await project.copy(['app.ts', 'express.ts', 'fastify.ts']);
  const options = { ...COMPILER, module: 'esnext', moduleResolution: 'bundler' };
  expect(await project.compile(options, 7)).toEqual({ code: 0, stdout: '', stderr: '' });
});

afterAll(async () => {
  await packed.remove();
});

describe.each(PLATFORMS)('an app on %s', (platform) => {
  it.each([
    { bundler: 'esbuild-cjs', file: 'bundle.cjs' },
    { bundler: 'esbuild-esm', file: 'bundle.mjs' },
    { bundler: 'webpack-all', file: 'bundle.cjs' },
  ])('bundled by $bundler runs in a folder without node_modules', async ({ bundler, file }) => {
    const outfile = packed.path(`out/${platform}-${bundler}/${file}`);
    expect(await project.bundle(bundler, `${platform}.js`, outfile)).toEqual({ code: 0, stdout: '', stderr: '' });

    const { code, stdout, stderr } = await packed.alone(outfile);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(SEEN);
  });

  it('bundled as `nest build --webpack` does it, beside its node_modules, runs', async () => {
    const outfile = project.path(`dist/${platform}.cjs`);
    expect(await project.bundle('webpack', `${platform}.js`, outfile)).toEqual({ code: 0, stdout: '', stderr: '' });

    const { code, stdout, stderr } = await project.run(outfile);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(SEEN);
  });
});
