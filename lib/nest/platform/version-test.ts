import type { VersioningOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import type { Route } from '../../routing/route.js';
import type { RouteVersion } from '../metadata/nest-metadata.js';

/**
 * Nest's own version filter around a handler that only records that it was reached.
 *
 * It runs on the request as it is in the hook, before cookie-parser and the like, and calls the app's extractor under custom
 * versioning, guarded as it is (`guardExtractor`). If that throws, the answer is undefined.
 */
export function versionTestOf(
  adapter: AbstractHttpAdapter,
  version: NonNullable<RouteVersion>,
  versioning: VersioningOptions,
): Route['selects'] {
  const reached = (): boolean => true;
  const passedOn = (): boolean => false;
  const filter: unknown = adapter.applyVersionFilter(reached, version, versioning);
  return (request) => {
    try {
      return isFilter(filter) && filter(request, undefined, passedOn) === true;
    } catch {
      return undefined;
    }
  };
}

function isFilter(value: unknown): value is (request: unknown, response: unknown, next: () => boolean) => unknown {
  return typeof value === 'function';
}
