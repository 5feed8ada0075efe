import type { CorsQuestion } from '../nest/request/explanation.js';

/** What a browser would ask about one request of a page. */
export interface Questions {
  /** Undefined where the browser sends the request at once. */
  readonly preflight: CorsQuestion | undefined;
  readonly request: CorsQuestion;
}

/** From the page's query: it knows what calls for a preflight, and names the headers that are announced. */
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
