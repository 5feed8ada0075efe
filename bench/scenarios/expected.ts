import assert from 'node:assert/strict';

import { ALLOWED, HEADERS, ITEM_METHODS, MAX_AGE, METHODS } from '../apps/policies.js';
import { corsHeaders, type Answer } from '../http/answer.js';

type Headers = Readonly<Record<string, string>>;

const VARY_ALL = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
const CREDENTIALS = { 'access-control-allow-credentials': 'true' };

/** What the library answers, and whoever writes the same by hand. */
export function libraryAnswer(work: string, origin = ALLOWED): Headers {
  switch (work) {
    case 'refused':
    case 'no Origin':
      return { vary: 'Origin' };
    case 'preflight refused':
      return { vary: VARY_ALL };
    case 'preflight allowed':
      return { ...allowed(origin), ...preflightHeaders(', ', ITEM_METHODS), vary: VARY_ALL };
    default:
      return { ...allowed(origin), vary: 'Origin' };
  }
}

/** What `cors` and `@fastify/cors` answer: refusals carry credentials, and preflights are never refused. */
export function packageAnswer(work: string, separator: string, origin = ALLOWED): Headers {
  switch (work) {
    case 'refused':
    case 'no Origin':
      return { ...CREDENTIALS, vary: 'Origin' };
    case 'preflight refused':
      return { ...CREDENTIALS, ...preflightHeaders(separator), vary: 'Origin' };
    case 'preflight allowed':
      return { ...allowed(origin), ...preflightHeaders(separator), vary: 'Origin' };
    default:
      return { ...allowed(origin), vary: 'Origin' };
  }
}

/** Exactly these of the headers that CORS is about. */
export function assertCors(answer: Answer, expected: Headers, where: string): void {
  assert.deepEqual(corsHeaders(answer), expected, where);
}

function allowed(origin: string): Headers {
  return { 'access-control-allow-origin': origin, ...CREDENTIALS };
}

function preflightHeaders(separator: string, methods = METHODS): Headers {
  return {
    'access-control-allow-methods': methods.join(separator),
    'access-control-allow-headers': HEADERS.join(separator),
    'access-control-max-age': String(MAX_AGE),
  };
}

/** Hono varies by the names that were asked for, too, though it answers with its own. */
export function honoAnswer(work: string): Headers {
  const answer = packageAnswer(work, ',');
  return work.startsWith('preflight') ? { ...answer, vary: 'Origin, Access-Control-Request-Headers' } : answer;
}

/** h3 is given a name to expose, as it would warn of its own default. */
export function h3Answer(work: string): Headers {
  const answer = { ...packageAnswer(work, ','), vary: honoAnswer(work)['vary']?.toLowerCase() ?? '' };
  return work.startsWith('preflight') ? answer : { ...answer, 'access-control-expose-headers': 'etag' };
}
