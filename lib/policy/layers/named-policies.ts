import type { CompiledOrigins } from '../origins/compiled-origins.js';
import type { OriginOption } from '../origins/origin-option.js';
import type { CorsPolicy } from '../model/policy.js';
import { readValue, type WrittenValue, readPolicy } from './written-policy.js';
import type { CorsConfigIssue, Finding } from '../mistakes/issue-data.js';
import { suggestedPolicy } from './cures-with-credentials.js';
import type { PolicyLayer } from '../model/layer.js';
import { isPlainObject } from '../model/own-keys.js';

/**
 * What one start has already read and compiled. Thousands of routes inherit the same few values, and forRoot may list
 * 100 000 origins: each object is read once and each list compiled once.
 *
 * It lives as long as one start or one `update()`, not longer: by the next, the user may have changed an array in
 * place.
 */
export class CompileMemo {
  readonly #written = new WeakMap<object, WrittenValue>();
  readonly #root = new WeakMap<object, WrittenValue>();
  readonly #origins = new WeakMap<OriginOption, Map<boolean, CompiledOrigins>>();
  readonly #policies = new Map<string, CorsPolicy>();

  /**
   * One reading per object: a getter that answers differently every time cannot make two routes of one policy differ.
   */
  read(value: unknown, rootKeys?: readonly string[]): WrittenValue {
    // Reading a value that is not an object again costs nothing.
    if (typeof value !== 'object' || value === null) {
      return readValue(value);
    }
    return remember(rootKeys === undefined ? this.#written : this.#root, value, () => readValue(value, rootKeys));
  }

  /** @param nullAllowed - whether `null` may match the origins; the same list then compiles to another matcher. */
  origins(option: OriginOption, nullAllowed: boolean, compile: () => CompiledOrigins): CompiledOrigins {
    return remember(
      remember(this.#origins, option, () => new Map<boolean, CompiledOrigins>()),
      nullAllowed,
      compile,
    );
  }

  /** Equal policies are one object, which makes comparing them cheap. */
  policy(text: string, compile: () => CorsPolicy): CorsPolicy {
    return remember(this.#policies, text, compile);
  }
}

interface Memory<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

function remember<Key, Value>(memory: Memory<Key, Value>, key: Key, make: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  memory.set(key, made);
  return made;
}

/** The checked `policies` of `forRoot()`, and what one start (or update) has already compiled. */
export interface NamedPolicies {
  readonly policies: ReadonlyMap<string, WrittenValue>;
  readonly memo: CompileMemo;
}

/** Where the mistakes of a named policy are listed. */
export function whereOfNamed(name: string): string {
  return `policies.${name}`;
}

/**
 * Reads the `policies` of forRoot, of any type. A policy with mistakes is kept, so that using it is not a second mistake.
 * Combinations of policies are checked in `compilePolicy`.
 */
export function readNamedPolicies(policies: unknown): {
  readonly named: NamedPolicies;
  readonly issues: readonly CorsConfigIssue[];
} {
  const book = new Map<string, WrittenValue>();
  const issues: CorsConfigIssue[] = [];
  const entries = new Map(entriesOf(policies, issues));
  for (const [name, value] of entries) {
    // A Partial<Record> may hold a name without a policy.
    if (value === undefined) {
      continue;
    }
    const { written, findings } = readNamed(value, entries);
    book.set(name, written);
    for (const finding of findings) {
      issues.push({ ...finding, where: whereOfNamed(name) });
    }
  }
  return { named: Object.freeze({ policies: book, memo: new CompileMemo() }), issues: Object.freeze(issues) };
}

/** False for a layer without values, and for one that is inherited through a class that closes. */
export function isInForce({ values, inheritedBy = [] }: PolicyLayer, { memo, policies }: NamedPolicies): boolean {
  const closes = (last: WrittenValue): boolean =>
    last === false || (last.use !== undefined && policies.get(last.use) === false);
  return values.length > 0 && !inheritedBy.some((each) => each.length > 0 && closes(memo.read(each.at(-1))));
}

/** A policy that uses a named one where it cannot. An origin is often written where a name would be. */
export function nestedUse(name: string, policies: ReadonlyMap<string, unknown>): Finding {
  const suggestion = policies.has(name) ? undefined : suggestedPolicy(name, false);
  return { code: 'nested-use', path: 'use', value: name, suggestion };
}

function readNamed(
  value: unknown,
  policies: ReadonlyMap<string, unknown>,
): { readonly written: WrittenValue; readonly findings: readonly Finding[] } {
  if (value === false) {
    return { written: false, findings: [] };
  }
  if (typeof value === 'string') {
    return readNamed({ use: value }, policies);
  }
  const written = readPolicy(value);
  const nested: Finding[] = written.use === undefined ? [] : [nestedUse(written.use, policies)];
  const findings = [...written.findings, ...nested];
  return { written: { ...written, use: undefined, findings }, findings };
}

/** Own entries, each read once; a getter that throws is a mistake of its own policy. */
function entriesOf(policies: unknown, issues: CorsConfigIssue[]): readonly (readonly [string, unknown])[] {
  if (policies === undefined) {
    return [];
  }
  const where = 'forRoot';
  const path = 'policies';
  try {
    if (typeof policies === 'object' && policies !== null && !Array.isArray(policies)) {
      const entries = Object.entries(policies);
      for (const symbol of Object.getOwnPropertySymbols(policies)) {
        issues.push({ code: 'type', where, path, value: symbol, expected: 'a string as the name of a policy' });
      }
      // A Map has no own keys, so its policies would be lost.
      if (entries.length > 0 || isPlainObject(policies)) {
        return entries;
      }
    }
    const expected = 'a plain object of policies by name (Object.fromEntries(map) for a Map)';
    issues.push({ code: 'type', where, path, value: policies, expected });
  } catch {
    issues.push({
      code: 'type',
      where,
      path,
      value: undefined,
      expected: 'a value that can be read; reading this one threw an error',
    });
  }
  return [];
}
