import { VersioningType, type VersioningOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

import type { Route } from '../../routing/route.js';
import { settle } from '../report/settle.js';
import type { RouteVersion } from '../metadata/nest-metadata.js';

/**
 * Nest's own version filter around a handler that only records that it was reached.
 *
 * It runs on the request as it is in the hook, before cookie-parser and the like, and calls the app's extractor under custom
 * versioning. If that throws, the answer is undefined.
 */
export function versionTestOf(
  adapter: AbstractHttpAdapter,
  version: NonNullable<RouteVersion>,
  versioning: VersioningOptions,
): Route['selects'] {
  const reached = (): boolean => true;
  const passedOn = (): boolean => false;
  const filter: unknown = adapter.applyVersionFilter(reached, version, shielded(versioning));
  return (request) => {
    try {
      return isFilter(filter) && filter(request, undefined, passedOn) === true;
    } catch {
      return undefined;
    }
  };
}

/** An extractor that returns a promise is a mistake of the app; if it rejects, this call must not end the process. */
function shielded(versioning: VersioningOptions): VersioningOptions {
  if (versioning.type !== VersioningType.CUSTOM) {
    return versioning;
  }
  const { extractor } = versioning;
  return {
    ...versioning,
    extractor: (request) => {
      const found = extractor(request);
      settle(found, () => undefined);
      return found;
    },
  };
}

function isFilter(value: unknown): value is (request: unknown, response: unknown, next: () => boolean) => unknown {
  return typeof value === 'function';
}
