import { afterAll, describe, expect, it } from '@jest/globals';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsConfigError } from 'nestjs-cors';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { APP } from '../cases/cors-case.js';
import { createApp, rootModule, startApp } from '../support/running-app.js';
import { EVERY_WAY, type Way } from '../support/ways.js';

type AdapterClass = new () => AbstractHttpAdapter;

const ADAPTER = `exports.extend = (Base) => class extends Base {
  getRequestHostname(request) { return request.hostname; }
};`;

const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-platform-'));
let copies = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The platform's adapter, as if it came from a package of this version: what says so is where its code is read from. */
function adapterFrom({ isExpress }: Way, manifest: string): AbstractHttpAdapter {
  const name = `@nestjs/platform-${isExpress ? 'express' : 'fastify'}`;
  const home = join(folder, String((copies += 1)), 'node_modules', name);
  mkdirSync(join(home, 'adapters'), { recursive: true });
  writeFileSync(join(home, 'adapters/adapter.js'), ADAPTER);
  const { extend } = createRequire(import.meta.url)(join(home, 'adapters/adapter.js')) as {
    extend: (base: AdapterClass) => AdapterClass;
  };
  // Later, as jest reads it too, and takes nothing but JSON.
  writeFileSync(join(home, 'package.json'), manifest);
  return new (extend(isExpress ? ExpressAdapter : FastifyAdapter))();
}

async function refusal(way: Way, manifest: string): Promise<string> {
  const app = await createApp(way, rootModule({}, { origin: APP }), { adapter: adapterFrom(way, manifest) });
  try {
    await app.init();
  } catch (error) {
    if (error instanceof CorsConfigError) {
      return error.message;
    }
    throw error;
  } finally {
    await app.close();
  }
  return 'none';
}

describe.each(EVERY_WAY)('a platform package, on %s', (_, way) => {
  it.each(['10.4.22', '11.0.21', '11.1.9', '11.1.9-next.1', '9.0.0'])('of version %s is refused', async (version) => {
    const name = way.isExpress ? 'express' : 'fastify';

    expect(await refusal(way, JSON.stringify({ version }))).toContain(
      `@nestjs/platform-${name} "${version}" is older than 11.1.10, the oldest that this package works with; ` +
        'update it to the version of @nestjs/core   [old-platform]',
    );
  });

  it.each(['11.1.10', '11.2.0', '12.0.0-next.3', '12.5.1', '20.0.0'])('of version %s is taken', async (version) => {
    expect(await refusal(way, JSON.stringify({ version }))).toBe('none');
  });

  it.each([
    ['no JSON', '<package>'],
    ['no version', '{}'],
    ['a version of another kind', '{"version":["10.0.0"]}'],
  ])('with %s in its package.json is taken', async (_title, manifest) => {
    expect(await refusal(way, manifest)).toBe('none');
  });

  it('is not looked for behind an adapter that throws at a request without more', async () => {
    const adapter = adapterFrom(way, '{"version":"10.0.0"}');
    adapter.getRequestHostname = () => {
      throw new TypeError('no headers');
    };
    const app = await createApp(way, rootModule({}, { origin: APP }), { adapter });
    await app.init();
    await app.close();
  });

  it('leaves the way in which the process formats its stacks alone', async () => {
    const before = Error.prepareStackTrace;
    await startApp(way, rootModule({}, { origin: APP }), { adapter: adapterFrom(way, '{"version":"12.0.0"}') });
    expect(Error.prepareStackTrace).toBe(before);
  });
});
