import type { AbstractHttpAdapter, ApplicationConfig } from '@nestjs/core';

import { coverOf, type AdapterCover, type CoveredStart } from './adapter-cover.js';
import {
  isHandler,
  type Registration,
  type RegistrationObserver,
  type WrapHandler,
  type WrappedHandler,
  type RouteHandler,
} from './registration.js';

/**
 * Records what Nest registers for one application, in order, and has every handler wrapped.
 *
 * It is open from `configure()` to `onModuleInit()`: in between Nest registers the routes of controllers and nothing else. So the
 * handler that is entered is known for certain, before guards, at almost no cost; the router's match may be another one (a wrong
 * host falls through to the next route).
 */
export class RegistrationCapture implements CoveredStart {
  readonly registrations: Registration[] = [];
  /** The registration under way: platforms that report routes themselves do so within the call. */
  current: Registration | undefined;
  /** Called around every registration, for platforms that report nothing. */
  observer: RegistrationObserver | undefined;
  /** What `normalizePath` made of each path that Nest computed. */
  readonly #normalized = new Map<string, string>();
  #cover: AdapterCover | undefined;

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly config: ApplicationConfig,
    private readonly wrap: WrapHandler,
  ) {}

  start(): void {
    if (this.#cover !== undefined) {
      return;
    }
    const cover = coverOf(this.adapter);
    cover.add(this);
    this.#cover = cover;
    // Nest asks for it right before it registers this application's routes, all of them without a pause.
    const prefix = this.config.getGlobalPrefix.bind(this.config);
    const value = (): string => {
      cover.enter(this);
      return prefix();
    };
    Object.defineProperty(this.config, 'getGlobalPrefix', { value, configurable: true, writable: true });
  }

  stop(): void {
    Reflect.deleteProperty(this.config, 'getGlobalPrefix');
    this.#cover?.remove(this);
    this.#cover = undefined;
  }

  /** Whether it is not known yet which route each registration is of. It stays open if the start fails before that. */
  get isOpen(): boolean {
    return this.#cover !== undefined;
  }

  /** The path as the adapter got it, for one that Nest computed. */
  normalized(path: string): string {
    return this.#normalized.get(path) ?? path;
  }

  noteNormalized(path: string, normalized: string): void {
    this.#normalized.set(path, normalized);
  }

  register(verb: string, register: (...args: unknown[]) => unknown, args: unknown[]): unknown {
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
      this.observer?.before();
      const result = register(path, standIn);
      this.observer?.after(registration);
      return result;
    } finally {
      this.current = undefined;
    }
  }
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
