import type { HostName, PageName } from './page-name.js';
import type { Scenario, Step } from './scenario.js';

const PAGES: readonly PageName[] = ['app', 'tenant', 'address', 'api', 'sandboxed'];
const HOSTS: readonly HostName[] = ['api', 'tenant', 'address'];
const CREDENTIALS = ['omit', 'same-origin', 'include'] as const;

/** The visits left a cookie of each SameSite on every name of the server: which of them travel, the journal tells. */
const travelling: readonly Scenario[] = PAGES.flatMap((page) =>
  HOSTS.flatMap((host) =>
    CREDENTIALS.map((credentials) => ({
      group: 'cookies',
      title: `from ${page} to ${host}, ${credentials}`,
      page,
      // The policy is for everyone with credentials, but never for `null`.
      steps: [{ host, path: '/p/echo', credentials, expected: page === 'sandboxed' ? 'blocked' : 'readable' }],
    })),
  ),
);

/** A cookie that an answer brings is kept, and sent, even if the page may not read the answer. */
const kept: readonly Scenario[] = PAGES.flatMap((page) =>
  CREDENTIALS.map((credentials) => {
    const read: Step = { path: `/p/own/jar/:platform-${page}-${credentials}`, credentials, expected: 'blocked' };
    const expected = page === 'app' || page === 'api' ? 'readable' : 'blocked';
    return {
      group: 'cookies',
      title: `set for ${page}, ${credentials}, and sent with the next`,
      page,
      steps: [
        { ...read, expected },
        { ...read, expected },
      ],
    };
  }),
);

/** A preflight has no cookies, whatever the request has. */
const preflighted: readonly Scenario[] = CREDENTIALS.map((credentials) => ({
  group: 'cookies',
  title: `after a preflight, ${credentials}`,
  page: 'app',
  steps: [{ path: '/p/own', method: 'PUT', credentials, expected: 'readable' }],
  preflights: 1,
}));

export const cookieScenarios: readonly Scenario[] = [...travelling, ...kept, ...preflighted];
