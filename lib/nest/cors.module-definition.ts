import { ConfigurableModuleBuilder } from '@nestjs/common';

import { CORS_OPTIONS } from './cors.constants.js';
import type { CorsModuleOptions } from './policies/cors.options.js';

/** Always global: policies concern the whole app, and `CorsService` is injectable anywhere. */
export const { ConfigurableModuleClass, ASYNC_OPTIONS_TYPE } = new ConfigurableModuleBuilder<CorsModuleOptions>({
  optionsInjectionToken: CORS_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createCorsOptions')
  .setExtras({}, (definition) => ({ ...definition, global: true }))
  .build();

/**
 * The options of `CorsModule.forRootAsync()`: `imports`, `inject`, and one of `useFactory`, `useClass`, `useExisting`.
 *
 * ```ts
 * CorsModule.forRootAsync({
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => ({ origin: originList(config.get('CORS_ORIGINS')) }),
 * })
 * ```
 */
export type CorsModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE;
