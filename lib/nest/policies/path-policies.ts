import { compilePolicy, type CompiledPolicy } from '../../policy/compile.js';
import { closestName } from '../../policy/mistakes/closest-name.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import { quotedCure } from '../../policy/mistakes/safe-text.js';
import { inheritedOption, ownValue } from '../../policy/model/own-keys.js';
import type { PolicyLayer } from '../../policy/model/layer.js';
import type { NamedPolicies } from '../../policy/layers/named-policies.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { POLICY_KEYS } from '../../policy/layers/written-policy.js';
import { readMethods } from '../../policy/names/http-names.js';
import { compileListedPattern, whyNothingMatches } from '../../routing/listed-pattern.js';
import { PathList, type PathEntry } from '../../routing/path-list.js';
import type { TargetSettings } from '../../routing/target-readings.js';

/** An option of a policy, written beside `path`. */
function policyWith(key: string): string | undefined {
  return POLICY_KEYS.includes(key) ? `policy: { ${key}: ... }` : undefined;
}

/** The meaning of an entry of `paths`. */
export interface PathPolicy {
  /** The position of the entry in the list; an entry with several patterns occurs several times. */
  readonly index: number;
  /** Undefined where the entry is `untouched`: the app's own headers stay, and preflights reach it. */
  readonly policy: CorsPolicy | undefined;
  /** The policy as it was written. */
  readonly written: unknown;
  readonly sources: CompiledPolicy['sources'];
}

/** The `paths` option, read and compiled. */
export interface PathPolicies {
  readonly list: PathList<PathPolicy>;
  readonly compiled: readonly CompiledPolicy[];
  readonly issues: readonly CorsConfigIssue[];
}

const KEYS: readonly string[] = ['path', 'methods', 'policy', 'untouched'];

/**
 * Reads `forRoot({ paths })`, a value of any type; of each entry only own keys count.
 *
 * @param settings - of the server: it decides which targets an entry opens.
 */
export function readPathPolicies(
  paths: unknown,
  root: PolicyLayer,
  named: NamedPolicies,
  settings: TargetSettings,
): PathPolicies {
  const listed = listOf(paths);
  if (listed === undefined) {
    const expected = 'a list of { path, policy }';
    const issue: CorsConfigIssue = { code: 'type', where: 'forRoot', path: 'paths', value: paths, expected };
    return { list: new PathList([], settings), compiled: [], issues: [issue] };
  }
  const issues: CorsConfigIssue[] = [];
  const compiled: CompiledPolicy[] = [];
  const entries: PathEntry<PathPolicy>[] = [];
  for (const [index, entry] of listed.entries()) {
    const read = new EntryReader(`paths[${index}]`, settings, issues).read(entry);
    if (read === undefined) {
      continue;
    }
    const { where, methods } = read;
    const served = methods === undefined ? {} : { served: methods };
    const result = read.isUntouched
      ? undefined
      : compilePolicy([root, { where, values: [read.policy] }], named, served);
    if (result !== undefined) {
      compiled.push(result);
    }
    const policy = result?.policy;
    const stands = { index, policy, written: read.policy, sources: result?.sources ?? {} };
    for (const path of read.paths) {
      entries.push({
        where,
        path,
        methods: methods && new Set(methods),
        closes: policy?.closed === true,
        value: stands,
      });
    }
  }
  const list = new PathList(entries, settings);
  return { list, compiled, issues: [...issues, ...compiled.flatMap((result) => result.issues)] };
}

/** A copy; undefined if it is not a list or cannot be read: a proxy may throw at any access. */
function listOf(paths: unknown): readonly unknown[] | undefined {
  if (paths === undefined) {
    return [];
  }
  try {
    return Array.isArray(paths) ? Array.from<unknown>(paths) : undefined;
  } catch {
    return undefined;
  }
}

interface ReadEntry {
  readonly where: string;
  readonly paths: readonly string[];
  readonly methods: readonly string[] | undefined;
  readonly policy: unknown;
  readonly isUntouched: boolean;
}

/** Reads one entry, and records its mistakes. */
class EntryReader {
  constructor(
    private readonly at: string,
    private readonly settings: TargetSettings,
    private readonly issues: CorsConfigIssue[],
  ) {}

  /** Undefined if mistakes leave no entry. */
  read(entry: unknown): ReadEntry | undefined {
    try {
      return this.#read(entry);
    } catch {
      this.#expect('', entry, 'an object that can be read; reading this one threw an error');
      return undefined;
    }
  }

