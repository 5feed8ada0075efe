import { cureWithCredentials } from './layers/cures-with-credentials.js';
import type { PolicyWarning } from './layers/layer-stack.js';
import type { CorsConfigIssue } from './mistakes/issue-data.js';
import type { PolicyLayer } from './model/layer.js';
import { mergeLayers, type MergedLayers } from './layers/merged-layers.js';
import type { NamedPolicies } from './layers/named-policies.js';
import { buildPolicy, type BuildOptions } from './policy-builder.js';
import { findCombinations } from './layers/policy-combinations.js';
import type { CorsPolicy, PolicyField } from './model/policy.js';

export { CLOSED_POLICY } from './policy-builder.js';

/** The result of merging the layers of one target. */
export interface CompiledPolicy {
  /**
   * Undefined where mistakes were found, and where there is no policy: forRoot names no origin, and there is no other
   * layer.
   */
  readonly policy: CorsPolicy | undefined;
  readonly issues: readonly CorsConfigIssue[];
  /** What has no effect, as an `add` over `'*'`. */
  readonly warnings: readonly PolicyWarning[];
  /** Which layer set each field: {@link PolicyLayer.where}; absent: the field has its default. */
  readonly sources: Readonly<Partial<Record<PolicyField, string>>>;
}

/**
 * The only way from what users write to what requests use. Merging comes first, validation second: two safe values can
 * be unsafe together.
 *
 * @param layers - forRoot's options first, whose values `use` and re-opening fall back on; then module, controllers
 * from base to subclass, handler. It never throws: mistakes in the values are returned as issues.
 * @param options - `served`: what `'auto'` means for an entry of `paths`, whose methods are written, not registered.
 *
 * @example
 * const { named } = readNamedPolicies({ partners: { origin: 'https://partner.example' } }); compilePolicy([{ where:
 * 'forRoot', values: [{ maxAge: 600 }] }, { where: 'Cats', values: ['partners'] }], named).policy
 */
export function compilePolicy(
  layers: readonly PolicyLayer[],
  named: NamedPolicies,
  options: BuildOptions = {},
): CompiledPolicy {
  const merged = mergeLayers(layers, named);
  const { stack } = merged;
  const found = [...merged.issues, ...missingOrigin(merged), ...findCombinations(stack)];
  const issues = stack.values.credentials === true ? found.map(cureWithCredentials) : found;
  const sources: Partial<Record<PolicyField, string>> = {};
  for (const [field, writer] of stack.writers) {
    sources[field] = writer.where;
  }
  return Object.freeze({
    policy: issues.length === 0 ? buildPolicy(stack, named.memo, options) : undefined,
    issues: Object.freeze(issues),
    warnings: Object.freeze([...merged.warnings]),
    sources: Object.freeze(sources),
  });
}

/** `@Cors` promises a policy, and a policy without an origin would silently allow no page. */
function missingOrigin({ stack, nearest, issues }: MergedLayers): readonly CorsConfigIssue[] {
  if (stack.closed || stack.values.origin !== undefined || nearest === undefined) {
    return [];
  }
  // An origin, or a whole policy, that could not be read, or one that an unknown policy may name, is one mistake, not two.
  if (
    issues.some(({ code, path }) => code === 'unknown-policy' || path === 'origin' || (code === 'type' && path === ''))
  ) {
    return [];
  }
  return [{ code: 'origin-missing', where: nearest.where, path: '', value: nearest.values.at(-1), credentials: false }];
}

/** Policies are equal when they decide alike, however they were written; no policy equals no policy. */
export function equalPolicies(a: CorsPolicy | undefined, b: CorsPolicy | undefined): boolean {
  return a === b || (a !== undefined && a.key === b?.key);
}
