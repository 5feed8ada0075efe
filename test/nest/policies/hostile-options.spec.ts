import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type DynamicModule, type Type } from '@nestjs/common';
import { CorsConfigError, CorsModule, CorsService, type CorsModuleOptions, type CorsOriginResolver } from 'nestjs-cors';
import { types } from 'node:util';

import { thrownText } from '../../../lib/policy/mistakes/safe-text.js';
import { ACAO, APP } from '../../cases/cors-case.js';
import { HOSTILE_THENABLES, HOSTILE_VALUES, boom, thrower, trapped, turn } from '../../cases/hostile-values.js';
import { send } from '../../support/http-client.js';
import { createApp, portOf, rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS, FASTIFY, type Way } from '../../support/ways.js';

const EVIL = 'https://evil.example';

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

type Outcome = { readonly started: true } | { readonly started: false; readonly thrown: unknown };

/** Where the start goes through, nothing is shared. Nothing of it is given to `expect`, which could not print it. */
async function outcomeOf(way: Way, cors: () => DynamicModule): Promise<Outcome> {
  try {
    const app = await createApp(way, rootWith(cors()));
    await app.init();
    await app.listen(0, '127.0.0.1');
    const { cors: headers } = await send(portOf(app), { path: '/cats', origin: EVIL });
    return Object.keys(headers).length === 0 ? { started: true } : { started: false, thrown: 'it opened' };
  } catch (thrown) {
    return { started: false, thrown };
  } finally {
    await turn();
  }
}

function mistakesOf(outcome: Outcome): readonly { readonly where: string }[] {
  if (outcome.started) {
    throw new Error('it started');
  }
  const { thrown } = outcome;
  if (types.isProxy(thrown) || !(thrown instanceof CorsConfigError)) {
    throw new Error(`stopped by ${thrownText(thrown)}, and not by a CorsConfigError`);
  }
  return thrown.issues;
}

/** `{}` in other clothes: options that say nothing. */
const EMPTY = 'an object without a prototype';

/** Each way to make options later, around what the app's code does then. What makes them knows no platform. */
const SOURCES: readonly (readonly [string, Way, (make: () => unknown) => DynamicModule])[] = [
  ['useFactory', EXPRESS, (make) => CorsModule.forRootAsync({ useFactory: make as () => CorsModuleOptions })],
  ['useClass', FASTIFY, (make) => CorsModule.forRootAsync({ useClass: factoryOf(make) })],
  [
    'useExisting',
    EXPRESS,
    (make) => {
      const Existing = factoryOf(make);
      @Module({ providers: [Existing], exports: [Existing] })
      class Imported {}
      return CorsModule.forRootAsync({ imports: [Imported], useExisting: Existing });
    },
  ],
];

function factoryOf(make: () => unknown): Type<{ createCorsOptions(): CorsModuleOptions }> {
  return class Factory {
    createCorsOptions(): CorsModuleOptions {
      return make() as CorsModuleOptions;
    }
  };
}

describe.each(BOTH_PLATFORMS)('forRoot() is given, on %s', (_, way) => {
  it.each(HOSTILE_VALUES)('%s: mistakes of forRoot, at init()', async (title, make) => {
    const outcome = await outcomeOf(way, () => CorsModule.forRoot(make() as never));
    if (title === EMPTY || title === 'undefined') {
      expect(outcome.started).toBe(true);
    } else {
      expect(mistakesOf(outcome)).toContainEqual(expect.objectContaining({ where: 'forRoot' }));
    }
  });

  it.each(HOSTILE_VALUES.filter(([title]) => /^a (revoked )?proxy/.test(title)))('%s: one mistake', async (_, make) => {
    expect(mistakesOf(await outcomeOf(way, () => CorsModule.forRoot(make() as never)))).toHaveLength(1);
  });

  it.each(HOSTILE_THENABLES)('what looks like a promise (%s): mistakes of forRoot', async (_, make) => {
    expect(mistakesOf(await outcomeOf(way, () => CorsModule.forRoot(make() as never))).length).toBeGreaterThan(0);
  });
});

describe.each(SOURCES)('options that are made later, by %s, on %s', (_, way, source) => {
  it.each(HOSTILE_VALUES)('are %s: the start ends with a sentence', async (title, make) => {
    const outcomes = [
      await outcomeOf(way, () => source(make)),
      await outcomeOf(way, () => source(async () => Promise.resolve(make()))),
    ];
    for (const outcome of outcomes) {
      if (title === EMPTY) {
        expect(outcome.started).toBe(true);
      } else if (title.includes('proxy')) {
        // The language asks it for its `then`, and what that throws is what the factory threw.
        expect(outcome.started).toBe(false);
      } else {
        expect(mistakesOf(outcome)).toContainEqual(expect.objectContaining({ where: 'forRoot' }));
      }
    }
  });

  it.each(HOSTILE_VALUES)('throw or reject with %s: so does the start', async (_, make) => {
    const value = make();
    for (const outcome of [
      await outcomeOf(way, () => source(thrower(value))),
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what others reject with is theirs
      await outcomeOf(way, () => source(async () => Promise.reject(value))),
    ]) {
      expect(outcome.started).toBe(false);
    }
  });

  it.each(HOSTILE_THENABLES.filter(([title]) => !title.includes('never calls back')))(
    'look like a promise whose %s: the start ends',
    async (_, make) => {
      expect((await outcomeOf(way, () => source(make))).started).toBe(false);
    },
  );
});

