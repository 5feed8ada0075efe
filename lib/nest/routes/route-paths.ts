import type { RequestMethod, VersioningOptions } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
// The one deep import, also used by @nestjs/swagger: Nest's own factory knows the global prefix with its exclusions,
// RouterModule, URI versions and arrays of paths.
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';

import type { RouteVersion } from '../metadata/nest-metadata.js';

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
}

function assignDefined<K extends keyof Metadata>(metadata: Metadata, key: K, value: Metadata[K] | undefined): void {
  if (value !== undefined) {
    metadata[key] = value;
  }
}
