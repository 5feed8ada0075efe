import type { ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { readClassValues, readDecorated, readHandlerValues, readMisplaced } from './cors-metadata.js';
import { classChain } from './class-chain.js';
import { pathsOf } from './nest-metadata.js';

/**
 * Finds every `@Cors` that has no effect: on a method that is no handler, on a gateway, a resolver, a service; and on a method
 * that another decorator has replaced.
 */
export function findMisplacedDecorators(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const issues = new Map<string, CorsConfigIssue>();
  const note: Note = (code, where) => {
    issues.set(`${where} ${code}`, { code, where, path: '', value: '@Cors' });
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

type Note = (code: 'not-a-route' | 'lost-decorator', where: string) => void;

function inspect(type: object, isController: boolean, note: Note): void {
  for (const { name, prototype, target } of classChain(type)) {
    if (!isController && readClassValues(target).length > 0) {
      note('not-a-route', name);
    }
    for (const member of readMisplaced(target)) {
      note('not-a-route', `${name}.${member}`);
    }
    const decorated = readDecorated(target);
    for (const member of Reflect.ownKeys(prototype)) {
      const value: unknown = Object.getOwnPropertyDescriptor(prototype, member)?.value;
      if (typeof value !== 'function' || member === 'constructor') {
        continue;
      }
      // Nest routes no symbols.
      const isRoute = isController && typeof member === 'string' && pathsOf(value) !== undefined;
      const { length } = readHandlerValues(value);
      if (isRoute && length < decorated.filter((other) => other === member).length) {
        note('lost-decorator', `${name}.${member}`);
      } else if (!isRoute && length > 0) {
        note('not-a-route', `${name}.${String(member)}`);
      }
    }
  }
}
