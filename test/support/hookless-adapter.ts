import { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import type { Way } from './ways.js';

/** Adapters that have `AbstractHttpAdapter`'s empty method, as one for another platform would. */
class HooklessExpress extends ExpressAdapter {
  override setOnRequestHook = AbstractHttpAdapter.prototype.setOnRequestHook;
}

class HooklessFastify extends FastifyAdapter {
  override setOnRequestHook = AbstractHttpAdapter.prototype.setOnRequestHook;
}

export function hooklessAdapter({ isExpress }: Way): AbstractHttpAdapter {
  return isExpress ? new HooklessExpress() : new HooklessFastify();
}

/** Of a platform that this package does not know, and without what came with Nest 12: nothing is told about the router. */
export function silentAdapter(way: Way): AbstractHttpAdapter {
  return told(hooklessAdapter(way), undefined);
}

/** Says what adapters for Hono say, whose router goes by registration: that Nest need not sort the routes. */
export function orderlessAdapter(way: Way): AbstractHttpAdapter {
  return told(hooklessAdapter(way), () => false);
}

function told(adapter: AbstractHttpAdapter, isRouteOrderSensitive: (() => boolean) | undefined): AbstractHttpAdapter {
  return Object.assign(adapter, { getType: () => 'other', isRouteOrderSensitive, getRouteMatchingOptions: undefined });
}

/** Of a platform that this package does not know, and with a request hook: NodeAdapter, H3Adapter. */
export function foreignAdapter({ isExpress }: Way): AbstractHttpAdapter {
  return told(isExpress ? new ExpressAdapter() : new FastifyAdapter(), () => false);
}
