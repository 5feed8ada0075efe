import { RequestMethod, type VersioningOptions, VERSION_NEUTRAL, VersioningType, type Type } from '@nestjs/common';
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import {
  type RouteVersion,
  classChain,
  type ClassLink,
  hostsOf,
  modulePathOf,
  pathsOf,
  requestMethodOf,
  versionOf,
} from '../metadata/nest-metadata.js';
import type { PolicyLayer } from '../../policy/model/layer.js';
import { isInternal, layerOf, moduleLayerOf, readClassValues, readHandlerValues } from '../metadata/cors-metadata.js';

// The one deep import, also used by @nestjs/swagger: Nest's own factory knows the global prefix with its exclusions,
// RouterModule, URI versions and arrays of paths.

type Metadata = Parameters<RoutePathFactory['create']>[0];

/** The parts of a route's path. */
export interface RoutePathParts {
  readonly modulePath: string | undefined;
  readonly controllerPath: string;
  readonly controllerVersion: RouteVersion | undefined;
  readonly methodPath: string;
  readonly methodVersion: RouteVersion | undefined;
}

/** Computes the paths at which Nest registers a handler, as Nest does. */
export class RoutePaths {
  readonly versioning: VersioningOptions | undefined;
  readonly #factory: RoutePathFactory;
  readonly #prefix: string;

  /** Global prefix and versioning are final from `configure()` on, not before. */
  constructor(config: ApplicationConfig) {
    this.versioning = config.getVersioning();
    this.#factory = new RoutePathFactory(config);
    this.#prefix = config.getGlobalPrefix();
  }

  /** In the order in which Nest registers them. */
  create(parts: RoutePathParts, method: RequestMethod): readonly string[] {
    const metadata: Metadata = {
      ctrlPath: parts.controllerPath,
      methodPath: parts.methodPath,
      globalPrefix: this.#prefix,
    };
    assignDefined(metadata, 'modulePath', parts.modulePath);
    assignDefined(metadata, 'controllerVersion', parts.controllerVersion);
    assignDefined(metadata, 'methodVersion', parts.methodVersion);
    assignDefined(metadata, 'versioningOptions', this.versioning);
    return this.#factory.create(metadata, method);
  }

  /** A path without the global prefix, without its URI version, and without both: what somebody may take it for. */
  shortened(path: string): readonly string[] {
    const prefix = `/${this.#prefix.replaceAll(/^\/+|\/+$/g, '')}`;
    const isBelow = prefix !== '/' && path.startsWith(`${prefix}/`);
    const bare = isBelow ? path.slice(prefix.length) : path;
    const unversioned = this.#withoutVersion(bare);
    const before = isBelow ? prefix : '';
    return [...new Set([bare, unversioned, before + unversioned])].filter((form) => form !== path);
  }

  #withoutVersion(path: string): string {
    if (this.versioning?.type !== VersioningType.URI) {
      return path;
    }
    const { prefix = 'v' } = this.versioning;
    const start = `/${prefix === false ? '' : prefix}`;
    const end = path.indexOf('/', 1);
    // A word that begins like a version, such as /vendors, is none.
    return path.startsWith(start) && /^\d/.test(path.slice(start.length)) && end !== -1 ? path.slice(end) : path;
  }
}

function assignDefined<K extends keyof Metadata>(metadata: Metadata, key: K, value: Metadata[K] | undefined): void {
  if (value !== undefined) {
    metadata[key] = value;
  }
}

/** A route as Nest is going to register it, with the `@Cors` layers that lie over `forRoot`. */
export interface ExploredRoute {
  readonly id: number;
  /** `CatsController.update` */
  readonly name: string;
  /** Where the handler is declared: `BaseController.update`, if it is inherited. */
  readonly place: string;
  /** The function; controllers that inherit it share it. */
  readonly handler: object;
  /** `CatsController.update (PUT /cats/:id)` */
  readonly where: string;
  /** `GET`, `PROPFIND`, `ALL` */
  readonly method: string;
  /** As Nest computes it, before the platform normalises it. */
  readonly path: string;
  readonly hosts: readonly (string | RegExp)[];
  /** Set if a header, a media type or the app's extractor chooses among versions. */
  readonly version: RouteVersion | undefined;
  /** Far to near, without `forRoot`. Routes with the same layers share one list. */
  readonly layers: readonly PolicyLayer[];
  /** One of this package's own: see `NamedTarget`. */
  readonly isInternal: boolean;
  /** The nearest `@Cors` of the handler and of the methods that it overrides. */
  readonly nearest?: NearestCors | undefined;
}

/** The `@Cors` of a method; of an overridden one, it may be believed to apply. */
export interface NearestCors {
  /** `BaseController.update` */
  readonly place: string;
  readonly value: unknown;
}

interface ControllerPlace {
  readonly controller: Type;
  readonly hosts: ExploredRoute['hosts'];
  readonly controllerVersion: RouteVersion | undefined;
  readonly moduleLayer: PolicyLayer | undefined;
  readonly modulePath: string | undefined;
  readonly isInternal: boolean;
}

/**
 * Walks modules, controllers and handlers in the order in which Nest registers them. A route is a controller class and a
 * method name, never a function: controllers that inherit a handler share it.
 */
export class RouteExplorer {
  readonly #scanner = new MetadataScanner();

  constructor(
    private readonly modules: ModulesContainer,
    private readonly paths: RoutePaths,
  ) {}

