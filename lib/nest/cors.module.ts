import {
  Inject,
  Module,
  Optional,
  type BeforeApplicationShutdown,
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
import { applicationProvider, CORS_APPLICATION, isCorsApplication } from './application.provider.js';
import type { CorsApplication } from './cors.application.js';
import { ownOptions } from '../policy/model/own-keys.js';
import { CORS_MODULE_MARK, CORS_OPTIONS } from './cors.constants.js';
import { CorsInterceptor } from './cors.interceptor.js';
import { ConfigurableModuleClass, type CorsModuleAsyncOptions } from './cors.module-definition.js';
import { findAsyncMistakes, givenToRoot, MisgivenOptions } from './policies/given-options.js';
import { sheltered } from './policies/options-source.js';
import type { CorsModuleOptions } from './policies/cors.options.js';
import { CorsService } from './cors.service.js';
import { reportProvider } from './report.provider.js';

/**
 * CORS policies per route. Import it once, in the root module; it is always global.
 *
 * A mistake in the options or in any `@Cors` of the application stops the start: `app.init()`, and so `app.listen()`, rejects
 * with one `CorsConfigError` that lists all mistakes. `NestFactory.create()` does not throw because of them.
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
  implements NestModule, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  static readonly [CORS_MODULE_MARK] = true;

  /** @internal A bare `imports: [CorsModule]` has no options: it may find those of another import, or none. */
  constructor(
    @Optional() @Inject(CORS_APPLICATION) private readonly injected: CorsApplication | undefined,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {
    super();
  }

  /**
   * Sets the default policy of all routes. Without options no origin is allowed, until routes allow some with `@Cors`.
   */
  static override forRoot(options: CorsModuleOptions = {}): DynamicModule {
    // Not Nest's own: it copies key by key, which fails for a value that is not an object, and follows a `__proto__` key.
    return withOptions(this, givenToRoot(options));
  }

  /** Like `forRoot()`, with options that are computed or read from a `ConfigService`. */
  static override forRootAsync(options: CorsModuleAsyncOptions): DynamicModule {
    const mistakes = findAsyncMistakes(options);
    return mistakes.length > 0
      ? withOptions(this, new MisgivenOptions(options, mistakes))
      : withProviders(super.forRootAsync(ownOptions(options)));
  }

  /** @hidden Nest calls it. */
  configure(): void {
    const application = this.#application();
    if (application === undefined) {
      throw new CorsConfigError([duplicateModule('imports: [CorsModule]')]);
    }
    application.prepare();
  }

  /** @hidden Nest calls it. */
  onModuleInit(): void {
    this.#application()?.join();
  }

  /** @hidden Nest calls it. */
  onApplicationBootstrap(): void {
    this.#application()?.complete();
  }

  /** @hidden Nest calls it. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#application()?.instances.leave();
  }

  /** @hidden Nest calls it. */
  onApplicationShutdown(): void {
    this.#application()?.close();
  }

  /**
   * A testing builder that is compiled again creates new providers but keeps the instances of modules: the `CorsApplication`
   * that was injected here then belongs to the first application.
   */
  #application(): CorsApplication | undefined {
    const own = [...this.modules.values()].find(({ instance }) => instance === this);
    const current: unknown = own?.providers.get(CORS_APPLICATION)?.instance;
    return isCorsApplication(current) ? current : this.injected;
  }
}

function withOptions(module: Type, options: unknown): DynamicModule {
  return withProviders({ module, global: true, providers: [{ provide: CORS_OPTIONS, useValue: options }] });
}

function withProviders(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    providers: [
      ...(definition.providers ?? []).flatMap((provider) => sheltered(provider, CORS_OPTIONS)),
      applicationProvider,
      CorsService,
      CorsInterceptor,
      reportProvider,
    ],
    exports: [CORS_APPLICATION, CorsService, CorsInterceptor],
  };
}
