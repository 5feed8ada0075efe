import { closestName } from '../../policy/mistakes/closest-name.js';
import { CorsConfigError } from '../../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue-data.js';

/** What an option of a bus has to be, and the sentence for one that is not. Code without types may pass any value. */
export interface Wanted {
  readonly expected: string;
  /** May throw for a value that cannot be read: such a value is not what is wanted. */
  is(value: unknown): boolean;
}

/** Throws a `CorsConfigError` with every option that is not what is wanted, or that does not exist. */
export function checkBusOptions(where: string, options: unknown, wanted: Readonly<Record<string, Wanted>>): void {
  const issues = Object.entries(wanted).flatMap(([path, { is, expected }]): CorsConfigIssue[] => {
    const value = optionOf(options, path);
    return attempt(() => is(value)) === true
      ? []
      : [{ code: 'type', where, path, value: withoutSecret(value), expected }];
  });
  // A client in place of the options has many keys.
  if (issues.length === 0) {
    issues.push(...unknownOptions(where, options, Object.keys(wanted)));
  }
  if (issues.length > 0) {
    throw new CorsConfigError(issues);
  }
}

function unknownOptions(where: string, options: unknown, names: readonly string[]): readonly CorsConfigIssue[] {
  const keys = attempt(() => (typeof options === 'object' && options !== null ? Object.keys(options) : []));
  return (keys ?? [])
    .filter((key) => !names.includes(key))
    .map((path) => ({ code: 'unknown-option', where, path, value: path, guess: closestName(path, names) }));
}

/** True for an object, or a function such as a mock, that has all these methods. */
export function hasMethods(value: unknown, ...names: readonly string[]): value is object {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

/** The value of a property; undefined if there is none. */
export function optionOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? attempt(() => Reflect.get(value, name) as unknown) : undefined;
}

/** The URL of a server in place of a client may have a password in it: nothing after its scheme is written. */
function withoutSecret(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/:\/\/.*$/su, '://...') : value;
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
