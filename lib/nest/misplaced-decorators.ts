import type { ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../policy/issue.js';
import { readCorsValues, readMisplaced } from './cors-metadata.accessor.js';
import { classChain } from './class-chain.js';
import { pathsOf } from './nest-metadata.js';

/** Finds every `@Cors` that can have no effect: on a method that is no handler, on a gateway, a resolver, a service. */
export function findMisplacedDecorators(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const issues = new Map<string, CorsConfigIssue>();
  const note = (where: string): void => {
    issues.set(where, { code: 'not-a-route', where, path: '', value: '@Cors' });
  };
  // A controller may be provided by another module as well, for somebody who injects it.
  const controllers = new Set<unknown>([...modules.values()].flatMap((module) => [...module.controllers.keys()]));
  for (const module of modules.values()) {
    for (const type of [...module.controllers.values(), ...module.providers.values()].map(({ metatype }) => metatype)) {
      // Nest provides every module class to itself, and there @Cors belongs.
      if (typeof type === 'function' && type !== module.metatype) {
        inspect(type, controllers.has(type), note);
      }
    }
  }
  return [...issues.values()];
}

function inspect(type: object, isController: boolean, note: (where: string) => void): void {
  for (const { name, prototype, target } of classChain(type)) {
    if (!isController && readCorsValues(target) !== undefined) {
      note(name);
    }
    for (const member of readMisplaced(target)) {
      note(`${name}.${member}`);
    }
    for (const member of Reflect.ownKeys(prototype)) {
      const value: unknown = Object.getOwnPropertyDescriptor(prototype, member)?.value;
      const hasPolicy = typeof value === 'function' && member !== 'constructor' && readCorsValues(value) !== undefined;
      // Nest routes no symbols.
      if (hasPolicy && (!isController || typeof member === 'symbol' || pathsOf(value) === undefined)) {
        note(`${name}.${String(member)}`);
      }
    }
  }
}
