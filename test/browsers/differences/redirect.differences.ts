import { insertRequest, isPreflight, mapRequests, type Observation, preflightAhead } from '../observation.js';
import type { SeenRequest } from '../stage/journal.js';
import type { EngineDifference, Situation } from './engine-difference.js';

const REDIRECT = 'https://fetch.spec.whatwg.org/#concept-http-redirect-fetch';
const FETCH_SITE = 'https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header';

export const redirectDifferences: readonly EngineDifference[] = [
  {
    engines: ['Firefox'],
    what: 'The preflight after a tainted redirect still has the page’s origin; the request that follows has `null`, as it should',
    clause: 'https://fetch.spec.whatwg.org/#serializing-a-request-origin',
    sees: (reference, situation) => (isRedirect(situation) ? withOriginOfPage(reference) : reference),
  },
  {
    engines: ['Firefox'],
    what: 'A request that was preflighted once is preflighted after every redirect, even if it has become a GET, or has lost the `Authorization` that needed the preflight',
    clause: REDIRECT,
    sees(reference, { scenario: { group, title } }) {
      if (group !== 'redirects' || !isAskedAgain(title)) {
        return reference;
      }
      const last = reference.requests.length - 1;
      const { origin = null } = reference.requests[0] ?? {};
      return insertAhead(reference, last, { origin });
    },
  },
  {
    engines: ['WebKit'],
    what: 'A request that was preflighted once is preflighted after every redirect, even if it has become a GET; and `Authorization` is announced, but then not sent',
    clause: REDIRECT,
    sees(reference, { scenario: { group, title, steps } }) {
      if (group !== 'redirects' || !isAskedAgain(title)) {
        return reference;
      }
      const last = reference.requests.length - 1;
      const announcesHeaders = title.startsWith('with Authorization') ? 'authorization' : null;
      const asked = insertAhead(reference, last, { announcesHeaders });
      // Asked about, it is refused, and never sent.
      const isRefused = steps.some(({ expected }) => expected === 'blocked');
      return isRefused ? { ...asked, requests: asked.requests.slice(0, -1) } : asked;
    },
  },
  {
    engines: ['Firefox'],
    what: '`Sec-Fetch-Site` is `cross-site` after any redirect, even within one site',
    clause: FETCH_SITE,
    sees: (reference, situation) =>
      isRedirect(situation)
        ? mapRequests(reference, (request, index) =>
            request.site === 'same-site' && !isPreflight(request) && earlier(reference, index).length > 0
              ? { ...request, site: 'cross-site' }
              : request,
          )
        : reference,
  },
  {
    engines: ['WebKit'],
    what: 'A request that was redirected to another origin has no `Sec-Fetch-Site` and no `Sec-Fetch-Mode`',
    clause: FETCH_SITE,
    sees: (reference, situation) =>
      isRedirect(situation)
        ? mapRequests(reference, (request, index) =>
            request.mode === 'cors' && !isPreflight(request) && hasChangedHosts([...earlier(reference, index), request])
              ? { ...request, site: null, mode: null }
              : request,
          )
        : reference,
  },
];

function isRedirect({ scenario }: Situation): boolean {
  return scenario.group === 'redirects';
}

function isAskedAgain(title: string): boolean {
  return /^303 .* of a PUT/.test(title) || title.startsWith('with Authorization to cdn');
}

function insertAhead(reference: Observation, index: number, more: Partial<SeenRequest>): Observation {
  const request = reference.requests[index];
  if (request === undefined) {
    throw new Error('There is nothing to ask about');
  }
  return insertRequest(reference, index, preflightAhead(request, more));
}

function earlier({ requests }: Observation, index: number): readonly SeenRequest[] {
  return requests.slice(0, index).filter((request) => !isPreflight(request));
}

function hasChangedHosts(requests: readonly SeenRequest[]): boolean {
  return new Set(requests.map(({ host }) => host)).size > 1;
}

/** Where the policy is for the page and not for `null`, the preflight passes, and what comes after it is blocked. */
function withOriginOfPage(reference: Observation): Observation {
  const { origin = null } = reference.requests[0] ?? {};
  const isTainted = (request: SeenRequest | undefined): boolean =>
    request !== undefined && isPreflight(request) && request.origin === 'null' && origin !== 'null';
  const named = mapRequests(reference, (request) => (isTainted(request) ? { ...request, origin } : request));
  const last = reference.requests.at(-1);
  if (last === undefined || !isTainted(last)) {
    return named;
  }
  const sent: SeenRequest = { ...last, method: last.announces ?? '', announces: null, announcesHeaders: null };
  return { ...named, requests: [...named.requests, sent] };
}
