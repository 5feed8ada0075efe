import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { NEVER, from, mergeMap, type Observable } from 'rxjs';

import { CORS_APPLICATION, requireApplication } from './application.provider.js';
import type { CorsApplication } from './cors.application.js';
import type { Holder } from './policies/holders.js';

/**
 * Applies policies by hand: for handlers that Nest does not register through the HTTP adapter and that the request hook does
 * not see. It does nothing where the hook has run or where the module has wrapped the handlers.
 *
 * Its limits are those of every interceptor: it runs after guards, and only for responses of handlers.
 *
 * ```ts
 * { provide: APP_INTERCEPTOR, useExisting: CorsInterceptor }
 * ```
 */
@Injectable()
export class CorsInterceptor implements NestInterceptor {
  /** @internal Nothing is private to the object itself: it may be called through a proxy, or an object derived from it. */
  constructor(@Inject(CORS_APPLICATION) private readonly holder: Holder<CorsApplication>) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') {
      return next.handle();
    }
    const http = context.switchToHttp();
    const application = requireApplication(this.holder, 'CorsInterceptor');
    const isOpen = application.ensureAnswered(http.getRequest<unknown>(), http.getResponse<unknown>());
    if (isOpen === undefined) {
      return next.handle();
    }
    // Refused under `enforce`: the response has been sent already.
    return from(isOpen).pipe(mergeMap((goesOn) => (goesOn ? next.handle() : NEVER)));
  }
}
