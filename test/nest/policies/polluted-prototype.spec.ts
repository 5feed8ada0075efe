import { describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { Logger } from '@nestjs/common';
import { CorsModule, originList } from 'nestjs-cors';
import { pageAt } from 'nestjs-cors/testing';

import { AppPoliciesCompiler } from '../../../lib/nest/policies/app-policies.compiler.js';
import { ResolverRegistry } from '../../../lib/nest/policies/resolver.registry.js';
import { AppLog } from '../../../lib/nest/report/app-log.js';
import { RequestLog } from '../../../lib/nest/report/request-log.js';
import { SOMEWHERE } from '../../../lib/nest/report/request-place.js';
import type { ExploredRoute } from '../../../lib/nest/routes/route.explorer.js';
import { POLICY_KEYS, ROOT_KEYS } from '../../../lib/policy/layers/written-policy.js';
import { withPolluted } from '../../support/polluted-prototype.js';

const EVIL = 'https://evil.example';
const APP = 'https://app.example.com';

/** What each name would do if it counted, and every other name of options: with values that would open, too. */
const POLLUTION: readonly (readonly [string, unknown])[] = [
  ['use', 'open'],
  ['origin', EVIL],
  ['origin', '*'],
  ['methods', '*'],
  ['methods', ['PURGE']],
  ['allowedHeaders', ['X-Evil']],
  ['exposedHeaders', ['X-Evil']],
  ['exposedHeaders', '*'],
  ['credentials', true],
  ['maxAge', 86_400],
  ['preflightContinue', true],
  ['optionsSuccessStatus', 299],
  ['enforce', true],
  ['originTimeout', 1],
  ['dangerouslyAllow', ['any-origin-with-credentials', 'null-origin', 'any-host-of-scheme']],
  ['policies', { open: { origin: EVIL } }],
  ['paths', [{ path: '/{*rest}', policy: { origin: EVIL } }]],
  ['debug', true],
  ['bus', { publish: () => undefined, subscribe: () => undefined }],
  ['path', '/{*rest}'],
  ['policy', { origin: EVIL }],
  ['untouched', true],
  ['resolver', 'evil'],
  ['add', ['X-Evil']],
  ['optional', true],
  ['open', { origin: EVIL }],
  ['allowsOrigin', () => true],
  ['0', EVIL],
  ['1', EVIL],
];

/** Right ones and mistaken ones: pollution must neither open what is closed nor mend what is a mistake. */
const OPTIONS: readonly (readonly [string, unknown])[] = [
  ['nothing', {}],
  ['an origin', { origin: APP }],
  [
    'everything',
    {
      origin: [APP, '*'].slice(0, 1),
      credentials: true,
      methods: ['PUT'],
      allowedHeaders: { add: ['X-A'] },
      exposedHeaders: { add: ['X-B'] },
      policies: { partners: { origin: 'https://partner.example' }, shut: false, bare: {} },
      paths: [
        { path: '/a', policy: 'partners' },
        { path: '/b', policy: false },
        { path: '/c', methods: ['PUT'], policy: { maxAge: 1 } },
      ],
    },
  ],
  ['closed', { origin: false, maxAge: 3 }],
  ['dangers', { origin: ['null', 'moz-extension://*', 'http://a.example'], credentials: true }],
  [
    'mistakes',
    { origin: [{}, { resolver: undefined }], allowedHeaders: {}, exposedHeaders: {}, paths: [{}, { path: '/a' }] },
  ],
  // eslint-disable-next-line no-sparse-arrays -- the holes are the point
  ['a hole', { origin: [APP, , 'https://b.example'], methods: [, 'PUT'] }],
  ['no object', 'open'],
  [
    'names of the prototype',
    {
      policies: JSON.parse(
        '{"__proto__":{"origin":"https://a.example"},"constructor":{"origin":"https://b.example"},"toString":false}',
      ),
    },
  ],
  ['a key of the prototype', JSON.parse('{"__proto__":{"origin":"*"},"constructor":{"origin":"*"}}')],
];

const LAYERS: readonly (readonly unknown[])[] = [
  [],
  [{}],
  [{ origin: APP }],
  [{ maxAge: 5 }],
  [false],
  [false, { maxAge: 5 }],
  ['partners'],
  ['open'],
  ['__proto__'],
  ['constructor'],
  ['toString'],
  [{ use: 'bare', allowedHeaders: { add: ['X-C'] } }],
];

const ROUTES: readonly ExploredRoute[] = LAYERS.map((values, id) => ({
  id,
  name: `Cats.m${id}`,
  place: `Cats.m${id}`,
  handler: {},
  where: `Cats.m${id}`,
  method: 'GET',
  path: `/m${id}`,
  hosts: [],
  version: undefined,
  layers: values.map((value, index) => ({ where: `layer ${index}`, values: [value] })),
  isInternal: false,
}));

/** Everything that is compiled of the options, as text. */
function compiled(options: unknown): string {
  const registry = new ResolverRegistry(new ModulesContainer());
  const { appPolicies, issues, warnings } = new AppPoliciesCompiler(
    ROUTES,
    [],
    registry,
    new RequestLog(new AppLog(new Logger('test')), { nameOf: () => '', of: () => SOMEWHERE }),
  ).compile(options);
  const urls = ['/', '/a', '/b', '/c', '/anything'];
  const found = urls.map((url) => ['GET', 'PUT'].map((method) => appPolicies.paths.find(method, url)));
  return textOf({
    base: appPolicies.base,
    byRoute: appPolicies.byRoute,
    sources: appPolicies.sources,
    named: [...appPolicies.named],
    debug: appPolicies.debug,
    found,
    issues,
    warnings: [...warnings],
  });
}

/** Own keys only, however deep, in the order written. */
function textOf(value: unknown): string {
  if (value instanceof Set || value instanceof Map) {
    return textOf([...value]);
  }
  if (Array.isArray(value)) {
    return `[${Array.from({ length: value.length }, (_, i) => (Object.hasOwn(value, i) ? textOf(value[i]) : 'hole')).join()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).filter((key) => key !== 'origins' && key !== 'answers');
    return `{${keys.map((key) => `${key}:${textOf(Object.getOwnPropertyDescriptor(value, key)?.value)}`).join()}}`;
  }
  return String(value);
}

describe('a key on Object.prototype', () => {
  it('is tried for every option that there is', () => {
    expect(POLLUTION.map(([key]) => key)).toEqual(expect.arrayContaining([...POLICY_KEYS, ...ROOT_KEYS]));
  });

  it.each(OPTIONS)('changes nothing of what is compiled from %s', (_, options) => {
    const clean = compiled(options);
    for (const [key, value] of POLLUTION) {
      expect([key, withPolluted(key, value, () => compiled(options))]).toEqual([key, clean]);
    }
  });

  it('makes no difference to the options of forRootAsync()', () => {
    const useFactory = (): object => ({ origin: APP });
    const providersOf = (): unknown => (CorsModule.forRootAsync({ useFactory }).providers ?? [])[0];
    const evil = (): object => ({ origin: EVIL });
    for (const [key, value] of [
      ['useClass', class Evil {}],
      ['useExisting', 'evil'],
      ['inject', ['evil']],
    ] as const) {
      expect(withPolluted(key, value, () => textOf(providersOf()))).toBe(textOf(providersOf()));
    }
    class Made {
      createCorsOptions(): object {
        return {};
      }
    }
    const provider = withPolluted(
      'useFactory',
      evil,
      () => (CorsModule.forRootAsync({ useClass: Made }).providers ?? [])[0],
    );
    expect(provider).not.toMatchObject({ useFactory: evil });
    expect(withPolluted('useFactory', evil, () => (CorsModule.forRootAsync({}).providers ?? [])[0])).not.toMatchObject({
      useFactory: evil,
    });
  });

  it('makes nothing optional, and gives a page of the tests no options', () => {
    expect(withPolluted('optional', true, () => originList(undefined, {}))).toEqual(['']);
    const now = (): never => {
      throw new Error('the polluted clock is read');
    };
    const cookies = withPolluted('now', now, () => {
      const page = pageAt(APP, {});
      page.cookies.set('a=1; Secure; SameSite=None', 'https://api.example.com');
      return page.cookies.get('https://api.example.com');
    });
    expect(cookies).toBe('a=1');
  });
});