  explore(): readonly ExploredRoute[] {
    const routes: ExploredRoute[] = [];
    for (const module of this.modules.values()) {
      const modulePath = modulePathOf(module.metatype, this.modules.applicationId);
      const moduleLayer = moduleLayerOf(module.metatype);
      for (const { metatype } of module.controllers.values()) {
        if (isType(metatype)) {
          const place: ControllerPlace = {
            controller: metatype,
            moduleLayer,
            modulePath,
            hosts: hostsOf(metatype),
            controllerVersion: this.#controllerVersion(metatype),
            isInternal: isInternal(metatype),
          };
          this.#exploreController(place, routes);
        }
      }
    }
    return routes;
  }

  #exploreController(place: ControllerPlace, routes: ExploredRoute[]): void {
    const { controller } = place;
    const chain = classChain(controller);
    const classLayers = [
      ...(place.moduleLayer === undefined ? [] : [place.moduleLayer]),
      ...chain.flatMap(({ target, name }) => layerOf(readClassValues(target), `${name} (every route)`) ?? []),
    ];
    const layersByHandler = new Map<string, readonly PolicyLayer[]>();
    const prototype = chain.at(-1)?.prototype ?? {};
    for (const controllerPath of pathsOf(controller) ?? []) {
      for (const name of this.#scanner.getAllMethodNames(prototype)) {
        const handler: unknown = Reflect.get(prototype, name);
        const methodPaths = typeof handler === 'function' ? pathsOf(handler) : undefined;
        if (typeof handler !== 'function' || methodPaths === undefined) {
          continue;
        }
        const declaring = declaringIndex(chain, name);
        const declaredBy = chain[declaring]?.name ?? controller.name;
        const layersFor = (where: string): readonly PolicyLayer[] => {
          const known = layersByHandler.get(name);
          const layers = known ?? handlerLayers(classLayers, handler, where, chain.slice(declaring + 1));
          layersByHandler.set(name, layers);
          return layers;
        };
        const nearest = nearestCors(chain, name);
        const found = { name, handler, declaredBy, controllerPath, methodPaths, layersFor, nearest };
        this.#exploreHandler(place, found, routes);
      }
    }
  }

  #exploreHandler(place: ControllerPlace, found: FoundHandler, routes: ExploredRoute[]): void {
    const { controller, modulePath, hosts, controllerVersion, isInternal } = place;
    const requestMethod = requestMethodOf(found.handler) ?? RequestMethod.GET;
    const method = RequestMethod[requestMethod];
    const methodVersion = versionOf(found.handler);
    const version = this.#selectingVersion(methodVersion ?? controllerVersion);
    const name = `${controller.name}.${found.name}`;
    const { declaredBy, nearest } = found;
    const handler = { name, place: `${declaredBy}.${found.name}`, handler: found.handler, method, nearest };
    for (const methodPath of found.methodPaths) {
      const parts: RoutePathParts = {
        modulePath,
        controllerPath: found.controllerPath,
        controllerVersion,
        methodPath,
        methodVersion,
      };
      for (const path of this.paths.create(parts, requestMethod)) {
        const where = `${name} (${method} ${path})`;
        const layers = found.layersFor(where);
        routes.push({ ...handler, id: routes.length, where, path, layers, hosts, version, isInternal });
      }
    }
  }

  #controllerVersion(controller: Type): RouteVersion | undefined {
    const { versioning } = this.paths;
    return versioning === undefined ? undefined : (versionOf(controller) ?? versioning.defaultVersion);
  }

  /** URI versions are part of the path, and a neutral route takes every version: neither selects. */
  #selectingVersion(version: RouteVersion | undefined): RouteVersion | undefined {
    const { versioning } = this.paths;
    const selects = versioning !== undefined && versioning.type !== VersioningType.URI && version !== VERSION_NEUTRAL;
    return selects ? version : undefined;
  }
}

interface FoundHandler {
  readonly name: string;
  readonly handler: object;
  readonly declaredBy: string;
  readonly controllerPath: string;
  readonly methodPaths: readonly string[];
  readonly layersFor: (where: string) => readonly PolicyLayer[];
  readonly nearest: NearestCors | undefined;
}

function isType(value: unknown): value is Type {
  return typeof value === 'function';
}

function declaringIndex(chain: readonly ClassLink[], name: string): number {
  return chain.findLastIndex(({ prototype }) => Object.hasOwn(prototype, name));
}

function nearestCors(chain: readonly ClassLink[], member: string): NearestCors | undefined {
  for (const { name, prototype } of chain.toReversed()) {
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, member)?.value;
    const values = typeof method === 'function' ? readHandlerValues(method) : [];
    if (values.length > 0) {
      return { place: `${name}.${member}`, value: values.at(-1) };
    }
  }
  return undefined;
}

/**
 * A subclass with `@Cors(false)`, or with a policy that is `false`, closes the handlers it inherits, with or without a `@Cors`
 * of their own: theirs is left out. Handlers that it declares itself may open again.
 */
function handlerLayers(
  classLayers: readonly PolicyLayer[],
  handler: object,
  where: string,
  subclasses: readonly ClassLink[],
): readonly PolicyLayer[] {
  const own = layerOf(readHandlerValues(handler), where);
  const inheritedBy = subclasses.map(({ target }) => readClassValues(target));
  return own === undefined ? classLayers : [...classLayers, { ...own, inheritedBy }];
}
