import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';

import { rawRequestOf, rawResponseOf } from '../nest/platform/node-http.js';
import { Inspector } from './inspector.js';

/**
 * Answers before the application's guards, pipes and interceptors: a guard that requires a token would lock out the browser
 * that opens the page. The page shows policies and runs no handler, so what the guards protect stays protected.
 */
@Injectable()
export class InspectorMiddleware implements NestMiddleware {
  constructor(@Inject(Inspector) private readonly inspector: Inspector) {}

  async use(request: unknown, response: unknown): Promise<void> {
    const raw = rawRequestOf(request);
    await this.inspector.answer(raw, rawResponseOf(response), wholeUrl(raw));
  }
}

/** Routers remove what they have matched from `url`, and keep the whole in `originalUrl`. */
function wholeUrl(raw: { readonly url?: string | undefined; readonly originalUrl?: unknown }): string {
  return typeof raw.originalUrl === 'string' ? raw.originalUrl : (raw.url ?? '/');
}
