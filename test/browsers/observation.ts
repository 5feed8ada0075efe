import type { SeenStep } from './engines/engine.js';
import type { SeenRequest } from './stage/journal.js';

/** One scenario in one engine. All engines are to say the same. */
export interface Observation {
  /** What the page saw. */
  readonly steps: readonly Omit<SeenStep, 'message'>[];
  /** What the server saw. */
  readonly requests: readonly SeenRequest[];
}

export function isPreflight({ announces }: SeenRequest): boolean {
  return announces !== null;
}

export function preflightsOf({ requests }: Observation): number {
  return requests.filter(isPreflight).length;
}

/** Headers of a connection and of a moment are nobody's concern. */
const PASSING_HEADERS: readonly string[] = ['connection', 'date', 'keep-alive', 'transfer-encoding'];

/** Without what differs from run to run, and without what `fetch()` says when it rejects: every engine has its own words. */
export function comparableStep({ message: _message, headers, ...step }: SeenStep): Observation['steps'][number] {
  if (headers === undefined) {
    return step;
  }
  const lasting = headers.filter(([name]) => !PASSING_HEADERS.includes(name));
  return { ...step, headers: lasting.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}

/** The preflight that an engine sends ahead of a request where the standard asks for none. */
export function preflightAhead(request: SeenRequest, more: Partial<SeenRequest> = {}): SeenRequest {
  return {
    ...request,
    method: 'OPTIONS',
    announces: request.method,
    cookies: [],
    authorization: null,
    contentType: null,
    range: null,
    ...more,
  };
}

/** Puts a request in front of the one at `index`. */
export function insertRequest({ steps, requests }: Observation, index: number, request: SeenRequest): Observation {
  return { steps, requests: requests.toSpliced(index, 0, request) };
}

/** The same, with every request changed. */
export function mapRequests(
  { steps, requests }: Observation,
  change: (request: SeenRequest, index: number) => SeenRequest,
): Observation {
  return { steps, requests: requests.map(change) };
}

export function mapSteps(
  { steps, requests }: Observation,
  change: (step: Observation['steps'][number]) => Observation['steps'][number],
): Observation {
  return { steps: steps.map(change), requests };
}
