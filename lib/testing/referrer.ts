import type { FetchRequest, PageReferrerPolicy } from './fetch-request.js';
import { splitList } from './header-list.js';
import { isTrustworthy } from './origin.js';

/** A longer URL is cut to its origin. @see https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer step 6 */
const LONGEST_REFERRER = 4096;

/** The page's URL, and its relation to the requested URL. */
interface ReferrerFacts {
  readonly full: string;
  readonly origin: string;
  readonly isSameOrigin: boolean;
  /** From a trustworthy URL to one that is not. */
  readonly isDowngrade: boolean;
}

/** @see https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer step 8 */
const REFERERS: Readonly<Record<PageReferrerPolicy, (facts: ReferrerFacts) => string | undefined>> = {
  'no-referrer': () => undefined,
  origin: ({ origin }) => origin,
  'unsafe-url': ({ full }) => full,
  'same-origin': ({ full, isSameOrigin }) => (isSameOrigin ? full : undefined),
  'strict-origin': ({ origin, isDowngrade }) => (isDowngrade ? undefined : origin),
  'no-referrer-when-downgrade': ({ full, isDowngrade }) => (isDowngrade ? undefined : full),
  'origin-when-cross-origin': ({ full, origin, isSameOrigin }) => (isSameOrigin ? full : origin),
  'strict-origin-when-cross-origin': ({ full, origin, isSameOrigin, isDowngrade }) => {
    const other = isDowngrade ? undefined : origin;
    return isSameOrigin ? full : other;
  },
};

export const REFERRER_POLICIES: readonly string[] = Object.keys(REFERERS);

export function isReferrerPolicy(text: string): text is PageReferrerPolicy {
  return REFERRER_POLICIES.includes(text);
}

/** The `Referer` of a request; undefined if it has none. @see https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer */
export function refererOf({ referrer, referrerPolicy, url }: FetchRequest): string | undefined {
  if (referrer === undefined || !/^https?:$/.test(referrer.protocol)) {
    return undefined;
  }
  return REFERERS[referrerPolicy]({
    full: stripped(referrer),
    origin: `${referrer.origin}/`,
    isSameOrigin: referrer.origin === url.origin,
    isDowngrade: isTrustworthy(referrer) && !isTrustworthy(url),
  });
}

/** @see https://w3c.github.io/webappsec-referrer-policy/#strip-url */
function stripped(referrer: URL): string {
  const url = new URL(referrer);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href.length > LONGEST_REFERRER ? `${url.origin}/` : url.href;
}

/**
 * Whether a policy hides the page's origin in `Origin` as well, for requests without CORS.
 *
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header step 4
 */
export function hidesOrigin({ referrerPolicy, origin, url }: FetchRequest): boolean {
  switch (referrerPolicy) {
    case 'no-referrer':
      return true;
    case 'no-referrer-when-downgrade':
    case 'strict-origin':
    case 'strict-origin-when-cross-origin':
      return origin.startsWith('https:') && url.protocol !== 'https:';
    case 'same-origin':
      return origin !== url.origin;
    case 'origin':
    case 'origin-when-cross-origin':
    case 'unsafe-url':
      return false;
  }
}

/** A redirect may change the policy: the last known name counts. @see https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect */
export function policyAfterRedirect({ referrerPolicy }: FetchRequest, headers: Headers): PageReferrerPolicy {
  const named = splitList(headers.get('referrer-policy') ?? '').map((name) => name.toLowerCase());
  return named.findLast(isReferrerPolicy) ?? referrerPolicy;
}
