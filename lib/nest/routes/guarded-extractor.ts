import { VersioningType, type VersioningOptions } from '@nestjs/common';
import type { AbstractHttpAdapter, ApplicationConfig } from '@nestjs/core';

import { settle } from '../report/settle.js';

type Extractor = Extract<VersioningOptions, { type: VersioningType.CUSTOM }>['extractor'];

/** Prevents a second guard if `init()` is called again. */
const GUARDED = new WeakSet<object>();

/**
 * Puts a guard around the version extractor of custom versioning. Nest calls the extractor during routing and does not await
 * it: a promise that it returns ends the process if it rejects; on Fastify, so does a proxy whose traps throw.
 *
 * @param report - called once, for the first result that is not a version.
 */
export function guardExtractor(
  config: ApplicationConfig,
  adapter: AbstractHttpAdapter,
  report: (message: string) => void,
): void {
  const versioning = config.getVersioning();
  if (versioning?.type !== VersioningType.CUSTOM || GUARDED.has(versioning)) {
    return;
  }
  const extractor = withGuard(versioning, hearsExtractor(adapter), report);
  // All other keys are read from the app's own options.
  const guarded = new Proxy(versioning, {
    get: (options, key): unknown => (key === 'extractor' ? extractor : Reflect.get(options, key)),
  });
  GUARDED.add(guarded);
  config.enableVersioning(guarded);
}

/**
 * Whether what the version extractor throws is answered. Fastify routes, and so calls it, before anything could catch that; Nest 12's
 * adapter keeps it for the error handler.
 */
function hearsExtractor(adapter: AbstractHttpAdapter): boolean {
  return adapter.getType() !== 'fastify' || 'versionExtractorErrors' in adapter;
}

/** @param hearsThrows - whether the caller answers a thrown error; otherwise a request for which it throws has no version. */
function withGuard(
  versioning: { readonly extractor: Extractor },
  hearsThrows: boolean,
  report: (message: string) => void,
): (request: unknown) => unknown {
  let isReported = false;
  const reportOnce = (what: string): void => {
    if (!isReported) {
      isReported = true;
      report(`${what}, so the request has no version; return a string or a list of strings`);
    }
  };
  return (request) => {
    let found: unknown;
    try {
      found = versioning.extractor(request);
    } catch (error) {
      settle(error, () => undefined);
      if (hearsThrows) {
        throw error;
      }
      reportOnce('the version extractor threw an error');
      return undefined;
    }
    if ((typeof found !== 'object' || found === null) && typeof found !== 'function') {
      return found;
    }
    settle(found, () => undefined);
    const list = listIn(found);
    if (list === undefined) {
      reportOnce('the version extractor returned neither a string nor a list (Nest does not await promises)');
    }
    return list;
  };
}

/** A copy of the list: reading it cannot throw, and its content cannot change. */
function listIn(found: object): readonly unknown[] | undefined {
  try {
    return Array.isArray(found) ? Array.from<unknown>(found).filter(isPrimitive) : undefined;
  } catch {
    return undefined;
  }
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
