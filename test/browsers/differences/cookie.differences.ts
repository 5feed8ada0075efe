import { isPreflight, mapRequests, type Observation } from '../observation.js';
import type { PageName } from '../scenarios/page-name.js';
import type { SeenRequest } from '../stage/journal.js';
import type { EngineDifference } from './engine-difference.js';

const SAME_SITE = 'https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-samesite-cookies';

/** What is in the frames has `localhost` above it. */
const PAGES_OF_LOCALHOST: readonly PageName[] = ['app', 'other-port', 'api', 'sandboxed', 'data'];

export const cookieDifferences: readonly EngineDifference[] = [
  {
    engines: ['Firefox'],
    what: 'Cookies between sites are partitioned: a `SameSite=None` cookie set during a visit is not sent, one set in an answer to the page is (`pageAt()`: `thirdPartyCookies: false` for the first half)',
    clause: 'https://privacycg.github.io/storage-partitioning/',
    sees: (reference, { scenario: { title } }) =>
      mapThirdParty(reference, (cookies, index) =>
        index > 0 && title.startsWith('set for') ? ['jar'] : cookies.filter((name) => name !== 'none'),
      ),
  },
  {
    engines: ['WebKit'],
    what: 'A `Secure` cookie is not accepted from http://localhost',
    clause: 'https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy',
    sees: (reference) => mapOwn(reference, (cookies) => cookies.filter((name) => name !== 'none')),
  },
  {
    engines: ['WebKit'],
    what: 'A cookie without `SameSite` is sent between sites, but no cookie is accepted there',
    clause: SAME_SITE,
    sees: (reference, { scenario: { page } }) =>
      mapThirdParty(reference, (cookies, _index, { host }) => (isOneSite(page, host) ? cookies : ['plain'])),
  },
  {
    engines: ['WebKit'],
    what: 'The page around a frame decides what is same-site, not the frame, which has no origin; and every `*.localhost` is the same site as localhost',
    clause: SAME_SITE,
    sees: (reference, { scenario: { page, title } }) =>
      mapThirdParty(reference, (cookies, index, { host }) => {
        if (!isOneSite(page, host)) {
          return cookies;
        }
        return [...(index > 0 && title.startsWith('set for') ? ['jar'] : []), 'lax', 'plain', 'strict'];
      }),
  },
];

/** `cdn` is only ever reached by a redirect from another site, which is another matter. */
function isOneSite(page: PageName, host: SeenRequest['host']): boolean {
  return PAGES_OF_LOCALHOST.includes(page) && (host === 'api' || host === 'tenant');
}

type Change = (cookies: readonly string[], index: number, request: SeenRequest) => readonly string[];

/** Of requests with credentials to another site: by the standard they have that one cookie. */
function mapThirdParty(reference: Observation, change: Change): Observation {
  return mapCookies(reference, (request) => request.site === 'cross-site', change);
}

function mapOwn(reference: Observation, change: Change): Observation {
  return mapCookies(reference, (request) => request.site !== 'cross-site', change);
}

function mapCookies(reference: Observation, applies: (request: SeenRequest) => boolean, change: Change): Observation {
  return mapRequests(reference, (request, index) =>
    !isPreflight(request) && request.cookies.includes('none') && applies(request)
      ? { ...request, cookies: change(request.cookies, index, request) }
      : request,
  );
}
