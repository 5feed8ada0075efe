/**
 * How applications put their parts together: instances that are replaced (`instrument.instanceDecorator`, `forwardRef()`), scopes,
 * mockers, modules that are loaded later.
 */
import { describe, expect, it } from '@jest/globals';
import { Controller, forwardRef, Get, Inject, Injectable, Module, Post, Put, Scope } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { APP_INTERCEPTOR, LazyModuleLoader, REQUEST } from '@nestjs/core';
import {
  Cors,
  CORS_BUS,
  CORS_OPTIONS,
  CorsConfigError,
  CorsInterceptor,
  CorsModule,
  type CorsModuleAsyncOptions,
  type CorsModuleOptions,
  CorsOriginStore,
  CorsService,
} from 'nestjs-cors';
import { CorsInspectorModule } from 'nestjs-cors/inspector';
import { RedisCorsBus } from 'nestjs-cors/redis';
import { policyTable } from 'nestjs-cors/testing';

import { ACAO, APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { createApp, startApp } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

const SHOP = 'https://shop.example';
const EVIL = 'https://evil.example';
const READABLE = { [ACAO]: APP, vary: 'Origin' };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Methods are called on the instance, whatever they are called on: as tracers do it. */
function bound(target: object): object {
  return new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && key !== 'constructor'
        ? (...values: unknown[]): unknown => Reflect.apply(value, target, values)
        : value;
    },
  });
}

const DECORATORS: [string, (target: object) => object][] = [
  ['a proxy', (target) => new Proxy(target, {})],
  ['a proxy of a proxy', (target) => new Proxy(new Proxy(target, {}), {})],
  [
    'a proxy that reads from the instance',
    (target) => new Proxy(target, { get: (of, key): unknown => Reflect.get(of, key, of) }),
  ],
  ['a proxy that calls methods on the instance', bound],
  ['an object that is derived from it', (target) => Object.create(target) as object],
  ['a proxy of a derived object', (target) => new Proxy(Object.create(target) as object, {})],
];

@Injectable()
class Database {
  read(): string[] {
    return [SHOP];
  }
}

@Injectable()
class ShopOrigins extends CorsOriginStore {
  @Inject(Database) private readonly database!: Database;

  keyOf(): string {
    return 'shop';
  }
  load(): string[] {
    return this.database.read();
  }
}

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return reach('list');
  }
  @Put(':id') @Cors({ origin: { resolver: ShopOrigins } }) update(): string {
    return reach('update');
  }
  @Post() @Cors({ enforce: true }) create(): string {
    return reach('create');
  }
}

@WebSocketGateway()
@Cors({ origin: SHOP })
class ChatGateway {}

/** Redis as far as the bus needs it. */
class FakeRedis {
  readonly published: string[] = [];
  readonly isOpen = true;
  #listener: (message: string) => void = () => undefined;

  async publish(_: string, message: string): Promise<void> {
    this.published.push(message);
    await Promise.resolve();
    this.#listener(message);
  }
  async subscribe(_: string, listener: (message: string) => void): Promise<void> {
    this.#listener = listener;
    await Promise.resolve();
  }
  async unsubscribe(): Promise<void> {
    await Promise.resolve();
  }
  on(): this {
    return this;
  }
  off(): this {
    return this;
  }
}

const OTHER_STORE = Symbol('the same store under another token');

function wholeModule(module: object, redis: FakeRedis): new () => object {
  @Module({
    imports: [module as never, CorsInspectorModule.forRoot({ path: 'cors' })],
    controllers: [CatsController],
    providers: [
      Database,
      ShopOrigins,
      ChatGateway,
      { provide: OTHER_STORE, useExisting: ShopOrigins },
      { provide: APP_INTERCEPTOR, useExisting: CorsInterceptor },
      { provide: CORS_BUS, useFactory: () => new RedisCorsBus({ publisher: redis, subscriber: redis }) },
    ],
  })
  class WholeModule {}
  return WholeModule;
}

@Injectable()
class OptionsOfClass {
  createCorsOptions(): CorsModuleOptions {
    return { origin: APP };
  }
}

