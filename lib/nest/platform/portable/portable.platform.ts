import type { IncomingMessage, ServerResponse } from 'node:http';

import { NotFoundException, type VersioningOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import { announcedBy } from '../../../policy/decisions/preflight-steps.js';
import { plainPathname } from '../../../routing/request-target.js';
import { FOREIGN_ROUTE, takesRequest, type Route } from '../../../routing/route.js';
import type { RouteTable } from '../../../routing/route-table.js';
import { settle } from '../../report/settle.js';
import { cutOff } from '../../response/write-head.js';
import type { TargetSettings } from '../../../routing/target-readings.js';
import { stateOf } from '../../response/cors-state.js';
import type { EnterRoute, Platform, RequestHook, SharedHook } from '../platform.js';
import { takeHookSlot } from '../shared-request-hook.js';
import { rawRequestOf, rawResponseOf } from '../node-http.js';
import type { RegistrationCapture } from '../../routes/registration-capture.js';
import type { Registration, RouteHandler } from '../../routes/registration.js';
import type { RouteVersion } from '../../metadata/nest-metadata.js';
import { versionTestOf } from '../version-test.js';
import type { OtherCors } from '../enable-cors.js';
import { findOtherCors } from './other-cors.js';
import { readMatching } from './adapter-matching.js';
import { watchAdapterRoutes, type AdapterRoute } from './foreign-routes.js';
import { PortableTable, type PortableEntry } from './portable-table.js';

/**
 * The portable platform, for an adapter whose router is not known: handlers run the hook themselves when they are entered, before
 * guards, and OPTIONS routes, registered ahead of the app's, run it for preflights. If the adapter has a place for a request hook,
 * it is used for what needs no knowledge of the router.
 *
 * Its limits: a 404 and answers of middleware have no CORS headers at URLs that a handler may serve, and without a hook at none;
 * and requests that middleware rewrote are not noticed.
 */
export class PortablePlatform implements Platform {
  /** Nest's and others, in the order in which they were registered. */
  #registered: (Registration | AdapterRoute)[];
  readonly #entered = new WeakMap<object, Route>();
  readonly #watch: ReturnType<typeof watchAdapterRoutes>;
  /** Whatever learns of routes of the app's own: the list of them, and earlier applications on the adapter. */
  readonly #learnToo: (route: AdapterRoute) => void;
  #hook: RequestHook | undefined;
  #table: PortableTable | undefined;

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly versioning: VersioningOptions | undefined,
    /** The paths that preflights may ask about, and at which no handler of the app's own serves OPTIONS. */
    private readonly paths: readonly string[],
    private readonly enter: EnterRoute,
    private readonly hasSlot: boolean,
  ) {
    this.#watch = watchAdapterRoutes(adapter);
    this.#registered = [...this.#watch.own];
    this.#learnToo = this.#watch.learn;
  }

  installHook(hook: RequestHook, shared: SharedHook): void {
    this.#hook = (request, reply, raw, response, done) => {
      // As for the OPTIONS routes below: which handler a preflight has entered tells nothing.
      (announcedBy(raw) === undefined ? hook : shared.receive)(request, reply, raw, response, done);
    };
    // Neither Nest's nor the app's.
    const registered = [...this.#registered];
    this.#watch.learn = () => {
      // Until `watchRoutes()`, which knows Nest's routes from others.
    };
    for (const path of this.paths) {
      this.adapter.options(path, (request: unknown, reply: unknown, next?: unknown) => {
        const goOn = isNext(next) ? () => next() : () => this.#answerNotFound(request, reply);
        const response = rawResponseOf(reply);
        if (stateOf(response) === undefined) {
          // Not only to this application: the handler that serves the URL may be one of another.
          shared.receive(request, reply, rawRequestOf(request), response, goOn);
        } else {
          goOn();
        }
      });
    }
    this.#registered = registered;
    const isNew = this.hasSlot && takeHookSlot(this.adapter, this.#early(shared));
    if (isNew) {
      shared.addSlot();
    }
  }

  /**
   * The adapter's hook runs before its router, of which not enough is known to say which handler a request reaches. So it decides
   * about preflights, and about URLs that no handler serves; for the rest, the handler that is entered does. If the adapter never
   * calls it, nothing but these answers is missing.
   */
  #early(shared: SharedHook): (request: unknown, reply: unknown, done: () => void) => void {
    return (request, reply, done) => {
      const exchange = nodeExchange(request, reply);
      if (exchange === undefined || !this.#isDecidedEarly(exchange.raw)) {
        done();
      } else {
        shared.receive(request, reply, exchange.raw, exchange.response, done);
      }
    };
  }

  #isDecidedEarly(raw: IncomingMessage): boolean {
    const { url = '/' } = raw;
    return this.#table !== undefined && (announcedBy(raw) !== undefined || !this.#table.mayEnter(url));
  }

  watchRoutes(capture: RegistrationCapture): void {
    this.#watch.learn = (route) => {
      // Nest's own come to `wrapHandler`.
      if (capture.current === undefined) {
        this.#learnToo(route);
        this.#registered.push(route);
        this.#table?.add([entryOf(route)]);
      }
    };
  }

  readonly wrapHandler = (registration: Registration, handler: RouteHandler): RouteHandler => {
    this.#registered.push(registration);
    return (request: unknown, reply: unknown, next: unknown): unknown => {
      const hook = this.#hook;
      const { route } = registration;
      const response = rawResponseOf(reply);
      if (hook === undefined || route === undefined) {
        return handler(request, reply, next);
      }
      const state = stateOf(response);
      if (state !== undefined) {
        // Another handler has passed the request on, or the hook did not recognize this one.
        const run = (): unknown => handler(request, reply, next);
        return state.route === route ? run() : this.enter(route, request, reply, response, run);
      }
      if (takesRequest(route, request, (of) => this.hostnameOf(of)) === false) {
        return handler(request, reply, next);
      }
      if (typeof request === 'object' && request !== null) {
        this.#entered.set(request, route);
      }
      let result: unknown;
      let isLate = false;
      hook(request, reply, rawRequestOf(request), response, () => {
        result = handler(request, reply, next);
        if (isLate) {
          // A function or resolver was asked first, and the platform no longer waits for the call: `next` tells it of a failure.
          settle(result, (error) => passOn(next, error, response));
        }
      });
      isLate = true;
      return result;
    };
  };

  buildTable(): RouteTable {
    const table = new PortableTable(this.#registered.map(entryOf), {
      matching: readMatching(this.adapter),
      targets: this.targetSettings(),
      hostnameOf: (request) => this.hostnameOf(request),
      enteredBy: (request) =>
        typeof request === 'object' && request !== null ? this.#entered.get(request) : undefined,
    });
    this.#table = table;
    return table;
  }

  /** What the adapter does not say is as Express has it by default. */
  targetSettings(): TargetSettings {
    const { caseSensitive = false, ignoresTrailingSlash = true } = readMatching(this.adapter);
    return {
      caseSensitive,
      strict: !ignoresTrailingSlash,
      joinsSlashes: false,
      cutsAtSemicolon: false,
      readUnusual: plainPathname,
    };
  }

  servedBelow(): readonly [] {
    // Middleware is not known.
    return [];
  }

  routersInFront(): readonly [] {
    return [];
  }

  whenComplete(check: (others: readonly OtherCors[]) => void): void {
    check(findOtherCors(this.adapter));
  }

  hasEarlierMiddleware(): boolean {
    return false;
  }

  versionTest(version: RouteVersion): Route['selects'] {
    return version === undefined || this.versioning === undefined
      ? undefined
      : versionTestOf(this.adapter, version, this.versioning);
  }

  holds(): boolean {
    return false;
  }

  positionOf(): undefined {
    // Another application on the adapter may have a route that the router prefers.
  }

  isInRouter(): boolean {
    // It cannot be asked, and nothing tells that it forgets routes.
    return true;
  }

  followMounts(): void {
    // Nothing is known about it.
  }

  rerouted(): undefined {
    // What rewrites a target in front of the application has nothing to know it by.
  }

  hostnameOf(request: unknown): string {
    return String(this.adapter.getRequestHostname(request) ?? '');
  }

  /** As Nest answers where no handler serves a request, on a platform whose handlers cannot pass it on. */
  #answerNotFound(request: unknown, reply: unknown): void {
    const notFound = new NotFoundException(`Cannot OPTIONS ${this.adapter.getRequestUrl(request)}`);
    settle(this.adapter.reply(reply, notFound.getResponse(), notFound.getStatus()), () => {
      cutOff(rawResponseOf(reply));
    });
  }

  takeOver(reply: unknown): void {
    const hijack: unknown = typeof reply === 'object' && reply !== null && 'hijack' in reply ? reply.hijack : undefined;
    if (typeof hijack === 'function') {
      hijack.call(reply);
    }
  }
}

/** What Nest registers and no controller has, a route of another application, is foreign as well. */
function entryOf(registered: Registration | AdapterRoute): PortableEntry {
  const route = 'route' in registered ? registered.route : undefined;
  return { route: route ?? FOREIGN_ROUTE, method: registered.method, path: registered.path };
}

interface Exchange {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** Undefined where an adapter's hook gets other objects than its handlers do. */
function nodeExchange(request: unknown, reply: unknown): Exchange | undefined {
  try {
    return { raw: rawRequestOf(request), response: rawResponseOf(reply) };
  } catch {
    return undefined;
  }
}

function isNext(value: unknown): value is (error?: unknown) => void {
  return typeof value === 'function';
}

/** Never throws. */
function passOn(next: unknown, error: unknown, response: ServerResponse): void {
  try {
    if (isNext(next)) {
      next(error);
      return;
    }
  } catch {
    // No other code can answer.
  }
  cutOff(response);
}
