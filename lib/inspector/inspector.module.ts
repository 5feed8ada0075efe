import { Inject, Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';

import type { Holder } from '../nest/policies/holders.js';
import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { isProduction } from './admission.js';
import { inspectorController } from './inspector.controller.js';
import { INSPECTOR_SETTINGS } from './inspector.constants.js';
import { InspectorMiddleware } from './inspector.middleware.js';
import { Inspector } from './inspector.js';
import { readOptions, requireSetup, setups, type CorsInspectorOptions, type Setup } from './inspector.options.js';

/**
 * A page of the running application that shows all policies, explains what would happen to a request, and counts refusals.
 * Import it beside `CorsModule`.
 *
 * It is off if `NODE_ENV` is `production`, unless `allow` grants access. It is never shared with other origins, cannot be
 * framed, and answers before the application's guards.
 *
 * ```ts
 * @Module({ imports: [CorsModule.forRoot({ origin: 'https://app.example.com' }), CorsInspectorModule.forRoot({ path: 'cors' })] })
 * export class AppModule {}
 * ```
 */
@Module({})
export class CorsInspectorModule implements NestModule {
  /** @internal */
  constructor(@Inject(INSPECTOR_SETTINGS) private readonly holder: Holder<Setup>) {}

  /** Serves the page at `path`, under the application's global prefix. */
  static forRoot(options: CorsInspectorOptions = {}): DynamicModule {
    const settings = readOptions(options);
    const isOff = settings.allow === undefined && isProduction();
    const controllers = isOff ? [] : [inspectorController(settings.path)];
    const setup: Setup = { ...settings, controllers };
    return {
      module: CorsInspectorModule,
      controllers,
      providers: [
        { provide: INSPECTOR_SETTINGS, useValue: setups.hold(setup) },
        ...(isOff ? [] : [Inspector, InspectorMiddleware]),
      ],
    };
  }

  /** @hidden Nest calls it. Throws a `CorsConfigError` at start, as for every mistake. */
  configure(consumer: MiddlewareConsumer): void {
    if (!('holder' in this)) {
      // In preview mode Nest creates no instance of anything, not even of this.
      return;
    }
    const { issues, controllers } = requireSetup(this.holder);
    if (issues.length > 0) {
      throw new CorsConfigError(issues);
    }
    if (controllers.length > 0) {
      consumer.apply(InspectorMiddleware).forRoutes(...controllers);
    }
  }
}
