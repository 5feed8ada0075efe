import type { AbstractHttpAdapter } from '@nestjs/core';
import findMyWay from 'find-my-way';

import {
  FastifyTable,
  type CreateRouter,
  type FastifyEntry,
  type FastifyRouterSettings,
} from '../routing/fastify-table.js';
import { FOREIGN_ROUTE } from '../routing/route.js';
import type { RouteParams, RouteTable } from '../routing/route-table.js';
import {
  readFastifyApp,
  type FastifyApp,
  type FastifyReply,
  type FastifyRequest,
  type FastifyRouteOptions,
} from './fastify-types.js';
import type { Platform, RequestHook } from './platform.js';
import { HandlerProbe } from './handler-probe.js';
import platformPackages from './platform-packages.cjs';
import { takeHookSlot } from './request-hook.slot.js';
import type { Registration, RouteHandler } from './route-capture.js';

/** Under it a route's config names our entry: config is what Fastify hands every hook. */
const ENTRY = Symbol.for('nestjs-cors:entry');

/** The settings of Fastify's router, by the names that Fastify and find-my-way share. */
const ROUTER_OPTIONS = [
  'caseSensitive',
  'ignoreTrailingSlash',
  'ignoreDuplicateSlashes',
  'maxParamLength',
  'allowUnsafeRegex',
  'useSemicolonDelimiter',
] as const satisfies readonly (keyof FastifyRouterSettings)[];

/** A route as `onRoute` reported it, before it is known which controller's it is. */
interface SeenRoute {
  readonly options: FastifyRouteOptions;
  readonly registration: Registration | undefined;
  /** Told once the routes are joined. */
  readonly tag: { entry: FastifyEntry | undefined };
}

/**
 * Fastify 5: it routes before the first hook, so an ordinary request says itself which route it reached, and middleware that
 * rewrites the URL changes nothing about that.
 */
export class FastifyPlatform implements Platform {
  readonly #app: FastifyApp;
  readonly #seen: SeenRoute[] = [];
  readonly #probe = new HandlerProbe();
  #table: FastifyTable | undefined;

  constructor(private readonly adapter: AbstractHttpAdapter) {
    this.#app = readFastifyApp(adapter.getInstance());
  }

  installHook(hook: RequestHook): void {
    takeHookSlot(this.adapter, (request, reply, done) => {
      hook(request, reply, (request as FastifyRequest).raw, (reply as FastifyReply).raw, done);
    });
  }

  watchRoutes(current: () => Registration | undefined): void {
    this.#app.addHook('onRoute', (options) => {
      const seen: SeenRoute = { options, registration: current(), tag: { entry: undefined } };
      options.config = { ...options.config, [ENTRY]: seen.tag };
      this.#seen.push(seen);
      if (this.#table !== undefined) {
        this.#entriesOf(seen).forEach((entry) => this.#table?.add(entry));
      }
    });
  }

  readonly wrapHandler = (_registration: Registration, handler: RouteHandler): RouteHandler => {
    const probe = this.#probe;
    return function (this: unknown, request: unknown, reply: unknown): unknown {
      return reply === probe ? probe.reach() : handler.call(this, request, reply);
    };
  };

  buildTable(): RouteTable {
    const table = new FastifyTable(
      this.#seen.flatMap((seen) => this.#entriesOf(seen)),
      {
        router: this.#routerSettings(),
        createRouter: routerFactory(),
        routed: (request) => entryOf((request as FastifyRequest).routeOptions.config),
        paramsOf: (request) => (request as FastifyRequest).params ?? {},
        hostnameOf: (request) => this.hostnameOf(request),
      },
    );
    this.#table = table;
    return table;
  }

  whenComplete(check: (hasOtherCors: boolean) => void): void {
    // @fastify/cors is loaded with the plugins, and leaves this decorator behind; hasPlugin() is false even when it is there.
    this.#app.addHook('onReady', (done) => {
      try {
        check(this.#app.hasRequestDecorator('corsPreflightEnabled'));
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  hasEarlierMiddleware(): boolean {
    return false;
  }

  versionTest(): undefined {
    // Fastify selects versions itself, by a constraint of the route.
  }

  hostnameOf(request: unknown): string {
    return String(this.adapter.getRequestHostname(request) ?? '');
  }

  takeOver(reply: unknown): void {
    (reply as FastifyReply).hijack();
  }

  #entriesOf({ options, registration, tag }: SeenRoute): readonly FastifyEntry[] {
    const isGuarded = registration?.handler !== undefined && options.handler !== registration.handler;
    const entries = [options.method].flat().map((method) => ({
      route: registration?.route ?? FOREIGN_ROUTE,
      method,
      url: options.url,
      constrained: Object.keys(options.constraints ?? {}).length > 0,
      // Nest 12 turns requests with empty parameters away, in a function that it puts around the handler.
      takes: isGuarded
        ? (params: RouteParams, url: string) => this.#probe.reaches(options.handler, params, url)
        : () => true,
    }));
    tag.entry = entries[0];
    return entries;
  }

  #routerSettings(): FastifyRouterSettings {
    const { initialConfig } = this.#app;
    const { routerOptions } = initialConfig;
    const nested: object = typeof routerOptions === 'object' && routerOptions !== null ? routerOptions : {};
    return Object.fromEntries(
      ROUTER_OPTIONS.flatMap((name) => {
        const value: unknown = Reflect.get(nested, name) ?? initialConfig[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }
}

function entryOf(config: object | undefined): FastifyEntry | undefined {
  const tag: SeenRoute['tag'] | undefined = config && Reflect.get(config, ENTRY);
  return tag?.entry;
}

/** Fastify's own copy of find-my-way; ours where a package manager hides it, which is the same but for its version. */
function routerFactory(): CreateRouter {
  const own = platformPackages.loadPlatformPackage(['@nestjs/platform-fastify', 'fastify', 'find-my-way']);
  return isFactory(own) ? own : (config) => findMyWay(config) as unknown as ReturnType<CreateRouter>;
}

function isFactory(value: unknown): value is CreateRouter {
  return typeof value === 'function';
}
