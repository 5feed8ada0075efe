import { parse } from 'path-to-regexp';

import { compilePolicy, type CompiledPolicy } from '../../policy/compile.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { inheritedOption, ownValue } from '../../policy/model/own-keys.js';
import type { PolicyLayer } from '../../policy/model/layer.js';
import type { NamedPolicies } from '../../policy/layers/named-policies.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { PathList, type PathEntry } from '../../routing/path-list.js';

/** The `paths` option, read and compiled. */
export interface PathPolicies {
  readonly list: PathList<CorsPolicy | undefined>;
  readonly compiled: readonly CompiledPolicy[];
  readonly issues: readonly CorsConfigIssue[];
}

const KEYS: readonly string[] = ['path', 'methods', 'policy'];
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads `forRoot({ paths })`. It comes from whoever wrote the options, JavaScript included: nothing is taken for granted. */
export function readPathPolicies(paths: unknown, root: PolicyLayer, named: NamedPolicies): PathPolicies {
  if (paths === undefined) {
    return { list: new PathList([]), compiled: [], issues: [] };
  }
  const issues: CorsConfigIssue[] = [];
  const compiled: CompiledPolicy[] = [];
  const entries: PathEntry<CorsPolicy | undefined>[] = [];
  if (!Array.isArray(paths)) {
    issues.push({
      code: 'type',
      where: 'forRoot',
      path: 'paths',
      value: paths,
      expected: 'a list of { path, policy }',
    });
  }
  for (const [index, value] of (Array.isArray(paths) ? paths : []).entries()) {
    const entry: unknown = value;
    const read = readEntry(entry, index, issues);
    if (read === undefined) {
      continue;
    }
    const served = read.methods === undefined ? {} : { served: read.methods };
    const result = compilePolicy([root, { where: read.where, values: [read.policy] }], named, served);
    compiled.push(result);
    entries.push({ path: read.path, methods: read.methods && new Set(read.methods), value: result.policy });
  }
  return { list: new PathList(entries), compiled, issues: [...issues, ...compiled.flatMap((result) => result.issues)] };
}

interface ReadEntry {
  readonly where: string;
  readonly path: string;
  readonly methods: readonly string[] | undefined;
  readonly policy: unknown;
}

function readEntry(entry: unknown, index: number, issues: CorsConfigIssue[]): ReadEntry | undefined {
  const at = `paths[${index}]`;
  const note = (path: string, value: unknown, expected: string): void => {
    issues.push({ code: 'type', where: 'forRoot', path: `${at}${path}`, value, expected });
  };
  if (typeof entry !== 'object' || entry === null) {
    note('', entry, "an object, { path: '/graphql', policy: { … } }");
    return undefined;
  }
  const inherited = inheritedOption(entry, KEYS);
  if (inherited !== undefined) {
    note('', entry, `a plain object, as ${inherited} is not the object's own, but its class's`);
    return undefined;
  }
  for (const key of Object.keys(entry).filter((name) => !KEYS.includes(name))) {
    issues.push({ code: 'unknown-option', where: 'forRoot', path: `${at}.${key}`, value: key, guess: undefined });
  }
  const path = ownValue(entry, 'path');
  const policy = ownValue(entry, 'policy');
  if (!isPattern(path)) {
    note('.path', path, "a path in path-to-regexp 8 syntax, such as '/graphql{/*rest}'");
    return undefined;
  }
  if (policy === undefined) {
    note('.policy', policy, 'a policy, the name of one, or false');
    return undefined;
  }
  return {
    where: `${at} (${path})`,
    path,
    methods: readMethods(ownValue(entry, 'methods'), at, note, issues),
    policy,
  };
}

function readMethods(
  methods: unknown,
  at: string,
  note: (path: string, value: unknown, expected: string) => void,
  issues: CorsConfigIssue[],
): readonly string[] | undefined {
  if (methods === undefined) {
    return undefined;
  }
  if (!Array.isArray(methods) || methods.length === 0) {
    note('.methods', methods, "a list of methods, ['GET', 'POST'], or leave it out for all of them");
    return undefined;
  }
  return methods.map(String).filter((method, index) => {
    const isToken = TOKEN.test(method);
    if (!isToken) {
      issues.push({
        code: 'method-invalid',
        where: 'forRoot',
        path: `${at}.methods[${index}]`,
        value: method,
        keyword: false,
      });
    }
    return isToken;
  });
}

function isPattern(path: unknown): path is string {
  try {
    return typeof path === 'string' && path.startsWith('/') && parse(path).tokens.length > 0;
  } catch {
    return false;
  }
}