const MODULES: [string, () => object][] = [
  ['forRoot()', () => CorsModule.forRoot({ origin: APP })],
  ['forRootAsync({ useFactory })', () => CorsModule.forRootAsync({ useFactory: () => ({ origin: APP }) })],
  ['forRootAsync({ useClass })', () => CorsModule.forRootAsync({ useClass: OptionsOfClass })],
];

describe.each(EVERY_WAY)('instances are replaced, on %s', (_, way) => {
  describe.each(DECORATORS)('by %s', (_, decorate) => {
    const options = {
      instrument: { instanceDecorator: (instance: unknown) => (isObject(instance) ? decorate(instance) : instance) },
    };

    it.each(MODULES)('every policy of %s applies', async (_, module) => {
      const app = await startApp(way, wholeModule(module(), new FakeRedis()), { options });

      expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
      expect((await app.send({ path: '/cats', origin: EVIL })).cors).toEqual({ vary: 'Origin' });
      expect((await app.preflight('/cats/1', 'PUT', SHOP)).cors).toMatchObject({ [ACAO]: SHOP });
      expect((await app.preflight('/cats/1', 'PUT', APP)).cors).not.toHaveProperty(ACAO);
      expect(log.complaints).toEqual([]);
      const polling = '/socket.io/?EIO=4&transport=polling';
      expect(await app.send({ path: polling, origin: SHOP })).toMatchObject({ status: 200, cors: { [ACAO]: SHOP } });
      expect((await app.send({ path: polling, origin: APP })).status).toBe(403);
      expect((await app.send({ method: 'POST', path: '/cats', origin: EVIL })).status).toBe(403);
      expect(reached).toEqual(['list', 'list']);
      await app.close();
    });

    it('the service, the report, the inspector and the bus answer', async () => {
      const redis = new FakeRedis();
      const loads: string[] = [];
      let origin = APP;
      const module = CorsModule.forRootAsync({
        useFactory: () => {
          loads.push(origin);
          return { origin };
        },
      });
      const app = await startApp(way, wholeModule(module, redis), { options });
      const service = app.nest.get(CorsService);

      expect(service.routes().map(({ route }) => route)).toContain('CatsController.update');
      expect(await service.allows(APP)).toBe(true);
      expect((await service.explain({ origin: EVIL, url: '/cats' })).verdict).toBe('refused');
      expect(policyTable(app.nest)).toContain('/cats');
      expect((await app.send({ path: '/cors', headers: { host: 'localhost' } })).status).toBe(200);

      await app.nest.get(ShopOrigins).changed('shop');
      expect(redis.published).toHaveLength(1);
      origin = SHOP;
      await service.reload({ everywhere: true });
      expect(loads).toEqual([APP, SHOP]);
      expect(redis.published).toHaveLength(2);
      expect((await app.send({ path: '/cats', origin: SHOP })).cors).toEqual({ [ACAO]: SHOP, vary: 'Origin' });
      await service.update({ origin: APP });
      expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
      await app.close();
    });
  });

  it('by a copy, for providers that need each other', async () => {
    @Injectable()
    class Tenants {
      constructor(@Inject(forwardRef(() => CircularOrigins)) readonly store: CorsOriginStore) {}
    }
    @Injectable()
    class CircularOrigins extends CorsOriginStore {
      constructor(@Inject(forwardRef(() => Tenants)) private readonly tenants: Tenants) {
        super();
      }
      keyOf(): string {
        return 'key';
      }
      load(): string[] {
        return this.tenants.store === this ? [SHOP] : [];
      }
    }
    @Module({
      imports: [CorsModule.forRoot({ origin: { resolver: CircularOrigins } })],
      controllers: [CatsController],
      providers: [Tenants, CircularOrigins, ShopOrigins, Database],
    })
    class CircularModule {}

    const app = await startApp(way, CircularModule);
    expect((await app.send({ path: '/cats', origin: SHOP })).cors).toEqual({ [ACAO]: SHOP, vary: 'Origin' });
  });
});

@Injectable({ scope: Scope.REQUEST })
class Scoped {}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Durable {}

