import { expect } from '@jest/globals';

import { compilePolicy, type CompiledPolicy } from '../../lib/policy/compile.js';
import type { PreflightQuestion } from '../../lib/policy/decisions/preflight-decision.js';
import { jointMethods } from '../../lib/policy/decisions/preflight-steps.js';
import { readNamedPolicies } from '../../lib/policy/layers/named-policies.js';
import type { CorsPolicy } from '../../lib/policy/model/policy.js';

/**
 * Compiles values of any type, as JavaScript would pass them: the first is forRoot's, the others one layer each, far to
 * near.
 */
export function compileLayers(root: unknown, ...layers: readonly unknown[]): CompiledPolicy {
  return compileWith({}, root, ...layers);
}

/**
 * The same over a book of named policies. A layer that is an array holds several `@Cors` of one target, in execution
 * order.
 */
export function compileWith(policies: unknown, root: unknown, ...layers: readonly unknown[]): CompiledPolicy {
  const { named, issues } = readNamedPolicies(policies);
  const all = [root, ...layers].map((values, index) => ({
    where: index === 0 ? 'forRoot' : `layer ${index}`,
    values: (Array.isArray(values) ? values : [values]) as never[],
  }));
  const result = compilePolicy(all, named);
  return { ...result, issues: [...issues, ...result.issues] };
}

/** The policy of a handler under `forRoot({})`; fails the test where it has mistakes. */
export function policyOf(options: unknown, root: unknown = {}): CorsPolicy {
  const { policy, issues } = compileLayers(root, options);
  expect(issues).toEqual([]);
  if (policy === undefined) {
    throw new Error('there is no policy');
  }
  return policy;
}

/** Codes and places of the mistakes, in the order found: `origin[1] origin-invalid`. */
export function mistakes(result: CompiledPolicy): readonly string[] {
  return result.issues.map(({ where, path, code }) => `${where}: ${path} ${code}`.replace('  ', ' '));
}

/** A preflight for PUT from the origin of an app, varied, at a URL that serves GET and PUT under one policy. */
export function question(change: Partial<PreflightQuestion> = {}): PreflightQuestion {
  const served = ['GET', 'HEAD', 'PUT'];
  const { method = 'PUT' } = change;
  return {
    origin: 'https://app.example.com',
    method,
    headers: undefined,
    isServed: () => served.includes(method),
    promised: () => served.join(', '),
    hasOptionsHandler: () => false,
    alwaysAllowed: undefined,
    debug: false,
    ...change,
  };
}

/** What an answer names where all of these methods are served under the same policies. */
export function promisedBy(policies: readonly CorsPolicy[], served: readonly string[]): string {
  const joint = jointMethods(policies);
  return (typeof joint === 'string' ? served : joint.filter((method) => served.includes(method))).join(', ');
}
