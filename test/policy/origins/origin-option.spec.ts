import { describe, expect, it } from '@jest/globals';

import { describeIssue } from '../../../lib/policy/mistakes/issue.js';
import { originList } from '../../../lib/policy/origins/origin-list.js';
import { compileLayers, mistakes, policyOf } from '../policy-under-test.js';

/** The first mistake of an origin, without its place. */
function mistakeOf(origin: unknown): unknown {
  const [issue] = compileLayers({}, { origin }).issues;
  if (issue === undefined) {
    return undefined;
  }
  const { where: _where, path: _path, value: _value, ...mistake } = issue;
  return mistake;
}

/** What is said of it. */
function sentenceOf(origin: string): string | undefined {
  return compileLayers({}, { origin }).issues.map(describeIssue)[0];
}

describe('an origin as it is written', () => {
  it.each([
    ['HTTPS://example.com', 'https://example.com'],
    ['https://Example.COM', 'https://example.com'],
    ['https://example.com/', 'https://example.com'],
    ['https://example.com/path?query#hash', 'https://example.com'],
    ['https://example.com?query', 'https://example.com'],
    ['https://example.com\\', 'https://example.com'],
    ['https://example.com\\docs', 'https://example.com'],
    ['https://example.com\\/', 'https://example.com'],
    ['https://user:secret@example.com', 'https://example.com'],
    ['https://example.com:443', 'https://example.com'],
    ['http://Example.com:80', 'http://example.com'],
    ['ws://example.com:80', 'ws://example.com'],
    ['wss://example.com:443', 'wss://example.com'],
    ['ftp://example.com:21', 'ftp://example.com'],
    ['https://example.com:', 'https://example.com'],
    ['https://example.com:08443', 'https://example.com:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://*.bücher.example:*', 'https://*.xn--bcher-kva.example:*'],
    ['https://ex%61mple.com', 'https://example.com'],
    ['http://127.1', 'http://127.0.0.1'],
    ['http://0x7f000001', 'http://127.0.0.1'],
    ['http://[0:0:0:0:0:0:0:1]:3000', 'http://[::1]:3000'],
    ['http://[2001:DB8::1]', 'http://[2001:db8::1]'],
    ['https://*.Example.com/', 'https://*.example.com'],
    ['Capacitor://localhost', 'capacitor://localhost'],
    ['Capacitor://LocalHost', 'capacitor://LocalHost'],
    ['APP://./index.html', 'app://.'],
    ['custom://MyHost/', 'custom://MyHost'],
    ['custom://MyHost:0123', 'custom://MyHost:123'],
    [' safari-web-extension://7D8E-0A', 'safari-web-extension://7D8E-0A'],
    ['app://[0:0::1]', 'app://[::1]'],
    ['app://*.example.com/', 'app://*.example.com'],
    [' https://example.com ', 'https://example.com'],
    ['https://example.com\n', 'https://example.com'],
  ])('%j is not how browsers write it: %s is', (origin, right) => {
    expect(mistakeOf(origin)).toEqual({ code: 'origin-not-serialized', right });
    expect(mistakeOf(right)).toBeUndefined();
  });

  it.each([
    ['example.com', 'https://example.com'],
    ['//example.com', 'https://example.com'],
    ['localhost:3000', 'http://localhost:3000'],
    ['app.example.com:8443', 'https://app.example.com:8443'],
    ['Example.com/', 'https://example.com'],
    ['*.example.com', 'https://*.example.com'],
    ['foo', 'https://foo'],
    ['http:/example.com', 'http://example.com'],
    ['https:example.com', 'https://example.com'],
    ['a:/b://c', undefined],
    ['https//example.com', 'https://example.com'],
    ['HTTPS//Example.com', 'https://example.com'],
    ['http/example.com', 'http://example.com'],
    ['https///example.com', 'https://example.com'],
    ['ws//example.com', 'ws://example.com'],
    ['wss:/example.com', 'wss://example.com'],
    ['ws:8080', 'https://ws:8080'],
    ['httpsexample.com', 'https://httpsexample.com'],
    ['undefined.example', 'https://undefined.example'],
    ['selfie', 'https://selfie'],
    ["'https://example.com'", 'https://example.com'],
    ['"https://Example.com/"', 'https://example.com'],
    ['“https://example.com”', 'https://example.com'],
    ['‘https://*.example.com’', 'https://*.example.com'],
    ['`example.com`', 'https://example.com'],
    ['"https://exa^mple.com"', undefined],
    ['"https://example.com', 'https://example.com'],
    ['["https://a.example"', 'https://a.example'],
    ['"http://[::1]:3000"]', 'http://[::1]:3000'],
    ["['https://a.example']", 'https://a.example'],
    ['/example.com/', 'https://example.com'],
    ['https:', undefined],
    ['https/', undefined],
    ['NULL', undefined],
    ["'null'", undefined],
    ['true', undefined],
    ['True', undefined],
    ['false', undefined],
    ['NaN', undefined],
    ['self', undefined],
    ["'self'", undefined],
    ['none', undefined],
    ['https', undefined],
    ['yes', undefined],
    ['All', undefined],
    ['0', undefined],
    ['3000', undefined],
    ['htps://a.example', 'https://a.example'],
    ['HTTPSS://A.example/', 'https://a.example'],
    ['hhtp://localhost:3000', 'http://localhost:3000'],
    ['htp://*.a.example:80', 'http://*.a.example'],
    ['ttps://a..example', undefined],
    ['/https:\\/\\/a\\.com/', undefined],
    ['/https:\\/\\/[a-z]{1,3}\\.com/i', undefined],
    ['/https://a.com/', undefined],
    ['/^https:.+$/', undefined],
    ['^https://a.com$', undefined],
    ['^https://[a-z]{1,3}.a.com$', undefined],
    ['https:\\/\\/a\\.com', undefined],
    ['https://a\\.example\\.com', undefined],
    ['https://.*\\.example\\.com', undefined],
    ['a\\.example\\.com', undefined],
    ['a.example.com$', undefined],
    ['https://pr-\\d+.a.com', undefined],
    ['a b'.replace(' ', '%20'), undefined],
    ['://example.com', undefined],
    ['https://', undefined],
    ['https://:8080', undefined],
    ['https://example.com:x', undefined],
    ['https://example.com:8080:8080', undefined],
    ['https://example.com:0', undefined],
    ['https://example.com:65536', undefined],
    ['https://exa<mple.com', undefined],
    ['https://example..com', undefined],
    ['https://example.com..', undefined],
    ['https://.', undefined],
    ['https://a.1', undefined],
    ['http://256.0.0.1', undefined],
    ['http://[::1', undefined],
    ['http://[::1]x', undefined],
    ['http://[::ffff:127.0.0.1]', undefined],
    ['http://[::ffff:7f00:1]:8080', undefined],
    ['1http://example.com', undefined],
    [`https://${'a'.repeat(64)}.example`, undefined],
    [`https://*.${'a.'.repeat(126)}aa`, undefined],
    [`${'a'.repeat(65)}://example.com`, undefined],
    ['app://', undefined],
    ['app://:80', undefined],
    ['app://b%C3%BCcher', undefined],
    ['app://bücher', undefined],
    ['app://*.bücher', undefined],
    [`app://${'A'.repeat(254)}`, undefined],
  ])('%j is none', (origin, suggestion) => {
    expect(mistakeOf(origin)).toEqual({ code: 'origin-invalid', suggestion });
  });

  it('what Punycode cannot decode is none, unless Node itself reads it, as from 24 on: no browser sends it', () => {
    const isRead = URL.canParse('https://xn--a.example');
    expect(mistakeOf('https://xn--a.example')).toEqual(
      isRead ? undefined : { code: 'origin-invalid', suggestion: undefined },
    );
  });

  it.each([
    'https://${HOST}',
    '${HOST}',
    'https://app.${DOMAIN}:${PORT}',
    'https://${{ vars.HOST }}',
    'https://{{ HOST }}',
    'https://{host}',
    'https://#{host}',
    'https://*.{DOMAIN}',
    'https://$HOST',
    '$HOST',
    'https://%HOST%',
    'https://<host>',
    '<your origin>',
    'https://__HOST__',
    'https://app.__DOMAIN_1__:8080',
    '"https://$HOST"',
  ])('%j has a placeholder, and no spelling of it is suggested', (origin) => {
    expect(mistakeOf(origin)).toEqual({ code: 'origin-invalid', suggestion: undefined });
    expect(sentenceOf(origin)).toMatch(
      origin.includes('${')
        ? /has a placeholder that was not filled in; write the whole origin, such as "[^"]+"; in code, a template stands between backticks$/
        : /has a placeholder that was not filled in; write the whole origin, such as "[^"]+"$/,
    );
  });

  it.each(['[object Object]', 'https://[object Object]', 'https://[object Promise].example.com:8080'])(
    '%j is an object in a text',
    (origin) => {
      expect(mistakeOf(origin)).toEqual({ code: 'origin-invalid', suggestion: undefined });
      expect(sentenceOf(origin)).toMatch(
        / has an object where a text belongs; write the text of the origin, such as "[^"]+"$/,
      );
    },
  );

  it('what looks like a placeholder may be part of a list, of a RegExp or of a name', () => {
    expect(mistakeOf('https://{a},https://{b}')).toEqual({ code: 'origin-list-in-string' });
    expect(sentenceOf('^https://[a-z]{a}[.]example$')).toContain('is a RegExp');
    expect(mistakeOf('https://caf%C3%A9.example')).toEqual({
      code: 'origin-not-serialized',
      right: 'https://xn--caf-dma.example',
    });
    expect(mistakeOf('https://__host__.example')).toBeUndefined();
    // Numbers are no name.
    expect(mistakeOf('https://pr__12__app.example')).toBeUndefined();
  });

  it.each([
    'https://undefined.example',
    'https://undefined.example.com:8080',
    'https://*.undefined.example',
    'https://null.example',
    'https://nullable',
    'https://my-undefined',
    'https://true.example',
  ])('%s is a host like any other', (origin) => {
    expect(mistakeOf(origin)).toBeUndefined();
  });

  it.each([
    'https://undefined',
    'http://undefined:3000',
    'https://undefined/',
    'https://undefined.',
    'https://*.undefined',
    'https://app.undefined',
    'app.undefined',
    'https://UNDEFINED',
    'https://null',
    'null:3000',
    'https://NaN',
    'https://false',
    'https://app.example.com:undefined',
    'http://localhost:NaN',
    'localhost:undefined',
    'chrome-extension://undefined',
    '',
    ' ',
    '\t\n',
    undefined,
    'undefined',
    ' Undefined ',
    '"undefined"',
    'undefined:3000',
    'undefined/',
  ])('%j is a variable that is not set', (origin) => {
    expect(mistakeOf(origin)).toEqual({ code: 'origin-undefined' });
    expect(mistakeOf(['https://a.example', origin])).toEqual({ code: 'origin-undefined' });
  });

  it.each([
    'https://a.example,https://b.example',
    'https://a.example, b',
    'https://a.example https://b.example',
    'https://a.example;https://b.example',
    ',',
  ])('%j is more than one', (origin) => expect(mistakeOf(origin)).toEqual({ code: 'origin-list-in-string' }));

  it.each(['file://', 'file:///index.html', 'FILE://host', 'file://*.example.com'])('%s never matches', (origin) => {
    expect(mistakeOf(origin)).toEqual({ code: 'origin-scheme' });
  });

  it.each([
    'https://*',
    'https://*:*',
    'https://*:8080',
    'https://*example.com',
    'https://a.*.example.com',
    'https://*.*.example.com',
    'https://example.*',
    'https://**.example.com',
    'https://exam*ple.com',
    'https://example.com:80*',
    'https://example.com:**',
    'https://example.com/*',
    'https://user@*',
    '*://example.com',
    'http*://example.com',
    'https://*.127.0.0.1',
    'https://*.[::1]',
    'app://*.MyHost',
    'app://*.a..b',
    'app://*..',
    'app://*.1.2.3',
    'app://*.127.0.0.1',
    '**',
    '*.*',
    'example.*',
  ])('%s has its * in the wrong place', (origin) => {
    expect(mistakeOf(origin)).toEqual({ code: 'wildcard-position' });
  });

  it('null is nobody in particular', () => expect(mistakeOf('null')).toEqual({ code: 'null-origin' }));

  it.each([[['*', 'https://a.example']], [['https://a.example', '*']], [['*', '*']], [['*', () => true]]])(
    '* stands alone, not in %j',
    (origin) => expect(mistakeOf(origin)).toEqual({ code: 'wildcard-among-origins', alone: true }),
  );

  it.each([
    null,
    true,
    0,
    1n,
    Symbol('s'),
    {},
    { origin: 'https://a.example' },
    [[]],
    [null],
    [['https://a.example']],
    [false],
    new Map(),
  ])('%p is of no type that it takes', (origin) => expect(mistakeOf(origin)).toMatchObject({ code: 'type' }));

  it('says what to write for true, and for a class', () => {
    expect(mistakeOf(true)).toMatchObject({ expected: "'*' for any origin" });
    expect(mistakeOf(class Tenants {})).toMatchObject({ expected: expect.stringContaining('{ resolver: … }') });
  });

  it('names the place of each mistake', () => {
    const origin = ['https://a.example', 'b', undefined, { resolver: 1 }, { resolver: 'TOKEN', reslover: 1 }];
    expect(mistakes(compileLayers({}, { origin }))).toEqual([
      'layer 1: origin[1] origin-invalid',
      'layer 1: origin[2] origin-undefined',
      'layer 1: origin[3].resolver type',
      'layer 1: origin[4] unknown-option',
    ]);
    expect(mistakes(compileLayers({}, { origin: { resolver: '' } }))).toEqual(['layer 1: origin.resolver type']);
  });

  it('takes a hole in a list for a missing value', () => {
    const origin = ['https://a.example', 'https://b.example', 'https://c.example'];
    // eslint-disable-next-line typescript/no-array-delete -- the hole is the point
    delete origin[1];
    expect(mistakes(compileLayers({}, { origin }))).toEqual(['layer 1: origin[1] origin-undefined']);
  });

  it('is not opened by undefined over an inherited one', () => {
    expect(mistakes(compileLayers({ origin: '*' }, { origin: undefined }))).toEqual([
      'layer 1: origin origin-undefined',
    ]);
  });
});

