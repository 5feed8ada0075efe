import { CompileMemo } from './compile-memo.js';
import type { CorsConfigIssue, Finding } from '../mistakes/issue-data.js';
import { isPlainObject } from '../model/own-keys.js';
import { readPolicy, type WrittenValue } from './written-policy.js';

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
  for (const [name, value] of entriesOf(policies, issues)) {
    // A Partial<Record> may hold a name without a policy.
    if (value === undefined) {
      continue;
    }
    const { written, findings } = readNamed(value);
    book.set(name, written);
    for (const finding of findings) {
      issues.push({ ...finding, where: whereOfNamed(name) });
    }
  }
  return { named: Object.freeze({ policies: book, memo: new CompileMemo() }), issues: Object.freeze(issues) };
}

function readNamed(value: unknown): { readonly written: WrittenValue; readonly findings: readonly Finding[] } {
  if (value === false) {
    return { written: false, findings: [] };
  }
  if (typeof value === 'string') {
    return readNamed({ use: value });
  }
  const written = readPolicy(value);
  const nested: Finding[] = written.use === undefined ? [] : [{ code: 'nested-use', path: 'use', value: written.use }];
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
