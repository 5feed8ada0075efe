import type { ModulesContainer } from '@nestjs/core';

import { shortList } from '../../policy/diagnosis/origin-names.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { readClassValues, readDecorated, readHandlerValues, readMisplaced } from './cors-metadata.js';
import { classChain, hasFastifyCors, isGateway, isMessageHandler, pathsOf } from './nest-metadata.js';

/** A warning, if routes with a policy say something to `@fastify/cors` as well: it cannot be there. */
export function unreadConfigs(
  routes: readonly { readonly name: string; readonly handler: object }[],
): readonly string[] {
  const names = new Set(routes.filter(({ handler }) => hasFastifyCors(handler)).map(({ name }) => name));
  return names.size === 0
    ? []
    : [`the cors of @RouteConfig() has no effect; write @Cors instead (${shortList([...names], 5)})`];
}

/**
 * Finds every `@Cors` that has no effect: on a method that is not a handler, on a gateway's message handler, a resolver, a
 * service, a guard, and on a method that another decorator has replaced.
 */
export function findMisplacedDecorators(modules: ModulesContainer): readonly CorsConfigIssue[] {
  const issues = new Map<string, CorsConfigIssue>();
  const note: Note = (where, fault) => {
    issues.set(`${where} ${fault.code}`, { ...fault, where, path: '', value: '@Cors' });
  };
  // A controller may be a provider of another module as well, to be injected there.
  const controllers = new Set<unknown>([...modules.values()].flatMap((module) => [...module.controllers.keys()]));
  for (const module of modules.values()) {
    // Guards, interceptors, pipes and filters are injectables.
    const { controllers: own, providers, injectables } = module;
    const all = [own, providers, injectables].flatMap((map) => [...map.values()]);
    for (const type of all.map(({ metatype }) => metatype)) {
      // Nest provides every module class to itself, and there @Cors belongs.
      if (typeof type === 'function' && type !== module.metatype) {
        inspect(type, controllers.has(type), note);
      }
    }
  }
  return [...issues.values()];
}

type Fault =
  { readonly code: 'not-a-route'; readonly place: 'gateway' | 'elsewhere' } | { readonly code: 'lost-decorator' };

type Note = (where: string, fault: Fault) => void;

function inspect(type: object, isController: boolean, note: Note): void {
  const onGateway = isGateway(type);
  const placeOf = (method?: object): 'gateway' | 'elsewhere' =>
    onGateway || (method !== undefined && isMessageHandler(method)) ? 'gateway' : 'elsewhere';
  for (const { name, prototype, target } of classChain(type)) {
    if (!isController && !onGateway && readClassValues(target).length > 0) {
      note(name, { code: 'not-a-route', place: 'elsewhere' });
    }
    for (const member of readMisplaced(target)) {
      note(`${name}.${member}`, { code: 'not-a-route', place: placeOf() });
    }
    const decorated = readDecorated(target);
    for (const [member, method] of methodsOf(prototype)) {
      // Nest routes no symbols.
      const isRoute = isController && typeof member === 'string' && pathsOf(method) !== undefined;
      const { length } = readHandlerValues(method);
      if (isRoute && length < decorated.filter((other) => other === member).length) {
        note(`${name}.${member}`, { code: 'lost-decorator' });
      } else if (!isRoute && length > 0) {
        note(`${name}.${String(member)}`, { code: 'not-a-route', place: placeOf(method) });
      }
    }
  }
}

function methodsOf(prototype: object): readonly (readonly [member: string | symbol, method: object])[] {
  return Reflect.ownKeys(prototype).flatMap((member) => {
    const value: unknown = Object.getOwnPropertyDescriptor(prototype, member)?.value;
    return typeof value === 'function' && member !== 'constructor' ? [[member, value] as const] : [];
  });
}
