import { IncomingMessage, ServerResponse } from 'node:http';

import type { VersioningOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import type { OrderedEntry } from '../../../routing/ordered-entry.js';
import { OrderedTable } from '../../../routing/ordered-table.js';
import { FOREIGN_ROUTE, type Route } from '../../../routing/route.js';
import type { RouteParams, RouteTable } from '../../../routing/route-table.js';
import type { TargetSettings } from '../../../routing/target-readings.js';
import { pathnameReader, readExpressRouter, type ExpressLayer } from './express-router.js';
import { exchangeOf, isAskedElsewhere, keepInherited } from '../../response/cors-state.js';
import { prepareForExpress } from '../../response/write-head.js';
import { RequestRoom } from './request-room.js';
import { corsEverywhere, type OtherCors } from '../enable-cors.js';
import { FrontExpressRouter, mayHoldRoutes, mountPathOf } from './front-router.js';
import { followMounts } from './mounts.js';
import type { EnterRoute, FrontRouter, Mount, Platform, RequestHook, SharedHook } from '../platform.js';
import { takeHookSlot } from '../shared-request-hook.js';
import type { RegistrationCapture } from '../../routes/registration-capture.js';
import type { WrappedHandler, Registration, RouteHandler } from '../../routes/registration.js';
import type { RouteVersion } from '../../metadata/nest-metadata.js';
import { versionTestOf } from '../version-test.js';

/** On an Express instance whose responses are prepared. */
const HAS_ROOM = Symbol.for('nestjs-cors:has-room');

/** Express 5: one stack of routes, tried in order, after the hook has run. */
export class ExpressPlatform implements Platform {
  /** The registration of each layer of the stack; undefined for Nest's middleware. */
  readonly #registrations = new Map<object, Registration | undefined>();
  #shared: SharedHook | undefined;
  #capture: RegistrationCapture | undefined;

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly versioning: VersioningOptions | undefined,
    private readonly enter: EnterRoute,
  ) {}

  installHook(_hook: RequestHook, shared: SharedHook): void {
    this.#shared = shared;
    const room = makeRoom(this.adapter.getInstance());
    const isNew = takeHookSlot<IncomingMessage, ServerResponse>(this.adapter, (request, response, done) => {
      room.learn(request);
      shared.receive(request, response, request, response, done);
    });
    if (isNew) {
      shared.addSlot();
    }
  }

  /**
   * The stack holds every route in the order in which Express tries them. The owner of a layer is noted when the layer is
   * added, as its handler may later be a tracer's wrapper (New Relic's).
   */
  watchRoutes(capture: RegistrationCapture): void {
    const router = readExpressRouter(this.adapter.getInstance());
    let size = 0;
    this.#capture = capture;
    capture.observer = {
      before: () => {
        size = router.stack.length;
      },
      after: (registration) => {
        for (const layer of router.stack.slice(size)) {
          this.#registrations.set(layer, registration);
        }
      },
    };
  }

  readonly wrapHandler = (registration: Registration, handler: RouteHandler): WrappedHandler => {
    const { enter } = this;
    return (request: IncomingMessage, response: ServerResponse, next: unknown): unknown => {
      const { route } = registration;
      if (route === undefined && this.#capture?.isOpen === true && isFunction(next)) {
        // Another application serves this instance, and would decide about this one's route, whose policy is not known yet.
        return next();
      }
      const state = exchangeOf(request, response);
      const isAsJudged =
        state !== undefined &&
        state.route === route &&
        state.method === request.method &&
        !isAskedElsewhere(state, request);
      if (route === undefined || isAsJudged) {
        return handler(request, response, next);
      }
      return enter(route, request, response, response, () => handler(request, response, next));
    };
  };

  targetSettings(): TargetSettings {
    const { caseSensitive, strict } = readExpressRouter(this.adapter.getInstance());
    return {
      caseSensitive,
      strict,
      joinsSlashes: false,
      cutsAtSemicolon: false,
      readUnusual: pathnameReader(readExpressRouter(this.adapter.getInstance())),
    };
  }

  routersInFront(): readonly FrontRouter[] {
    const { stack } = readExpressRouter(this.adapter.getInstance());
    return stack.flatMap((layer, position) => {
      if (!mayHoldRoutes(layer)) {
        return [];
      }
      const behind = new Set(stack.slice(position + 1).flatMap((other) => this.#registrations.get(other)?.route ?? []));
      return behind.size === 0 ? [] : [new FrontExpressRouter(layer, behind)];
    });
  }

  servedBelow(path: string): readonly string[] {
    const { stack } = readExpressRouter(this.adapter.getInstance());
    const mount = path.replace(/\/$/, '');
    const below = `${mount}/x`;
    const takes = (layer: ExpressLayer, pathname: string): boolean => mountPathOf(layer, pathname) !== undefined;
    // Where the path has a route of its own, a function that is mounted there only prepares it: a parser, a login.
    const isPrepared = stack.some((layer) => layer.route !== undefined && takes(layer, mount) && !takes(layer, below));
    const isMounted = stack.some(
      (layer) =>
        layer.route === undefined && mountPathOf(layer, below) === mount && (!isPrepared || mayHoldRoutes(layer)),
    );
    return mount !== '' && isMounted ? [below] : [];
  }

  buildTable(): RouteTable {
    const router = readExpressRouter(this.adapter.getInstance());
    return new OrderedTable(
      router.stack.flatMap((layer) => this.#entryOf(layer) ?? []),
      {
        caseSensitive: router.caseSensitive,
        strict: router.strict,
        readUnusual: pathnameReader(router),
        hostnameOf: (request) => this.hostnameOf(request),
      },
    );
  }

  whenComplete(check: (others: readonly OtherCors[]) => void, isUntouched: (path: string) => boolean): void {
    const { stack } = readExpressRouter(this.adapter.getInstance());
    const found = stack.filter(({ name }) => name === 'corsMiddleware').map(mountsOf);
    // `enableCors()` takes no path, so its middleware stands at every URL.
    const everywhere = corsEverywhere(this.adapter, found.filter((mounts) => mounts.length === 0).length);
    const mounted = found
      .filter((mounts) => mounts.length > 0 && !mounts.every(isUntouched))
      .map((mounts): OtherCors => ({ source: 'middleware', mounts, caller: undefined }));
    check([...everywhere, ...mounted]);
  }

  /** The adapter's constructor adds the layer that runs the hook to any stack that it gets. */
  hasEarlierMiddleware(): boolean {
    const { stack } = readExpressRouter(this.adapter.getInstance());
    return stack.findIndex((layer) => String(layer.handle).includes('onRequestHook')) > 0;
  }

  versionTest(version: RouteVersion): Route['selects'] {
    return version === undefined || this.versioning === undefined
      ? undefined
      : versionTestOf(this.adapter, version, this.versioning);
  }

  holds(layer: object): boolean {
    return this.#registrations.has(layer);
  }

  positionOf(route: Route): number {
    const { stack } = readExpressRouter(this.adapter.getInstance());
    return stack.findIndex((layer) => this.#registrations.get(layer)?.route === route);
  }

  isInRouter(): boolean {
    const { stack } = readExpressRouter(this.adapter.getInstance());
    return stack.some((layer) => this.#registrations.has(layer));
  }

  followMounts(learn: (parent: object, child: object, mount: Mount) => void): void {
    const instance: object = this.adapter.getInstance();
    followMounts(instance, pathnameReader(readExpressRouter(instance)), learn);
  }

  rerouted(): undefined {
    // What rewrites a target in front of the application has nothing to know it by.
  }

  hostnameOf(request: unknown): string {
    return String(this.adapter.getRequestHostname(request) ?? '');
  }

  takeOver(): void {
    // Express's response is Node's response: once it has ended, Express knows.
  }

  #entryOf(layer: ExpressLayer): OrderedEntry | undefined {
    const registration = this.#registrations.get(layer);
    // Nest's middleware for one method; or a route of another application, which knows the policy of it.
    const isNests = registration === undefined && (this.holds(layer) || this.#shared?.holds(layer) === true);
    if (layer.route === undefined || isNests) {
      return undefined;
    }
    const handlers = layer.route.stack.map(({ handle }) => handle);
    return {
      route: registration?.route ?? FOREIGN_ROUTE,
      pattern: layer.route.path,
      methods: registration?.method === 'ALL' ? undefined : methodsOf(layer.route.methods),
      passesOn: registration === undefined && handlers.every(takesNext),
      matches: (pathname) => Boolean(layer.match(pathname)),
      params: (pathname) => paramsOf(layer, pathname),
    };
  }
}

/**
 * Wraps `app.handle`, which is called both for requests of a server and for calls of the application as a function, and
 * which changes the prototypes of request and response. Without such a method everything works, but slower.
 */
function makeRoom(app: object): RequestRoom {
  const room = new RequestRoom();
  const handle: unknown = Reflect.get(app, 'handle');
  // Once for each Express instance: applications may follow one another on it without end.
  if (isFunction(handle) && !Object.hasOwn(app, HAS_ROOM)) {
    Object.defineProperty(app, HAS_ROOM, { value: true });
    Reflect.set(app, 'handle', function handleWithRoom(this: unknown, ...args: unknown[]): unknown {
      const [request, response] = args;
      if (isObject(request) && isObject(response)) {
        // Nothing where they have just come in.
        keepInherited(request, response);
        // An outer Express application has handled a response that has `locals`.
        if (request instanceof IncomingMessage && response instanceof ServerResponse && !('locals' in response)) {
          room.make(request);
          prepareForExpress(request, response);
        }
      }
      return Reflect.apply(handle, this, args);
    });
  }
  return room;
}

/** What a layer was mounted at. If the router does not say so, it counts as mounted everywhere. */
function mountsOf({ rawPath }: ExpressLayer): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(rawPath) ? rawPath : [rawPath];
  const mounts = paths.filter((path) => typeof path === 'string');
  return mounts.length < paths.length || mounts.includes('/') ? [] : mounts;
}

/** A handler that does not declare `next` cannot pass a request on. */
function takesNext(handler: unknown): boolean {
  return typeof handler === 'function' && handler.length >= 3;
}

function methodsOf(methods: Readonly<Record<string, boolean>>): ReadonlySet<string> | undefined {
  return methods['_all'] ? undefined : new Set(Object.keys(methods).map((method) => method.toUpperCase()));
}

function paramsOf(layer: ExpressLayer, pathname: string): RouteParams | undefined {
  try {
    const match = layer.match(pathname);
    return typeof match === 'object' ? match.params : layer.params;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
