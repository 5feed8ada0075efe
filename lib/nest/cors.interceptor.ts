import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { NEVER, from, mergeMap, type Observable } from 'rxjs';

import { CorsApplication } from './cors.application.js';

/**
 * The portable way in, by hand: for handlers that Nest does not register through the HTTP adapter, and that the request hook
 * does not see either. Where the hook has run, and where the module has put itself around the handlers, it does nothing.
 *
 * Its limits are the interceptor's: it runs after guards, and only for what a handler answers.
 *
 * ```ts
 * { provide: APP_INTERCEPTOR, useExisting: CorsInterceptor }
 * ```
 */
@Injectable()
export class CorsInterceptor implements NestInterceptor {
  /** @internal */
  constructor(@Inject(CorsApplication) private readonly application: CorsApplication) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') {
      return next.handle();
    }
    const http = context.switchToHttp();
    const isOpen = this.application.ensureAnswered(http.getRequest<unknown>(), http.getResponse<unknown>());
    if (isOpen === undefined) {
      return next.handle();
    }
    // Refused under `enforce`: the response is over, and nothing is left to say.
    return from(isOpen).pipe(mergeMap((goesOn) => (goesOn ? next.handle() : NEVER)));
  }
}
