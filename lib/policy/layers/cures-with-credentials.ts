import type { CorsConfigIssue } from '../mistakes/issue-data.js';
import { harmlessOrigin } from '../origins/origin-option.js';

/** `origin`, or one item of it. */
const ORIGIN_PATH = /^origin(?:\[\d+\])?$/;

/**
 * If the policy has credentials, some cures are different: `'*'` cannot be combined with them, and a cure must not turn out
 * to be wrong at the next start. Whether it has them is known only once the layers are merged.
 */
export function cureWithCredentials(issue: CorsConfigIssue): CorsConfigIssue {
  if (issue.code === 'type' && issue.value === true && ORIGIN_PATH.test(issue.path)) {
    return { ...issue, expected: NAMED_ORIGINS };
  }
  if ((issue.code === 'unknown-policy' || issue.code === 'nested-use') && issue.suggestion !== undefined) {
    return { ...issue, suggestion: suggestedPolicy(issue.value, true) };
  }
  if (issue.code === 'origin-not-serialized') {
    return { ...issue, right: harmlessOrigin(issue.right, true) ?? issue.right };
  }
  if (issue.code === 'origin-invalid' && issue.suggestion !== undefined) {
    return { ...issue, suggestion: harmlessOrigin(issue.suggestion, true) };
  }
  if (issue.code === 'wildcard-among-origins') {
    return { ...issue, alone: false };
  }
  if (issue.code === 'origin-missing') {
    return { ...issue, credentials: true };
  }
  if (issue.code === 'header-invalid') {
    return { ...issue, alone: issue.alone && issue.path.startsWith('allowedHeaders') };
  }
  return issue;
}

const NAMED_ORIGINS = "the origins that may send credentials, such as 'https://app.example.com' ('*' cannot)";

/**
 * `@Cors('https://app.example.com')` compiles, and is the first thing that people try: what they meant, in a spelling
 * that the next start takes.
 */
export function suggestedPolicy(name: unknown, credentials: boolean): string | undefined {
  if (name === '*') {
    return credentials ? "{ origin: '*', credentials: false }" : "{ origin: '*' }";
  }
  const origin = typeof name === 'string' ? harmlessOrigin(name, credentials) : undefined;
  return origin === undefined ? undefined : `{ origin: ${JSON.stringify(origin)} }`;
}
