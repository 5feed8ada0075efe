/** The checks that a browser makes of an answer, in the words and the order of the Fetch standard, each with what to say about it. */
import { isSafelistedHeader } from '../../lib/nest/request/safelisted-header.js';
import type { Asked, Exchange, HeaderLine } from './types.js';

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';
const ALLOW_CREDENTIALS = 'Access-Control-Allow-Credentials';
const ALLOW_METHODS = 'Access-Control-Allow-Methods';
const ALLOW_HEADERS = 'Access-Control-Allow-Headers';
const SAFELISTED_METHODS = ['GET', 'HEAD', 'POST'];

export interface Check {
  readonly passes: boolean;
  /** What the browser thinks, in few words. */
  readonly note: string;
  /** The same as the end of a sentence that begins with "The answer". */
  readonly why: string;
  /** The headers that decided. */
  readonly headers: readonly string[];
}

/** @see https://fetch.spec.whatwg.org/#concept-cors-check */
export function corsCheck(headers: readonly HeaderLine[], asked: Asked, origin: string): Check {
  const allowed = valueOf(headers, ALLOW_ORIGIN);
  const refuse = (note: string, why: string, header = ALLOW_ORIGIN): Check => ({
    passes: false,
    note,
    why,
    headers: [header],
  });
  const pass = (note: string, why: string, ...more: string[]): Check => ({
    passes: true,
    note,
    why,
    headers: [ALLOW_ORIGIN, ...more],
  });

  if (allowed === undefined) {
    return refuse('No origin is named.', `does not name ${origin}`);
  }
  if (allowed === '*' && asked.credentials) {
    return refuse(
      '“*” is not enough with credentials.',
      'says “*”, which is not enough for a request with credentials',
    );
  }
  if (allowed === '*') {
    return pass('Open to everyone.', 'is for pages of any origin');
  }
  if (allowed !== origin) {
    return refuse('Another origin is named.', `names ${allowed}, which is another origin`);
  }
  if (!asked.credentials) {
    return pass('This origin is named.', 'names the page’s origin');
  }
  if (valueOf(headers, ALLOW_CREDENTIALS) !== 'true') {
    return refuse('Credentials are not allowed.', 'does not allow credentials', ALLOW_CREDENTIALS);
  }
  const note = 'This origin is named, and credentials are allowed.';
  return pass(note, 'names the page’s origin and allows credentials', ALLOW_CREDENTIALS);
}

/** @see https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7 */
export function preflightCheck({ answer }: Exchange, asked: Asked, origin: string): Check | undefined {
  if (!answer) {
    return undefined;
  }
  const check = corsCheck(answer.headers, asked, origin);
  if (!check.passes) {
    return check;
  }
  if (answer.status < 200 || answer.status > 299) {
    return { ...check, passes: false, note: `${answer.status} is a refusal.`, why: `has the status ${answer.status}` };
  }
  const methods = listOf(answer.headers, ALLOW_METHODS);
  const wildcard = !asked.credentials && methods.includes('*');
  if (!wildcard && ![...SAFELISTED_METHODS, ...methods].includes(asked.method)) {
    return refuseList('The method is not allowed.', asked.method, ALLOW_METHODS);
  }
  const missing = missingHeaders(answer.headers, asked);
  if (missing.length > 0) {
    return refuseList('A header is not allowed.', missing.join(', '), ALLOW_HEADERS);
  }
  const names = ownHeaders(asked);
  const method = SAFELISTED_METHODS.includes(asked.method) || wildcard ? [] : [ALLOW_METHODS];
  return {
    passes: true,
    note: 'All of it is allowed: send it.',
    why: `allows ${asked.method}${names.length > 0 ? ` with ${names.join(' and ')}` : ''}`,
    headers: [...check.headers, ...method, ...(names.length > 0 ? [ALLOW_HEADERS] : [])],
  };
}

function refuseList(note: string, missing: string, header: string): Check {
  return { passes: false, note, why: `does not allow ${missing}`, headers: [header] };
}

/** With credentials `*` is a name as any other, and `Authorization` always has to be named. */
function missingHeaders(answer: readonly HeaderLine[], asked: Asked): string[] {
  const allowed = listOf(answer, ALLOW_HEADERS).map((name) => name.toLowerCase());
  const wildcard = !asked.credentials && allowed.includes('*');
  return ownHeaders(asked).filter((name) => {
    const lower = name.toLowerCase();
    return !allowed.includes(lower) && (!wildcard || lower === 'authorization');
  });
}

/** The headers that a page cannot send without asking first. */
export function ownHeaders({ headers = {} }: Asked): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    isSafelistedHeader(name.toLowerCase(), value) ? [] : [name],
  );
}

export function needsPreflight(asked: Asked): boolean {
  return !SAFELISTED_METHODS.includes(asked.method) || ownHeaders(asked).length > 0;
}

export function valueOf(headers: readonly HeaderLine[], name: string): string | undefined {
  return headers.find(([other]) => sameName(other, name))?.[1];
}

function listOf(headers: readonly HeaderLine[], name: string): string[] {
  return (valueOf(headers, name) ?? '').split(',').map((item) => item.trim());
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