  #read(entry: unknown): ReadEntry | undefined {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      this.#expect('', entry, "an object, { path: '/graphql', policy: { … } }");
      return undefined;
    }
    const inherited = inheritedOption(entry, KEYS);
    if (inherited !== undefined) {
      this.#expect('', entry, `a plain object, as ${inherited} is inherited from the object's class`);
      return undefined;
    }
    const free = KEYS.filter((name) => !Object.hasOwn(entry, name));
    for (const key of Reflect.ownKeys(entry).filter((name) => !KEYS.some((known) => known === name))) {
      this.issues.push({
        code: 'unknown-option',
        where: 'forRoot',
        path: `${this.at}.${String(key)}`,
        value: key,
        // Without a name to write instead, `method` would be removed, and the entry would apply to every method.
        guess: typeof key === 'string' ? (policyWith(key) ?? closestName(key, free)) : undefined,
      });
    }
    const paths = this.#paths(ownValue(entry, 'path'));
    const methods = this.#methods(ownValue(entry, 'methods'));
    const policy = ownValue(entry, 'policy');
    const untouched = ownValue(entry, 'untouched');
    if (!this.#hasOneOf(policy, untouched) || paths.length === 0) {
      return undefined;
    }
    const where = `${this.at} (${paths.join(', ')})`;
    return { where, paths, methods, policy, isUntouched: untouched === true };
  }

  #hasOneOf(policy: unknown, untouched: unknown): boolean {
    if (untouched !== undefined && untouched !== true) {
      this.#expect('.untouched', untouched, 'true, or leave it out');
      return false;
    }
    if (policy !== undefined && untouched === true) {
      this.#expect('.untouched', untouched, 'either policy or untouched: true, not both');
      return false;
    }
    if (policy === undefined && untouched === undefined) {
      this.#expect('.policy', policy, 'a policy, the name of one, or false; or untouched: true instead');
      return false;
    }
    return true;
  }

  #paths(value: unknown): readonly string[] {
    if (!Array.isArray(value)) {
      return this.#isPath('.path', value) ? [value] : [];
    }
    if (value.length === 0) {
      this.#expect('.path', value, "a path, '/graphql', or a list of at least one");
    }
    const list: readonly unknown[] = Array.from<unknown>(value);
    return list.filter((path, index): path is string => this.#isPath(`.path[${index}]`, path));
  }

  /** Records a mistake if it is not a pattern, or one that no request can match. */
  #isPath(path: string, value: unknown): value is string {
    if (typeof value !== 'string' || !value.startsWith('/')) {
      this.#expect(path, value, this.#expectedPath(value));
      return false;
    }
    try {
      const why = whyNothingMatches(value, compileListedPattern(value, this.settings), this.settings);
      if (why !== undefined) {
        this.issues.push({ code: 'path-matches-nothing', where: 'forRoot', path: `${this.at}${path}`, value, why });
      }
      return why === undefined;
    } catch {
      this.#expect(path, value, this.#expectedPath(value));
      return false;
    }
  }

  /** The example is the path itself if it has the syntax of Express 4 or Fastify: `/api/*`, `/:id?`. */
  #expectedPath(value: unknown): string {
    let example = '/graphql{/*rest}';
    if (typeof value === 'string' && value !== '') {
      const meant = `/${value.trim().replace(/^\/+/, '')}`
        .replace(/\/?(?:\*{1,2}|\(\.\*\))$/, '{/*rest}')
        .replaceAll(/\/:(\w+)\?/g, '{/:$1}')
        .replace(/^\{\/([^{}]*)\}$/, '/{$1}');
      example = meant.startsWith('/') && this.#canMatch(meant) ? meant : example;
    }
    return `a path in path-to-regexp 8 syntax, such as ${quotedCure(example)}`;
  }

  #canMatch(path: string): boolean {
    try {
      return whyNothingMatches(path, compileListedPattern(path, this.settings), this.settings) === undefined;
    } catch {
      return false;
    }
  }

  #methods(methods: unknown): readonly string[] | undefined {
    if (methods === undefined) {
      return undefined;
    }
    if (!Array.isArray(methods) || methods.length === 0) {
      this.#expect('.methods', methods, "a list of methods, ['GET', 'POST'], or leave it out for all of them");
      return undefined;
    }
    const read = readMethods(methods, `${this.at}.methods`, (finding) => {
      // In a policy '*' and 'auto' can stand alone; here neither can.
      const isKeyword = finding.code === 'method-invalid' && finding.keyword;
      this.issues.push(
        isKeyword
          ? { code: 'type', where: 'forRoot', path: finding.path, value: finding.value, expected: EXPECTED_METHOD }
          : { ...finding, where: 'forRoot' },
      );
    });
    return Array.isArray(read) ? read : undefined;
  }

  #expect(path: string, value: unknown, expected: string): void {
    this.issues.push({ code: 'type', where: 'forRoot', path: `${this.at}${path}`, value, expected });
  }
}

const EXPECTED_METHOD = "a method, such as 'GET', or leave methods out for all of them";
