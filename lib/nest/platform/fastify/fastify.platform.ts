import type { AbstractHttpAdapter } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';

import type { FastifyEntry } from '../../../routing/fastify-entry.js';
import { FastifyTable, type FastifyRouterSettings } from '../../../routing/fastify-table.js';
import { plainPathname } from '../../../routing/request-target.js';
import { FOREIGN_ROUTE } from '../../../routing/route.js';
import type { RouteParams, RouteTable } from '../../../routing/route-table.js';
import type { TargetSettings } from '../../../routing/target-readings.js';
import {
  asFastifyReply,
  asFastifyRequest,
  readFastifyApp,
  type FastifyApp,
  type FastifyReply,
  type FastifyRequest,
} from './fastify-types.js';
import { enableCorsCalls, type OtherCors } from '../enable-cors.js';
import type { EnterRoute, Platform, RequestHook, SharedHook } from '../platform.js';
import { reroutedBy, rewriteUrlOf, type RewriteUrl } from './rewrite-url.js';
import { routerFactoryOf } from './fastify-router.js';
import { FastifyRouteWatch, type SeenRoute } from './on-route.js';
import { HandlerProbe } from './handler-probe.js';
import { stateOf, stopWaiting } from '../../response/cors-state.js';
import { rawResponseOf } from '../node-http.js';
import { shareSecurityHook } from '../security-hook.js';
import { takeHookSlot } from '../shared-request-hook.js';
import type { RegistrationCapture } from '../../routes/registration-capture.js';
import type { WrappedHandler, Registration, RouteHandler } from '../../routes/registration.js';

/** The settings of Fastify's router, by the names that Fastify and find-my-way share. */
const ROUTER_OPTIONS = [
  'caseSensitive',
  'ignoreTrailingSlash',
  'ignoreDuplicateSlashes',
  'maxParamLength',
  'allowUnsafeRegex',
  'useSemicolonDelimiter',
] as const satisfies readonly (keyof FastifyRouterSettings)[];

/** Routes that were registered before the hook was added: served, but not by a controller. */
const UNSEEN: FastifyEntry = Object.freeze({
  route: FOREIGN_ROUTE,
  method: 'ALL',
  url: '',
  constrained: false,
  insists: false,
  takes: undefined,
});

/**
 * Fastify 5: it routes before the first hook, so an ordinary request already names its route, and middleware that rewrites
 * the URL does not change that.
 */
