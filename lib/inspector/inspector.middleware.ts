import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';

import { rawRequestOf, rawResponseOf } from '../nest/platform/node-http.js';
import { Inspector } from './inspector.js';

/**
 * Answers in front of the application's guards, pipes and interceptors: a guard that wants a token would lock out the browser that
 * opens the page. What the application guards stays guarded: the page shows policies and runs no handler.
 */
@Injectable()
export class InspectorMiddleware implements NestMiddleware {
  constructor(@Inject(Inspector) private readonly inspector: Inspector) {}

  async use(request: unknown, response: unknown): Promise<void> {
    const raw = rawRequestOf(request);
    await this.inspector.answer(raw, rawResponseOf(response), wholeUrl(raw));
  }
}

/** Routers cut what they have matched off `url`, and keep the whole beside it. */
function wholeUrl(raw: { readonly url?: string | undefined; readonly originalUrl?: unknown }): string {
  return typeof raw.originalUrl === 'string' ? raw.originalUrl : (raw.url ?? '/');
}