describe('those to be asked', () => {
  class Tenants {
    allowsOrigin(): boolean {
      return true;
    }
  }

  it('are functions and tokens, in the order written', () => {
    const decide = (): boolean => true;
    const token = Symbol('token');
    const origin = ['https://a.example', decide, { resolver: Tenants }, { resolver: 'TOKEN' }, { resolver: token }];
    const { asks, origins } = policyOf({ origin });
    expect(asks).toEqual([
      { kind: 'function', ask: decide },
      { kind: 'resolver', token: Tenants },
      { kind: 'resolver', token: 'TOKEN' },
      { kind: 'resolver', token },
    ]);
    expect(origins.judge('https://a.example')).toBe('allowed');
    expect(origins.judge('https://b.example')).toBe('unsettled');
    expect(origins.judge('junk')).toBe('malformed');
    expect(origins.judge('null')).toBe('not-allowed');
  });
});

describe('originList', () => {
  it.each([
    ['https://a.example', ['https://a.example']],
    [' https://a.example , https://b.example,', ['https://a.example', 'https://b.example']],
    [',,https://a.example', ['https://a.example']],
    ['*', ['*']],
    ['app://., custom://MyHost', ['app://.', 'custom://MyHost']],
  ])('reads %j', (value, list) => {
    expect(originList(value)).toEqual(list);
    expect(mistakes(compileLayers({}, { origin: originList(value) }))).toEqual([]);
  });

  it.each([
    ['https://a.example,undefined', 'origin-undefined'],
    ['true,https://a.example', 'origin-invalid'],
    ['/https:\\/\\/a\\.com/,https://a.example', 'origin-invalid'],
  ])('lets what is not an origin be found at start: %j', (value, code) => {
    const { issues } = compileLayers({}, { origin: originList(value) });
    expect(issues.map((issue) => [issue.code, 'suggestion' in issue ? issue.suggestion : undefined])).toEqual([
      [code, undefined],
    ]);
  });

  it.each([undefined, '', '  ', ' , ,', 7, null, {}])('lets a missing value (%j) be found at start', (value) => {
    const result = compileLayers({ origin: '*' }, { origin: ['https://a.example', ...originList(value as string)] });
    expect(mistakes(result)).toEqual(['layer 1: origin[1] origin-undefined']);
    expect(result.policy).toBeUndefined();
  });

  it('takes a list as well, as a configuration file has it', () => {
    const read = (value: unknown, optional = false): string[] => originList(value as string, { optional });
    expect(originList(['https://a.example ', '', 'https://b.example'])).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
    expect(read(['https://a.example'], true)).toEqual(['https://a.example']);
    expect(read([], true)).toEqual([]);
    expect(read([undefined, 7, {}, Object.create(null), Symbol('a')])).toEqual([
      'undefined',
      '7',
      '[object Object]',
      '[object Object]',
      'Symbol(a)',
    ]);
    expect(read([])).toEqual(['']);
  });

  it.each([undefined, '', ' , '])('means nobody by %j where it is optional', (value) => {
    expect(originList(value, { optional: true })).toEqual([]);
    expect(policyOf({ origin: originList(value, { optional: true }) }).closed).toBe(true);
    expect(originList(value, { optional: false })).toEqual(['']);
  });
});
