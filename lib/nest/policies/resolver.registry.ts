import type { ModulesContainer } from '@nestjs/core';

import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { ownValue } from '../../policy/model/own-keys.js';
import type { CorsOriginResolver, CorsResolverToken } from '../../policy/model/origin-resolver.js';

/** Why a token leads to no resolver. */
export type ResolverProblem = Extract<CorsConfigIssue['code'], `resolver-${string}`>;

/** Finds the providers that policies name as resolvers, in any module of the application. */
export class ResolverRegistry {
  constructor(private readonly modules: ModulesContainer) {}

  /**
   * The one instance under this token. A provider that several modules import is one; each module that provides it itself
   * has an instance of its own, and then there is no telling which is meant.
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

/**
 * A method of its class, mostly; what stands on `Object.prototype` does not count. A getter or a proxy of the app's may throw:
 * then there is no resolver to ask.
 */
function isResolver(value: unknown): value is CorsOriginResolver {
  try {
    if (typeof value !== 'object' || value === null || !('allowsOrigin' in value)) {
      return false;
    }
    const { allowsOrigin } = value;
    return typeof allowsOrigin === 'function' && allowsOrigin !== ownValue(Object.prototype, 'allowsOrigin');
  } catch {
    return false;
  }
}
