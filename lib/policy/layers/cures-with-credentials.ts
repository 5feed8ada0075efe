import type { CorsConfigIssue } from '../mistakes/issue-data.js';
import { harmlessOrigin } from '../origins/origin-option.js';

/** `origin`, or one item of it. */
const ORIGIN_PATH = /^origin(?:\[\d+\])?$/;

/**
 * Where the policy has credentials, some cures are others: `'*'` cannot go with them, and whoever follows a cure is not
 * to be told at the next start that it was none. It is known only once the layers are merged.
 */
export function cureWithCredentials(issue: CorsConfigIssue): CorsConfigIssue {
  switch (issue.code) {
    case 'type':
      return issue.value === true && ORIGIN_PATH.test(issue.path) ? { ...issue, expected: NAMED_ORIGINS } : issue;
    case 'unknown-policy':
      return issue.suggestion === undefined ? issue : { ...issue, suggestion: suggestedPolicy(issue.value, true) };
    case 'origin-not-serialized':
      return { ...issue, right: harmlessOrigin(issue.right, true) ?? issue.right };
    case 'origin-invalid': {
      const { suggestion } = issue;
      return { ...issue, suggestion: suggestion === undefined ? suggestion : harmlessOrigin(suggestion, true) };
    }
    case 'wildcard-among-origins':
      return { ...issue, alone: false };
    case 'origin-missing':
      return { ...issue, credentials: true };
    case 'header-invalid':
      return { ...issue, alone: issue.alone && issue.path.startsWith('allowedHeaders') };
    default:
      return issue;
  }
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
