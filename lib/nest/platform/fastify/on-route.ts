import type { FastifyEntry } from '../../../routing/fastify-entry.js';
import { FOREIGN_ROUTE } from '../../../routing/route.js';
import type { FastifyApp, FastifyRouteOptions } from './fastify-types.js';
import { insistsOn } from './fastify-options.js';
import { readRegisteredRoutes, type RegisteredRoute } from './registered-routes.js';
import type { RegistrationCapture } from '../../routes/registration-capture.js';
import type { Registration } from '../../routes/registration.js';

/** A route as `onRoute` reported it, before it is known which controller's it is. */
export interface SeenRoute {
  readonly options: FastifyRouteOptions;
  readonly registration: Registration | undefined;
  readonly tag: EntryTag;
}

/** Is stored in a route's config, and gets the entry once the routes are joined. */
export class EntryTag {
  entry: FastifyEntry | undefined;

  constructor(readonly url: string) {}
}

/**
 * Knows every route of a Fastify instance: it reads earlier routes from the router, and sees later ones in an `onRoute`
 * hook.
 */
export class FastifyRouteWatch {
  #seen: SeenRoute[] = [];
  #early: readonly RegisteredRoute[];
  /** Says which of Nest's registrations is under way. */
  capture: RegistrationCapture | undefined;
  #onLateRoute: ((seen: SeenRoute) => void) | undefined;
  #mayMiss: boolean;
  /** Whether the application has added a strategy for hosts; undefined as long as no route is known to use one. */
  #hostIsAdded: boolean | undefined;
  readonly #app: FastifyApp;
  /** The key of the entry in a route's config, which Fastify passes to every hook. Each application has its own key. */
  readonly #key = Symbol('nestjs-cors:entry');

  /** Throws if the router cannot be read, or if Fastify does not accept hooks any more. */
  constructor(app: FastifyApp) {
    this.#app = app;
    this.#early = this.#read();
    this.#early.forEach(({ constraints }) => this.#noteHost(constraints));
    this.#mayMiss = hasContexts(app);
    addOnRoute(app, (options) => {
      const seen: SeenRoute = { options, registration: this.capture?.current, tag: new EntryTag(options.url) };
      options.config = { ...options.config, [this.#key]: seen.tag };
      this.#mayMiss ||= options.prefix !== '';
      this.#noteHost(Object.keys(options.constraints ?? {}));
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

  /** Routes that were registered before the hook was added. They are not controllers' routes: Nest registers those later. */
  get early(): readonly FastifyEntry[] {
    return this.#early.map((route) => this.#foreign(route));
  }

  /**
   * What has been registered since without a call of the hook; asked when Fastify takes no more routes. A context that was made
   * before the hook was added does not call it; nor does Fastify for the second of the two routes, `/birds` and `/birds/`, that
   * it makes of `/` in a plugin with a prefix.
   */
  missed(): readonly FastifyEntry[] {
    if (!this.#mayMiss) {
      // To read 5 000 routes takes Fastify a tenth of a second.
      return [];
    }
    const early = new Set(this.#early.map(({ config }) => config));
    this.#early = [];
    return this.#read()
      .filter(({ config, url }) => !early.has(config) && this.#tagIn(config)?.url !== url)
      .map((route) => ({ ...this.#foreign(route), ...routeOf(this.#tagIn(route.config)) }));
  }

  /** @param constraints - the names of a route's. */
  selectivityOf(constraints: readonly string[]): Pick<FastifyEntry, 'constrained' | 'insists'> {
    const insists = constraints.some((name) => insistsOn(this.#app, name, this.#hostIsAdded === true));
    return { constrained: constraints.length > 0, insists };
  }

  /**
   * In front of the first route that uses it, Fastify has only a strategy for hosts that was added; afterwards, find-my-way's own as
   * well. So where an early route uses one, it may be either.
   */
  #noteHost(constraints: readonly string[]): void {
    if (constraints.includes('host')) {
      this.#hostIsAdded ??= this.#app.hasConstraintStrategy('host');
    }
  }

  #foreign({ method, url, constraints }: RegisteredRoute): FastifyEntry {
    return { route: FOREIGN_ROUTE, method, url, takes: undefined, ...this.selectivityOf(constraints) };
  }

  /** The entry that a route's config names. */
  entryOf(config: object | undefined): FastifyEntry | undefined {
    return this.#tagIn(config)?.entry;
  }

  #tagIn(config: object | undefined): EntryTag | undefined {
    const tag: unknown = config === undefined ? undefined : Reflect.get(config, this.#key);
    return tag instanceof EntryTag ? tag : undefined;
  }

  #read(): readonly RegisteredRoute[] {
    const routes = readRegisteredRoutes(this.#app);
    if (routes === undefined) {
      throw new Error(
        'nestjs-cors cannot read the routes of this version of Fastify, and some were registered before app.init(): a ' +
          'preflight for one of them could be answered with the policy of another route. Register them after app.init(), ' +
          'and please report this',
      );
    }
    return routes;
  }
}

function routeOf(tag: EntryTag | undefined): Pick<FastifyEntry, 'route' | 'takes'> | undefined {
  return tag?.entry === undefined ? undefined : { route: tag.entry.route, takes: tag.entry.takes };
}

/** Whether plugins have contexts of their own already, with the hooks of the moment at which these were made. */
function hasContexts(app: FastifyApp): boolean {
  const key = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.children');
  const children: unknown = key === undefined ? undefined : Reflect.get(app, key);
  return !Array.isArray(children) || children.length > 0;
}

function addOnRoute(app: FastifyApp, hook: (options: FastifyRouteOptions) => void): void {
  try {
    app.addHook('onRoute', hook);
  } catch (error) {
    throw new Error(
      'nestjs-cors cannot watch the routes of this Fastify instance because it is listening already or was closed. ' +
        'Give each application a FastifyAdapter of its own',
      { cause: error },
    );
  }
}
