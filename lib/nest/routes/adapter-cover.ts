import { RequestMethod } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import { isHandler, type Registration, type RegistrationObserver } from './registration.js';

/** The mark on an adapter whose methods are covered, by any copy of this package. */
const COVER = Symbol.for('nestjs-cors:capture');

/** The adapter's method for every method that Nest has a decorator for. */
const VERBS: readonly string[] = Object.values(RequestMethod)
  .filter((name): name is keyof typeof RequestMethod => typeof name === 'string')
  .map((name) => name.toLowerCase());

/** An application that is starting, as far as its adapter is concerned. */
export interface CoveredStart {
  /** The registration under way. */
  readonly current: Registration | undefined;
  readonly observer: RegistrationObserver | undefined;
  /** Registers one of its routes. */
  register(verb: string, register: (...args: unknown[]) => unknown, args: unknown[]): unknown;
  noteNormalized(path: string, normalized: string): void;
}

/** Throws if another copy of this package is there already: its cover cannot tell this one's routes from its own. */
export function coverOf(adapter: AbstractHttpAdapter): AdapterCover {
  const known: unknown = Reflect.get(adapter, COVER);
  if (known === undefined) {
    return new AdapterCover(adapter);
  }
  if (known instanceof AdapterCover) {
    return known;
  }
  throw new Error(
    'two applications, with different copies of nestjs-cors, are starting on one HTTP adapter at the same time. Await the ' +
      'init() or listen() of the first before the second; if the first failed to start, give the second an adapter of its own',
  );
}

/**
 * Covers the methods of an adapter with own properties while applications start on it, and tells each of them what Nest registers
 * for it. Applications may start at the same time: Nest registers all routes of one without a pause, so it is enough to know
 * which one has begun last.
 */
export class AdapterCover {
  #captures: readonly CoveredStart[] = [];
  /** The application whose routes are being registered. */
  #entered: CoveredStart | undefined;
  /**
   * Several applications have been starting at once. From then on a route belongs to an application only while `#entered` names it:
   * one that failed to start stays here, and would get what the others register later.
   */
  #isShared = false;
  /** The adapter's own property under each covered name; usually there is none. */
  readonly #covered = new Map<string, PropertyDescriptor | undefined>();

  constructor(private readonly adapter: AbstractHttpAdapter) {}

  add(capture: CoveredStart): void {
    this.#entered = undefined;
    this.#captures = [...this.#captures, capture];
    this.#isShared ||= this.#captures.length > 1;
    if (this.#covered.size === 0) {
      this.#coverAll();
    }
  }

  remove(capture: CoveredStart): void {
    this.#captures = this.#captures.filter((other) => other !== capture);
    if (this.#captures.length === 0) {
      this.#uncoverAll();
    }
  }

  /** Nest is about to register the routes of this application; or it asks for something else, and registers nothing. */
  enter(capture: CoveredStart): void {
    this.#entered = capture;
    queueMicrotask(() => {
      if (this.#entered === capture) {
        this.#entered = undefined;
      }
    });
  }

  get #registering(): CoveredStart | undefined {
    return this.#isShared ? this.#entered : this.#captures[0];
  }

  #coverAll(): void {
    Object.defineProperty(this.adapter, COVER, { value: this, configurable: true });
    for (const verb of VERBS) {
      const original: unknown = Reflect.get(this.adapter, verb);
      if (isHandler(original)) {
        const register = (...args: unknown[]): unknown => original.apply(this.adapter, args);
        this.#cover(verb, (...args: unknown[]) => {
          const capture = this.#registering;
          return capture === undefined ? register(...args) : capture.register(verb, register, args);
        });
      }
    }
    this.#coverMiddleware();
    this.#coverGuards();
    const normalize: unknown = Reflect.get(this.adapter, 'normalizePath');
    if (isHandler(normalize)) {
      this.#cover('normalizePath', (path: unknown) => {
        const normalized = normalize.call(this.adapter, path);
        this.#captures.forEach((capture) => capture.noteNormalized(String(path), String(normalized)));
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
      const current = this.#registering?.current;
      if (current !== undefined && handler === current.handler && guarded !== handler && isHandler(guarded)) {
        current.guarded = guarded;
      }
      return guarded;
    });
  }

  /** Middleware is not a route, so all applications are told, whichever of them registers it. */
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
      return (path: unknown, middleware: unknown) => {
        this.#captures.forEach((capture) => capture.observer?.before());
        const result = register(path, middleware);
        this.#captures.forEach((capture) => capture.observer?.after(undefined));
        return result;
      };
    });
  }

  #cover(name: string, value: (...args: unknown[]) => unknown): void {
    this.#covered.set(name, Object.getOwnPropertyDescriptor(this.adapter, name));
    Object.defineProperty(this.adapter, name, { value, configurable: true, writable: true });
  }

  #uncoverAll(): void {
    Reflect.deleteProperty(this.adapter, COVER);
    for (const [name, own] of this.#covered) {
      Reflect.deleteProperty(this.adapter, name);
      if (own !== undefined) {
        Object.defineProperty(this.adapter, name, own);
      }
    }
    this.#covered.clear();
  }
}
