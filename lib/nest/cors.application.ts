import { Inject, Injectable, Logger } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import { CorsConfigError } from '../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { duplicateCors, findDuplicateModules } from './app-checks.js';
import { AppPoliciesCompiler, type CompiledAppPolicies } from './policies/app-policies.compiler.js';
import { CORS_OPTIONS } from './cors.constants.js';
import { CorsHook } from './request/cors.hook.js';
import { CorsRuntime } from './request/cors.runtime.js';
import { findMisplacedDecorators } from './metadata/misplaced-decorators.js';
import { AppLog } from './report/app-log.js';
import { RequestLog } from './report/request-log.js';
import { EnteredHandlerJudge } from './request/entered-handler.js';
import { stateOf } from './response/cors-state.js';
import { createPlatform } from './platform/create-platform.js';
import type { AppPolicies } from './policies/app-policies.js';
import { rawRequestOf, rawResponseOf } from './platform/node-http.js';
import { ResolverRegistry } from './policies/resolver.registry.js';
import { RegistrationCapture } from './routes/registration-capture.js';
import { RouteExplorer, type ExploredRoute } from './routes/route.explorer.js';
import { joinRoutes } from './routes/route-join.js';
import { RoutePaths } from './routes/route-paths.js';
import { startWarnings, summarize, tabulate } from './start-log.js';

/** What stands between `configure()`, when Nest is about to register its routes, and `onModuleInit()`, when it has. */
interface Registering {
  readonly runtime: CorsRuntime;
  readonly capture: RegistrationCapture;
}

/** One application's CORS, from its start on: finds all mistakes before the first route is registered, and swaps the policies later. */
@Injectable()
export class CorsApplication {
  readonly #logger = new AppLog(new Logger('CorsModule'));
  #explored: readonly ExploredRoute[] = [];
  #compiler: AppPoliciesCompiler | undefined;
  #appPolicies: AppPolicies | undefined;
  #registering: Registering | undefined;
  #runtime: CorsRuntime | undefined;
  #hook: CorsHook | undefined;

  constructor(
    @Inject(CORS_OPTIONS) private readonly options: unknown,
    private readonly host: HttpAdapterHost,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {}

  /** In `configure()`: global prefix and versioning are final, and no route is registered yet. Throws a `CorsConfigError`. */
  prepare(): void {
    const paths = new RoutePaths(this.config);
    this.#compileAppPolicies(new RouteExplorer(this.modules, paths).explore());
    const adapter = this.host.httpAdapter;
    const platform = createPlatform(adapter, paths.versioning, this.#explored, (...entered) =>
      judge.onEnter(...entered),
    );
    const runtime: CorsRuntime = new CorsRuntime(platform, this.appPolicies, this.#explored, this.#logger);
    const hook = new CorsHook(runtime);
    const judge = new EnteredHandlerJudge(runtime);
    const capture = new RegistrationCapture(adapter, platform.wrapHandler);
    platform.installHook(hook.onRequest);
    platform.watchRoutes(capture);
    capture.start();
    this.#registering = { runtime, capture };
    this.#hook = hook;
    if (platform.hasEarlierMiddleware()) {
      this.#logger.warn(
        'the Express instance has middleware in front of the CORS hook: what it answers carries no CORS headers',
      );
    }
  }

  /** In `onModuleInit()`: the router is complete. Throws where a route was computed that the router does not have. */
  join(): void {
    if (this.#registering === undefined) {
      // An application without HTTP: policies can still be asked, through CorsService.allows().
      this.#compileAppPolicies([]);
      return;
    }
    const { runtime, capture } = this.#registering;
    capture.stop();
    const routes = joinRoutes(this.#explored, capture, runtime.platform, this.config.getVersioning());
    const table = runtime.platform.buildTable();
    const missing = routes.filter((route) => !table.routes.has(route));
    if (missing.length > 0 && !this.#mayDropRoutes()) {
      const places = missing.map((route) => this.#explored[route.id]?.where ?? route.path);
      throw new Error(
        `nestjs-cors computed routes that the router does not have; please report this: ${places.join(', ')}`,
      );
    }
    runtime.useTable(table);
    this.#runtime = runtime;
    for (const warning of startWarnings(this.appPolicies, this.#explored, routes)) {
      this.#logger.warn(warning);
    }
  }

  /** In `onApplicationBootstrap()`: whatever else there is has been installed. */
  complete(): void {
    this.#runtime?.platform.whenComplete((hasOtherCors) => {
      if (hasOtherCors) {
        throw new CorsConfigError([duplicateCors()]);
      }
    });
    this.#logger.log(summarize(this.appPolicies));
    if (Logger.isLevelEnabled('debug')) {
      this.#logger.debug(tabulate(this.appPolicies, this.#explored));
    }
  }

  /** The policies in force. */
  get appPolicies(): AppPolicies {
    if (this.#appPolicies === undefined) {
      throw new Error('CORS policies are known from app.init() on; ask for them no earlier than in onModuleInit()');
    }
    return this.#appPolicies;
  }

  /** Undefined in an application without HTTP. */
  get runtime(): CorsRuntime | undefined {
    return this.#runtime;
  }

  get routes(): readonly ExploredRoute[] {
    return this.#explored;
  }

  /**
   * Runs the hook for a request that did not come through it. Undefined where it did, or where there is nothing to run; else
   * resolves with whether the request goes on.
   */
  ensureAnswered(request: unknown, reply: unknown): Promise<boolean> | undefined {
    const response = rawResponseOf(reply);
    const hook = this.#hook;
    if (hook === undefined || stateOf(response) !== undefined) {
      return undefined;
    }
    return new Promise((resolve) => {
      response.once('close', () => resolve(false));
      hook.onRequest(request, reply, rawRequestOf(request), response, () => resolve(true));
      // The client had gone before: nobody else says so.
      if (response.destroyed) {
        resolve(false);
      }
    });
  }

  /** Compiles, then swaps. Throws a `CorsConfigError` and changes nothing where there are mistakes. */
  update(options: unknown): void {
    const draft = this.#compile(options, []);
    this.#appPolicies = draft.appPolicies;
    if (this.#runtime !== undefined) {
      this.#runtime.appPolicies = draft.appPolicies;
    }
  }

  #compileAppPolicies(explored: readonly ExploredRoute[]): void {
    this.#explored = explored;
    const requestLog = new RequestLog(
      this.#logger,
      (route) => this.#runtime?.nameOf(route) ?? 'a URL that no controller serves',
    );
    this.#compiler = new AppPoliciesCompiler(explored, new ResolverRegistry(this.modules), requestLog);
    this.#appPolicies = this.#compile(this.options, [
      ...findDuplicateModules(this.modules),
      ...findMisplacedDecorators(this.modules),
    ]).appPolicies;
  }

  #compile(options: unknown, found: readonly CorsConfigIssue[]): CompiledAppPolicies {
    if (this.#compiler === undefined) {
      throw new Error('CORS policies can be changed from app.init() on');
    }
    const draft = this.#compiler.compile(options);
    const issues = [...found, ...draft.issues];
    if (issues.length > 0) {
      throw new CorsConfigError(issues);
    }
    for (const warning of draft.warnings) {
      this.#logger.warn(warning);
    }
    return draft;
  }

  /** Under a route conflict policy Nest 12 leaves routes out that another one shadows. */
  #mayDropRoutes(): boolean {
    const read: unknown = Reflect.get(this.config, 'getRouteConflictPolicy');
    return typeof read === 'function' && read.call(this.config) !== undefined;
  }
}
