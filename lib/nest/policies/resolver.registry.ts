import type { ModulesContainer } from '@nestjs/core';

import type { CorsOriginResolver, CorsResolverToken } from '../../policy/model/origin-resolver.js';
import { hasGenerator, NO_GENERATOR } from '../../policy/model/function-kinds.js';
import { hasMethod } from './given-options.js';

/** What a token leads to, or the mistake that it is. */
export type FoundResolver =
  { readonly resolver: CorsOriginResolver } | { readonly resolver: undefined; readonly mistake: ResolverMistake };

type ResolverMistake =
  | { readonly code: 'resolver-missing'; readonly isProvided: boolean }
  | { readonly code: 'resolver-ambiguous' | 'resolver-scoped' }
  | { readonly code: 'type'; readonly expected: string };

/** Finds the providers that policies name as resolvers, in any module of the application. */
export class ResolverRegistry {
  constructor(private readonly modules: ModulesContainer) {}

  /**
   * The one instance under this token. A provider that several modules import is one; each module that provides it itself
   * has its own instance, and then it is not clear which is meant.
   */
  find(token: CorsResolverToken): FoundResolver {
    const wrappers = new Set([...this.modules.values()].flatMap((module) => module.providers.get(token) ?? []));
    const [wrapper, another] = wrappers;
    if (wrapper === undefined) {
      return mistaken({ code: 'resolver-missing', isProvided: false });
    }
    if (another !== undefined) {
      return mistaken({ code: 'resolver-ambiguous' });
    }
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      return mistaken({ code: 'resolver-scoped' });
    }
    const instance: unknown = wrapper.instance;
    if (!isResolver(instance)) {
      return mistaken({ code: 'resolver-missing', isProvided: true });
    }
    return hasGenerator(instance, 'allowsOrigin') ? mistaken(GENERATOR) : { resolver: instance };
  }
}

const GENERATOR: ResolverMistake = {
  code: 'type',
  expected: `a resolver whose allowsOrigin() returns true or false, ${NO_GENERATOR}`,
};

function mistaken(mistake: ResolverMistake): FoundResolver {
  return { resolver: undefined, mistake };
}

function isResolver(value: unknown): value is CorsOriginResolver {
  return hasMethod(value, 'allowsOrigin');
}
