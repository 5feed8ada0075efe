import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { duplicateModule } from './app-checks.js';
import { CorsApplication } from './cors.application.js';
import { ownOptions } from '../policy/model/own-keys.js';
import { CORS_MODULE_MARK, CORS_OPTIONS } from './cors.constants.js';
import { CorsInterceptor } from './cors.interceptor.js';
import { ConfigurableModuleClass, type CorsModuleAsyncOptions } from './cors.module-definition.js';
import { findAsyncMistakes, givenToRoot, MisgivenOptions, shelterFactory } from './policies/given-options.js';
import type { CorsModuleOptions } from './policies/cors.options.js';
import { CorsService } from './cors.service.js';

/**
 * CORS, route by route. Imported once, in the root module; always global.
 *
 * Every mistake in the options and in all `@Cors` of the application stops it at `app.init()`, so at `app.listen()`, with one
 * `CorsConfigError` that lists them all. Nothing is thrown from `NestFactory.create()`.
 *
 * ```ts
 * @Module({ imports: [CorsModule.forRoot({ origin: 'https://app.example.com' })] })
 * export class AppModule {}
 * ```
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
@Module({})
export class CorsModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  static readonly [CORS_MODULE_MARK] = true;

  /** @internal A bare `imports: [CorsModule]` has none of its own: it may find another's, or nothing. */
  constructor(
    @Optional() @Inject(CorsApplication) private readonly injected: CorsApplication | undefined,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {
    super();
  }

  /**
   * The policy of every route that says nothing else. Without options nothing is shared: routes open up one by one.
   */
  static override forRoot(options: CorsModuleOptions = {}): DynamicModule {
    // Not Nest's own: it copies key by key, which fails on what is no object, and follows a key named `__proto__`.
    return withOptions(this, givenToRoot(options));
  }

  /** The same with options that are computed, or read from a `ConfigService`. */
  static override forRootAsync(options: CorsModuleAsyncOptions): DynamicModule {
    const mistakes = findAsyncMistakes(options);
    return mistakes.length > 0
      ? withOptions(this, new MisgivenOptions(options, mistakes))
      : withProviders(super.forRootAsync(ownOptions(options)));
  }

  configure(): void {
    const application = this.#application();
    if (application === undefined) {
      throw new CorsConfigError([duplicateModule('imports: [CorsModule]')]);
    }
    application.prepare();
  }

  onModuleInit(): void {
    this.#application()?.join();
  }

  onApplicationBootstrap(): void {
    this.#application()?.complete();
  }

  onApplicationShutdown(): void {
    this.#application()?.close();
  }

  /**
   * A testing builder that is compiled again makes new providers, and keeps the instances of modules: the `CorsApplication` that
   * was injected here belongs to the first application by then.
   */
  #application(): CorsApplication | undefined {
    const own = [...this.modules.values()].find(({ instance }) => instance === this);
    const current: unknown = own?.providers.get(CorsApplication)?.instance;
    return current instanceof CorsApplication ? current : this.injected;
  }
}

function withOptions(module: Type, options: unknown): DynamicModule {
  return withProviders({ module, global: true, providers: [{ provide: CORS_OPTIONS, useValue: options }] });
}

function withProviders(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    providers: [...(definition.providers ?? []).map(shelterFactory), CorsApplication, CorsService, CorsInterceptor],
    exports: [CorsApplication, CorsService, CorsInterceptor],
  };
}