@Injectable()
class NeedsScoped {
  constructor(readonly scoped: Scoped) {}
}

@Injectable()
class HasScoped {
  @Inject(Scoped) readonly scoped!: Scoped;
}

@Injectable({ scope: Scope.REQUEST })
class ScopedOptions extends OptionsOfClass {}

@Injectable({ scope: Scope.TRANSIENT })
class TransientOptions extends OptionsOfClass {}

@Module({
  providers: [Scoped, Durable, NeedsScoped, HasScoped, ScopedOptions, TransientOptions],
  exports: [Scoped, Durable, NeedsScoped, HasScoped, ScopedOptions, TransientOptions],
})
class ScopedModule {}

const imports = [ScopedModule];
const useFactory = (): CorsModuleOptions => ({ origin: APP });

async function startError(way: (typeof EVERY_WAY)[number][1], root: new () => object): Promise<unknown> {
  const app = await createApp(way, root);
  return app.init().catch((error: unknown) => error);
}

function rootOf(options: CorsModuleAsyncOptions): new () => object {
  @Module({
    imports: [CorsModule.forRootAsync(options)],
    controllers: [CatsController],
    providers: [ShopOrigins, Database],
  })
  class AsyncRoot {}
  return AsyncRoot;
}

describe.each(EVERY_WAY)('the options depend on a request, on %s', (_, way) => {
  it.each<[string, CorsModuleAsyncOptions, string]>([
    ['by REQUEST', { inject: [REQUEST], useFactory }, 'REQUEST'],
    ['by a request-scoped provider', { imports, inject: [Scoped], useFactory }, 'Scoped'],
    ['by a durable provider', { imports, inject: [Durable], useFactory }, 'Durable'],
    ['by a provider that needs one', { imports, inject: [NeedsScoped], useFactory }, 'Scoped'],
    ['by a provider that has one in a property', { imports, inject: [HasScoped], useFactory }, 'Scoped'],
    ['by useClass', { useClass: ScopedOptions }, 'ScopedOptions'],
    ['by useExisting', { imports, useExisting: ScopedOptions }, 'ScopedOptions'],
  ])('%s', async (_, options, name) => {
    const error = await startError(way, rootOf(options));
    expect(error).toBeInstanceOf(CorsConfigError);
    expect((error as CorsConfigError).issues).toEqual([
      { code: 'options-scoped', where: 'forRootAsync', path: '', value: name },
    ]);
  });

  it('not by a transient provider', async () => {
    const app = await startApp(way, rootOf({ imports, useExisting: TransientOptions }));
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
  });

  it.each([Scope.REQUEST, Scope.TRANSIENT])('a bus may not either, scope %s', async (scope) => {
    @Module({
      imports: [CorsModule.forRoot({ origin: APP })],
      providers: [{ provide: CORS_BUS, scope, useFactory: () => new FakeRedis() }],
    })
    class BusModule {}
    const error = await startError(way, BusModule);
    expect(String(error)).toMatch(/CORS_BUS.*a static provider; this one is request-scoped or transient/s);
  });
});

describe.each(EVERY_WAY)('no createCorsOptions(), on %s', (_, way) => {
  class NoFactory {}
  @Module({ providers: [NoFactory], exports: [NoFactory] })
  class NoFactoryModule {}

  it.each<[string, CorsModuleAsyncOptions, string, RegExp]>([
    [
      'useClass',
      { useClass: NoFactory as never },
      'useClass',
      /NoFactory.*write a class with a method createCorsOptions\(\)/,
    ],
    [
      'useExisting',
      { imports: [NoFactoryModule], useExisting: NoFactory as never },
      'useExisting',
      /NoFactory.*write a class with a method createCorsOptions\(\)/,
    ],
    [
      'useFactory that returns the instance',
      { useFactory: () => new OptionsOfClass() as never },
      'useFactory',
      /write the options that createCorsOptions\(\) returns; for its class use useClass or useExisting/,
    ],
  ])('%s', async (_, options, path, sentence) => {
    const error = await startError(way, rootOf(options));
    expect(error).toBeInstanceOf(CorsConfigError);
    expect((error as CorsConfigError).issues[0]).toMatchObject({ code: 'type', where: 'forRootAsync', path });
    expect(String(error)).toMatch(sentence);
  });
});

