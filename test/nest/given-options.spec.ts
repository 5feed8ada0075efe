import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type DynamicModule, type Type } from '@nestjs/common';
import { CorsConfigError, CorsModule, CorsService, type CorsModuleOptions } from 'nestjs-cors';

import { ACAO, APP } from '../cases/cors-case.js';
import { createApp, rootModule, startApp } from '../support/running-app.js';
import { withPolluted } from '../support/polluted-prototype.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../support/ways.js';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }
}

function rootWith(cors: DynamicModule): Type {
  @Module({ imports: [cors], controllers: [CatsController] })
  class Root {}
  return Root;
}

/** The one mistake that stops the app, at `init()` and not before. */
async function mistakeOf(way: Way, cors: () => DynamicModule): Promise<string> {
  const app = await createApp(way, rootWith(cors()));
  const error: unknown = await app.init().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CorsConfigError)) {
    throw new Error('not stopped by a CorsConfigError', { cause: error });
  }
  expect(error.issues).toHaveLength(1);
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .join(': ');
}

class Factory {
  createCorsOptions(): CorsModuleOptions {
    return { origin: APP };
  }
}

class WithGetter {
  get origin(): string {
    return APP;
  }
}

type Callback = (error: unknown, options: object) => void;

const GIVEN: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'the delegate of cors',
    () => (_request: object, callback: Callback) => callback(undefined, {}),
    /^a function|write the options themselves; for what depends on the route, @Cors; for what depends on the origin, \{ origin: \(origin, request\) => true or false \}/,
  ],
  [
    'a factory',
    () => () => ({ origin: APP }),
    /forRootAsync\(\{ useFactory: … \}\)|forRootAsync\(\{ useFactory: \\u2026 \}\)/,
  ],
  ['true', () => true, /^forRoot: true does not belong here; write \{ origin: '\*' \} for any origin/],
  ['false', () => false, /^forRoot: false does not belong here; write \{ origin: false \} for none/],
  ['a class', () => Factory, /class Factory does not belong here; write forRootAsync\(\{ useClass: /],
  [
    'a Map',
    () => new Map([['origin', APP]]),
    /a Map does not belong here; write a plain object \(Object\.fromEntries\(map\)/,
  ],
  ['null', () => null, /null does not belong here; write \{\} for no options/],
  ['an origin', () => APP, /write \{ origin: "https:\/\/app\.example\.com" \}/],
  ['a misspelt origin', () => 'https://App.example.com/', /write \{ origin: "https:\/\/app\.example\.com" \}/],
  ['everyone', () => '*', /write \{ origin: '\*' \}/],
  ['some text', () => 'cors', /write an object with options, such as \{ origin: 'https:\/\/app\.example\.com' \}/],
  ['a list', () => [APP], /a list does not belong here; write \{ origin: \[/],
  [
    'a RegExp',
    () => /https:\/\/([a-z]+\.)*example\.com/,
    /^forRoot: \/https:\\\/\\\/\(\[a-z\]\+\\\.\)\*example\\\.com\/ does not belong here; write \{ origin: \/https:.* \} for the origins that it matches/,
  ],
  ['a text in an object', () => new String(APP), /write an object with options, such as/],
  ['an error', () => new Error('theirs'), /write an object with options, such as/],
  ['bytes', () => Buffer.from(APP), /write an object with options, such as/],
  ['a URL', () => new URL(APP), /write a plain object, as origin is inherited from the object's class/],
  ['a number', () => 5, /5 does not belong here; write an object with options/],
  [
    'a promise',
    () => Promise.resolve({ origin: '*' }),
    /a promise does not belong here; write the options themselves, or forRootAsync\(\{ useFactory: async \(\) => /,
  ],
  ['a promise that rejects', () => Promise.reject(new Error('theirs')), /a promise does not belong here/],
  [
    'an instance with a getter',
    () => new WithGetter(),
    /write a plain object, as origin is inherited from the object's class/,
  ],
];

describe.each(EVERY_WAY)('forRoot() is given, on %s', (_, way) => {
  it.each(GIVEN)('%s: one mistake, with the cure that fits', async (_name, given, cure) => {
    expect(await mistakeOf(way, () => CorsModule.forRoot(given() as never))).toMatch(cure);
  });
});

describe.each(BOTH_PLATFORMS)('the same mistakes, on %s', (_, way) => {
  const rows = GIVEN.filter(([name]) => !name.startsWith('a promise'));

  it.each(rows)('%s, returned by a factory', async (_name, given, cure) => {
    expect(await mistakeOf(way, () => CorsModule.forRootAsync({ useFactory: () => given() as never }))).toMatch(cure);
  });

  it('nothing, returned by a factory that lacks its parentheses', async () => {
    const useFactory = (): never => undefined as never;
    expect(await mistakeOf(way, () => CorsModule.forRootAsync({ useFactory }))).toMatch(/\(\) => \(\{/);
  });

  it('given to update(): it rejects, and nothing changes', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, { origin: APP }));
    const service = app.nest.get(CorsService);
    // A function is called with the options in force, and everything else is judged as forRoot() judges it.
    for (const [name, given] of GIVEN.filter(([each]) => each !== 'the delegate of cors' && each !== 'a factory')) {
      await expect([name, service.update(given() as never)][1]).rejects.toThrow(CorsConfigError);
      await expect(service.update(() => given() as never)).rejects.toThrow(CorsConfigError);
    }
    await expect(service.update((async () => Promise.resolve({ origin: '*' })) as never)).rejects.toThrow(
      /CorsService\.update\(\)\n.*a promise does not belong here; write the options themselves; await the promise first/,
    );
    await expect(service.update((() => undefined) as never)).rejects.toThrow(CorsConfigError);
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /undefined does not belong here; write an object with useFactory, useClass or useExisting/],
    ['a function', () => ({ origin: APP }), /write \{ useFactory: .* \} around the function/],
    [
      'the options themselves',
      { origin: APP },
      /useFactory: \(\) => \(\{ .*forRoot\(\{ .* \}\) takes the options themselves/,
    ],
    [
      'a factory that is none',
      { useFactory: { origin: APP } },
      /useFactory: an object does not belong here; write a function that returns the options/,
    ],
    [
      'a class that is none',
      { useClass: 'Factory' },
      /useClass: "Factory" does not belong here; write a class with a method createCorsOptions\(\)/,
    ],
    [
      'a misspelt key',
      { useFactory: () => ({}), injects: [] },
      /injects: "injects" is not known here; did you mean inject\?/,
    ],
    [
      'a list that is none',
      { useFactory: () => ({}), inject: 'ConfigService' },
      /inject: "ConfigService" does not belong here; write a list/,
    ],
    [
      'an instance with a getter',
      new (class {
        get useFactory(): () => object {
          return () => ({});
        }
      })(),
      /useFactory is inherited from the object's class/,
    ],
  ])('given to forRootAsync(): %s', async (_name, given, cure) => {
    expect(await mistakeOf(way, () => CorsModule.forRootAsync(given as never))).toMatch(cure);
  });

  it('and is opened by nothing on Object.prototype, from the options to the answer', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, {}));
    const evil = 'https://evil.example';
    for (const [key, value] of [
      ['paths', [{ path: '/{*rest}', policy: { origin: evil } }]],
      ['policies', { open: { origin: evil } }],
    ] as const) {
      await withPolluted(key, value, () => app.nest.get(CorsService).update({}));
      expect((await app.send({ path: '/cats', origin: evil })).cors).toEqual({});
      expect((await app.send({ path: '/nowhere', origin: evil })).cors).toEqual({});
    }
    const question = { url: '/cats', origin: APP };
    const explained = await app.nest.get(CorsService).explain(question);
    const phase = withPolluted('phase', 'preflight', async () => app.nest.get(CorsService).explain(question));
    expect(await phase).toEqual(explained);
  });
});

describe('the types', () => {
  it('refuse what forRoot() does not take', () => {
    const refused = (): void => {
      // @ts-expect-error -- true is no options
      CorsModule.forRoot(true);
      // @ts-expect-error -- null is none
      CorsModule.forRoot(null);
      // @ts-expect-error -- an origin is none
      CorsModule.forRoot(APP);
      // @ts-expect-error -- a list is none
      CorsModule.forRoot([APP]);
      // @ts-expect-error -- a Map is none
      CorsModule.forRoot(new Map());
      // @ts-expect-error -- a class is none
      CorsModule.forRoot(Factory);
      // @ts-expect-error -- a delegate is none
      CorsModule.forRoot((_request: object, callback: Callback) => callback(undefined, {}));
      // @ts-expect-error -- a promise is none
      CorsModule.forRoot(Promise.resolve({ origin: APP }));
      CorsModule.forRoot({ origin: 'moz-extension://*', dangerouslyAllow: ['any-host-of-scheme'] });
    };
    expect(refused).toBeInstanceOf(Function);
  });
});
