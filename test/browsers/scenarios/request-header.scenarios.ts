import type { Scenario, Step } from './scenario.js';

type Headers = Readonly<Record<string, string>>;

const LONG = 'a'.repeat(126);

/** What goes without asking, to the byte. */
const SAFELISTED: Readonly<Record<string, Headers>> = {
  'no header': {},
  'Accept of 128 bytes': { Accept: `${LONG}/*` },
  'Accept with what is safe': { Accept: 'text/html;q=0.9, */*' },
  'Accept-Language': { 'Accept-Language': 'de-CH, *;q=0.5' },
  'Content-Language': { 'Content-Language': 'mi, en' },
  'a simple range': { Range: 'bytes=0-9' },
  'an open range': { Range: 'bytes=10-' },
  'a name that pages cannot set': { 'Sec-Anything': '1', 'Proxy-Anything': '1', DNT: '1', Cookie: 'a=1' },
};

/** What has to be asked about, and under which name. */
const ASKED: Readonly<Record<string, Headers>> = {
  'Accept of 129 bytes': { Accept: `${LONG}a/*` },
  'Accept with a quote': { Accept: 'text/html;a="b"' },
  'Accept with a brace': { Accept: '{}' },
  'Accept-Language with a slash': { 'Accept-Language': 'en/us' },
  'Content-Language with an underscore': { 'Content-Language': 'en_US' },
  'Content-Language of 129 bytes': { 'Content-Language': `${LONG}aaa` },
  'a range from the end': { Range: 'bytes=-10' },
  'two ranges': { Range: 'bytes=0-1,4-5' },
  'a range that ends before it begins': { Range: 'bytes=9-1' },
  'a range of lines': { Range: 'lines=0-9' },
  Authorization: { Authorization: 'Bearer secret' },
  'X-Trace': { 'X-Trace': 't1' },
  'four names, in any case and order': {
    'X-Trace': 't1',
    'X-request-ID': 'r1',
    authorization: 'Bearer secret',
    'Accept-Language': 'a/b',
  },
  'If-None-Match': { 'If-None-Match': '"7"' },
  'Cache-Control': { 'Cache-Control': 'no-cache' },
};

/** By policy: the names it allows, `*` for all. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  own: ['*'],
  everyone: ['*'],
  'headers-listed': ['x-request-id', 'authorization'],
  'headers-none': [],
  'headers-added': ['content-type', 'x-trace'],
};

const CONTENT_TYPES: Readonly<Record<string, boolean>> = {
  'text/plain': true,
  'text/plain;charset=utf-8': true,
  'TEXT/PLAIN': true,
  'application/x-www-form-urlencoded': true,
  'multipart/form-data; boundary=b': true,
  'application/json': false,
  'text/plain; a="b"': false,
  'text/plain-ish': false,
  'image/png': false,
};

export const requestHeaderScenarios: readonly Scenario[] = Object.entries(ALLOWED).flatMap(([policy, allowed]) => [
  ...Object.entries(SAFELISTED).map(([title, headers]) =>
    scenario(policy, title, { headers, expected: 'readable' }, 0),
  ),
  ...Object.entries(ASKED).map(([title, headers]) => {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    const passes = allowed.includes('*') || names.every((name) => allowed.includes(name));
    return scenario(policy, title, { headers, expected: passes ? 'readable' : 'blocked' }, 1);
  }),
  ...Object.entries(CONTENT_TYPES).map(([type, isSafelisted]) => {
    const passes = isSafelisted || allowed.includes('*') || allowed.includes('content-type');
    const step = {
      method: 'POST',
      headers: { 'Content-Type': type },
      body: { kind: 'text', text: '{}' },
      expected: passes ? 'readable' : 'blocked',
    } as const;
    return scenario(policy, `a body of ${type}`, step, isSafelisted ? 0 : 1);
  }),
  ...togetherScenarios(policy, allowed),
]);

/** Each of them is short enough; together they must not be longer than 1024 bytes, or all of them are asked about. */
function togetherScenarios(policy: string, allowed: readonly string[]): readonly Scenario[] {
  const accept = (times: number) => Array.from({ length: times }, () => ['Accept', `${LONG}/*`] as const);
  const isAllowed = allowed.includes('*') || allowed.includes('accept');
  return [
    scenario(policy, '1024 bytes of Accept in eight pieces', { headers: accept(8), expected: 'readable' }, 0),
    scenario(
      policy,
      '1152 bytes of Accept in nine pieces',
      { headers: accept(9), expected: isAllowed ? 'readable' : 'blocked' },
      1,
    ),
    scenario(
      policy,
      'all safelisted names, as long as they may be',
      {
        headers: {
          Accept: `${LONG}/*`,
          'Accept-Language': `${LONG}aa`,
          'Content-Language': `${LONG}aa`,
          Range: 'bytes=0-9',
        },
        expected: 'readable',
      },
      0,
    ),
  ];
}

function scenario(policy: string, title: string, step: Omit<Step, 'path'>, preflights: number): Scenario {
  return {
    group: 'request headers',
    title: `${title}, under ${policy}`,
    page: 'app',
    steps: [{ ...step, path: `/p/${policy}` }],
    preflights,
  };
}
