import { VersioningType, type VersioningOptions } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

import { settle } from '../report/settle.js';

type Extractor = Extract<VersioningOptions, { type: VersioningType.CUSTOM }>['extractor'];

/** So that `init()` again guards nothing twice. */
const GUARDED = new WeakSet<object>();

/**
 * Puts a guard around the version extractor of custom versioning. Nest calls it itself, in the middle of routing: a promise that
 * it returns is waited for by nobody, and ends the process where it rejects; so does a proxy whose traps throw, on Fastify.
 *
 * @param hearsThrows - whether whoever calls it answers what it throws; else a request at which it throws has no version.
 * @param report - told once of an outcome that is no version.
 */
export function guardExtractor(
  config: ApplicationConfig,
  hearsThrows: boolean,
  report: (message: string) => void,
): void {
  const versioning = config.getVersioning();
  if (versioning?.type !== VersioningType.CUSTOM || GUARDED.has(versioning)) {
    return;
  }
  const extractor = withGuard(versioning, hearsThrows, report);
  // Everything else is read where it was: the options are the app's own.
  const guarded = new Proxy(versioning, {
    get: (options, key): unknown => (key === 'extractor' ? extractor : Reflect.get(options, key)),
  });
  GUARDED.add(guarded);
  config.enableVersioning(guarded);
}

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
      reportOnce('the version extractor returned neither a string nor a list (Nest waits for no promise)');
    }
    return list;
  };
}

/** A list of its own: reading this one cannot throw, nor change its mind. */
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
