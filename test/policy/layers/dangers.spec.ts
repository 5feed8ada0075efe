import { describe, expect, it } from '@jest/globals';

import { compileLayers, compileWith, mistakes } from '../policy-under-test.js';

const APP = 'https://app.example.com';

describe('credentials', () => {
  it('are refused for everyone, at the layer that turned them on', () => {
    expect(compileLayers({ origin: '*' }, { credentials: true }).issues).toEqual([
      {
        code: 'any-origin-with-credentials',
        where: 'layer 1',
        path: 'credentials',
        value: true,
        origin: '*',
        originFrom: 'forRoot',
        credentialsFrom: 'layer 1',
      },
    ]);
  });

  it('are refused for everyone, at the layer that opened to everyone', () => {
    expect(mistakes(compileLayers({ origin: APP, credentials: true }, { origin: '*' }))).toEqual([
      'layer 1: origin any-origin-with-credentials',
    ]);
    expect(mistakes(compileLayers({}, { origin: ['*'], credentials: true }))).toEqual([
      'layer 1: credentials any-origin-with-credentials',
    ]);
  });

  it('are no mistake where a nearer layer takes one of the two back', () => {
    expect(mistakes(compileLayers({ origin: '*' }, { credentials: true }, { origin: APP }))).toEqual([]);
    expect(mistakes(compileLayers({ origin: '*' }, { credentials: true }, { credentials: false }))).toEqual([]);
    expect(mistakes(compileLayers({ origin: '*' }, { credentials: true }, false))).toEqual([]);
  });

  it.each([
    'http://example.com',
    'ws://example.com:8080',
    'http://*.example.com:*',
    'http://192.168.0.1',
    'http://[::2]',
    'http://evillocalhost',
    'http://127.example.com',
  ])('are refused over %s', (origin) => {
    expect(compileLayers({}, { origin: [APP, origin], credentials: true }).issues).toMatchObject([
      { code: 'insecure-origin-with-credentials', path: 'origin[1]', value: origin, origin },
    ]);
    expect(mistakes(compileLayers({}, { origin, credentials: false }))).toEqual([]);
  });

  it.each([
    'http://localhost:3000',
    'ws://localhost',
    'http://a.localhost',
    'http://*.localhost:*',
    'http://127.0.0.1:*',
    'http://127.1.2.3',
    'http://[::1]:8080',
    'https://example.com',
    'wss://example.com',
    'capacitor://localhost',
  ])('are fine over %s', (origin) => {
    expect(mistakes(compileLayers({}, { origin, credentials: true }))).toEqual([]);
  });

  it('name an inherited insecure origin once, at the layer that turned them on', () => {
    const root = { origin: ['http://a.example', 'http://b.example'] };
    expect(mistakes(compileLayers(root, { credentials: true }))).toEqual([
      'layer 1: credentials insecure-origin-with-credentials',
      'layer 1: credentials insecure-origin-with-credentials',
    ]);
  });

  it.each(['https://*.com', 'https://*.co.uk', 'https://*.github.io', 'https://*.github.io:*', 'https://*.foo.ck'])(
    'are refused below the public suffix of %s',
    (origin) => {
      expect(mistakes(compileLayers({}, { origin, credentials: true }))).toEqual(['layer 1: origin public-suffix']);
      expect(mistakes(compileLayers({ origin }, { credentials: true }))).toEqual([
        'layer 1: credentials public-suffix',
      ]);
      expect(mistakes(compileLayers({}, { origin }))).toEqual([]);
    },
  );

  it.each([
    'https://*.example.com',
    'https://*.me.github.io',
    'https://*.corp.internal',
    'https://*.localhost',
    'https://github.io',
  ])('are fine for %s', (origin) => expect(mistakes(compileLayers({}, { origin, credentials: true }))).toEqual([]));

  it('make nothing readable with an exposedHeaders of *, at the nearer of the two', () => {
    const both = {
      origin: APP,
      credentials: true,
      exposedHeaders: '*',
      dangerouslyAllow: ['any-origin-with-credentials'],
    };
    expect(mistakes(compileLayers({}, both))).toEqual(['layer 1: exposedHeaders expose-any-with-credentials']);
    expect(mistakes(compileLayers({ origin: APP, exposedHeaders: '*' }, { credentials: true }))).toEqual([
      'layer 1: credentials expose-any-with-credentials',
    ]);
    expect(mistakes(compileLayers({ origin: APP, credentials: true }, { exposedHeaders: '*' }))).toEqual([
      'layer 1: exposedHeaders expose-any-with-credentials',
    ]);
    expect(mistakes(compileLayers({ origin: APP, exposedHeaders: '*' }, { credentials: false }))).toEqual([]);
  });
});

