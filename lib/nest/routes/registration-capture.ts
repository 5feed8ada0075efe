import { RequestMethod } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import type { Route } from '../../routing/route.js';

/** A route handler as Nest hands it to the adapter. */
export type RouteHandler = (this: unknown, ...args: unknown[]) => unknown;

/** What the adapter gets instead: it is called with the platform's own request and reply. */
export type WrappedHandler = (this: unknown, ...args: never[]) => unknown;

/** One call of `adapter.get(path, handler)` and its like, made while Nest registers its routes. */
export interface Registration {
  /** `GET`, `PROPFIND`, `ALL` */
  readonly method: string;
  /** As the adapter got it. */
  readonly path: string;
  /** Fastify reads a route's version from its handler. */
  readonly version: unknown;
  /** What the adapter was handed instead of Nest's handler. */
  handler: WrappedHandler | undefined;
  /** The adapter's own wrapper around the wrapped handler, if any. Outer wrappers are the app's. */
  guarded: WrappedHandler | undefined;
  /** Its route; known once all are registered, undefined if no controller registered it. */
  route: Route | undefined;
}

/** Learns what a registration has done to the router. */
export interface RegistrationObserver {
  before(): void;
  /** @param registration - undefined for middleware: on Express, middleware for one method is a route in the stack. */
  after(registration: Registration | undefined): void;
}

/** Creates the function that wraps a handler, and learns when the handler is entered. */
export type WrapHandler = (registration: Registration, handler: RouteHandler) => WrappedHandler;

/**
 * Records what Nest registers, in order, and has every handler wrapped.
 *
 * It covers the adapter's methods with own properties, from `configure()` to `onModuleInit()`: in between Nest registers the
 * routes of controllers and nothing else. So the handler that is entered is known for certain, before guards, at almost no
 * cost; the router's match may be another one (a wrong host falls through to the next route).
 */
export class RegistrationCapture {
  readonly registrations: Registration[] = [];
  /** The registration under way: platforms that report routes themselves do so within the call. */
  current: Registration | undefined;
  /** Called around every registration, for platforms that report nothing. */
  observer: RegistrationObserver | undefined;
  /** What `normalizePath` made of each path that Nest computed. */
  readonly #normalized = new Map<string, string>();
  /** The adapter's own property under each covered name; usually there is none. */
  readonly #covered = new Map<string, PropertyDescriptor | undefined>();

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly wrap: WrapHandler,
  ) {}

  /** Throws while another application's routes are being registered: their owners could not be told apart. */
  start(): void {
    const other: unknown = Reflect.get(this.adapter, CAPTURE);
    if (other === this) {
      return;
    }
    if (other !== undefined) {
      throw new Error(
        'two applications with CorsModule are starting on one HTTP adapter at the same time. Await the init() or listen() of ' +
          'the first before the second; if the first failed to start, give the second an adapter of its own',
      );
    }
    Object.defineProperty(this.adapter, CAPTURE, { value: this, configurable: true });
    for (const verb of VERBS) {
      const original: unknown = Reflect.get(this.adapter, verb);
      if (typeof original === 'function') {
        this.#cover(verb, (...args: unknown[]) =>
          this.#register(verb, (...to) => Reflect.apply(original, this.adapter, to), args),
        );
      }
    }
    this.#coverMiddleware();
    this.#coverGuards();
    const normalize: unknown = Reflect.get(this.adapter, 'normalizePath');
    if (typeof normalize === 'function') {
      this.#cover('normalizePath', (path: unknown) => {
        const normalized: unknown = Reflect.apply(normalize, this.adapter, [path]);
        this.#normalized.set(String(path), String(normalized));
        return normalized;
      });
    }
  }

  /** Nest 12 checks parameters on Fastify in a wrapper around the handler, which this method creates. */
  #coverGuards(): void {
    const guard: unknown = Reflect.get(this.adapter, 'requireNonEmptyParams');
    if (!isHandler(guard)) {
      return;
    }
    this.#cover('requireNonEmptyParams', (path: unknown, handler: unknown) => {
      const guarded = guard.call(this.adapter, path, handler);
      if (this.current !== undefined && handler === this.current.handler && guarded !== handler && isHandler(guarded)) {
        this.current.guarded = guarded;
      }
      return guarded;
    });
  }

  #coverMiddleware(): void {
    const factory: unknown = Reflect.get(this.adapter, 'createMiddlewareFactory');
    if (!isHandler(factory)) {
      // On Express, Nest's middleware would be mistaken for routes of the app.
      throw new TypeError(
        'nestjs-cors uses createMiddlewareFactory() to tell Nest’s middleware from routes, but this HTTP adapter does not have it',
      );
    }
    this.#cover('createMiddlewareFactory', (...args: unknown[]) => {
      const register = factory.call(this.adapter, ...args);
      if (!isHandler(register)) {
        return register;
      }
      return (path: unknown, middleware: unknown) => this.#observed(undefined, () => register(path, middleware));
    });
  }

  /** Uncovers the adapter's methods. */
  stop(): void {
    if (Reflect.get(this.adapter, CAPTURE) === this) {
      Reflect.deleteProperty(this.adapter, CAPTURE);
    }
    for (const [name, own] of this.#covered) {
      Reflect.deleteProperty(this.adapter, name);
      if (own !== undefined) {
        Object.defineProperty(this.adapter, name, own);
      }
    }
    this.#covered.clear();
  }

  /** The path as the adapter got it, for one that Nest computed. */
  normalized(path: string): string {
    return this.#normalized.get(path) ?? path;
  }

  #cover(name: string, value: (...args: unknown[]) => unknown): void {
    this.#covered.set(name, Object.getOwnPropertyDescriptor(this.adapter, name));
    Object.defineProperty(this.adapter, name, { value, configurable: true, writable: true });
  }

  #register(verb: string, register: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    const [path, handler] = args;
    if (args.length !== 2 || typeof path !== 'string' || !isHandler(handler)) {
      return register(...args);
    }
    const registration: Registration = {
      method: verb.toUpperCase(),
      path,
      version: Reflect.get(handler, 'version'),
      handler: undefined,
      guarded: undefined,
      route: undefined,
    };
    const standIn = standingIn(this.wrap(registration, handler), handler);
    registration.handler = standIn;
    this.registrations.push(registration);
    this.current = registration;
    try {
      return this.#observed(registration, () => register(path, standIn));
    } finally {
      this.current = undefined;
    }
  }

  #observed(registration: Registration | undefined, register: () => unknown): unknown {
    this.observer?.before();
    const result = register();
    this.observer?.after(registration);
    return result;
  }
}

/** The mark on an adapter whose methods are covered, by any copy of this package. */
const CAPTURE = Symbol.for('nestjs-cors:capture');

/** The adapter's method for every method that Nest has a decorator for. */
const VERBS: readonly string[] = Object.values(RequestMethod)
  .filter((name): name is keyof typeof RequestMethod => typeof name === 'string')
  .map((name) => name.toLowerCase());

function isHandler(value: unknown): value is RouteHandler {
  return typeof value === 'function';
}

/**
 * Adapters read a handler's properties (its version) and metadata (Fastify's `@RouteConfig()`): the wrapped handler inherits both.
 * Copying the metadata of 5 000 handlers would take a megabyte for each thousand.
 */
function standingIn(standIn: WrappedHandler, handler: RouteHandler): WrappedHandler {
  // In this order: each prototype gives a function a hidden class of its own, and each property after that another one.
  Object.defineProperty(standIn, 'name', { value: handler.name, configurable: true });
  Object.setPrototypeOf(standIn, handler);
  return standIn;
}
