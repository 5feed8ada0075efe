import {
  ACAC,
  ACAH,
  ACAM,
  ACAO,
  ACMA,
  APP,
  passes,
  preflight,
  PREFLIGHT_VARY_FOR_EVERYONE,
  refusedAt,
  SERVED,
  type CorsCase,
} from './cors-case.js';

const OTHER = 'https://other.example';
const EVERYONE_HEADERS = { vary: PREFLIGHT_VARY_FOR_EVERYONE, [ACAO]: '*' };

const origins: readonly CorsCase[] = [
  {
    title: 'preflight from an allowed origin',
    policy: { origin: APP },
    request: preflight(APP, 'PUT'),
    outcome: passes(APP),
  },
  ...[OTHER, 'null', `${APP}/`, 'junk', '*', `https://${'a'.repeat(5000)}`].map((origin) => ({
    title: `preflight from a refused origin (${origin.slice(0, 30)})`,
    policy: { origin: APP, credentials: true, maxAge: 600 },
    request: preflight(origin, 'PUT', 'x-a'),
    outcome: refusedAt('origin'),
  })),
  {
    title: 'preflight with credentials',
    policy: { origin: APP, credentials: true },
    request: preflight(APP, 'DELETE'),
    outcome: passes(APP, { [ACAC]: 'true' }),
  },
  {
    title: 'preflight from anyone, without Origin in Vary',
    policy: { origin: '*' },
    request: preflight(OTHER, 'PUT'),
    outcome: passes('*', EVERYONE_HEADERS),
  },
  {
    title: 'preflight from null, where everyone may',
    policy: { origin: '*' },
    request: preflight('null', 'PUT'),
    outcome: passes('*', EVERYONE_HEADERS),
  },
  ...([false, { origin: false }, { origin: [] }] as const).map((policy) => ({
    title: `preflight of a route closed by ${JSON.stringify(policy)}`,
    policy,
    request: preflight(APP, 'GET'),
    outcome: refusedAt('origin'),
  })),
  {
    title: 'preflight from an origin that a function allows',
    policy: { origin: (origin) => origin === APP },
    request: preflight(APP, 'PUT'),
    outcome: passes(APP, { [ACAM]: 'PUT' }),
  },
  {
    title: 'preflight from an origin that a function refuses',
    policy: { origin: async () => Promise.resolve(false) },
    request: preflight(APP, 'PUT'),
    outcome: refusedAt('origin'),
  },
  {
    title: 'preflight: exposed headers are a matter of the answer itself',
    policy: { origin: APP, exposedHeaders: ['Link'] },
    request: preflight(APP, 'PUT'),
    outcome: passes(APP),
  },
  ...[0, 5, 86_400].map((maxAge) => ({
    title: `preflight kept for ${maxAge} seconds`,
    policy: { origin: APP, maxAge },
    request: preflight(APP, 'PUT'),
    outcome: passes(APP, { [ACMA]: String(maxAge) }),
  })),
  ...[200, 299].map((status) => ({
    title: `preflight answered ${status}`,
    policy: { origin: APP, optionsSuccessStatus: status },
    request: preflight(APP, 'PUT'),
    outcome: { ...passes(APP), status },
  })),
  {
    title: 'a refusal is a 403 whatever the status of success',
    policy: { origin: APP, optionsSuccessStatus: 200 },
    request: preflight(OTHER, 'PUT'),
    outcome: refusedAt('origin'),
  },
];

const methods: readonly CorsCase[] = [
  ...SERVED.map((method) => ({
    title: `auto: ${method} is served here`,
    policy: { origin: APP },
    request: preflight(APP, method),
    outcome: passes(APP),
  })),
  ...[
    'PATCH',
    'put',
    'Put',
    'delete',
    'FOO',
    'PUT,DELETE',
    'P UT',
    '*',
    'auto',
    'TRACE',
    'CONNECT',
    'É',
    'A'.repeat(9000),
  ].map((method) => ({
    title: `auto: ${method.slice(0, 20)} is not served here`,
    policy: { origin: APP },
    request: preflight(APP, method),
    outcome: refusedAt('method'),
  })),
  ...['PUT', 'GET', 'HEAD', 'POST'].map((method) => ({
    title: `a list of methods: ${method} passes, and of the list what is served is named`,
    policy: { origin: APP, methods: ['PUT', 'PATCH', 'DELETE'] },
    request: preflight(APP, method),
    outcome: passes(APP, { [ACAM]: 'PUT, DELETE' }),
  })),
  {
    title: 'a list of methods: another one that is served here is refused',
    policy: { origin: APP, methods: 'PUT, PATCH' },
    request: preflight(APP, 'DELETE'),
    outcome: refusedAt('method'),
  },
  {
    title: 'a method is refused without Origin in Vary where everyone gets *',
    policy: { origin: '*', methods: ['PUT'] },
    request: preflight(APP, 'DELETE'),
    outcome: refusedAt('method', PREFLIGHT_VARY_FOR_EVERYONE),
  },
  {
    title: 'an empty list of methods still lets POST pass, and is no header',
    policy: { origin: '*', methods: [] },
    request: preflight(APP, 'POST'),
    outcome: { status: 204, reachesApp: false, headers: EVERYONE_HEADERS },
  },
  ...['PUT', 'DELETE', 'GET'].map((method) => ({
    title: `any method: ${method} is named`,
    policy: { origin: APP, methods: '*' },
    request: preflight(APP, method),
    outcome: passes(APP, { [ACAM]: method }),
  })),
];

