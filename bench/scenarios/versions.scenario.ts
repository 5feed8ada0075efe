import assert from 'node:assert/strict';

import { Controller, Module, Put, VersioningType, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';

import { Cors, CorsModule } from '../../lib/index.js';
import { ALLOWED, MAX_AGE } from '../apps/policies.js';
import { hookOf } from '../contenders/library.js';
import type { Middleware } from '../contenders/middleware.js';
import { middlewareWork } from '../http/middleware.work.js';
import type { Scenario } from '../measure/scenario.js';

const WORK = 'preflight allowed';
/** Most of the 16 KiB that Node takes for a request line and its headers. */
const LONG_URL = `/versioned/${'x'.repeat(14 * 1024)}`;
const NOTHING: Middleware = (_request, _response, done) => done();

/** A preflight of a handler in so many header versions, each with a policy of its own, at a URL of 14 KB. */
export const versionsScenario: Scenario = {
  contenders: ['empty', '1 version', '80 versions'],
  baseOf: (contender) => (contender === 'empty' ? undefined : 'empty'),
  works: [WORK],
  prepare: async (contender) => {
    const middleware = contender === 'empty' ? NOTHING : await versionedHook(Number.parseInt(contender, 10));
    const headers = { origin: ALLOWED, 'access-control-request-method': 'PUT' };
    return new Map([[WORK, middlewareWork({ middleware, requests: [{ method: 'OPTIONS', url: LONG_URL, headers }] })]]);
  },
  assert: (contender, _work, { status }) => assert.equal(status, contender === 'empty' ? 200 : 204, contender),
};

async function versionedHook(versions: number): Promise<Middleware> {
  @Module({
    imports: [CorsModule.forRoot({ maxAge: MAX_AGE })],
    controllers: Array.from({ length: versions }, (_, index) => versioned(String(index))),
  })
  class VersionedModule {}
  const app = await NestFactory.create(VersionedModule, new ExpressAdapter(), { logger: ['error'] });
  app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
  await app.init();
  return hookOf(app);
}

function versioned(version: string): Type {
  @Controller({ path: 'versioned/:id', version })
  @Cors({ origin: [ALLOWED, `https://v${version}.example.org`] })
  class VersionedController {
    @Put() update(): string {
      return version;
    }
  }
  return VersionedController;
}
