import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { AbstractHttpAdapter } from '@nestjs/core';

/** The oldest 11 that this package is tested with; `peerDependencies` says the same of @nestjs/core. */
const OLDEST = [11, 1, 10] as const;

/** A platform's package that is older than this package can work with. */
export interface OldPlatform {
  readonly name: string;
  readonly version: string;
}

/**
 * The platforms are not peer dependencies: if both of them were optional ones, npm would refuse an app on Nest 11 and Express
 * because of a Fastify that it does not have. So the version is looked up here, in the package of the adapter at hand.
 *
 * Undefined if it is new enough, or if no version can be read: in a bundle, and for a third-party adapter.
 */
export function findOldPlatform(adapter: AbstractHttpAdapter): OldPlatform | undefined {
  const name = `@nestjs/platform-${adapter.getType()}`;
  const version = filesBehind(adapter)
    .map((file) => versionOf(name, file))
    .find((found) => found !== undefined);
  return version !== undefined && isOlder(version) ? { name, version } : undefined;
}

/**
 * The files whose code runs when the adapter is asked something: its own, and those of the classes around it. Resolving the
 * package by its name would find one copy of perhaps several, from a place that may not see any.
 */
function filesBehind(adapter: AbstractHttpAdapter): readonly string[] {
  let files: readonly string[] = [];
  const request = {
    get hostname(): string {
      files = filesOnStack();
      return '';
    },
  };
  try {
    adapter.getRequestHostname(request);
  } catch {
    // A third-party adapter may need more of a request than this.
  }
  return files;
}

function filesOnStack(): readonly string[] {
  const { prepareStackTrace } = Error;
  try {
    // The files that run, where a text of the stack may name the sources that they were made of.
    Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName());
    const names: unknown = new Error().stack;
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** Of the package of this name that the file belongs to. */
function versionOf(name: string, file: string): string | undefined {
  const end = name.split('/').join(path.sep);
  let folder = path.dirname(file.startsWith('file:') ? fileURLToPath(file) : file);
  while (!folder.endsWith(end)) {
    const parent = path.dirname(folder);
    if (parent === folder) {
      return undefined;
    }
    folder = parent;
  }
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const version: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : '';
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

function isOlder(version: string): boolean {
  const numbers = version.split(/[.-]/, 3).map(Number);
  const at = OLDEST.findIndex((least, index) => numbers[index] !== least);
  const found = numbers[at];
  const least = OLDEST[at];
  return found !== undefined && least !== undefined && found < least;
}
