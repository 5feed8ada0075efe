import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { shortList } from '../policy/diagnosis/origin-names.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { safeText } from '../policy/mistakes/safe-text.js';
import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { CORS_MODULE_MARK } from './cors.constants.js';
import { importsOf } from './metadata/nest-metadata.js';
import type { PathPlacement } from './path-placement.js';
import type { OtherCors } from './platform/enable-cors.js';
import type { AppLog } from './report/app-log.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Two instances would handle every request twice, and a bare import has no options. */
export function findDuplicateModules(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const all = [...modules.values()].map(({ metatype }) => metatype);
  const instances = all.filter(isCorsModule);
  const importers = all.filter((type) => importsOf(type).some(isCorsModule)).map(({ name }) => name);
  return instances.length > 1 ? [duplicateModule(`${instances.length} instances`, [...new Set(importers)])] : [];
}

function isCorsModule(type: object): boolean {
  return Reflect.get(type, CORS_MODULE_MARK) === true;
}

/** @param importers - the names of the modules that import it, as far as their decorators tell: one alone explains nothing. */
export function duplicateModule(value: string, importers: readonly string[] = []): CorsConfigIssue {
  const where = importers.length < 2 ? 'CorsModule' : `CorsModule (imported by ${shortList(importers, 5)})`;
  return { code: 'duplicate-module', where, path: '', value };
}

/**
 * Checked when the app is complete: other CORS code may be installed last. What is limited to paths where no controller serves
 * anything contradicts no route, and is only a warning. Throws a `CorsConfigError` for all other.
 */
export function reportOtherCors(
  others: readonly OtherCors[],
  placement: PathPlacement | undefined,
  logger: AppLog,
): void {
  const isConfined = ({ mounts }: OtherCors): boolean =>
    placement !== undefined && mounts.length > 0 && !mounts.some((mount) => placement.servesBelow(mount));
  for (const mount of others.filter(isConfined).flatMap(({ mounts }) => mounts)) {
    const path = safeText(mount.replace(/\/+$/, ''));
    logger.warn(
      `app.use('${path}', cors()) sets CORS headers at ${path}, where no controller serves anything: add ` +
        `{ path: '${path}{/*rest}', untouched: true } to paths, so that they stay and preflights reach it, or remove it`,
    );
  }
  const issues = others
    .filter((other) => !isConfined(other))
    .map((other) => ({ ...DUPLICATE_CORS, value: other.source, ...other }));
  if (issues.length > 0) {
    throw new CorsConfigError(issues);
  }
}

const DUPLICATE_CORS = { code: 'duplicate-cors', where: 'the application', path: '' } as const;

/** Nothing in an application without HTTP. */
export function oldPlatforms(adapter: AbstractHttpAdapter | undefined): readonly CorsConfigIssue[] {
  // An application without HTTP has none: Nest says null.
  const old = typeof adapter?.getType === 'function' ? findOldPlatform(adapter) : undefined;
  return old === undefined
    ? []
    : [{ code: 'old-platform', where: 'the application', path: '', value: old.version, name: old.name }];
}

/** Under a route conflict policy Nest 12 leaves routes out that another one shadows. */
export function mayDropRoutes(config: ApplicationConfig): boolean {
  const read: unknown = Reflect.get(config, 'getRouteConflictPolicy');
  return typeof read === 'function' && read.call(config) !== undefined;
}

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
