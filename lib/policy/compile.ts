import { cureWithCredentials } from './layers/cures-with-credentials.js';
import type { PolicyWarning } from './layers/header-lists.js';
import { mergeLayers, type MergedLayers, type LayerStack, type Writer } from './layers/merged-layers.js';
import type { CorsConfigIssue } from './mistakes/issue-data.js';
import type { PolicyLayer } from './model/layer.js';
import type { NamedPolicies } from './layers/named-policies.js';
import { buildPolicy, type BuildOptions } from './policy-builder.js';
import type { CorsPolicy, PolicyField } from './model/policy.js';
import { quotedValue } from './mistakes/safe-text.js';
import type { Item } from './names/name-list.js';
import type { OriginOption } from './origins/origin-option.js';

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

/**
 * Mistakes that are visible only once the layers are merged: two values that are harmless alone, and values that a layer's
 * `dangerouslyAllow` may acknowledge.
 *
 * A mistake belongs to the nearest layer that wrote one of the values involved, and that layer acknowledges it. So a
 * nearer layer that sets `maxAge` need not repeat an acknowledgement, and one that turns credentials on cannot borrow
 * an old one.
 */
export function findCombinations({ values, writers }: LayerStack): readonly CorsConfigIssue[] {
  const issues: CorsConfigIssue[] = [];
  const originBy = writers.get('origin');
  const credentialsBy = values.credentials === true ? writers.get('credentials') : undefined;
  const exposedBy = values.exposedHeaders === '*' ? writers.get('exposedHeaders') : undefined;
  if (values.origin !== undefined && originBy !== undefined) {
    issues.push(...originDangers(values.origin, originBy));
    if (credentialsBy !== undefined) {
      issues.push(...credentialDangers(values.origin, originBy, credentialsBy));
    }
  }
  if (exposedBy !== undefined && credentialsBy !== undefined) {
    issues.push(exposesAny(exposedBy, credentialsBy));
  }
  return issues;
}

function originDangers({ dangers }: OriginOption, { where, acknowledged }: Writer): readonly CorsConfigIssue[] {
  return dangers.filter((finding) => !acknowledged.has(finding.code)).map((finding) => ({ ...finding, where }));
}

/** Fetch, "CORS check": with credentials every allowed origin can act in a user's session. */
function credentialDangers(option: OriginOption, originBy: Writer, credentialsBy: Writer): readonly CorsConfigIssue[] {
  const from = { originFrom: originBy.where, credentialsFrom: credentialsBy.where };
  const owner = nearer(originBy, credentialsBy);
  const issues: CorsConfigIssue[] = [];
  const found = (code: CombinedCode, item: Item, place: Item): void => {
    if (!owner.acknowledged.has(code)) {
      issues.push({ code, where: owner.where, ...place, origin: String(item.value), ...from });
    }
  };
  const credentials = { path: 'credentials', value: true };
  const everyone = { path: 'origin', value: '*' };
  if (option.everyone) {
    found('any-origin-with-credentials', everyone, owner === credentialsBy ? credentials : everyone);
  }
  for (const item of option.insecure) {
    found('insecure-origin-with-credentials', item, owner === originBy ? item : credentials);
  }
  for (const item of option.publicSuffixes) {
    found('public-suffix', item, owner === originBy ? item : credentials);
  }
  for (const { path, value, width, always } of option.insecureRegExps) {
    // Once is enough where the expression is too wide for the same layer anyway.
    if (!owner.acknowledged.has('regexp-too-wide') && !(always && owner === originBy)) {
      const place = owner === originBy ? { path, value } : credentials;
      const withCredentials = { origin: quotedValue(value), ...from };
      issues.push({ code: 'regexp-too-wide', where: owner.where, ...place, ...width, withCredentials });
    }
  }
  return issues;
}

type CombinedCode = 'any-origin-with-credentials' | 'insecure-origin-with-credentials' | 'public-suffix';

/**
 * Fetch, 4.9: with credentials, `*` in ACEH is the name of a header. There is nothing to acknowledge: it can only be a
 * mistake.
 */
function exposesAny(exposedBy: Writer, credentialsBy: Writer): CorsConfigIssue {
  const owner = nearer(exposedBy, credentialsBy);
  const place = owner === exposedBy ? { path: 'exposedHeaders', value: '*' } : { path: 'credentials', value: true };
  const from = { exposedFrom: exposedBy.where, credentialsFrom: credentialsBy.where };
  return { code: 'expose-any-with-credentials', where: owner.where, ...place, ...from };
}

function nearer(one: Writer, other: Writer): Writer {
  return one.rank >= other.rank ? one : other;
}
