import type { ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../policy/issue.js';
import { readCorsValues, readMisplaced } from './cors-metadata.accessor.js';
import { pathsOf } from './nest-metadata.js';

/** Finds every `@Cors` that can have no effect: on a method that is no handler, on a gateway, a resolver, a service. */
export function findMisplacedDecorators(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const issues = new Map<string, CorsConfigIssue>();
  const note = (where: string): void => {
    issues.set(where, { code: 'not-a-route', where, path: '', value: '@Cors' });
  };
  for (const module of modules.values()) {
    for (const type of [...module.controllers.values(), ...module.providers.values()].map(({ metatype }) => metatype)) {
      if (typeof type === 'function') {
        inspect(type, module.controllers.has(type), note);
      }
    }
  }
  return [...issues.values()];
}

function inspect(type: object, isController: boolean, note: (where: string) => void): void {
  for (
    let target: unknown = type;
    typeof target === 'function' && target.prototype !== undefined;
    target = Object.getPrototypeOf(target)
  ) {
    if (!isController && readCorsValues(target) !== undefined) {
      note(target.name);
    }
    for (const name of readMisplaced(target)) {
      note(`${target.name}.${name}`);
    }
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(target.prototype as object))) {
      const hasPolicy = typeof value === 'function' && name !== 'constructor' && readCorsValues(value) !== undefined;
      if (hasPolicy && (!isController || pathsOf(value) === undefined)) {
        note(`${target.name}.${name}`);
      }
    }
  }
}
