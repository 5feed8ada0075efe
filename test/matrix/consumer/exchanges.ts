// The table that every combination of versions has to answer alike: request, status, and exactly these CORS headers.
import { ADMIN, APP, STRANGER } from './app.module.js';
import type { Answer, Asked } from '../../support/http-client.js';

export interface Exchange {
  readonly title: string;
  readonly asked: Asked;
  readonly answer: {
    /** One of these, where it is the app's own business and versions differ. */
    readonly status: number | readonly number[];
    readonly cors: Answer['cors'];
    readonly body?: string;
  };
}

const ACAO = 'access-control-allow-origin';
const ACAC = 'access-control-allow-credentials';
const ACAM = 'access-control-allow-methods';
const ACAH = 'access-control-allow-headers';
const ACMA = 'access-control-max-age';
const ACEH = 'access-control-expose-headers';
const VARY = { vary: 'Origin' };
const PREFLIGHT_VARY = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };

/** What an origin of `forRoot` gets to read. */
export const shared = (origin: string) => ({ ...VARY, [ACAO]: origin, [ACAC]: 'true', [ACEH]: 'X-Total' });

const preflight = (path: string, requestMethod: string, origin: string, more: Asked = {}): Asked => ({
  method: 'OPTIONS',
  path,
  requestMethod,
  origin,
  ...more,
});

const REFUSED = { status: 403, cors: PREFLIGHT_VARY, body: '' };

const requests: readonly Exchange[] = [
  {
    title: 'an allowed origin',
    asked: { path: '/api/cats/1', origin: APP },
    answer: { status: 200, cors: shared(APP), body: 'one' },
  },
  {
    title: 'the second of the list',
    asked: { path: '/api/cats/1', origin: ADMIN },
    answer: { status: 200, cors: shared(ADMIN) },
  },
  {
    title: 'a refused origin',
    asked: { path: '/api/cats/1', origin: STRANGER },
    answer: { status: 200, cors: VARY, body: 'one' },
  },
  { title: 'no origin', asked: { path: '/api/cats/1' }, answer: { status: 200, cors: VARY, body: 'one' } },
  { title: 'CorsService by its type', asked: { path: '/api/cats' }, answer: { status: 200, cors: VARY, body: '18' } },
  {
    title: 'a closed handler',
    asked: { method: 'DELETE', path: '/api/cats/1', origin: APP },
    answer: { status: 200, cors: {} },
  },
  {
    title: 'a 401 of a guard',
    asked: { path: '/api/cats/guarded', origin: APP },
    answer: { status: 401, cors: shared(APP) },
  },
  { title: 'a 404', asked: { path: '/api/nowhere', origin: APP }, answer: { status: 404, cors: shared(APP) } },
  {
    title: 'a 404 beside the prefix',
    asked: { path: '/cats', origin: APP },
    answer: { status: 404, cors: shared(APP) },
  },
  {
    title: 'an entry of paths',
    asked: { path: '/files/a.txt', origin: APP },
    answer: { status: 404, cors: { [ACAO]: '*', [ACEH]: 'X-Total' } },
  },
  {
    title: 'malformed JSON',
    asked: {
      method: 'POST',
      path: '/api/cats',
      origin: APP,
      headers: { 'content-type': 'application/json' },
      body: '{',
    },
    answer: { status: 400, cors: shared(APP) },
  },
  {
    title: 'JSON',
    asked: {
      method: 'POST',
      path: '/api/cats',
      origin: APP,
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Tom"}',
    },
    answer: { status: 201, cors: shared(APP), body: 'Tom' },
  },
  {
    title: 'server-sent events',
    asked: { path: '/api/cats/events', origin: APP },
    answer: { status: 200, cors: shared(APP) },
  },
  {
    title: 'HEAD',
    asked: { method: 'HEAD', path: '/api/cats/1', origin: APP },
    answer: { status: 200, cors: shared(APP), body: '' },
  },
  {
    title: 'OPTIONS that is no preflight',
    asked: { method: 'OPTIONS', path: '/api/cats/1', origin: APP },
    answer: { status: 404, cors: { vary: 'Origin, Access-Control-Request-Method' } },
  },
  {
    title: 'a named policy',
    asked: { path: '/api/partners', origin: 'https://a.partner.example' },
    answer: { status: 200, cors: { ...VARY, [ACAO]: 'https://a.partner.example', [ACEH]: 'X-Total' } },
  },
  {
    title: 'a named policy, refused',
    asked: { path: '/api/partners', origin: APP },
    answer: { status: 200, cors: VARY },
  },
  {
    title: "the handler's Vary",
    asked: { path: '/api/public', origin: STRANGER },
    answer: { status: 200, cors: { vary: 'Accept-Language', [ACAO]: '*', [ACEH]: 'X-Total' } },
  },
  {
    title: 'All()',
    asked: { method: 'PATCH', path: '/api/public/all' },
    answer: { status: 200, cors: { [ACAO]: '*', [ACEH]: 'X-Total' }, body: 'all' },
  },
];

