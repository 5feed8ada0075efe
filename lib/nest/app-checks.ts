import type { AbstractHttpAdapter, ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { CORS_MODULE_MARK } from './cors.constants.js';
import { findOldPlatform } from './platform/platform-version.js';

/** Two instances would handle every request twice, and a bare import has no options. */
export function findDuplicateModules(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const instances = [...modules.values()].filter(({ metatype }) => Reflect.get(metatype, CORS_MODULE_MARK) === true);
  return instances.length > 1 ? [duplicateModule(`${instances.length} instances`)] : [];
}

export function duplicateModule(value: string): CorsConfigIssue {
  return { code: 'duplicate-module', where: 'CorsModule', path: '', value };
}

/** Checked when the app is complete: other CORS code may be installed last. */
export function duplicateCors(): CorsConfigIssue {
  return { code: 'duplicate-cors', where: 'the application', path: '', value: 'enableCors' };
}

/** Nothing in an application without HTTP. */
export function oldPlatforms(adapter: AbstractHttpAdapter | undefined): readonly CorsConfigIssue[] {
  // An application without HTTP has none: Nest says null.
  const old = typeof adapter?.getType === 'function' ? findOldPlatform(adapter) : undefined;
  return old === undefined
    ? []
    : [{ code: 'old-platform', where: 'the application', path: '', value: old.version, name: old.name }];
}
