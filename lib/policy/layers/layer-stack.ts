import type { HeaderNames } from '../names/header-name.js';
import type { CorsConfigIssue } from '../mistakes/issue-data.js';
import type { CorsDangerCode } from '../model/options.js';
import { withoutPrototype } from '../model/own-keys.js';
import { safeText } from '../mistakes/safe-text.js';
import { POLICY_FIELDS, type PolicyValues } from './policy-values.js';
import type { PolicyField } from '../model/policy.js';
import type { WrittenPolicy } from './written-policy.js';

/** The source of a value: a layer, or the named policy that it uses. */
export interface Writer {
  readonly where: string;
  /** Larger is nearer to the handler. */
  readonly rank: number;
  readonly acknowledged: ReadonlySet<CorsDangerCode>;
}

/** The values of a policy, every `add` done. */
export type MergedValues = Omit<PolicyValues, HeaderField> & {
  readonly [Field in HeaderField]?: '*' | readonly string[];
};

/** Stacked layers: for each field the nearest value, and its source. */
export interface LayerStack {
  readonly values: MergedValues;
  readonly writers: ReadonlyMap<PolicyField, Writer>;
  /** The nearest layer is `false`: no origin is allowed until a nearer layer names one. */
  readonly closed: boolean;
}

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

type HeaderField = 'allowedHeaders' | 'exposedHeaders';

type MutableValues = { -readonly [Field in keyof MergedValues]: MergedValues[Field] };

/** What an `add` is added to where no layer says anything. */
const DEFAULT_NAMES = { allowedHeaders: '*', exposedHeaders: [] } as const;

/** No layer at all. */
export const EMPTY_STACK: LayerStack = Object.freeze({
  values: Object.freeze(withoutPrototype({})),
  writers: new Map(),
  closed: false,
});

/**
 * Lays a policy over a stack: key by key the nearer value replaces the farther one. Lists are never joined, except by
 * `{ add }`.
 */
export function layOver(stack: LayerStack, written: WrittenPolicy, writer: Writer, notes: Notes): LayerStack {
  const { allowedHeaders, exposedHeaders, ...replacing } = written.values;
  const values: MutableValues = withoutPrototype({ ...stack.values, ...replacing });
  const writers = new Map(stack.writers);
  for (const field of POLICY_FIELDS) {
    if (Object.hasOwn(replacing, field)) {
      writers.set(field, writer);
    }
  }
  for (const [field, own] of [
    ['allowedHeaders', allowedHeaders],
    ['exposedHeaders', exposedHeaders],
  ] as const) {
    if (own === undefined) {
      continue;
    }
    noteNeedless(field, own, writer, notes);
    const names = extend(stack.values[field] ?? DEFAULT_NAMES[field], own);
    if (names === undefined) {
      noteUselessAdd(field, writer, notes);
    } else {
      values[field] = names;
      writers.set(field, writer);
    }
  }
  return { values, writers, closed: stack.closed };
}

/**
 * Closes the inherited policy: its origins are removed, as they must not come back by themselves; forRoot's other values
 * stay.
 */
export function closedBy(writer: Writer, { values, writers }: LayerStack): LayerStack {
  const { origin: _, ...others } = values;
  return { values: withoutPrototype(others), writers: new Map(writers).set('origin', writer), closed: true };
}

/** Undefined where there is nothing to add to, as every name is in `*`. */
function extend(inherited: '*' | readonly string[], own: HeaderNames): '*' | readonly string[] | undefined {
  if (own === '*') {
    return own;
  }
  if (!own.add) {
    return own.names;
  }
  return inherited === '*' ? undefined : [...inherited, ...own.names];
}

/** Lists that name `Origin` and `Accept` are copied from project to project: no reason to stop the start. */
function noteNeedless(field: HeaderField, own: HeaderNames, { where }: Writer, { warnings }: Notes): void {
  if (own === '*' || own.needless.length === 0) {
    return;
  }
  const names = own.needless.map((name) => safeText(name)).join(', ');
  const text = `${names}: browsers send this anyway, whatever the list says; remove it from the list`;
  warnings.push({ where, path: own.add ? `${field}.add` : field, text });
}

/**
 * With an inherited `allowedHeaders` of `'*'` the names pass anyway, so `add` has no effect. With an inherited
 * `exposedHeaders` of `'*'` it is a mistake: adding to a list expects a list, and with credentials `*` exposes nothing.
 */
function noteUselessAdd(field: HeaderField, { where }: Writer, { issues, warnings }: Notes): void {
  const path = `${field}.add`;
  if (field === 'exposedHeaders') {
    issues.push({ code: 'nothing-to-extend', where, path, value: '*' });
  } else {
    warnings.push({ where, path, text: "has no effect: the inherited allowedHeaders is '*', which allows every name" });
  }
}
