import type { CorsDangerCode } from '../model/options.js';
import { withoutPrototype } from '../model/own-keys.js';
import { POLICY_FIELDS, type PolicyValues } from './policy-values.js';
import type { PolicyField } from '../model/policy.js';
import { type WrittenPolicy, ROOT_KEYS, type WrittenValue } from './written-policy.js';
import { closestName } from '../mistakes/closest-name.js';
import { suggestedPolicy } from './cures-with-credentials.js';
import { DEFAULT_NAMES, extend, noteNeedless, noteUselessAdd, type HeaderField, type Notes } from './header-lists.js';
import type { PolicyLayer } from '../model/layer.js';
import { isInForce, nestedUse, whereOfNamed, type NamedPolicies } from './named-policies.js';

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

type MutableValues = { -readonly [Field in keyof MergedValues]: MergedValues[Field] };

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
    const inherited = stack.values[field] ?? DEFAULT_NAMES[field];
    if (own !== '*' && own.add && inherited === '*') {
      noteUselessAdd(field, own.names, writer, notes);
    } else {
      values[field] = extend(inherited, own);
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

/** All layers of a target in one, and what was found on the way. */
export interface MergedLayers extends Notes {
  readonly stack: LayerStack;
  /** The nearest layer that says anything, forRoot apart; undefined where there is none. */
  readonly nearest: PolicyLayer | undefined;
}

/** What a layer starts from, before its own keys. */
interface Ground {
  readonly stack: LayerStack;
  /** What made it closed or open, if this layer did: `false`, the name of a policy that is `false`, or a policy. */
  readonly kind: 'inherited' | 'false' | 'named' | 'named-false' | 'unknown';
  /** The policy it uses. */
  readonly use: string | undefined;
}

/**
 * Merges layers, far to near; the first is forRoot's.
 *
 * One rule matters for security: only an origin opens a closed policy. Below a `false`, a layer with `{ maxAge: 60 }` must
 * not bring back the origins that an outer layer allowed.
 */
export function mergeLayers(layers: readonly PolicyLayer[], named: NamedPolicies): MergedLayers {
  const merging = new Merging(named);
  const said = layers.map((layer, rank) => ({ layer, rank })).filter(({ layer }) => isInForce(layer, named));
  for (const { layer, rank } of said) {
    merging.add(layer, rank);
  }
  return {
    stack: merging.whole,
    issues: merging.issues,
    warnings: merging.warnings,
    nearest: said.findLast(({ rank }) => rank > 0)?.layer,
  };
}

class Merging implements Notes {
  readonly issues: Notes['issues'] = [];
  readonly warnings: Notes['warnings'] = [];
  stack = EMPTY_STACK;
  readonly #named: NamedPolicies;
  /** forRoot's values: what `use`, `false` and opening again fall back on. */
  #root = EMPTY_STACK;
  /** Who had the policy enforced that a layer has closed. */
  #enforcer: Writer | undefined;

  constructor(named: NamedPolicies) {
    this.#named = named;
  }

  /**
   * What was enforced when it was closed stays enforced while it is closed: closing one handler of an enforced controller is not
   * meant to let in what its other handlers refuse.
   */
  get whole(): LayerStack {
    const { values, writers, closed } = this.stack;
    return closed && this.#enforcer !== undefined
      ? {
          values: withoutPrototype({ ...values, enforce: true }),
          writers: new Map(writers).set('enforce', this.#enforcer),
          closed,
        }
      : this.stack;
  }

  add(layer: PolicyLayer, rank: number): void {
    const written = layer.values.map((value) => this.#read(value, layer.where, rank === 0));
    const last = written.findLastIndex((value) => value === false || value.use !== undefined);
    const head = written[last];
    // What is executed before a `use` or `false` on the same target is discarded; its mistakes have been recorded.
    const own = written.slice(Math.max(last, 0)).filter(saysSomething);
    const ground = this.#groundOf(head, layer.where, rank);
    const writer = writerOf(own, layer.where, rank);
    const { values, writers, closed } = this.stack;
    if (!closed) {
      this.#enforcer = values.enforce === true ? writers.get('enforce') : undefined;
    }
    this.stack = this.#opens(ground, own, layer) ? this.#layAll(ground.stack, own, writer) : ground.stack;
    if (rank === 0) {
      this.#root = this.stack;
    }
  }

  #read(value: PolicyLayer['values'][number], where: string, root: boolean): WrittenValue {
    const written = this.#named.memo.read(value, root ? ROOT_KEYS : undefined);
    if (written === false) {
      return written;
    }
    for (const finding of written.findings) {
      this.issues.push({ ...finding, where });
    }
    if (!root || written.use === undefined) {
      return written;
    }
    this.issues.push({ ...nestedUse(written.use, this.#named.policies), where });
    return { ...written, use: undefined };
  }

  #groundOf(head: WrittenValue | undefined, where: string, rank: number): Ground {
    if (head === false) {
      return { stack: closedBy(writerOf([], where, rank), this.#root), kind: 'false', use: undefined };
    }
    if (head?.use === undefined) {
      return { stack: this.stack, kind: 'inherited', use: undefined };
    }
    const named = this.#named.policies.get(head.use);
    // A closed ground stays closed under a named policy that names no origin.
    const stack = { ...this.#root, closed: this.stack.closed };
    if (named === undefined) {
      this.issues.push(this.#unknown(head.use, where));
      return { stack, kind: 'unknown', use: head.use };
    }
    // Below the layer that uses it, so that the layer's own keys lie over it.
    const writer = writerOf(named === false ? [] : [named], whereOfNamed(head.use), rank - 0.5);
    if (named === false) {
      return { stack: closedBy(writer, this.#root), kind: 'named-false', use: head.use };
    }
    for (const finding of named.findings) {
      this.issues.push({ ...finding, where: writer.where });
    }
    return {
      stack: layOver({ ...stack, closed: stack.closed && !named.namesOrigin }, named, writer, this),
      kind: 'named',
      use: head.use,
    };
  }

  /** True where the layer's own keys count; reports those that would open what is closed. */
  #opens({ stack, kind, use }: Ground, own: readonly WrittenPolicy[], { where, values }: PolicyLayer): boolean {
    if (!stack.closed) {
      return true;
    }
    const saysNothing = own.length === 0;
    if (saysNothing && kind !== 'named') {
      return false;
    }
    if (kind !== 'named-false' && own.some((written) => written.namesOrigin)) {
      return true;
    }
    const named = kind === 'named-false' ? use : undefined;
    this.issues.push({ code: 'opens-nothing', where, path: '', value: values.at(-1), named });
    return false;
  }

  #layAll(ground: LayerStack, own: readonly WrittenPolicy[], writer: Writer): LayerStack {
    const open: LayerStack = { ...ground, closed: false };
    return own.reduce((stack, written) => layOver(stack, written, writer, this), open);
  }

  #unknown(name: string, where: string): Notes['issues'][number] {
    const guess = closestName(name, this.#named.policies.keys());
    return {
      code: 'unknown-policy',
      where,
      path: 'use',
      value: name,
      guess,
      suggestion: guess === undefined || /^\*$|:\/\//.test(name) ? suggestedPolicy(name, false) : undefined,
    };
  }
}

/**
 * False for a bare `use` and for `false`, which have no keys of their own. An empty object does say something: that there
 * is a policy.
 */
function saysSomething(written: WrittenValue): written is WrittenPolicy {
  return written !== false && (written.saysMore || written.use === undefined);
}

/** Key by key, `dangerouslyAllow` too: the last one of a target counts. */
function writerOf(own: readonly WrittenPolicy[], where: string, rank: number): Writer {
  return {
    where,
    rank,
    acknowledged: own.findLast((written) => written.acknowledged !== undefined)?.acknowledged ?? new Set(),
  };
}