describe('dangerouslyAllow', () => {
  it.each([
    ['null-origin', { origin: 'null' }],
    ['public-suffix', { origin: 'https://*.github.io', credentials: true }],
    ['any-origin-with-credentials', { origin: '*', credentials: true }],
    ['insecure-origin-with-credentials', { origin: 'http://a.example', credentials: true }],
    ['regexp-unsafe', { origin: /https:\/\/(?:a|a)*\.example\.com/ }],
    ['regexp-too-wide', { origin: /https:\/\/.*example\.com/ }],
    ['regexp-too-wide', { origin: /https?:\/\/app\.example\.com/, credentials: true }],
    ['regexp-dot', { origin: /https:\/\/pr.x\.example\.com/ }],
  ])('acknowledges %s by name, and nothing else', (code, options) => {
    const all = mistakes(compileLayers({}, options));
    expect(all).toEqual([expect.stringMatching(new RegExp(`${code}$`))]);
    expect(mistakes(compileLayers({}, { ...options, dangerouslyAllow: [code] }))).toEqual([]);
    const another = code === 'null-origin' ? 'regexp-dot' : 'null-origin';
    expect(mistakes(compileLayers({}, { ...options, dangerouslyAllow: [another] }))).toEqual(all);
  });

  it('of an expression that is too wide counts with credentials only in the layer that turns them on', () => {
    const everyScheme = /[a-z]+:\/\/([a-z]+\.)*example\.com/;
    const ack = { origin: [everyScheme], dangerouslyAllow: ['regexp-too-wide'] };
    const withCredentials = {
      origin: '/[a-z]+:\\/\\/([a-z]+\\.)*example\\.com/',
      originFrom: 'forRoot',
      credentialsFrom: 'layer 1',
    };
    expect(compileLayers(ack, { credentials: true }).issues).toEqual([
      {
        code: 'regexp-too-wide',
        where: 'layer 1',
        path: 'credentials',
        value: true,
        stranger: 'http://example.com',
        obstacle: undefined,
        withCredentials,
      },
    ]);
    expect(compileLayers(ack, { credentials: true, dangerouslyAllow: ['regexp-too-wide'] }).issues).toEqual([]);
    expect(compileLayers({ credentials: true }, ack).issues).toEqual([]);
    expect(compileLayers({ credentials: true }, { origin: [everyScheme] }).issues).toMatchObject([
      { code: 'regexp-too-wide', where: 'layer 1', path: 'origin[0]', value: everyScheme },
    ]);
  });

  it('of an expression that cannot be proven is asked for once', () => {
    const unproven = { origin: /https:\/\/(?!evil)[a-z]+\.example\.com/, credentials: true };
    expect(mistakes(compileLayers({}, unproven))).toEqual(['layer 1: origin regexp-too-wide']);
    expect(compileLayers({}, { ...unproven, dangerouslyAllow: ['regexp-too-wide'] }).issues).toEqual([]);
  });

  it('is asked for by a wildcard in front of a domain with public suffixes below it', () => {
    const clouds = { origin: 'https://*.amazonaws.com' };
    expect(compileLayers({}, clouds).issues).toEqual([]);
    expect(mistakes(compileLayers({}, { ...clouds, credentials: true }))).toEqual(['layer 1: origin public-suffix']);
    expect(compileLayers({}, { origin: 'https://*.app.amazonaws.com', credentials: true }).issues).toEqual([]);
  });

  it('goes on counting below nearer layers that touch none of the values', () => {
    const ack = { origin: '*', credentials: true, dangerouslyAllow: ['any-origin-with-credentials'] };
    expect(mistakes(compileLayers(ack, { maxAge: 60 }, { methods: ['PUT'], dangerouslyAllow: [] }))).toEqual([]);
    expect(
      compileLayers({ origin: 'null', dangerouslyAllow: ['null-origin'] }, { maxAge: 1 }).policy?.origins.matches(
        'null',
      ),
    ).toBe(true);
  });

  it('of a farther layer is no excuse for a nearer one', () => {
    const ack = { origin: '*', dangerouslyAllow: ['any-origin-with-credentials', 'null-origin'] };
    expect(mistakes(compileLayers(ack, { credentials: true }))).toEqual([
      'layer 1: credentials any-origin-with-credentials',
    ]);
    expect(mistakes(compileLayers(ack, { origin: 'null' }))).toEqual(['layer 1: origin null-origin']);
  });

  it('of a nearer layer does not reach back to values that it does not write', () => {
    expect(
      mistakes(
        compileLayers(
          { origin: '*', credentials: true },
          { maxAge: 1, dangerouslyAllow: ['any-origin-with-credentials'] },
        ),
      ),
    ).toEqual(['forRoot: credentials any-origin-with-credentials']);
    expect(mistakes(compileLayers({ origin: 'null' }, { dangerouslyAllow: ['null-origin'] }))).toEqual([
      'forRoot: origin null-origin',
    ]);
  });

  it('belongs to the target, not to one of its decorators; the last one counts', () => {
    const codes = ['null-origin'];
    expect(mistakes(compileLayers({}, [{ origin: 'null' }, { dangerouslyAllow: codes }]))).toEqual([]);
    expect(mistakes(compileLayers({}, [{ origin: 'null', dangerouslyAllow: codes }, { maxAge: 1 }]))).toEqual([]);
    expect(
      mistakes(compileLayers({}, [{ origin: 'null', dangerouslyAllow: codes }, { dangerouslyAllow: [] }])),
    ).toEqual(['layer 1: origin null-origin']);
  });

  it('of a named policy counts for its values, not for those of the layer that uses it', () => {
    const book = {
      nobody: { origin: 'null', dangerouslyAllow: ['null-origin'] },
      everyone: { origin: '*', dangerouslyAllow: ['any-origin-with-credentials'] },
    };
    expect(mistakes(compileWith(book, {}, 'nobody'))).toEqual([]);
    expect(mistakes(compileWith(book, {}, { use: 'everyone', credentials: true }))).toEqual([
      'layer 1: credentials any-origin-with-credentials',
    ]);
    expect(
      mistakes(compileWith({ bare: { origin: 'null' } }, {}, { use: 'bare', dangerouslyAllow: ['null-origin'] })),
    ).toEqual(['policies.bare: origin null-origin']);
  });

  it('lets functions and expressions judge null, too', () => {
    const options = { origin: [/null|https:\/\/a\.example/, () => true] };
    const acknowledged = { ...options, dangerouslyAllow: ['null-origin', 'regexp-too-wide'] };
    expect(compileLayers({}, acknowledged).policy?.origins.judge('null')).toBe('allowed');
    expect(compileLayers({}, { ...options, dangerouslyAllow: ['regexp-too-wide'] }).policy?.origins.judge('null')).toBe(
      'not-allowed',
    );
    expect(
      compileLayers({}, { origin: () => true, dangerouslyAllow: ['null-origin'] }).policy?.origins.judge('null'),
    ).toBe('unsettled');
  });

  it('refuses unknown codes, with a guess', () => {
    expect(
      compileLayers({}, { origin: APP, dangerouslyAllow: ['null-orgin', 7, 'origin-missing'] }).issues,
    ).toMatchObject([
      { code: 'unknown-option', path: 'dangerouslyAllow[0]', value: 'null-orgin', guess: 'null-origin' },
      { code: 'unknown-option', path: 'dangerouslyAllow[1]', value: 7, guess: undefined },
      { code: 'unknown-option', path: 'dangerouslyAllow[2]', value: 'origin-missing' },
    ]);
    expect(mistakes(compileLayers({}, { origin: APP, dangerouslyAllow: true }))).toEqual([
      'layer 1: dangerouslyAllow type',
    ]);
  });
});
