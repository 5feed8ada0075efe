import type { CorsPolicy } from '../model/policy.js';

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
