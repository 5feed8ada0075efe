import type { ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import type { CorsOriginResolver, CorsResolverToken } from '../../policy/model/origin-resolver.js';
import { hasMethod } from './given-options.js';

/** Why a token does not lead to a resolver. */
export type ResolverProblem = Extract<CorsConfigIssue['code'], `resolver-${string}`>;

/** Finds the providers that policies name as resolvers, in any module of the application. */
export class ResolverRegistry {
  constructor(private readonly modules: ModulesContainer) {}

  /**
   * The one instance under this token. A provider that several modules import is one; each module that provides it itself
   * has its own instance, and then it is not clear which is meant.
   */
  find(token: CorsResolverToken): CorsOriginResolver | ResolverProblem {
    const wrappers = new Set([...this.modules.values()].flatMap((module) => module.providers.get(token) ?? []));
    const [wrapper, another] = wrappers;
    if (wrapper === undefined) {
      return 'resolver-missing';
    }
    if (another !== undefined) {
      return 'resolver-ambiguous';
    }
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      return 'resolver-scoped';
    }
    const instance: unknown = wrapper.instance;
    return isResolver(instance) ? instance : 'resolver-missing';
  }
}

function isResolver(value: unknown): value is CorsOriginResolver {
  return hasMethod(value, 'allowsOrigin');
}
