import fc from 'fast-check';
import type { CorsModuleOptions, CorsOrigin, CorsPolicyOptions } from 'nestjs-cors';

import { policyCases } from '../cases/policy.cases.js';
import type { Asked } from '../support/http-client.js';
import { NAMES, PATHS } from './decisive-app.js';

export const ORIGINS = [
  'https://a.example',
  'https://b.a.example',
  'https://a.example:8443',
  'http://localhost:3000',
  'https://pr-7.preview.example',
];
const PATTERNS = ['https://*.a.example', 'https://a.example:*', 'http://*.localhost:*'];
const HEADERS = ['X-A', 'x-b', 'Authorization', 'X-Added'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

const originItem: fc.Arbitrary<CorsOrigin> = fc.constantFrom<CorsOrigin>(
  ...ORIGINS,
  ...PATTERNS,
  /https:\/\/pr-\d+\.preview\.example/,
  (origin) => origin.startsWith('https://b'),
  async (origin, { method }) => Promise.resolve(origin.endsWith(':3000') && method === 'GET'),
  () => {
    throw new Error('no answer');
  },
);
const names = fc.oneof(fc.constant('*'), fc.subarray(HEADERS));

const policy: fc.Arbitrary<CorsPolicyOptions> = fc.record(
  {
    origin: fc.oneof(
      { arbitrary: fc.array(originItem, { maxLength: 3 }), weight: 4 },
      { arbitrary: fc.constantFrom<CorsOrigin | false>('*', false), weight: 1 },
    ),
    methods: fc.oneof(fc.constantFrom('auto', '*'), fc.subarray(METHODS)),
    allowedHeaders: names,
    exposedHeaders: fc.subarray(HEADERS),
    credentials: fc.boolean(),
    maxAge: fc.constantFrom(0, 5, 600),
    optionsSuccessStatus: fc.constantFrom(200, 204),
    enforce: fc.boolean(),
  },
  { requiredKeys: ['origin'] },
);

/** What can be meant is acknowledged in half of them, so that mistakes come up too, and do not prevail. */
const acknowledged = fc.constantFrom<CorsPolicyOptions>(
  {},
  { dangerouslyAllow: ['any-origin-with-credentials', 'insecure-origin-with-credentials'] },
);
const acknowledgedPolicy = fc.tuple(policy, acknowledged).map(([each, danger]) => ({ ...each, ...danger }));

export const moduleOptions: fc.Arbitrary<CorsModuleOptions> = fc
  .record({
    root: acknowledgedPolicy,
    named: fc.tuple(...NAMES.map(() => acknowledgedPolicy)),
    files: fc.oneof(acknowledgedPolicy, fc.constantFrom<'one' | false>('one', false)),
    filesMethods: fc.constantFrom<readonly string[] | undefined>(undefined, ['GET'], ['GET', 'PUT']),
    debug: fc.boolean(),
  })
  .map(({ root, named, files, filesMethods, debug }) => ({
    ...root,
    debug,
    policies: Object.fromEntries(NAMES.map((name, index) => [name, named[index]])),
    paths: [{ path: '/files{/*rest}', methods: filesMethods, policy: files }],
  }));

/** What nearly is an origin, a method or a list; of characters that a client can send. */
const hostile = fc
  .oneof(
    fc.constantFrom(...policyCases.map(({ request }) => request.origin ?? request.requestHeaders ?? '')),
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('x-a', ',', ' ', '\t', 'https://', 'a.example', ':', '[', ']', '.', '*', 'é'))
      .map((parts) => parts.join('')),
  )
  .filter((text) => text.split('').every((char) => char === '\t' || (char >= ' ' && char !== '\x7f')));

const origin = fc.oneof(
  { arbitrary: fc.constantFrom(...ORIGINS, 'https://b.a.example:1', 'http://x.localhost:1', 'null'), weight: 6 },
  { arbitrary: fc.webUrl().map((url) => new URL(url).origin), weight: 1 },
  { arbitrary: hostile, weight: 2 },
);

export const asked: fc.Arbitrary<Asked> = fc
  .record({
    method: fc.constantFrom(...METHODS, 'OPTIONS', 'OPTIONS', 'OPTIONS', 'OPTIONS'),
    path: fc.constantFrom(...PATHS),
    origin: fc.option(origin, { nil: undefined, freq: 8 }),
    announced: fc.oneof(
      { arbitrary: fc.constantFrom<string | undefined>(...METHODS, 'patch', 'QUERY', undefined), weight: 9 },
      { arbitrary: hostile, weight: 1 },
    ),
    announcedHeaders: fc.oneof(
      fc.constant(undefined),
      fc.subarray(['x-a', 'x-b', 'authorization', 'x-added', 'x-version', 'x-other']).map((list) => list.join(', ')),
      hostile,
    ),
    version: fc.constantFrom(undefined, '1', '2', '3'),
    site: fc.constantFrom(undefined, 'cross-site', 'same-site', 'same-origin', 'none'),
  })
  .map(({ method, path, origin, announced, announcedHeaders, version, site }) => ({
    method,
    path,
    origin,
    ...(method === 'OPTIONS' && { requestMethod: announced, requestHeaders: announcedHeaders }),
    headers: {
      ...(version !== undefined && { 'x-version': version }),
      ...(site !== undefined && { 'sec-fetch-site': site }),
    },
  }));
