import { describeIssue, type CorsConfigIssue } from './issue.js';
import { safeText, thrownText } from './safe-text.js';

/**
 * Thrown from `app.init()` and `app.listen()` with every mistake that the CORS policies of the application have, and by
 * `CorsService.update()`. The message groups them by the place they were found in:
 *
 * ```
 * CorsConfigError: 1 mistake in the CORS policies
 *   CatsController.update (PUT /cats/:id)
 *     origin[1]: "http://Example.com:80" is not how browsers write it; use "http://example.com"
 * [origin-not-serialized]
 * ```
 */
export class CorsConfigError extends Error {
  /** `CorsConfigError`, in every copy of the package. */
  declare readonly name: 'CorsConfigError';

  /** Each mistake once, as data, in the order found. Not enumerable, so that no logger writes the values out raw. */
  declare readonly issues: readonly CorsConfigIssue[];

  /**
   * Printing the error prints its sentences, be it by Node (uncaught), `console.error`, Nest's logger or a test runner. A
   * stack would only say where in this package the mistakes were counted.
   */
  constructor(issues: readonly CorsConfigIssue[]) {
    const distinct = withoutRepeats(issues);
    super(messageOf(distinct));
    define(this, 'name', 'CorsConfigError');
    define(this, 'issues', Object.freeze(distinct));
    define(this, 'stack', `CorsConfigError: ${this.message}`);
  }

  /** How `util.inspect` and so `console.error` show it, by itself or as the cause of another error. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `CorsConfigError: ${this.message}`;
  }
}

/** What failed, for a line of the log: all sentences of a {@link CorsConfigError}, and the safe text of anything else. */
export function failureText(error: unknown): string {
  return error instanceof CorsConfigError ? error.message : thrownText(error);
}

function define(error: CorsConfigError, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
}

/** A mistake of a shared layer is found again on every route that inherits it. */
function withoutRepeats(issues: readonly CorsConfigIssue[]): CorsConfigIssue[] {
  const seen = new Map<string, CorsConfigIssue>();
  for (const issue of issues) {
    // The sentence counts, too: one value may be wrong for several reasons, and each has its own cure.
    const key = JSON.stringify([issue.where, issue.path, issue.code, describeIssue(issue)]);
    if (!seen.has(key)) {
      seen.set(key, issue);
    }
  }
  return [...seen.values()];
}

function messageOf(issues: readonly CorsConfigIssue[]): string {
  const groups = new Map<string, string[]>();
  for (const issue of issues) {
    const lines = groups.get(issue.where) ?? [];
    groups.set(issue.where, lines);
    lines.push(`    ${lineOf(issue)}`);
  }
  const count = issues.length === 1 ? '1 mistake' : `${issues.length} mistakes`;
  return [
    `${count} in the CORS policies`,
    ...[...groups].flatMap(([where, lines]) => [`  ${safeText(where)}`, ...lines]),
  ].join('\n');
}

function lineOf(issue: CorsConfigIssue): string {
  const path = issue.path === '' ? '' : `${safeText(issue.path)}: `;
  return `${path}${describeIssue(issue)}   [${issue.code}]`;
}
