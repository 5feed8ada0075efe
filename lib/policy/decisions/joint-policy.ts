import type { CorsPolicy } from '../model/policy.js';

/**
 * What the candidates of one preflight amount to together, apart from their lists. One policy is its own joint policy.
 *
 * A preflight carries none of the headers that choose between versions of a route, so the request that follows may
 * reach any of them. Hence the intersection: what one of them refuses must not pass here (Spring #26490 let everything
 * pass instead).
 */
export interface JointPolicy {
  /** Every candidate answers `*` whatever the origin, so that the answer does not depend on it. */
  readonly fixedEveryone: boolean;
  readonly credentials: boolean;
  readonly preflightContinue: boolean;
  readonly optionsSuccessStatus: number;
  readonly maxAge: number | undefined;
}

export function jointPolicy(policies: readonly CorsPolicy[]): JointPolicy {
  const [only] = policies;
  if (only !== undefined && policies.length === 1) {
    return only;
  }
  return {
    fixedEveryone: policies.every((policy) => policy.fixedEveryone),
    credentials: policies.every((policy) => policy.credentials),
    preflightContinue: policies.every((policy) => policy.preflightContinue),
    optionsSuccessStatus: Math.min(...policies.map((policy) => policy.optionsSuccessStatus)),
    maxAge: smallest(policies.map((policy) => policy.maxAge)),
  };
}

/** A policy without `maxAge` means the browser's default of 5 seconds, and another policy's number must not extend it. */
function smallest(values: readonly (number | undefined)[]): number | undefined {
  const set = values.filter((value) => value !== undefined);
  return set.length === values.length ? Math.min(...set) : undefined;
}

/**
 * The methods that several policies have in common, before it is known what the URL serves: `'*'` gives way to
 * `'auto'`, and both to a list.
 */
export function jointMethods(policies: readonly CorsPolicy[]): '*' | 'auto' | readonly string[] {
  const [only] = policies;
  if (only !== undefined && policies.length === 1) {
    return only.methods;
  }
  const said = policies.map((policy) => policy.methods);
  const [first, ...others] = said.filter((methods) => typeof methods !== 'string');
  if (first === undefined) {
    return said.includes('auto') ? 'auto' : '*';
  }
  return first.filter((method) => others.every((list) => list.includes(method)));
}
