import { Logger, type VersioningOptions } from '@nestjs/common';
import { AbstractHttpAdapter } from '@nestjs/core';

import { ExpressPlatform } from './express/express.platform.js';
import { FastifyPlatform } from './fastify/fastify.platform.js';
import type { EnterRoute, Platform } from './platform.js';
import { watchAdapterRoutes } from './portable/foreign-routes.js';
import { PortablePlatform } from './portable/portable.platform.js';
import type { ExploredRoute } from '../routes/route.explorer.js';

/** Loads the platform at hand; the portable one for other adapters and for those that do not run a request hook. */
export function createPlatform(
  adapter: AbstractHttpAdapter,
  versioning: VersioningOptions | undefined,
  explored: readonly ExploredRoute[],
  enter: EnterRoute,
): Platform {
  switch (platformOf(adapter)) {
    case 'express':
      return new ExpressPlatform(adapter, versioning, enter);
    case 'fastify':
      return new FastifyPlatform(adapter, enter, (message) => new Logger('CorsModule').warn(message));
    case 'portable':
      return new PortablePlatform(
        adapter,
        versioning,
        pathsWithoutOptions(adapter, explored),
        enter,
        hasHookSlot(adapter),
      );
  }
}

/** Routes of the app's own are registered before the application starts. */
export function watchRoutesOf(adapter: AbstractHttpAdapter | undefined): void {
  if (typeof adapter?.getType === 'function' && platformOf(adapter) === 'portable') {
    watchAdapterRoutes(adapter);
  }
}

function platformOf(adapter: AbstractHttpAdapter): 'express' | 'fastify' | 'portable' {
  const type = hasHookSlot(adapter) ? adapter.getType() : 'portable';
  return type === 'express' || type === 'fastify' ? type : 'portable';
}

/** `AbstractHttpAdapter` has the method too, but it does nothing: an adapter has a slot if it overrides the method. */
function hasHookSlot(adapter: AbstractHttpAdapter): boolean {
  return (
    typeof adapter.setOnRequestHook === 'function' &&
    adapter.setOnRequestHook !== AbstractHttpAdapter.prototype.setOnRequestHook
  );
}

/**
 * As the adapter registers them, each once: some platforms refuse a second OPTIONS route for the same URLs, also where it calls a
 * parameter differently. Where the app serves OPTIONS itself, its handler is wrapped like any other.
 */
function pathsWithoutOptions(adapter: AbstractHttpAdapter, explored: readonly ExploredRoute[]): readonly string[] {
  const paths = new Map<string, string>();
  const served = new Set<string>();
  for (const { path, method } of explored) {
    // An adapter need not extend a base class that has the method.
    const pattern = typeof adapter.normalizePath === 'function' ? adapter.normalizePath(path) : path;
    const unnamed = pattern.replaceAll(PARAMETER_NAME, '');
    paths.set(unnamed, pattern);
    if (method === 'OPTIONS' || method === 'ALL') {
      served.add(unnamed);
    }
  }
  served.forEach((unnamed) => paths.delete(unnamed));
  return [...paths.values()];
}

/** After an escaped sign it is text. */
const PARAMETER_NAME = /(?<=(?<![\\:])[:*])\w+/g;
