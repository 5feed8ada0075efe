import { ACAC, ACAO, ACEH, APP, get, OPTIONS_VARY, readable, UNTOUCHED, WITHHELD, type CorsCase } from './cors-case.js';

const EVERYONE = { reachesApp: true, headers: { [ACAO]: '*' } };
const ECHO = { origin: '*', credentials: true, dangerouslyAllow: ['any-origin-with-credentials'] } as const;
const OTHER = 'https://other.example';

/** What an ordinary answer carries besides the origin, and what kinds of requests get it. */
export const requestCases: readonly CorsCase[] = [
  ...[
    undefined,
    APP,
    'null',
    '',
    'junk',
    'https://a.example, https://b.example',
    `https://${'a'.repeat(500)}.example`,
  ].map((origin) => ({
    title: `everyone, without credentials: the same answer for ${origin === undefined ? 'no Origin' : JSON.stringify(origin.slice(0, 40))}`,
    policy: { origin: '*' },
    request: get(origin),
    outcome: EVERYONE,
  })),
  {
    title: 'everyone, and headers to read',
    policy: { origin: '*', exposedHeaders: ['WWW-Authenticate', 'Mcp-Session-Id'] },
    request: get(APP),
    outcome: { reachesApp: true, headers: { [ACAO]: '*', [ACEH]: 'WWW-Authenticate, Mcp-Session-Id' } },
  },
  {
    title: 'everyone may read everything',
    policy: { origin: ['*'], exposedHeaders: '*' },
    request: get(),
    outcome: { reachesApp: true, headers: { [ACAO]: '*', [ACEH]: '*' } },
  },
  {
    title: 'everyone with credentials, acknowledged: echoed',
    policy: ECHO,
    request: get(APP),
    outcome: readable(APP, { [ACAC]: 'true' }),
  },
  { title: 'everyone with credentials: null is nobody', policy: ECHO, request: get('null'), outcome: WITHHELD },
  { title: 'everyone with credentials: no Origin', policy: ECHO, request: get(), outcome: WITHHELD },
  ...['junk', 'https://A.example', 'https://a.example/', `https://${'a'.repeat(400)}.example`].map((origin) => ({
    title: `everyone with credentials: what is no origin is not echoed (${origin.slice(0, 20)})`,
    policy: ECHO,
    request: get(origin),
    outcome: WITHHELD,
  })),
  {
    title: 'everyone with credentials and null, both acknowledged',
    policy: { ...ECHO, dangerouslyAllow: ['any-origin-with-credentials', 'null-origin'] },
    request: get('null'),
    outcome: readable('null', { [ACAC]: 'true' }),
  },
  {
    title: 'credentials for an allowed origin',
    policy: { origin: APP, credentials: true },
    request: get(APP),
    outcome: readable(APP, { [ACAC]: 'true' }),
  },
  {
    title: 'credentials and exposed headers are not sent to a refused origin',
    policy: { origin: APP, credentials: true, exposedHeaders: ['Link'] },
    request: get(OTHER),
    outcome: WITHHELD,
  },
  {
    title: 'credentials and exposed headers are not sent without an Origin',
    policy: { origin: APP, credentials: true, exposedHeaders: ['Link'] },
    request: get(),
    outcome: WITHHELD,
  },
  {
    title: 'exposed headers once each, in the order and spelling written',
    policy: { origin: APP, exposedHeaders: 'X-Total-Count, Link, x-total-count' },
    request: get(APP),
    outcome: readable(APP, { [ACEH]: 'X-Total-Count, Link' }),
  },
  {
    title: 'an empty list of exposed headers is no header',
    policy: { origin: APP, exposedHeaders: [] },
    request: get(APP),
    outcome: readable(APP),
  },
  ...['HEAD', 'PUT', 'POST', 'DELETE'].flatMap((method) => [
    {
      title: `${method} from an allowed origin`,
      policy: { origin: APP, credentials: true },
      request: { method, origin: APP },
      outcome: readable(APP, { [ACAC]: 'true' }),
    },
    {
      title: `${method} from a refused origin runs, unread`,
      policy: { origin: APP },
      request: { method, origin: OTHER },
      outcome: WITHHELD,
    },
    {
      title: `${method} to a closed route`,
      policy: false as const,
      request: { method, origin: APP },
      outcome: UNTOUCHED,
    },
  ]),
  {
    title: 'a method that the policy does not list is not refused outside of a preflight',
    policy: { origin: APP, methods: ['PUT'] },
    request: { method: 'DELETE', origin: APP },
    outcome: readable(APP),
  },
  {
    title: 'OPTIONS without Access-Control-Request-Method is no preflight',
    policy: { origin: APP },
    request: { method: 'OPTIONS', origin: APP },
    outcome: { ...readable(APP, { vary: OPTIONS_VARY }), status: 404 },
  },
  {
    title: 'OPTIONS without Access-Control-Request-Method under *: only the announced method makes a preflight of it',
    policy: { origin: '*' },
    request: { method: 'OPTIONS', origin: APP },
    outcome: { ...readable('*', { vary: 'Access-Control-Request-Method' }), status: 404 },
  },
  {
    title: 'OPTIONS that is no preflight where nobody may: a preflight is answered here, too',
    policy: false,
    request: { method: 'OPTIONS', origin: APP },
    outcome: { reachesApp: true, headers: { vary: 'Access-Control-Request-Method' }, status: 404 },
  },
  {
    title: 'OPTIONS without Origin is no preflight',
    policy: { origin: APP },
    request: { method: 'OPTIONS', requestMethod: 'PUT' },
    outcome: { ...WITHHELD, headers: { vary: OPTIONS_VARY }, status: 404 },
  },
  {
    title: 'the headers of a preflight mean nothing on another method',
    policy: { origin: APP, methods: ['PUT'], allowedHeaders: [] },
    request: { method: 'GET', origin: APP, requestMethod: 'DELETE', requestHeaders: 'x-a' },
    outcome: readable(APP),
  },
];
