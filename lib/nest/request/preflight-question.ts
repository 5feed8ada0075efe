import type { PreflightQuestion } from '../../policy/decisions/evaluate.js';
import type { CorsRuntime } from './cors.runtime.js';
import type { PolicyBook } from '../policies/app-policies.js';
import type { AskedRequest, PreflightTarget } from '../policies/policy-finder.js';

/** What a preflight says, and where. */
export interface PreflightWords extends AskedRequest {
  readonly origin: string;
  readonly headers: string | undefined;
}

/** Puts a preflight into the terms of the policies that are to judge it. */
export function preflightQuestion(
  runtime: CorsRuntime,
  book: PolicyBook,
  target: PreflightTarget,
  words: PreflightWords,
): PreflightQuestion {
  const { origin, method, headers } = words;
  return {
    origin,
    method,
    headers,
    served: (policy) => runtime.finder.served(book, target, policy, words),
    alwaysAllowed: target.routes.find((route) => route.versionHeader !== undefined)?.versionHeader,
    unserved: target.isUnserved,
    debug: book.debug,
  };
}
