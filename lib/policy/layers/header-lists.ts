import type { CorsConfigIssue } from '../mistakes/issue-data.js';
import { safeText } from '../mistakes/safe-text.js';
import { isHostNaming, type HeaderNames } from '../names/http-names.js';

export type HeaderField = 'allowedHeaders' | 'exposedHeaders';

/** A value that has no effect and does no harm. */
export interface PolicyWarning {
  readonly where: string;
  readonly path: string;
  readonly text: string;
}

/** What is found while merging. */
export interface Notes {
  readonly issues: CorsConfigIssue[];
  readonly warnings: PolicyWarning[];
}

/** What an `add` is added to where no layer says anything. */
export const DEFAULT_NAMES = { allowedHeaders: '*', exposedHeaders: [] } as const;

/** An `add` is the one way to keep the names of an inherited list. */
export function extend(inherited: readonly string[] | '*', own: HeaderNames): '*' | readonly string[] {
  if (own === '*') {
    return own;
  }
  return own.add ? [inherited, own.names].flat() : own.names;
}

/** Lists that name `Origin` and `Accept` are copied from project to project: no reason to stop the start. */
export function noteNeedless(
  field: HeaderField,
  own: HeaderNames,
  { where }: { readonly where: string },
  { warnings }: Notes,
): void {
  if (own === '*' || own.needless.length === 0) {
    return;
  }
  const names = own.needless.map((name) => safeText(name)).join(', ');
  const text = `${names}: browsers send this anyway, whatever the list says; remove it from the list`;
  warnings.push({ where, path: own.add ? `${field}.add` : field, text });
}

/**
 * With an inherited `allowedHeaders` of `'*'` the names pass anyway, so `add` has no effect; but for those that `'*'` does not
 * cover, which have to be listed. With an inherited
 * `exposedHeaders` of `'*'` it is a mistake: adding to a list expects a list, and with credentials `*` exposes nothing.
 */
export function noteUselessAdd(
  field: HeaderField,
  names: readonly string[],
  { where }: { readonly where: string },
  { issues, warnings }: Notes,
): void {
  const path = `${field}.add`;
  if (field === 'exposedHeaders') {
    issues.push({ code: 'nothing-to-extend', where, path, value: '*' });
    return;
  }
  const uncovered = names.filter((name) => isHostNaming(name.toLowerCase()));
  const text =
    uncovered.length === 0
      ? "has no effect: the inherited allowedHeaders is '*', which allows every name"
      : `has no effect: the inherited allowedHeaders is '*', which does not cover ${uncovered.join(', ')}; write the whole list without add`;
  warnings.push({ where, path, text });
}
