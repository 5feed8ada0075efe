import { insertRequest, type Observation, preflightAhead } from '../observation.js';
import type { EngineDifference, Situation } from './engine-difference.js';

const CACHE = 'https://fetch.spec.whatwg.org/#concept-cache-match';

export const preflightCacheDifferences: readonly EngineDifference[] = [
  {
    engines: ['Chromium', 'WebKit'],
    what: 'The cache keeps the last answer for a URL, not one entry for each method and header: the names of two answers are not combined',
    clause: CACHE,
    sees: (reference, situation) =>
      askedAgain(reference, situation, 'a header that was asked about, and another', 'x-request-id,x-trace'),
  },
  {
    engines: ['Firefox'],
    what: 'A preflight for a request with credentials does not count for one without',
    clause: CACHE,
    sees: (reference, situation) => askedAgain(reference, situation, 'none after cookies'),
  },
  {
    engines: ['Chromium'],
    what: 'A page without an origin has no preflight cache',
    clause: 'https://fetch.spec.whatwg.org/#network-partition-keys',
    sees: (reference, situation) =>
      askedAgain(
        askedAgain(reference, situation, 'what is for everyone is remembered, by sandboxed'),
        situation,
        'what is for everyone is remembered, by data',
      ),
  },
];

/** The last request of a scenario, which needs no preflight, is preflighted. */
function askedAgain(
  reference: Observation,
  { scenario }: Situation,
  title: string,
  announcesHeaders: string | null = null,
): Observation {
  const last = reference.requests.at(-1);
  if (scenario.group !== 'preflight cache' || scenario.title !== title || last === undefined) {
    return reference;
  }
  return insertRequest(reference, reference.requests.length - 1, preflightAhead(last, { announcesHeaders }));
}
