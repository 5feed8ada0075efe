import type { FastifyApp } from './fastify-types.js';

/** A route in Fastify's router, no matter who registered it and when. */
export interface RegisteredRoute {
  readonly method: string;
  readonly url: string;
  /** The names of its constraints. */
  readonly constraints: readonly string[];
  readonly config: object | undefined;
}

/** What Fastify prints where a method has no routes. */
const NOTHING = '(empty tree)';

/**
 * Lists the routes in Fastify's router. Undefined if it has routes but does not tell which.
 *
 * Fastify has no public list of its routes, but `printRoutes()` hands each of them to `buildPrettyMeta`, an option of its
 * router. The router sets that option on the object that it is given, so here it is an accessor that ignores what is set.
 * If a later version does this differently, routes are printed and this function is never called, which is noticed.
 */
export function readRegisteredRoutes(app: FastifyApp): readonly RegisteredRoute[] | undefined {
  const found: (RegisteredRoute | undefined)[] = [];
  const note = (route: unknown): object => {
    found.push(asRegistered(route));
    return {};
  };
  for (const method of app.supportedMethods) {
    const before = found.length;
    const printed = app.printRoutes({
      method,
      includeMeta: true,
      // Otherwise each node of the tree is printed, which takes three times as long.
      commonPrefix: false,
      get buildPrettyMeta() {
        return note;
      },
      set buildPrettyMeta(_) {
        // The value that is set is ignored.
      },
    });
    if (found.length === before && printed !== NOTHING) {
      return undefined;
    }
  }
  const registered = found.filter((route) => route !== undefined);
  return registered.length === found.length ? registered : undefined;
}

function asRegistered(route: unknown): RegisteredRoute | undefined {
  const method = propertyOf(route, 'method');
  const url = propertyOf(route, 'path');
  const config = propertyOf(propertyOf(route, 'store'), 'config');
  if (typeof method !== 'string' || typeof url !== 'string' || !isObject(config)) {
    return undefined;
  }
  const constraints = propertyOf(propertyOf(route, 'opts'), 'constraints');
  return { method, url, config, constraints: isObject(constraints) ? Object.keys(constraints) : [] };
}

function propertyOf(value: unknown, key: string): unknown {
  return isObject(value) ? Reflect.get(value, key) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