const origins: readonly Exchange[] = [
  {
    title: 'a function',
    asked: { path: '/api/origins/function/tom', origin: 'https://tom.example' },
    answer: { status: 200, cors: shared('https://tom.example') },
  },
  {
    title: 'a function, refusing',
    asked: { path: '/api/origins/function/tom', origin: APP },
    answer: { status: 200, cors: VARY },
  },
  {
    title: 'a resolver',
    asked: { path: '/api/origins/resolver', origin: 'https://tenant.example' },
    answer: { status: 200, cors: shared('https://tenant.example') },
  },
  {
    title: 'a resolver, refusing',
    asked: { path: '/api/origins/resolver', origin: APP },
    answer: { status: 200, cors: VARY },
  },
  {
    title: 'a regular expression',
    asked: { path: '/api/origins/regexp', origin: 'https://pr-7.preview.example' },
    answer: { status: 200, cors: shared('https://pr-7.preview.example') },
  },
];

const preflights: readonly Exchange[] = [
  {
    title: 'a preflight',
    asked: preflight('/api/cats/1', 'PUT', APP, { requestHeaders: 'x-trace' }),
    answer: {
      status: 204,
      cors: { ...PREFLIGHT_VARY, [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT', [ACAH]: 'X-Trace', [ACMA]: '60' },
      body: '',
    },
  },
  { title: 'a preflight, refused for its origin', asked: preflight('/api/cats/1', 'PUT', STRANGER), answer: REFUSED },
  {
    title: 'a preflight, refused for a header',
    asked: preflight('/api/cats/1', 'PUT', APP, { requestHeaders: 'x-other' }),
    answer: REFUSED,
  },
  { title: 'a preflight, refused for its method', asked: preflight('/api/cats/1', 'PATCH', APP), answer: REFUSED },
  { title: 'a preflight of a closed handler', asked: preflight('/api/cats/1', 'DELETE', APP), answer: REFUSED },
  {
    title: 'a preflight under a named policy',
    asked: preflight('/api/partners', 'PUT', 'https://a.b.partner.example'),
    answer: {
      status: 204,
      cors: { ...PREFLIGHT_VARY, [ACAO]: 'https://a.b.partner.example', [ACAM]: 'PUT', [ACMA]: '5' },
      body: '',
    },
  },
  {
    title: 'a preflight where no route is',
    asked: preflight('/api/nowhere', 'PUT', APP),
    answer: {
      status: 204,
      cors: { ...PREFLIGHT_VARY, [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'GET, HEAD, PUT, PATCH, POST, DELETE' },
    },
  },
  {
    title: 'a preflight that a resolver allows',
    asked: preflight('/api/origins/resolver', 'GET', 'https://tenant.example'),
    answer: {
      status: 204,
      cors: { ...PREFLIGHT_VARY, [ACAO]: 'https://tenant.example', [ACAC]: 'true', [ACAM]: 'GET' },
    },
  },
];

const selected: readonly Exchange[] = [
  {
    title: 'version 1',
    asked: { path: '/api/versioned', origin: 'https://v2.example', headers: { 'x-version': '1' } },
    answer: { status: 200, cors: VARY, body: 'one' },
  },
  {
    title: 'version 2',
    asked: { path: '/api/versioned', origin: 'https://v2.example', headers: { 'x-version': '2' } },
    answer: { status: 200, cors: shared('https://v2.example'), body: 'two' },
  },
  {
    title: 'a preflight that every version allows',
    asked: preflight('/api/versioned', 'GET', 'https://v1.example', { requestHeaders: 'x-version' }),
    answer: {
      status: 204,
      cors: {
        ...PREFLIGHT_VARY,
        [ACAO]: 'https://v1.example',
        [ACAC]: 'true',
        [ACAM]: 'GET, HEAD',
        [ACAH]: 'x-version',
      },
    },
  },
  {
    title: 'a preflight that one version refuses',
    asked: preflight('/api/versioned', 'GET', 'https://v2.example'),
    answer: REFUSED,
  },
  {
    title: 'a host controller',
    asked: { path: '/api/hosted', host: 'a.tenants.example', origin: 'https://hosted.example' },
    answer: { status: 200, cors: shared('https://hosted.example'), body: 'hosted' },
  },
  {
    // Nest 11.1 answers 500 on Fastify, with and without CORS.
    title: 'a host controller on another host',
    asked: { path: '/api/hosted', host: 'elsewhere.example', origin: 'https://hosted.example' },
    answer: { status: [404, 500], cors: VARY },
  },
  {
    title: 'enforced, allowed',
    asked: { method: 'POST', path: '/api/enforced', origin: APP },
    answer: { status: 201, cors: shared(APP), body: 'acted' },
  },
  {
    title: 'enforced, refused',
    asked: { method: 'POST', path: '/api/enforced', origin: STRANGER },
    answer: { status: 403, cors: VARY },
  },
  {
    title: 'enforced, same origin',
    asked: { method: 'POST', path: '/api/enforced', origin: STRANGER, headers: { 'sec-fetch-site': 'same-origin' } },
    answer: { status: 201, cors: VARY, body: 'acted' },
  },
];

export const exchanges: readonly Exchange[] = [...requests, ...origins, ...preflights, ...selected];
