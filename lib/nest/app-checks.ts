import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { safeText } from '../policy/mistakes/safe-text.js';
import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { CORS_MODULE_MARK } from './cors.constants.js';
import type { PathPlacement } from './path-placement.js';
import type { OtherCors } from './platform/enable-cors.js';
import { findOldPlatform } from './platform/platform-version.js';
import type { AppLog } from './report/app-log.js';

/** Two instances would handle every request twice, and a bare import has no options. */
export function findDuplicateModules(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const instances = [...modules.values()].filter(({ metatype }) => Reflect.get(metatype, CORS_MODULE_MARK) === true);
  return instances.length > 1 ? [duplicateModule(`${instances.length} instances`)] : [];
}

export function duplicateModule(value: string): CorsConfigIssue {
  return { code: 'duplicate-module', where: 'CorsModule', path: '', value };
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
