import { ServerResponse } from 'node:http';

import type { CorsModuleOptions } from '../../lib/index.js';
import { startApp, type CorsWay } from '../apps/start.js';
import type { Middleware } from './middleware.js';

const { writeHead } = ServerResponse.prototype;

/** The request hook of an Express application, as the adapter calls it. The application stays alive with it. */
export async function libraryHook(way: CorsWay, policy?: CorsModuleOptions, routes?: number): Promise<Middleware> {
  const app = await startApp('express', way, routes, policy);
  const adapter = app.getHttpAdapter();
  const hook: unknown = Reflect.get(adapter, 'onRequestHook');
  if (typeof hook !== 'function') throw new Error('The adapter has no request hook');
  const express: { response: ServerResponse } = adapter.getInstance();
  interceptHeads(express.response);
  return hook as Middleware;
}

/**
 * The library puts its `writeHead` on the prototype of Express's responses, and Express gives each response that prototype:
 * that costs more than all that is compared on a bare response, and costs it everybody. So here the method stands on Node's
 * own prototype, where all contenders' responses pass through it; what that costs is part of the empty response.
 */
function interceptHeads(express: ServerResponse): void {
  if (ServerResponse.prototype.writeHead === writeHead) {
    ServerResponse.prototype.writeHead = express.writeHead;
  }
}
