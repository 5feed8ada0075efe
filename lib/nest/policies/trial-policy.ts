import { compilePolicy } from '../../policy/compile.js';
import { placeName } from '../../policy/diagnosis/diagnose.js';
import { readNamedPolicies } from '../../policy/layers/named-policies.js';
import type { PolicyLayer } from '../../policy/model/layer.js';
import type { CorsPolicyOptions } from '../../policy/model/options.js';
import { ownValue } from '../../policy/model/own-keys.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { AppPolicies } from './app-policies.js';

/**
 * The policy that these layers would have with one more value on top: in the last layer if that has the same place, else in a layer
 * of its own. Undefined if there would be a mistake. Nothing of it is kept, and the options are read again for each trial, as what a
 * start has read is forgotten after it.
 */
export function trialPolicy(
  { options }: AppPolicies,
  layers: readonly PolicyLayer[],
  place: string,
  added: CorsPolicyOptions,
  served?: readonly string[],
): CorsPolicy | undefined {
  const { named } = readNamedPolicies(policiesOf(options));
  const root: PolicyLayer = { where: 'forRoot', values: [options] };
  const last = layers.at(-1);
  const all =
    last !== undefined && placeName(last.where) === place
      ? [root, ...layers.slice(0, -1), { ...last, values: [...last.values, added] }]
      : [root, ...layers, { where: place, values: [added] }];
  return compilePolicy(all, named, served === undefined ? {} : { served }).policy;
}

/** A getter of the app's may throw. */
function policiesOf(options: object): unknown {
  try {
    return ownValue(options, 'policies');
  } catch {
    return undefined;
  }
}
