import type { AbstractHttpAdapter } from '@nestjs/core';

import type { FastifyEntry } from '../../../routing/fastify-entry.js';
import { readFastifyApp, type FastifyRouteOptions } from './fastify-types.js';
import type { RegistrationCapture, Registration } from '../../routes/registration-capture.js';

/** Under it a route's config names our entry: config is what Fastify hands every hook. */
const ENTRY = Symbol('nestjs-cors:entry');

/** A route as `onRoute` reported it, before it is known which controller's it is. */
export interface SeenRoute {
  readonly options: FastifyRouteOptions;
  readonly registration: Registration | undefined;
  readonly tag: EntryTag;
}

/** Stands in a route's config, and learns of our entry once the routes are joined. */
export class EntryTag {
  entry: FastifyEntry | undefined;
}

/** Sees every route that is registered with Fastify, from its construction on. */
export class FastifyRouteWatch {
  #seen: SeenRoute[] = [];
  /** Says which of Nest's registrations is under way; there is none before `configure()`. */
  capture: RegistrationCapture | undefined;
  #onLateRoute: ((seen: SeenRoute) => void) | undefined;

  constructor(adapter: AbstractHttpAdapter) {
    readFastifyApp(adapter.getInstance()).addHook('onRoute', (options) => {
      const seen: SeenRoute = { options, registration: this.capture?.current, tag: new EntryTag() };
      options.config = { ...options.config, [ENTRY]: seen.tag };
      if (this.#onLateRoute === undefined) {
        this.#seen.push(seen);
      } else {
        this.#onLateRoute(seen);
      }
    });
  }

  /** The routes so far, which are not kept: Fastify's options of 5 000 routes are some megabytes. */
  take(onLateRoute: (seen: SeenRoute) => void): readonly SeenRoute[] {
    const seen = this.#seen;
    this.#seen = [];
    this.#onLateRoute = onLateRoute;
    return seen;
  }
}

/**
 * Watches from as early as may be: under `NestFactory` the adapter is there when providers are constructed, before `main.ts`
 * can register a route of its own; under the testing module it comes later.
 */
export function watchFastify(adapter: AbstractHttpAdapter | undefined): FastifyRouteWatch | undefined {
  const isFastify = typeof adapter?.getType === 'function' && adapter.getType() === 'fastify';
  return isFastify ? new FastifyRouteWatch(adapter) : undefined;
}

/** The entry that a route's config names. */
export function entryOf(config: object | undefined): FastifyEntry | undefined {
  const tag: unknown = config === undefined ? undefined : Reflect.get(config, ENTRY);
  return tag instanceof EntryTag ? tag.entry : undefined;
}
