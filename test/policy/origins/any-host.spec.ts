import { describe, expect, it } from '@jest/globals';

import { compileLayers, mistakes, policyOf } from '../policy-under-test.js';

const dangerouslyAllow = ['any-host-of-scheme'];

describe('any host of a scheme', () => {
  it.each([
    ['moz-extension://*', ['moz-extension://d5a1f7f0-1b1e-4a2f-9d5e-0a1b2c3d4e5f', 'moz-extension://a.b']],
    ['chrome-extension://*', ['chrome-extension://abcdefghijklmnopabcdefghijklmnop']],
    ['vscode-webview://*', ['vscode-webview://1a2b3c']],
    ['capacitor://*', ['capacitor://localhost']],
    ['app://*:8080', ['app://x:8080']],
    ['app://*:*', ['app://x:8080', 'app://x', 'app://X', 'app://.', 'app://.:1']],
    ['safari-web-extension://*', ['safari-web-extension://7D8E0A1C-0B1D-4C2E-9F3A-5B6C7D8E9F0A']],
  ])('%s is matched by whole origins of that scheme, once it is acknowledged', (origin, allowed) => {
    const { origins } = policyOf({ origin, dangerouslyAllow });
    for (const each of allowed) {
      expect([each, origins.judge(each)]).toEqual([each, 'allowed']);
    }
    const others = [
      'https://a.example',
      'http://*',
      'null',
      `x${origin}`,
      'app://',
      'app://x/y',
      'app://x:80800',
      'moz-extensions://a',
    ];
    for (const each of [
      ...others,
      'App://x',
      'app://x%20',
      'safari-web-extension://',
      'https://X',
      'moz-extension://a:1',
      'moz-extension://*',
      'chrome-extension://a.example/',
    ]) {
      expect([each, origins.judge(each)]).not.toEqual([each, 'allowed']);
    }
  });

  it('is a mistake until it is acknowledged, with credentials or without', () => {
    expect(compileLayers({}, { origin: ['https://a.example', 'moz-extension://*'] }).issues).toEqual([
      {
        code: 'any-host-of-scheme',
        where: 'layer 1',
        path: 'origin[1]',
        value: 'moz-extension://*',
        scheme: 'moz-extension',
      },
    ]);
    expect(mistakes(compileLayers({}, { origin: 'moz-extension://*', credentials: true, dangerouslyAllow }))).toEqual(
      [],
    );
  });

  it.each(['http://*', 'https://*', 'ws://*:*', 'wss://*:8080', 'app://**', 'app://*:8*', 'app://*/*', 'app://x*'])(
    'is not %s',
    (origin) => {
      expect(mistakes(compileLayers({}, { origin, dangerouslyAllow }))).toEqual(['layer 1: origin wildcard-position']);
    },
  );

  it.each([
    ['APP://*', 'origin-not-serialized'],
    ['app://*/', 'origin-not-serialized'],
    ['file://*', 'origin-scheme'],
    ['1app://*', 'origin-invalid'],
    ['app://*:99999', 'origin-invalid'],
  ])('%s is a mistake of its own', (origin, code) => {
    expect(mistakes(compileLayers({}, { origin, dangerouslyAllow }))).toEqual([`layer 1: origin ${code}`]);
  });

  it('is told apart from one host when policies are compared', () => {
    const keys = ['app://*', 'app://x', 'app://*:*'].map((origin) => policyOf({ origin, dangerouslyAllow }).key);
    expect(new Set(keys).size).toBe(3);
  });
});

describe('a host that browsers leave as it is', () => {
  it('is compared byte for byte', () => {
    const { origins } = policyOf({ origin: ['custom://MyHost', 'custom://MyPort:*', 'app://.', 'app://a..b:80'] });
    for (const each of ['custom://MyHost', 'custom://MyPort', 'custom://MyPort:81', 'app://.', 'app://a..b:80']) {
      expect([each, origins.judge(each)]).toEqual([each, 'allowed']);
    }
    for (const each of [
      'custom://myhost',
      'custom://MYHOST',
      'custom://myport:81',
      'app://',
      'app://..',
      'app://a..b',
    ]) {
      expect([each, origins.judge(each)]).not.toEqual([each, 'allowed']);
    }
  });

  it('is below a domain only as a name in lower case', () => {
    const { origins } = policyOf({ origin: ['custom://*.example.com', 'https://*.example.com'] });
    for (const each of ['custom://a.example.com', 'custom://a.b.example.com']) {
      expect([each, origins.judge(each)]).toEqual([each, 'allowed']);
    }
    for (const each of [
      'custom://A.example.com',
      'custom://a.Example.com',
      'custom://.example.com',
      'custom://a..example.com',
      'custom://example.com',
    ]) {
      expect([each, origins.judge(each)]).toEqual([each, 'not-allowed']);
    }
    expect(origins.judge('https://A.example.com')).toBe('malformed');
  });

  it('is asked about, and let in by *', () => {
    for (const each of ['app://.', 'custom://MyHost', 'safari-web-extension://7D8E0A1C']) {
      expect(policyOf({ origin: () => true }).origins.judge(each)).toBe('unsettled');
      expect(policyOf({ origin: '*' }).origins.judge(each)).toBe('allowed');
      expect(policyOf({ origin: each, credentials: true }).origins.judge(each)).toBe('allowed');
    }
  });
});

describe('the dot of a fully qualified name', () => {
  it('makes another origin than the name without it', () => {
    const dotted = policyOf({
      origin: ['https://example.com.', 'https://*.example.com.', 'http://a.example.:*'],
    }).origins;
    for (const each of [
      'https://example.com.',
      'https://a.b.example.com.',
      'http://a.example.',
      'http://a.example.:8080',
    ]) {
      expect([each, dotted.judge(each)]).toEqual([each, 'allowed']);
    }
    for (const each of [
      'https://example.com',
      'https://a.example.com',
      'http://a.example',
      'https://example.com..',
      'https://a..',
    ]) {
      expect([each, dotted.judge(each)]).not.toEqual([each, 'allowed']);
    }
    const plain = policyOf({ origin: ['https://example.com', 'https://*.example.com'] }).origins;
    expect(plain.matches('https://example.com.')).toBe(false);
    expect(plain.matches('https://a.example.com.')).toBe(false);
  });

  it('hides neither a public suffix nor loopback', () => {
    expect(mistakes(compileLayers({}, { origin: 'https://*.github.io.', credentials: true }))).toEqual([
      'layer 1: origin public-suffix',
    ]);
    expect(
      mistakes(compileLayers({}, { origin: ['http://localhost.', 'http://a.localhost.:*'], credentials: true })),
    ).toEqual([]);
    expect(mistakes(compileLayers({}, { origin: 'http://a.example.', credentials: true }))).toEqual([
      'layer 1: origin insecure-origin-with-credentials',
    ]);
  });

  it('does not count among the 253 characters of a name', () => {
    const label = 'a'.repeat(61);
    const longest = `https://${label}.${label}.${label}.${label}.aaaaa`;
    expect(longest.length).toBe('https://'.length + 253);
    expect(policyOf({ origin: '*', credentials: false }).origins.judge(`${longest}.`)).toBe('allowed');
    expect(policyOf({ origin: '*' }).origins.judge(`${longest}a.`)).toBe('malformed');
    expect(policyOf({ origin: '*' }).origins.judge('https://127.0.0.1.')).toBe('malformed');
  });
});
