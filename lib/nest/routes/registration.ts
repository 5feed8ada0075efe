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

export function isHandler(value: unknown): value is RouteHandler {
  return typeof value === 'function';
}
