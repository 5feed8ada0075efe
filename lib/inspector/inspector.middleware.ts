import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';

import { CORS_APPLICATION, requireApplication } from '../nest/application.provider.js';
import { rawRequestOf, rawResponseOf } from '../nest/platform/node-http.js';
import { exchangeOf } from '../nest/response/cors-state.js';
import { Inspector } from './inspector.js';

/**
 * Answers before the application's guards, pipes and interceptors: a guard that requires a token would lock out the browser
 * that opens the page. The page shows policies and runs no handler, so what the guards protect stays protected.
 *
 * Nest also gives it requests that the router leads elsewhere: `/CORS` on Fastify, which is another URL there, or `/cors/own` if the
 * application serves that itself. They go on, and get what their policy says. So does a request whose route is not known.
 */
@Injectable()
export class InspectorMiddleware implements NestMiddleware {
  constructor(
    @Inject(Inspector) private readonly inspector: Inspector,
    @Inject(CORS_APPLICATION) private readonly application: unknown,
  ) {}

  async use(request: unknown, given: unknown, next: () => void): Promise<void> {
    const raw = rawRequestOf(request);
    const response = rawResponseOf(given);
    const state = exchangeOf(raw, response);
    const { runtime } = requireApplication(this.application, 'CorsInspectorModule');
    if (state !== undefined && runtime?.isInternal(state) === true) {
      await this.inspector.answer(raw, response, wholeUrl(raw));
    } else {
      next();
    }
  }
}

/** Routers remove what they have matched from `url`, and keep the whole in `originalUrl`. */
function wholeUrl(raw: { readonly url?: string | undefined; readonly originalUrl?: unknown }): string {
  return typeof raw.originalUrl === 'string' ? raw.originalUrl : (raw.url ?? '/');
}
