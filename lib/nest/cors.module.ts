// `@Cors` needs it, and is imported together with this module.
import 'reflect-metadata';

import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';

import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { duplicateModule } from './app-checks.js';
import { moduleOf, readableModules, scopedCauseOf } from './app-modules.js';
import { applicationIn, applicationProvider, CORS_APPLICATION, requireApplication } from './application.provider.js';
import type { CorsApplication } from './cors.application.js';
import { ownOptions } from '../policy/model/own-keys.js';
import { CORS_MODULE_MARK, CORS_OPTIONS } from './cors.constants.js';
import { CorsInterceptor } from './cors.interceptor.js';
import { ConfigurableModuleClass, type CorsModuleAsyncOptions } from './cors.module-definition.js';
import { classSourceOf, findAsyncMistakes, givenToRoot, MisgivenOptions } from './policies/given-options.js';
import { givenProviders, sheltered } from './policies/options-source.js';
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

  /** @internal Whatever the options depend on, this is no part of it: a request-scoped module would not be started. */
  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ModuleRef) private readonly ref: ModuleRef,
  ) {
    super();
  }

  /**
   * Sets the default policy of all routes. Without options, no origin is allowed, except where `@Cors` names one.
   */
  static override forRoot(options: CorsModuleOptions = {}): DynamicModule {
    // Not Nest's own: it copies key by key, which fails for a value that is not an object, and follows a `__proto__` key.
    return withOptions(this, givenToRoot(options));
  }

  /** Like `forRoot()`, with options that are computed or read from a `ConfigService`. */
  static override forRootAsync(options: CorsModuleAsyncOptions): DynamicModule {
    const mistakes = findAsyncMistakes(options);
    if (mistakes.length > 0) {
      return withOptions(this, new MisgivenOptions(options, mistakes));
    }
    const { providers = [], ...definition } = super.forRootAsync(ownOptions(options));
    const source = classSourceOf(options);
    return withProviders(
      definition,
      providers.flatMap((provider) => sheltered(provider, CORS_OPTIONS, source)),
    );
  }

  /** @hidden Nest calls it. */
  configure(): void {
    // In preview mode Nest creates no instance of anything, not even of this, and serves nothing.
    if ('modules' in this) {
      applicationOf(this.modules, this.ref).prepare();
    }
  }

  /** @hidden Nest calls it. */
  onModuleInit(): void {
    applicationOf(this.modules, this.ref).join();
  }

  /** @hidden Nest calls it. */
  onApplicationBootstrap(): void {
    applicationOf(this.modules, this.ref).complete();
  }

  /** @hidden Nest calls it. */
  async beforeApplicationShutdown(): Promise<void> {
    await createdIn(this.modules, this.ref)?.instances.leave();
  }

  /** @hidden Nest calls it. */
  onApplicationShutdown(): void {
    createdIn(this.modules, this.ref)?.close();
  }
}

/**
 * The application of a module. Looked up each time: a testing builder that is compiled again creates new providers but keeps the
 * instances of modules.
 *
 * Neither this nor what it uses is a private member: Nest may call the methods of the module on a proxy, or on an object that is
 * derived from it. Throws a `CorsConfigError` if there is none.
 */
function applicationOf(modules: ModulesContainer, ref: ModuleRef): CorsApplication {
  const provider = moduleOf(readableModules(modules, ref), ref)?.providers.get(CORS_APPLICATION);
  if (provider === undefined) {
    throw new CorsConfigError([duplicateModule('imports: [CorsModule]')]);
  }
  if (!provider.isDependencyTreeStatic()) {
    throw new CorsConfigError([
      { code: 'options-scoped', where: 'forRootAsync', path: '', value: scopedCauseOf(provider) },
    ]);
  }
  return requireApplication(provider.instance, 'CorsModule');
}

/** Undefined if the start has failed before it was there. */
function createdIn(modules: ModulesContainer, ref: ModuleRef): CorsApplication | undefined {
  return applicationIn(moduleOf(readableModules(modules, ref), ref)?.providers.get(CORS_APPLICATION)?.instance);
}

function withOptions(module: Type, options: unknown): DynamicModule {
  return withProviders({ module, global: true }, givenProviders(options, CORS_OPTIONS));
}

function withProviders(definition: DynamicModule, ofOptions: readonly Provider[]): DynamicModule {
  return {
    ...definition,
    providers: [...ofOptions, applicationProvider, CorsService, CorsInterceptor, reportProvider],
    exports: [CORS_APPLICATION, CorsService, CorsInterceptor],
  };
}
