import type { CorsOrigin, CorsPolicyOptions } from '../../lib/policy/model/options.js';
import { APP, get, readable, UNTOUCHED, WITHHELD, type CorsCase } from './cors-case.js';

/** Policies by their origins, and for each which origins may read and which may not. Nothing but spelling decides. */
interface OriginRow {
  readonly says: string;
  readonly policy: CorsPolicyOptions;
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

const label = (length: number): string => 'a'.repeat(length);

function row(
  says: string,
  origin: CorsOrigin | readonly CorsOrigin[],
  outcome: Pick<OriginRow, 'allowed' | 'refused'>,
): OriginRow {
  return { says, policy: { origin }, ...outcome };
}

const rows: readonly OriginRow[] = [
  row('an exact origin', APP, {
    allowed: [APP],
    refused: [
      `${APP}/`,
      `${APP}:443`,
      `${APP}:8443`,
      `${APP}.`,
      `${APP}.evil.example`,
      `${APP}@evil.example`,
      `${APP}/path`,
      `${APP}?`,
      `${APP}#`,
      `${APP},${APP}`,
      `${APP}, ${APP}`,
      `${APP} ${APP}`,
      'https://App.example.com',
      'HTTPS://app.example.com',
      'http://app.example.com',
      'https://evilapp.example.com',
      'https://www.app.example.com',
      'https://example.com',
      'https://user@app.example.com',
      'https://app-example.com',
      'https://appxexample.com',
      'app.example.com',
      '//app.example.com',
      'https:app.example.com',
      'null',
      '*',
      'undefined',
      'https://äpp.example.com',
      'https://app.example.com\u00a0',
      `https://${label(300)}.example`,
      label(8000),
    ],
  }),
  row('an origin with a port', 'https://example.com:8443', {
    allowed: ['https://example.com:8443'],
    refused: [
      'https://example.com',
      'https://example.com:844',
      'https://example.com:84433',
      'https://example.com:08443',
    ],
  }),
  row('a list', ['https://a.example', 'https://b.example', 'http://localhost:4200'], {
    allowed: ['https://a.example', 'https://b.example', 'http://localhost:4200'],
    refused: ['https://c.example', 'https://a.example https://b.example', 'http://localhost'],
  }),
  row(
    'origins of apps and extensions',
    ['capacitor://localhost', 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
    {
      allowed: ['capacitor://localhost', 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
      refused: ['http://localhost', 'capacitor://localhost:80', 'chrome-extension://', 'file://'],
    },
  ),
  row('addresses and punycode', ['http://127.0.0.1:3000', 'http://[::1]:3000', 'https://xn--bcher-kva.example'], {
    allowed: ['http://127.0.0.1:3000', 'http://[::1]:3000', 'https://xn--bcher-kva.example'],
    refused: ['http://127.1:3000', 'http://[0:0:0:0:0:0:0:1]:3000', 'http://localhost:3000', 'https://bücher.example'],
  }),
  row('subdomains', 'https://*.example.com', {
    allowed: [
      'https://a.example.com',
      'https://a.b.example.com',
      'https://_a-1.example.com',
      `https://${label(63)}.example.com`,
    ],
    refused: [
      'https://example.com',
      'https://evilexample.com',
      'https://xexample.com',
      'https://.example.com',
      'https://a..example.com',
      'https://*.example.com',
      'https://a.example.com:8443',
      'https://a.example.com:443',
      'https://a.example.com.',
      'https://A.example.com',
      'https://a.example.com.evil.example',
      'https://evil.example/a.example.com',
      'https://evil.example#a.example.com',
      'https://user@a.example.com',
      'http://a.example.com',
      `https://${label(64)}.example.com`,
      `https://${`${label(60)}.`.repeat(5)}example.com`,
      'null',
    ],
  }),
  row('any port', 'https://example.com:*', {
    allowed: ['https://example.com', 'https://example.com:1', 'https://example.com:8443', 'https://example.com:65535'],
    refused: [
      'https://example.com:443',
      'https://example.com:0',
      'https://example.com:080',
      'https://example.com:65536',
      'https://example.com:',
      'https://example.com:*',
      'https://example.com:1x',
      'https://a.example.com:8443',
      'http://example.com:8443',
    ],
  }),
  row('any port below loopback names, and an address', ['http://*.localhost:*', 'http://[::1]:*'], {
    allowed: ['http://a.localhost', 'http://a.localhost:3000', 'http://[::1]', 'http://[::1]:8080'],
    refused: [
      'http://localhost:3000',
      'http://a.localhost:80',
      'http://[::1]:80',
      'http://[::2]:8080',
      'https://a.localhost',
    ],
  }),
  row('a RegExp', /https:\/\/pr-\d+\.example\.com/, {
    allowed: ['https://pr-1.example.com', 'https://pr-42.example.com'],
    refused: [
      'https://pr-.example.com',
      'https://pr-1.example.com:8080',
      'https://pr-1.example.com.evil.example',
      'evil https://pr-1.example.com',
    ],
  }),
  row('a RegExp with flags that would remember or loosen', /https:\/\/pr-\d+\.example\.com/gm, {
    allowed: ['https://pr-1.example.com', 'https://pr-2.example.com', 'https://pr-3.example.com'],
    refused: ['https://pr-x.example.com'],
  }),
  row('a function', (origin) => /\.tenant\.example(?::\d+)?$/.test(origin), {
    allowed: ['https://a.tenant.example', 'https://b.tenant.example:8443'],
    refused: [
      'https://tenant.example',
      'null',
      'a.tenant.example',
      'https://A.tenant.example',
      `https://${label(400)}.tenant.example`,
    ],
  }),
  row(
    'an asynchronous function beside an origin',
    [APP, async (origin) => Promise.resolve(origin === 'https://b.example')],
    {
      allowed: [APP, 'https://b.example'],
      refused: ['https://c.example', 'null'],
    },
  ),
  {
    says: 'null, acknowledged',
    policy: { origin: [APP, 'null'], dangerouslyAllow: ['null-origin'] },
    allowed: [APP, 'null'],
    refused: ['NULL', 'https://null', 'null '.repeat(2)],
  },
];

function casesOf({ says, policy, allowed, refused }: OriginRow): readonly CorsCase[] {
  return [
    ...allowed.map((origin) => ({
      title: `${says}: readable from ${show(origin)}`,
      policy,
      request: get(origin),
      outcome: readable(origin),
    })),
    ...refused.map((origin) => ({
      title: `${says}: not from ${show(origin)}`,
      policy,
      request: get(origin),
      outcome: WITHHELD,
    })),
    { title: `${says}: no Origin`, policy, request: get(), outcome: WITHHELD },
  ];
}

function show(origin: string): string {
  return origin.length > 60 ? `one of ${origin.length} characters` : JSON.stringify(origin);
}

const closed: readonly CorsCase[] = (
  [false, { origin: false }, { origin: [] }, { origin: false, credentials: true }] as const
).flatMap((policy) =>
  [get(), get(APP), get('null'), get('junk')].map((request) => ({
    title: `closed by ${JSON.stringify(policy)}: nothing is said to ${request.origin ?? 'a request without Origin'}`,
    policy,
    request,
    outcome: UNTOUCHED,
  })),
);

export const originCases: readonly CorsCase[] = [
  ...rows.flatMap(casesOf),
  { title: 'an empty Origin is none', policy: { origin: APP }, request: get(''), outcome: WITHHELD },
  ...closed,
];
