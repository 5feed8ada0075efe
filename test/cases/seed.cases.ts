import { ACAC, ACAH, ACAM, ACAO, ACMA, PREFLIGHT_VARY, type CorsCase } from './cors-case.js';

/**
 * The three scenarios of the article this project was asked for from (MDN, "HTTP access control (CORS)"): the requests
 * as it gives them, and the CORS headers of its answers.
 *
 * Where an answer differs from the article's:
 * - `Vary: Accept-Encoding, Origin` is `Origin` here: `Accept-Encoding` belongs to whatever compresses, and is joined by it.
 * - `OPTIONS` is not among the methods: the URL has no handler for it, so that a preflight about it would be refused.
 * - A preflight's `Vary` names the two request headers that it depends on as well.
 */
const FOO = 'http://foo.example';

export const seedCases: readonly CorsCase[] = [
  {
    title: 'seed: simple request to /resources/public-data/',
    policy: { origin: '*' },
    request: { method: 'GET', origin: FOO },
    outcome: { reachesApp: true, headers: { [ACAO]: '*' } },
  },
  {
    title: 'seed: the same resource, if its owner wishes to restrict it to foo.example',
    policy: { origin: FOO },
    request: { method: 'GET', origin: FOO },
    outcome: { reachesApp: true, headers: { [ACAO]: FOO, vary: 'Origin' } },
  },
  {
    title: 'seed: the restricted resource from elsewhere',
    policy: { origin: FOO },
    request: { method: 'GET', origin: 'http://bar.example' },
    outcome: { reachesApp: true, headers: { vary: 'Origin' } },
  },
  {
    title: 'seed: preflight of /resources/post-here/',
    // The article answers 200, which is not our default.
    policy: {
      origin: FOO,
      methods: ['POST', 'GET', 'OPTIONS'],
      allowedHeaders: ['X-PINGOTHER', 'Content-Type'],
      maxAge: 86_400,
      optionsSuccessStatus: 200,
    },
    request: { method: 'OPTIONS', origin: FOO, requestMethod: 'POST', requestHeaders: 'X-PINGOTHER, Content-Type' },
    outcome: {
      status: 200,
      reachesApp: false,
      headers: {
        [ACAO]: FOO,
        [ACAM]: 'POST, GET',
        [ACAH]: 'X-PINGOTHER, Content-Type',
        [ACMA]: '86400',
        vary: PREFLIGHT_VARY,
      },
    },
  },
  {
    title: 'seed: the request after it, POST to /resources/post-here/',
    policy: {
      origin: FOO,
      methods: ['POST', 'GET', 'OPTIONS'],
      allowedHeaders: ['X-PINGOTHER', 'Content-Type'],
      maxAge: 86_400,
      optionsSuccessStatus: 200,
    },
    request: { method: 'POST', origin: FOO },
    outcome: { reachesApp: true, headers: { [ACAO]: FOO, vary: 'Origin' } },
  },
  {
    title: 'seed: request with credentials to /resources/credentialed-content/',
    // An http origin with credentials is a mistake today; the article is from a time when all origins were.
    policy: { origin: FOO, credentials: true, dangerouslyAllow: ['insecure-origin-with-credentials'] },
    request: { method: 'GET', origin: FOO },
    outcome: { reachesApp: true, headers: { [ACAO]: FOO, [ACAC]: 'true', vary: 'Origin' } },
  },
  {
    title: 'seed: request with credentials from elsewhere',
    policy: { origin: FOO, credentials: true, dangerouslyAllow: ['insecure-origin-with-credentials'] },
    request: { method: 'GET', origin: 'http://bar.example' },
    outcome: { reachesApp: true, headers: { vary: 'Origin' } },
  },
];
