import type { INestApplication } from '@nestjs/common';

import type { CorsModuleOptions } from '../../lib/index.js';
import { startApp, type CorsWay } from '../apps/start.js';
import type { Middleware } from './middleware.js';

/** The request hook of an Express application, as the adapter calls it. The application stays alive with it. */
export async function libraryHook(way: CorsWay, policy?: CorsModuleOptions, routes?: number): Promise<Middleware> {
  return hookOf(await startApp('express', way, routes, policy));
}

export function hookOf(app: INestApplication): Middleware {
  const hook: unknown = Reflect.get(app.getHttpAdapter(), 'onRequestHook');
  if (typeof hook !== 'function') {
    throw new Error('The adapter has no request hook');
  }
  return hook as Middleware;
}