describe.each(BOTH_PLATFORMS)('options that are made later, on %s', (_, way) => {
  it.each(HOSTILE_VALUES)('by what forRootAsync() is given: %s', async (_, make) => {
    const outcome = await outcomeOf(way, () => CorsModule.forRootAsync(make() as never));
    expect(mistakesOf(outcome)).toContainEqual(expect.objectContaining({ where: 'forRootAsync' }));
  });
});

/** Options with one value that cannot be read, of each kind that `forRoot` takes. */
const UNREADABLE: readonly (readonly [string, (value: unknown) => object])[] = [
  ['origin', (value) => ({ origin: value })],
  ['methods', (value) => ({ origin: APP, methods: value })],
  ['policies', (value) => ({ policies: value })],
  ['a named policy', (value) => ({ policies: { partners: value } })],
  ['paths', (value) => ({ paths: value })],
  ['an entry of paths', (value) => ({ paths: [value] })],
  ['a pattern', (value) => ({ paths: [{ path: value, policy: false }] })],
  ['the methods of an entry', (value) => ({ paths: [{ path: '/x', methods: value, policy: false }] })],
  ['the policy of an entry', (value) => ({ paths: [{ path: '/x', policy: value }] })],
  ['untouched', (value) => ({ paths: [{ path: '/x', untouched: value }] })],
  ['debug', (value) => ({ debug: value })],
];

describe.each(BOTH_PLATFORMS)('update(), on %s', (_, way) => {
  it('rejects hostile options with their mistakes, and nothing changes', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, { origin: APP }));
    const service = app.nest.get(CorsService);
    const refuses = async (options: unknown): Promise<void> => {
      const error: unknown = await service.update(options as never).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CorsConfigError);
      await turn();
    };
    for (const [title, make] of HOSTILE_VALUES.filter(([each]) => each !== EMPTY)) {
      // A function is called, and is another test's.
      if (!title.includes('function')) {
        await refuses(make());
      }
      if (title !== 'a class') {
        await refuses(() => make());
      }
    }
    for (const [, make] of HOSTILE_THENABLES) {
      await refuses(make());
      await refuses(make);
    }
    for (const [, around] of UNREADABLE) {
      for (const value of [trapped({}), trapped([]), revokedList()]) {
        await refuses(around(value));
      }
    }
    await refuses({ paths: Object.defineProperty([{}], 0, { get: boom }) });
    await refuses({ paths: [Object.defineProperty({ policy: false }, 'path', { get: boom, enumerable: true })] });
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
    expect((await app.send({ path: '/cats', origin: EVIL })).cors).toEqual({ vary: 'Origin' });
  });
});

function revokedList(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

class GetterThrows {
  get allowsOrigin(): never {
    return boom();
  }
}

describe.each(BOTH_PLATFORMS)('a resolver that cannot be read at start, on %s', (_, way) => {
  it.each<[string, () => unknown]>([
    ['has a getter that throws', () => new GetterThrows()],
    ['is a proxy', () => new Proxy({}, { has: boom })],
    ['has a prototype that throws', () => Object.create(new Proxy({}, { has: boom }))],
    ['has a method that is none', () => ({ allowsOrigin: Symbol('yes') })],
  ])('one that %s is no resolver: one mistake', async (_, make) => {
    const root = rootModule(
      { controllers: [CatsController], providers: [{ provide: 'ORIGINS', useValue: make() }] },
      { origin: { resolver: 'ORIGINS' } },
    );
    const app = await createApp(way, root);
    const error: unknown = await app.init().catch((reason: unknown) => reason);
    expect(mistakesOf({ started: false, thrown: error })).toMatchObject([
      { code: 'resolver-missing', where: 'forRoot', path: 'origin' },
    ]);
  });

  it('one whose method can be read once is asked, and refuses where it cannot be read again', async () => {
    let reads = 0;
    class Once implements CorsOriginResolver {
      get allowsOrigin(): CorsOriginResolver['allowsOrigin'] {
        reads += 1;
        return reads === 1 ? () => true : boom();
      }
    }
    const app = await startApp(
      way,
      rootModule({ controllers: [CatsController], providers: [Once] }, { origin: { resolver: Once } }),
    );
    expect(reads).toBeGreaterThan(0);
    const { status, cors } = await app.send({ path: '/cats', origin: APP });
    expect([status, cors]).toEqual([200, { vary: 'Origin' }]);
  });
});