export class FastifyPlatform implements Platform {
  readonly #app: FastifyApp;
  readonly #watch: FastifyRouteWatch;
  readonly #probe = new HandlerProbe();
  readonly #rewriteUrl: RewriteUrl | undefined;
  #table: FastifyTable | undefined;
  /** Of routes that are not controllers'. */
  #foreignUrls: readonly string[] = [];

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly enter: EnterRoute,
    private readonly warn: (message: string) => void,
  ) {
    this.#app = readFastifyApp(adapter.getInstance());
    this.#watch = new FastifyRouteWatch(this.#app);
    this.#rewriteUrl = rewriteUrlOf(this.#app);
  }

  installHook(_hook: RequestHook, shared: SharedHook): void {
    const isNew = takeHookSlot<FastifyRequest, FastifyReply>(this.adapter, (request, reply, done) => {
      shared.receive(request, reply, request.raw, reply.raw, done);
    });
    if (isNew) {
      shared.addSlot();
      if ('securityHook' in this.adapter) {
        // Before 12.2 the adapter has no such place: it adds each hook to Fastify's, which do not run for these requests.
        shareSecurityHook(this.adapter, (request, response) => receiveUnrouted(shared, request, response));
      }
    }
  }

  watchRoutes(capture: RegistrationCapture): void {
    this.#watch.capture = capture;
  }

  readonly wrapHandler = (registration: Registration, handler: RouteHandler): WrappedHandler => {
    const { enter } = this;
    return function (this: unknown, request: unknown, reply: FastifyReply | HandlerProbe): unknown {
      if (reply instanceof HandlerProbe) {
        return reply.reach();
      }
      const { route } = registration;
      if (route === undefined || stateOf(reply.raw)?.route === route) {
        return handler.call(this, request, reply);
      }
      // The hook did not see the request; or it did not recognize the route in what Fastify told it.
      return enter(route, request, reply, reply.raw, () => handler.call(this, request, reply));
    };
  };

  buildTable(): RouteTable {
    const seen = this.#watch.take((late) => this.#entriesOf(late).forEach((entry) => table.add(entry)));
    const entries = [...this.#watch.early, ...seen.flatMap((each) => this.#entriesOf(each))];
    this.#foreignUrls = entries.filter(({ route }) => route === FOREIGN_ROUTE).map(({ url }) => url);
    const table = new FastifyTable(entries, {
      router: this.#routerSettings(),
      createRouter: routerFactoryOf(this.#app, this.warn),
      routed: (request) => this.#routedEntry(asFastifyRequest(request)),
      paramsOf: (request) => asFastifyRequest(request).params ?? {},
      isRoutable: routableTest(this.adapter),
      hostnameOf: (request) => this.hostnameOf(request),
    });
    this.#table = table;
    return table;
  }

  /** Fastify's defaults are the strict ones. It removes a fragment, and the authority of an absolute-form target. */
  targetSettings(): TargetSettings {
    const { caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes, useSemicolonDelimiter } =
      this.#routerSettings();
    return {
      caseSensitive: caseSensitive !== false,
      strict: ignoreTrailingSlash !== true,
      joinsSlashes: ignoreDuplicateSlashes === true,
      cutsAtSemicolon: useSemicolonDelimiter === true,
      readUnusual: plainPathname,
    };
  }

  servedBelow(path: string): readonly string[] {
    // Of plugins that are loaded by now: those that are awaited before the application is initialised.
    const below = `${path.replace(/\/$/, '')}/`;
    return below === '/' ? [] : this.#foreignUrls.filter((url) => url.startsWith(below) && url !== below);
  }

  routersInFront(): readonly [] {
    return [];
  }

  whenComplete(check: (others: readonly OtherCors[]) => void): void {
    // @fastify/cors is loaded with the plugins, and leaves this decorator behind; hasPlugin() is false even when it is there.
    this.#app.addHook('onReady', (done) => {
      try {
        this.#watch.missed().forEach((entry) => this.#table?.add(entry));
        check(this.#app.hasRequestDecorator('corsPreflightEnabled') ? [this.#otherCors()] : []);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #otherCors(): OtherCors {
    const calls = enableCorsCalls(this.adapter);
    const call = calls?.[0] ?? { source: calls === undefined ? 'unknown' : 'plugin', caller: undefined };
    return { ...call, mounts: [] };
  }

  hasEarlierMiddleware(): boolean {
    return false;
  }

  versionTest(): undefined {
    // Fastify selects versions itself, by a constraint of the route.
  }

  holds(): boolean {
    // Fastify has no layers: the config of each route names its owner.
    return false;
  }

  positionOf(): number {
    // Fastify does not register a route twice, and the order of routes does not matter.
    return 0;
  }

  isInRouter(): boolean {
    // Fastify removes no routes. The application that was closed may be another one of the same testing builder: they share their
    // providers.
    return true;
  }

  followMounts(): void {
    // One Fastify instance is not mounted in another.
  }

  rerouted(raw: IncomingMessage): (() => boolean) | undefined {
    return this.#rewriteUrl === undefined ? undefined : reroutedBy(this.#rewriteUrl, this.#app, raw);
  }

  hostnameOf(request: unknown): string {
    return String(this.adapter.getRequestHostname(request) ?? '');
  }

  takeOver(reply: unknown): void {
    asFastifyReply(reply).hijack();
  }

  #entriesOf({ options, registration, tag }: SeenRoute): readonly FastifyEntry[] {
    const guarded = registration?.guarded;
    const entries = [options.method].flat().map((method) => ({
      route: registration?.route ?? FOREIGN_ROUTE,
      method,
      url: options.url,
      ...this.#watch.selectivityOf(Object.keys(options.constraints ?? {})),
      takes:
        guarded === undefined
          ? undefined
          : (params: RouteParams, url: string) => this.#probe.reaches(guarded, params, url),
    }));
    tag.entry = entries[0];
    return entries;
  }

  #routedEntry({ routeOptions, is404 }: FastifyRequest): FastifyEntry | undefined {
    return this.#watch.entryOf(routeOptions.config) ?? (is404 ? undefined : UNSEEN);
  }

  #routerSettings(): FastifyRouterSettings {
    const { initialConfig } = this.#app;
    const { routerOptions } = initialConfig;
    const nested: object = typeof routerOptions === 'object' && routerOptions !== null ? routerOptions : {};
    return Object.fromEntries(
      ROUTER_OPTIONS.map((name) => {
        const value: unknown = Reflect.get(nested, name) ?? initialConfig[name];
        if (value === undefined) {
          // Fastify fills in its defaults: with none of them there the second router might read URLs differently.
          throw new TypeError(`nestjs-cors cannot read the router setting ${name} of this version of Fastify`);
        }
        return [name, value];
      }),
    );
  }
}

/**
 * Fastify answers a malformed URL (400) and a parameter that is too long (414) without running a hook. Nest 12.2 runs its security
 * hook then, and sends Fastify's error afterwards, unless the response has ended. Such a request has no route, and no `params`.
 */
function receiveUnrouted(shared: SharedHook, request: unknown, answered: unknown): void {
  const { params, raw } = asFastifyRequest(request);
  if (params !== null) {
    return;
  }
  const response = rawResponseOf(answered);
  const reply = { raw: response, hijack: () => undefined };
  shared.receive(request, reply, raw, response, () => undefined);
  stopWaiting(response);
}

/** The adapter's own test, which came with Nest 12; before, every target that Fastify routes reaches its handler. */
function routableTest(adapter: AbstractHttpAdapter): (url: string) => boolean {
  const test: unknown = Reflect.get(adapter, 'isRoutableRequestTarget');
  // A plain path needs no test, and is what nearly every request has.
  return isRoutableTest(test) ? (url) => url.startsWith('/') || test.call(adapter, url) : () => true;
}

function isRoutableTest(value: unknown): value is (this: AbstractHttpAdapter, url: string) => boolean {
  return typeof value === 'function';
}
