import type { CorsQuestion } from '../nest/request/explanation.js';

/** What a browser would send for one request of a page. */
export interface Questions {
  /** Undefined if the browser sends no preflight. */
  readonly preflight: CorsQuestion | undefined;
  readonly request: CorsQuestion;
}

/** Reads the page's query. The page knows whether a preflight is needed, and names the headers that it announces. */
export function questionsOf(query: URLSearchParams): Questions {
  const base = {
    origin: query.get('origin') ?? undefined,
    method: query.get('method') ?? 'GET',
    url: query.get('url') ?? '/',
    host: query.get('host') ?? undefined,
    credentials: query.has('credentials'),
  };
  if (query.has('handshake')) {
    return { preflight: undefined, request: { ...base, handshake: true } };
  }
  return {
    preflight: query.has('preflight') ? { ...base, phase: 'preflight', headers: query.getAll('header') } : undefined,
    request: { ...base, phase: 'request' },
  };
}
