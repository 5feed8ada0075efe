import { Controller, Get, Inject, Req, Res, VERSION_NEUTRAL, type Type } from '@nestjs/common';

import { Cors } from '../nest/metadata/cors.decorator.js';
import { Internal } from '../nest/metadata/cors-metadata.js';
import { rawRequestOf, rawResponseOf } from '../nest/platform/node-http.js';
import { Inspector } from './inspector.js';

/**
 * The routes of the page. They put its URLs under prefix and versions, and close them whatever `forRoot` says. Usually
 * {@link InspectorMiddleware} answers first; a request that gets here has also passed the application's guards.
 */
export function inspectorController(path: string): Type {
  @Internal()
  @Cors(false)
  @Controller({ path, version: VERSION_NEUTRAL })
  class CorsInspectorController {
    constructor(@Inject(Inspector) private readonly inspector: Inspector) {}

    @Get(['', ':file'])
    async show(@Req() request: unknown, @Res() reply: unknown): Promise<void> {
      const raw = rawRequestOf(request);
      takeOver(reply);
      await this.inspector.answer(raw, rawResponseOf(reply), raw.url ?? '/');
    }
  }
  return CorsInspectorController;
}

/** Prevents Fastify from sending its own answer. */
function takeOver(reply: unknown): void {
  if (typeof reply === 'object' && reply !== null && 'hijack' in reply && typeof reply.hijack === 'function') {
    Reflect.apply(reply.hijack, reply, []);
  }
}
