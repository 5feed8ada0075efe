import { Logger, type VersioningOptions } from '@nestjs/common';
import { AbstractHttpAdapter } from '@nestjs/core';

import { ExpressPlatform } from './express/express.platform.js';
import { FastifyPlatform } from './fastify/fastify.platform.js';
import type { EnterRoute, Platform } from './platform.js';
import { PortablePlatform } from './portable/portable.platform.js';
import type { ExploredRoute } from '../routes/route.explorer.js';

/** Loads the platform at hand; the portable one for other adapters and for those that do not run a request hook. */
export function createPlatform(
  adapter: AbstractHttpAdapter,
  versioning: VersioningOptions | undefined,
  explored: readonly ExploredRoute[],
  enter: EnterRoute,
): Platform {
  const hasSlot = hasHookSlot(adapter);
  const type = hasSlot ? adapter.getType() : 'portable';
  switch (type) {
    case 'express':
      return new ExpressPlatform(adapter, versioning, enter);
    case 'fastify':
      return new FastifyPlatform(adapter, enter, (message) => new Logger('CorsModule').warn(message));
    default:
      return new PortablePlatform(adapter, versioning, pathsWithoutOptions(explored), enter, hasSlot);
  }
}

/** `AbstractHttpAdapter` has the method too, but it does nothing: an adapter has a slot if it overrides the method. */
function hasHookSlot(adapter: AbstractHttpAdapter): boolean {
  return (
    typeof adapter.setOnRequestHook === 'function' &&
    adapter.setOnRequestHook !== AbstractHttpAdapter.prototype.setOnRequestHook
  );
}

/** Where the app serves OPTIONS itself, its handler is wrapped like any other: some platforms refuse a second one. */
function pathsWithoutOptions(explored: readonly ExploredRoute[]): readonly string[] {
  const served = new Set(
    explored.filter(({ method }) => method === 'OPTIONS' || method === 'ALL').map(({ path }) => path),
  );
  return [...new Set(explored.map(({ path }) => path))].filter((path) => !served.has(path));
}