describe.each(EVERY_WAY)('the module is loaded by LazyModuleLoader, on %s', (_, way) => {
  @Module({ imports: [CorsModule.forRoot({ origin: APP })] })
  class LazyModule {}

  it.each([
    ['beside none', []],
    ['beside another one', [CorsModule.forRoot({ origin: SHOP })]],
  ])('%s', async (_, imports) => {
    @Module({ imports })
    class RootModule {}
    const app = await startApp(way, RootModule);
    const error: unknown = await app.nest
      .get(LazyModuleLoader)
      .load(() => LazyModule)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(CorsConfigError);
    expect((error as CorsConfigError).issues).toEqual([
      { code: 'lazy-module', where: 'CorsModule', path: '', value: undefined },
    ]);
  });

  it('a lazy module may use the service of the application', async () => {
    @Module({ providers: [{ provide: 'asks', inject: [CorsService], useFactory: (cors: CorsService) => cors }] })
    class AskingModule {}
    @Module({ imports: [CorsModule.forRoot({ origin: APP })] })
    class RootModule {}
    const app = await startApp(way, RootModule);
    const ref = await app.nest.get(LazyModuleLoader).load(() => AskingModule);
    expect(await ref.get<CorsService>('asks').allows(APP)).toBe(true);
  });
});

const automock = (): object =>
  new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => automock()), has: () => true });

describe.each(EVERY_WAY.filter(([, { creation }]) => creation === 'Test.createTestingModule'))(
  'a testing module has a mocker, on %s',
  (_, way) => {
    it.each<[string, () => unknown]>([
      ['that returns {}', () => ({})],
      ['that returns undefined', () => undefined],
      ['that returns null', () => null],
      ['that returns an automock', automock],
      ['that returns a function', () => () => undefined],
      [
        'that throws',
        () => {
          throw new Error('no mock');
        },
      ],
    ])('%s: it is not asked', async (_, mock) => {
      const asked: unknown[] = [];
      for (const [, module] of MODULES) {
        const app = await startApp(way, wholeModule(module(), new FakeRedis()), {
          override: (builder) =>
            builder.useMocker((token) => {
              asked.push(token);
              return mock();
            }),
        });
        expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
      }
      expect(asked).toEqual([]);
    });

    it('that is asked for what a bare import lacks: the start fails all the same', async () => {
      @Module({ imports: [CorsModule] })
      class BareModule {}
      const override: Parameters<typeof createApp>[2] = { override: (builder) => builder.useMocker(automock) };
      const app = await createApp(way, BareModule, override);
      await expect(app.init()).rejects.toMatchObject({ issues: [{ code: 'duplicate-module' }] });

      @Module({ imports: [CorsInspectorModule] })
      class BareInspector {}
      const inspected = await createApp(way, BareInspector, override);
      await expect(inspected.init()).rejects.toThrow('import CorsInspectorModule.forRoot()');

      @Module({ imports: [CorsInspectorModule.forRoot({ path: 'cors' })] })
      class InspectorAlone {}
      const alone = await createApp(way, InspectorAlone, override);
      await expect(alone.init()).rejects.toThrow('import CorsModule.forRoot() in the root module');
    });

    it('that is asked for the class of useExisting: its method is missing', async () => {
      class Elsewhere {}
      const app = await createApp(way, rootOf({ useExisting: Elsewhere as never }), {
        override: (builder) => builder.useMocker(() => ({})),
      });
      await expect(app.init()).rejects.toThrow('useExisting: class Elsewhere does not belong here');
    });

    it('options of the test are used in the place of those of a mocked application', async () => {
      const app = await startApp(way, wholeModule(CorsModule.forRoot({ origin: SHOP }), new FakeRedis()), {
        override: (builder) =>
          builder
            .useMocker(() => ({}))
            .overrideProvider(CORS_OPTIONS)
            .useValue({ origin: APP }),
      });
      expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
    });
  },
);
