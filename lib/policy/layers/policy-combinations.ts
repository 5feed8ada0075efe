import type { CorsConfigIssue } from '../mistakes/issue-data.js';
import { quotedValue } from '../mistakes/quoted-value.js';
import type { LayerStack, Writer } from './layer-stack.js';
import type { Item } from '../names/name-list.js';
import type { OriginOption } from '../origins/origin-option.js';

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
