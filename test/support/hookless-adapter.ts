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