const headers: readonly CorsCase[] = [
  ...[
    ['x-a', 'x-a'],
    ['authorization,content-type,x-pingother', 'authorization, content-type, x-pingother'],
    ['X-B,  x-a\t,X-b , x-A', 'X-B, x-a'],
    [',,x-a,,', 'x-a'],
    ["!#$%&'*+-.^_`|~09aZ", "!#$%&'*+-.^_`|~09aZ"],
  ].map(([asked = '', echoed = '']) => ({
    title: `any header: ${JSON.stringify(asked)} is echoed once each`,
    policy: { origin: APP },
    request: preflight(APP, 'PUT', asked),
    outcome: passes(APP, { [ACAH]: echoed }),
  })),
  ...['', ' ', ',', ' , ,'].map((asked) => ({
    title: `no header is asked for by ${JSON.stringify(asked)}`,
    policy: { origin: APP, allowedHeaders: ['X-A'] },
    request: preflight(APP, 'PUT', asked),
    outcome: passes(APP),
  })),
  ...['x-a', 'X-A', 'x-b,x-a', ' X-B ,, x-a'].map((asked) => ({
    title: `a list of headers: ${JSON.stringify(asked)} passes, and the whole list is sent`,
    policy: { origin: APP, allowedHeaders: ['X-A', 'X-B', 'x-a'] },
    request: preflight(APP, 'PUT', asked),
    outcome: passes(APP, { [ACAH]: 'X-A, X-B' }),
  })),
  ...['x-c', 'x-a,x-c', 'x', 'x-aa', '*', 'authorization'].map((asked) => ({
    title: `a list of headers: ${JSON.stringify(asked)} is refused`,
    policy: { origin: APP, allowedHeaders: 'X-A,X-B' },
    request: preflight(APP, 'PUT', asked),
    outcome: refusedAt('headers'),
  })),
  {
    title: 'an empty list of headers: any is refused',
    policy: { origin: APP, allowedHeaders: [] },
    request: preflight(APP, 'PUT', 'x-a'),
    outcome: refusedAt('headers'),
  },
  ...['x a', 'x-a;x-b', 'x-a:', '"x-a"', 'x-ä', '(x)', 'x-a x-b', 'x-a,\u00a0x-b', '='].map((asked) => ({
    title: `no list of header names: ${JSON.stringify(asked)}`,
    policy: { origin: APP },
    request: preflight(APP, 'PUT', asked),
    outcome: refusedAt('headers'),
  })),
  ...[
    ['128 names', namesUpTo(128).join(','), true],
    ['129 names', namesUpTo(129).join(','), false],
    ['129 times the same name', 'x-a,'.repeat(128) + 'x-a', false],
    ['16 empty elements', `${','.repeat(16)}x-a`, true],
    ['17 empty elements', `${','.repeat(17)}x-a`, false],
    ['15 KB of commas', ','.repeat(15_000), false],
    ['one name of 12 KB', 'x'.repeat(12_000), true],
  ].map(([says, asked, allowed]) => ({
    title: `a list of ${String(says)} ${allowed === true ? 'passes' : 'is refused'}`,
    policy: { origin: '*' },
    request: preflight(APP, 'PUT', String(asked)),
    outcome:
      allowed === true
        ? passes('*', { ...EVERYONE_HEADERS, [ACAH]: String(asked).replace(/^,+/, '').replaceAll(',', ', ') })
        : refusedAt('headers', PREFLIGHT_VARY_FOR_EVERYONE),
  })),
];

function namesUpTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `x-${index}`);
}

const steps: readonly CorsCase[] = [
  {
    title: 'the origin is judged before the method',
    policy: { origin: APP, methods: ['PUT'] },
    request: preflight(OTHER, 'DELETE', 'x y'),
    outcome: refusedAt('origin'),
  },
  {
    title: 'the method is judged before the headers',
    policy: { origin: APP, methods: ['PUT'], allowedHeaders: [] },
    request: preflight(APP, 'DELETE', 'x y'),
    outcome: refusedAt('method'),
  },
];

export const preflightCases: readonly CorsCase[] = [...origins, ...methods, ...headers, ...steps];
