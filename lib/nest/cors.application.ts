import { Logger } from '@nestjs/common';
import type { AbstractHttpAdapter, ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { ServerResponse } from 'node:http';

import { CorsConfigError } from '../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { ownValue } from '../policy/model/own-keys.js';
import { findDuplicateModules, mayDropRoutes, oldPlatforms, reportOtherCors } from './app-checks.js';
import { csrfWarnings } from './csrf-warnings.js';
import { AppPoliciesCompiler, type CompiledAppPolicies } from './policies/app-policies.compiler.js';
import { AppQuestions } from './app-questions.js';
import type { AppRegistry } from './request/app-registry.js';
import { learnMount, serverAppsOf } from './request/server-apps.js';
import { ServedCorsApp } from './request/served-app.js';
import { CorsHook } from './request/cors.hook.js';
import { CorsRuntime } from './request/cors.runtime.js';
import { findMisplacedDecorators } from './metadata/misplaced-decorators.js';
import { AppLog } from './report/app-log.js';
import { Gateways } from './gateways/gateways.js';
import { RequestLog } from './report/request-log.js';
import { EnteredHandlerJudge, knownState } from './request/entered-handler.js';
import { watchAdapter } from './platform/watched-adapter.js';
import { createPlatform } from './platform/create-platform.js';
import type { AppPolicies } from './policies/app-policies.js';
import { RequestPlaces } from './policies/request-places.js';
import { ResolverRegistry } from './policies/resolver.registry.js';
import { guardExtractor } from './routes/guarded-extractor.js';
import { assertKnownNest } from './routes/nest-probe.js';
import { RegistrationCapture } from './routes/registration-capture.js';
import { RouteExplorer, type ExploredRoute, RoutePaths } from './routes/route.explorer.js';
import { joinRoutes } from './routes/route-join.js';
import { isUntouched } from './policies/path-claim.js';
import { PathPlacement } from './path-placement.js';
import { DEFAULT_TARGET_SETTINGS, type TargetSettings } from '../routing/target-readings.js';
import { logStart } from './start-log.js';
import { warningsFinder } from './start-warnings.js';
import { isOwnRoute, type Route } from '../routing/route.js';
import type { NamedTarget } from './policies/cors-route.js';
import type { OptionsSource } from './policies/options-source.js';
import { PolicyReloads, type OptionsChange } from './policies/policy-reloads.js';
import { OtherInstances } from './other-instances.js';

/** The state from `configure()`, before Nest registers its routes, to `onModuleInit()`, when it has registered them. */
interface Registering {
  readonly adapter: AbstractHttpAdapter;
  readonly runtime: CorsRuntime;
  readonly capture: RegistrationCapture;
  readonly apps: AppRegistry;
  readonly served: ServedCorsApp;
}

/** CORS of one application: finds all mistakes before the first route is registered, and later swaps the policies. */
export class CorsApplication {
  readonly #logger = new AppLog(new Logger('CorsModule'));
  readonly gateways: Gateways;
  readonly instances: OtherInstances;
  readonly questions = new AppQuestions(this);
  readonly #policies: PolicyReloads;
  #explored: readonly ExploredRoute[] = [];
  /** Everything that has a policy, by id: routes, then gateways. */
  #targets: readonly NamedTarget[] = [];
  #compiler: AppPoliciesCompiler | undefined;
  #appPolicies: AppPolicies | undefined;
  #registering: Registering | undefined;
  #runtime: CorsRuntime | undefined;
  #hook: CorsHook | undefined;
  #placement: PathPlacement | undefined;
  #findWarnings: (appPolicies: AppPolicies) => readonly string[] = () => [];

  constructor(
    private readonly options: unknown,
    source: OptionsSource | undefined,
    private readonly host: HttpAdapterHost,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {
    watchAdapter(host);
    this.#policies = new PolicyReloads(source, (changed) => this.#swap(changed));
    this.instances = new OtherInstances(modules, this.#logger, async () => this.#policies.reloadAsAsked());
    // Nest connects gateways before it calls configure().
    this.gateways = new Gateways(config, this, () => this.#appPolicies, this.#logger);
  }

  /** In `configure()`: global prefix and versioning are final, and no route is registered yet. Throws a `CorsConfigError`. */
  prepare(): void {
    assertKnownNest();
    const adapter = this.host.httpAdapter;
    guardExtractor(this.config, adapter, (message) => this.#logger.warn(message));
    if (this.#registering?.adapter === adapter) {
      // init() was called again after a failure: the routes that it registered are there, and are known.
      this.#registering.runtime.use(this.appPolicies);
      this.#registering.capture.start();
      return;
    }
    const paths = new RoutePaths(this.config);
    const explored = new RouteExplorer(this.modules, paths).explore();
    const platform = createPlatform(adapter, paths.versioning, explored, (route, request, reply, response, run) => {
      this.#adopt(request, response, runtime);
      return judge.onEnter(route, request, reply, response, run);
    });
    this.#compileAppPolicies(explored, platform.targetSettings());
    const runtime: CorsRuntime = new CorsRuntime(platform, this.appPolicies, this.#explored, this.#logger, adapter);
    const hook = new CorsHook(runtime);
    const judge = new EnteredHandlerJudge(runtime);
    const capture = new RegistrationCapture(adapter, this.config, platform.wrapHandler);
    const apps = serverAppsOf(adapter.getInstance());
    const served = new ServedCorsApp(runtime, hook.onRequest);
    capture.start();
    platform.installHook(hook.onRequest, apps);
    platform.watchRoutes(capture);
    apps.add(served);
    platform.followMounts(learnMount);
    this.#registering = { adapter, runtime, capture, apps, served };
    this.#hook = hook;
    if (platform.hasEarlierMiddleware()) {
      this.#logger.warn(
        'the Express instance has middleware in front of the CORS hook: its answers carry no CORS headers',
      );
    }
  }

  /** In `onModuleInit()`: the router is complete. Throws where a route was computed that the router does not have. */
  join(): void {
    if (this.#registering === undefined) {
      // An application without HTTP: policies can still be asked, through CorsService.allows().
      this.#compileAppPolicies([], DEFAULT_TARGET_SETTINGS);
      return;
    }
    const { runtime, capture, apps } = this.#registering;
    capture.stop();
    const routes = joinRoutes(
      this.#explored,
      capture,
      (version) => runtime.platform.versionTest(version),
      this.config.getVersioning(),
    );
    const table = runtime.platform.buildTable();
    const missing = routes.filter((route) => !table.routes.has(route));
    if (missing.length > 0 && !mayDropRoutes(this.config)) {
      const places = missing.map((route) => this.#explored[route.id]?.where ?? route.path);
      throw new Error(
        `nestjs-cors computed routes that the router does not have; please report this: ${places.join(', ')}`,
      );
    }
    runtime.useTable(table);
    runtime.platform.followMounts(learnMount);
    const takes = (method: string, url: string): boolean => apps.takes(method, url);
    const placement = new PathPlacement(table, this.#explored, new RoutePaths(this.config), runtime.platform, takes);
    placement.judge(this.appPolicies, this.#logger);
    this.#placement = placement;
    this.#runtime = runtime;
    this.gateways.holdServer(this.host.httpAdapter.getHttpServer());
    const findWarnings = warningsFinder(this.#explored, routes, this.modules);
    this.#findWarnings = (appPolicies) => [
      ...findWarnings(appPolicies),
      ...placement.routerWarnings(),
      ...csrfWarnings(this.host.httpAdapter, appPolicies, this.#explored),
    ];
    this.#logger.warnOfNew(this.#findWarnings(this.appPolicies));
  }

  /** In `onApplicationBootstrap()`: everything else has been installed. */
  complete(): void {
    this.#runtime?.platform.whenComplete(
      (others) => reportOtherCors(others, this.#placement, this.#logger),
      isUntouched(this.appPolicies),
    );
    if (this.#registering !== undefined) {
      this.#registering.served.phase = 'started';
      this.#registering.runtime.platform.followMounts(learnMount);
    }
    this.instances.open(ownValue(this.appPolicies.options, 'bus'));
    logStart(this.#logger, this.appPolicies, this.targets, this.#registering !== undefined);
  }

  /** In `onApplicationShutdown()`: other applications on the same server may continue. */
  close(): void {
    this.instances.close();
    if (this.#registering !== undefined) {
      this.#registering.served.phase = 'closed';
      this.#registering.apps.prune();
    }
  }

  /** The policies in force. */
  get appPolicies(): AppPolicies {
    if (this.#appPolicies === undefined) {
      throw new Error('CORS policies are not known before app.init(); ask for them in onModuleInit() or later');
    }
    return this.#appPolicies;
  }

  /** Undefined in an application without HTTP. */
  get runtime(): CorsRuntime | undefined {
    return this.#runtime;
  }

  /** Where an application is mounted in this one that serves a request in its place. */
  readonly mountPathAt: AppRegistry['mountPathAt'] = (...asked) => this.#registering?.apps.mountPathAt(...asked);

  /** What is listed: a snapshot of it must not depend on whether the inspector is imported. */
  get targets(): readonly NamedTarget[] {
    return this.#targets.filter((target) => !target.isInternal);
  }

  /** `CatsController.update`, `ChatGateway`; undefined if there is neither. */
  nameOf(route: Route | undefined): string | undefined {
    return isOwnRoute(route) ? this.#targets[route.id]?.name : undefined;
  }

  /**
   * Runs the hook for a request that bypassed it. Undefined if the hook has run already, or if there is nothing to run; else
   * resolves with whether the request goes on.
   */
  ensureAnswered(request: unknown, reply: unknown): Promise<boolean> | undefined {
    return this.#hook?.ensureAnswered(request, reply);
  }

  /** Throws a `CorsConfigError`, and changes nothing, where there are mistakes. */
  update(change: OptionsChange): void {
    this.#policies.update(change, this.appPolicies.options);
  }

  /** @param isEverywhere - in all other instances as well. */
  async reload(isEverywhere: boolean): Promise<void> {
    if (isEverywhere && !this.instances.hasBus) {
      throw new Error(
        'CorsService.reload({ everywhere: true }) needs a bus; give one to forRootAsync(), or provide CORS_BUS',
      );
    }
    await this.#policies.reload();
    if (isEverywhere) {
      await this.instances.tellToReload();
    }
  }

  /** Compiles, then swaps. If there are mistakes, it throws a `CorsConfigError` and changes nothing. */
  #swap(options: unknown): void {
    const draft = this.#compile(options, () => []);
    this.#placement?.judge(draft.appPolicies, this.#logger);
    // Before anything changes: what asks code of the app's may throw.
    const warnings = this.#findWarnings(draft.appPolicies);
    this.#appPolicies = draft.appPolicies;
    this.#registering?.runtime.use(draft.appPolicies);
    this.instances.findStores();
    this.#logger.warnOfNew(warnings);
  }

  #compileAppPolicies(explored: readonly ExploredRoute[], targets: TargetSettings): void {
    this.#explored = explored;
    this.gateways.explore(this.modules, explored.length);
    this.#targets = [...explored, ...this.gateways.targets];
    const requestLog = new RequestLog(this.#logger, new RequestPlaces(this));
    const resolvers = new ResolverRegistry(this.modules);
    this.#compiler = new AppPoliciesCompiler(explored, this.gateways.targets, resolvers, requestLog, targets);
    const { appPolicies } = this.#compile(this.options, (compiled) => [
      ...oldPlatforms(this.host.httpAdapter),
      ...findDuplicateModules(this.modules),
      ...findMisplacedDecorators(this.modules),
      ...this.gateways.mistakes(compiled),
      ...this.instances.mistakes(),
    ]);
    this.#appPolicies = appPolicies;
  }

  /**
   * Middleware may redirect a request of another application, on the same Express instance or around it, to a handler of this
   * one. The state that the other application's hook left refers to that application's policies.
   */
  #adopt(request: unknown, response: ServerResponse, runtime: CorsRuntime): void {
    const state = knownState(request, response);
    if (state !== undefined && !runtime.hasJudged(state)) {
      state.appPolicies = runtime.appPolicies;
      state.route = undefined;
      // Its target is one of the outer application's, and may look like one of a route here.
      state.isRedispatched ||= this.#registering?.apps.hasSkipped(state.response) === true;
    }
  }

  #compile(options: unknown, find: (appPolicies: AppPolicies) => readonly CorsConfigIssue[]): CompiledAppPolicies {
    const draft = this.#compiler?.compile(options);
    if (draft === undefined) {
      throw new Error('CORS policies cannot be changed before app.init()');
    }
    const issues = [...find(draft.appPolicies), ...draft.issues];
    if (issues.length > 0) {
      throw new CorsConfigError(issues);
    }
    for (const warning of draft.warnings) {
      this.#logger.warn(warning);
    }
    return draft;
  }
}
