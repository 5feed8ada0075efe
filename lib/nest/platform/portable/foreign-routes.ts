import { RequestMethod } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import { quotedValue } from '../../../policy/mistakes/safe-text.js';

/** A call of `adapter.get(path, handler)` or its like. */
export interface AdapterRoute {
  /** `ALL` for every method. */
  readonly method: string;
  readonly path: string;
}

interface RouteWatch {
  /** Called with each route before it is registered. An application that tells Nest's routes from others passes on the others. */
  learn: (route: AdapterRoute) => void;
  /** Those that no application has registered. */
  readonly own: AdapterRoute[];
}

/** By the adapter that they are registered on. */
const WATCHES = new WeakMap<object, RouteWatch>();

/**
 * Notes what is registered from now on, by whatever code, on an adapter whose router cannot be asked: a controller's wildcard must
 * not speak for a route of the app's own. What is registered on the framework's instance is not seen.
 */
export function watchAdapterRoutes(adapter: AbstractHttpAdapter): RouteWatch {
  const known = WATCHES.get(adapter);
  if (known !== undefined) {
    return known;
  }
  const own: AdapterRoute[] = [];
  const watch: RouteWatch = { own, learn: (route) => own.push(route) };
  WATCHES.set(adapter, watch);
  for (const name of Object.values(RequestMethod)) {
    const verb = String(name).toLowerCase();
    const register: unknown = Reflect.get(adapter, verb);
    if (typeof register === 'function') {
      Reflect.set(adapter, verb, function watched(this: unknown, ...args: unknown[]): unknown {
        watch.learn({ method: verb.toUpperCase(), path: patternOf(args[0]) });
        const result: unknown = Reflect.apply(register, this, args);
        return result;
      });
    }
  }
  return watch;
}

/** A RegExp, or a list, is in parentheses, which no router reads alike: so it counts as one that may match any path. */
function patternOf(path: unknown): string {
  return typeof path === 'string' ? path : typeof path === 'function' ? '/' : `(${quotedValue(path)})`;
}
