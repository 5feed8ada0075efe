import { createHook } from 'node:async_hooks';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Delete, Get, Injectable, Module } from '@nestjs/common';
import {
  Cors,
  CORS_BUS,
  CorsConfigError,
  CorsModule,
  CorsOriginStore,
  CorsService,
  type CorsModuleOptions,
  type CorsOriginQuestion,
} from 'nestjs-cors';

import { readStoreOptions } from '../../../lib/nest/stores/store-options.js';
import { ACAC, ACAO } from '../../cases/cors-case.js';
import { InProcessBus } from '../../support/in-process-bus.js';
import { log } from '../../support/log-capture.js';
import { createApp, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS } from '../../support/ways.js';
import { settled } from './manual-clock.js';

const PAGE = 'https://page.acme.example';
const PLAIN = 'http://intranet.acme.example';

/** The table, and what was read of it. */
const rows = new Map<string, unknown>();
const reads: string[] = [];

beforeEach(() => {
  rows.clear();
  rows.set('acme', [PAGE, PLAIN, 'https://*.acme.test']);
  reads.length = 0;
});

@Injectable()
class TenantOrigins extends CorsOriginStore {
  keyOf(question: CorsOriginQuestion): string | readonly string[] | undefined {
    return question.params['tenant'];
  }

  async load(tenant: string): Promise<readonly string[] | undefined> {
    reads.push(tenant);
    return Promise.resolve(rows.get(tenant) as readonly string[] | undefined);
  }
}

@Controller(':tenant')
class PagesController {
  @Get() @Cors({ origin: { resolver: TenantOrigins } }) open(): string {
    return 'open';
  }

  @Get('session') @Cors({ origin: { resolver: TenantOrigins }, credentials: true }) session(): string {
    return 'session';
  }

  @Get('static') @Cors({ origin: PAGE }) static(): string {
    return 'static';
  }

  @Delete('session') @Cors({ origin: { resolver: TenantOrigins }, credentials: true }) delete(): string {
    return 'deleted';
  }
}

function appWith(options: CorsModuleOptions = {}, providers: readonly object[] = []) {
  return rootModule({ controllers: [PagesController], providers: [TenantOrigins, ...(providers as [])] }, options);
}

describe.each(EVERY_WAY)('a store of origins, on %s', (_, way) => {
  it('decides about requests and preflights by the list of the tenant', async () => {
    const app = await startApp(way, appWith());
    const readable = { [ACAO]: PAGE, [ACAC]: 'true', vary: 'Origin' };
    expect((await app.send({ path: '/acme/session', origin: PAGE })).cors).toEqual(readable);
    expect((await app.send({ path: '/acme/session', origin: PAGE })).cors).toEqual(readable);
    expect((await app.preflight('/acme/session', 'DELETE', PAGE)).status).toBe(204);
    expect((await app.send({ path: '/acme', origin: 'https://a.b.acme.test' })).cors).toMatchObject({
      [ACAO]: 'https://a.b.acme.test',
    });
    expect((await app.send({ path: '/acme/session', origin: 'https://evil.example' })).cors).toEqual({
      vary: 'Origin',
    });
    expect((await app.send({ path: '/other/session', origin: PAGE })).cors).toEqual({ vary: 'Origin' });
    expect((await app.preflight('/other/session', 'DELETE', PAGE)).status).toBe(403);
    expect(reads).toEqual(['acme', 'other']);
  });

  it('leaves a row out where it would be a mistake in the configuration, with credentials or without, and says so once', async () => {
    const app = await startApp(way, appWith());
    for (let times = 0; times < 2; times += 1) {
      expect((await app.send({ path: '/acme', origin: PLAIN })).cors).toEqual({ [ACAO]: PLAIN, vary: 'Origin' });
      expect((await app.send({ path: '/acme/session', origin: PLAIN })).cors).toEqual({ vary: 'Origin' });
    }
    expect(log.complaints).toEqual([
      'TenantOrigins: rows of "acme" were left out in TenantOrigins:\n' +
        '    [1]: anyone on the network can be "http://intranet.acme.example", which is not encrypted; use "https://intranet.acme.example"   [insecure-origin-with-credentials]',
    ]);
  });

  it('sees a change at once, here and over the bus', async () => {
    const bus = new InProcessBus();
    const [here, there] = [await startApp(way, appWith({ bus })), await startApp(way, appWith({ bus }))];
    const readable = async (app: RunningApp) => ACAO in (await app.send({ path: '/acme', origin: PAGE })).cors;
    expect([await readable(here), await readable(there)]).toEqual([true, true]);

    rows.set('acme', []);
    expect([await readable(here), await readable(there)]).toEqual([true, true]);
    await here.nest.get(TenantOrigins).changed('acme');
    expect([await readable(here), await readable(there)]).toEqual([false, false]);
    expect(reads).toHaveLength(4);
    await here.close();
    expect(bus.listeners.size).toBe(1);
    await there.close();
    expect(bus.listeners.size).toBe(0);
  });
});

describe.each(BOTH_PLATFORMS)('a list that is fresh, on %s', (_, way) => {
  it('makes no promise that a static origin does not make', async () => {
    const app = await startApp(way, appWith());
    const promisesOf = async (path: string): Promise<number> => {
      let promises = 0;
      const hook = createHook({ init: (__, type) => void (promises += type === 'PROMISE' ? 1 : 0) }).enable();
      await app.send({ path, origin: PAGE });
      hook.disable();
      return promises;
    };
    // Warm, and loaded.
    await promisesOf('/acme/session');
    await promisesOf('/acme/static');

    expect(await promisesOf('/acme/session')).toBe(await promisesOf('/acme/static'));
    expect(await promisesOf('/acme')).toBe(await promisesOf('/acme/static'));
    expect(await promisesOf('/unknown')).toBeGreaterThan(await promisesOf('/acme/static'));
  });
});

describe('a store that applications share', () => {
  class Shared extends TenantOrigins {}

  async function start(store: Shared, bus?: InProcessBus) {
    const app = await startApp(EXPRESS, appWith({ bus }, [{ provide: TenantOrigins, useValue: store }]));
    const readable = async () => ACAO in (await app.send({ path: '/acme', origin: PAGE })).cors;
    return { readable, close: async () => app.close() };
  }

  it('is there for the others when one is closed, and tells them of changes', async () => {
    const store = new Shared();
    const bus = new InProcessBus();
    const [one, other] = [await start(store, bus), await start(store, bus)];
    await one.close();
    expect(await other.readable()).toBe(true);
    rows.set('acme', []);
    await store.changed('acme');
    expect(await other.readable()).toBe(false);
    expect(bus.messages).toHaveLength(1);
    await other.close();
  });

  it('is there for the next one, and remembers nothing of the last', async () => {
    const store = new Shared();
    const first = await start(store);
    expect(await first.readable()).toBe(true);
    await first.close();
    const question = { params: { tenant: 'acme' }, credentials: true, signal: new AbortController().signal };
    expect(await store.allowsOrigin(PAGE, question as never)).toBe(false);
    expect(reads).toHaveLength(1);
    const next = await start(store);
    expect(await next.readable()).toBe(true);
    expect(reads).toHaveLength(2);
    await next.close();
  });
});

describe('a store whose application was closed', () => {
  it('says once why it refuses, if the application listens again', async () => {
    const app = await startApp(EXPRESS, appWith());
    await app.close();
    log.clear();
    await app.nest.listen(0, '127.0.0.1');
    const send = async (path: string) =>
      (await fetch(`${await app.nest.getUrl()}${path}`, { headers: { origin: PAGE } })).headers.get(ACAO);
    expect([await send('/acme'), await send('/acme'), await send('/acme/static')]).toEqual([null, null, PAGE]);
    expect(log.complaints).toEqual([
      'TenantOrigins: this store refuses every origin, as its application was closed. To serve requests again, create a new application: app.listen() after app.close() does not open the store',
    ]);
    expect(reads).toEqual([]);
    await app.close();
  });
});

describe('a list that changes whenever it is loaded', () => {
  it.each(EVERY_WAY)('refuses the request, and keeps neither the process nor the table busy, on %s', async (_, way) => {
    class Careless extends TenantOrigins {
      override async load(tenant: string): Promise<readonly string[] | undefined> {
        await this.changed(tenant);
        return super.load(tenant);
      }
    }
    const app = await startApp(way, appWith({ originTimeout: 1000 }, [{ provide: TenantOrigins, useClass: Careless }]));
    log.clear();
    expect((await app.send({ path: '/acme', origin: PAGE })).cors).not.toHaveProperty(ACAO);
    expect(reads.length).toBeLessThan(10);
    expect(log.complaints).toEqual([
      expect.stringMatching(
        /change during each load, and requests wait for them; if load\(\) calls changed\(\), call it only/,
      ),
      expect.stringMatching(/took longer than 1000 ms/),
    ]);
    await app.close();
  });
});

describe('the bus', () => {
  it('may never say whether it listens: meanwhile lists are at most ttl old, and the application closes', async () => {
    const bus = new InProcessBus();
    let attempts = 0;
    bus.subscribe = async () => {
      attempts += 1;
      return new Promise(() => {});
    };
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    try {
      const app = await startApp(EXPRESS, appWith({ bus }));
      const isAllowed = async (): Promise<boolean> =>
        (await app.send({ path: '/acme', origin: PAGE })).cors[ACAO] === PAGE;
      expect(await isAllowed()).toBe(true);
      rows.set('acme', []);
      await jest.advanceTimersByTimeAsync(59_000);
      expect([await isAllowed(), attempts]).toEqual([true, 3]);
      await jest.advanceTimersByTimeAsync(1_000);
      expect([await isAllowed(), reads]).toEqual([false, ['acme', 'acme']]);
      expect(log.ofCors('error')).toEqual([
        'this instance cannot listen to the bus, and hears of changes later: the bus took longer than 10000 ms',
      ]);
      await app.close();
    } finally {
      jest.useRealTimers();
    }
  });

  it('may be a provider', async () => {
    const bus = new InProcessBus();
    const app = await startApp(EXPRESS, appWith({}, [{ provide: CORS_BUS, useValue: bus }]));
    await app.nest.get(TenantOrigins).changed('acme');
    expect(bus.messages).toEqual([expect.stringMatching(/^\["nestjs-cors",1,"[-0-9a-f]+","changed","acme"\]$/)]);
    await app.close();
  });

  it('fails without an error for who writes, and the others are told later', async () => {
    const bus = new InProcessBus();
    const app = await startApp(EXPRESS, appWith({ bus }));
    bus.failure = new Error('no connection');
    await expect(app.nest.get(TenantOrigins).changed('acme')).resolves.toBeUndefined();
    expect(log.ofCors('error')).toEqual([
      'the other instances could not be told of a change, and are told later: no connection',
    ]);
    await app.close();
  });

  it('that is none stops the application', async () => {
    const app = await createApp(EXPRESS, appWith({ bus: { publish: 1 } as never }));
    await expect(app.init()).rejects.toMatchObject({ issues: [{ code: 'type', where: 'forRoot', path: 'bus' }] });
    const other = await createApp(EXPRESS, appWith({}, [{ provide: CORS_BUS, useValue: {} }]));
    await expect(other.init()).rejects.toMatchObject({ issues: [{ code: 'type', where: 'CORS_BUS' }] });
  });

  it('drops everything when it may have lost messages, and ignores what others write', async () => {
    const bus = new InProcessBus();
    const app = await startApp(EXPRESS, appWith({ bus }));
    await app.send({ path: '/acme', origin: PAGE });
    for (const bad of [
      'x'.repeat(10_000_000),
      '["nestjs-cors",1,"me","changed"]',
      '["nestjs-cors",1,"me","open","*"]',
      1,
      null,
      undefined,
      {},
      Buffer.from([0xff, 0]),
    ]) {
      bus.deliver(bad);
    }
    await app.send({ path: '/acme', origin: PAGE });
    expect(reads).toEqual(['acme']);
    expect(log.complaints).toEqual(['CorsModule: a message on the bus was ignored, as it was not sent by nestjs-cors']);
    bus.deliver('');
    await app.send({ path: '/acme', origin: PAGE });
    expect(reads).toEqual(['acme', 'acme']);
    await app.close();
  });
});

describe('the options of a store', () => {
  class Mistaken extends TenantOrigins {
    constructor() {
      super({ ttl: '1m', maxi: 3, concurrency: 0.5 } as never);
    }
  }

  it('are checked like configuration', async () => {
    const app = await createApp(EXPRESS, rootModule({ providers: [Mistaken] }));
    await expect(app.init()).rejects.toThrow(
      '3 mistakes in the CORS policies\n' +
        '  Mistaken\n' +
        '    ttl: "1m" does not belong here; write a whole number of milliseconds from 1 to 2147483647   [type]\n' +
        '    maxi: "maxi" is not known here; did you mean max?   [unknown-option]\n' +
        '    concurrency: 0.5 does not belong here; write a whole number of loads from 1 to 1000   [type]',
    );
    expect(() => new Mistaken().allowsOrigin(PAGE, {} as CorsOriginQuestion)).toThrow(CorsConfigError);
  });

  it.each([
    undefined,
    null,
    1,
    [],
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    ),
  ])('may be anything (%#)', (options) => {
    class Store extends TenantOrigins {
      constructor() {
        super(options as never);
      }
    }
    expect(() => new Store()).not.toThrow();
  });
});

it('an option of a store under a symbol is unknown', () => {
  expect(readStoreOptions({ [Symbol('ttl')]: 1 }, 'Tenants')).toMatchObject({
    settings: { ttl: 60_000 },
    issues: [{ code: 'unknown-option', where: 'Tenants', path: 'Symbol(ttl)' }],
  });
});

it('an option that the object of options has from its class is a mistake, and not ignored', () => {
  class Settings {
    get ttl(): number {
      return 1;
    }
  }
  expect(readStoreOptions(new Settings(), 'Tenants').issues).toMatchObject([
    { code: 'type', path: '', expected: "a plain object, as ttl is inherited from the object's class" },
  ]);
});

describe('policies that are loaded again', () => {
  let origin: unknown = PAGE;
  const refused: unknown[] = [];

  function reloadable(bus?: InProcessBus) {
    @Module({
      imports: [
        CorsModule.forRootAsync({ useFactory: async () => Promise.resolve({ origin, bus } as CorsModuleOptions) }),
      ],
    })
    class Root {}
    return Root;
  }

  /** Its factory calls something when it is run again. */
  async function startCalling(call: (cors: CorsService) => Promise<unknown>) {
    const services: CorsService[] = [];
    let runs = 0;
    @Module({
      imports: [
        CorsModule.forRootAsync({
          useFactory: async () => {
            runs += 1;
            await Promise.all(services.map(call));
            return { origin } as CorsModuleOptions;
          },
        }),
      ],
    })
    class Root {}
    const app = await startApp(EXPRESS, Root);
    const cors = app.nest.get(CorsService);
    services.push(cors);
    return { app, cors, runs: () => runs };
  }

  beforeEach(() => {
    origin = PAGE;
  });

  it('are those that the factory makes now', async () => {
    const app = await startApp(EXPRESS, reloadable());
    const cors = app.nest.get(CorsService);
    origin = 'https://new.example';
    expect([await cors.allows(PAGE), await cors.allows('https://new.example')]).toEqual([true, false]);
    await cors.reload();
    expect([await cors.allows(PAGE), await cors.allows('https://new.example')]).toEqual([false, true]);
    await app.close();
  });

  it('stay where the factory fails or makes mistakes', async () => {
    const app = await startApp(EXPRESS, reloadable());
    const cors = app.nest.get(CorsService);
    origin = 'HTTPS://new.example/';
    await expect(cors.reload()).rejects.toThrow(CorsConfigError);
    expect(await cors.allows(PAGE)).toBe(true);
    await app.close();
  });

  it.each([
    ['while it runs', async (cors: CorsService) => cors.reload()],
    [
      'after it has waited',
      async (cors: CorsService) => {
        await Promise.resolve();
        await cors.reload();
      },
    ],
    [
      'without waiting for it',
      async (cors: CorsService) => {
        cors.reload().catch((error: unknown) => refused.push(error));
        return Promise.resolve();
      },
    ],
  ])('are not what a factory makes that loads them again itself, %s', async (_, loadAgain) => {
    const { app, cors, runs } = await startCalling(loadAgain);
    refused.length = 0;
    const asked = cors.reload().catch((error: unknown) => refused.push(error));
    await asked;
    expect(refused.map(String)).toEqual([
      'Error: CorsService.reload() was called by the factory that it runs; return the options there, and call reload() where their source has changed',
    ]);
    expect([runs(), await cors.allows(PAGE)]).toEqual([2, true]);
    await app.close();
  });

  it('may be asked for by what the factory has started, once it has come to its end', async () => {
    const again: Promise<void>[] = [];
    const { app, cors, runs } = await startCalling(async (service) => {
      if (again.length === 0) {
        again.push(settled().then(async () => service.reload()));
      }
      return Promise.resolve();
    });
    await cors.reload();
    origin = 'https://new.example';
    await Promise.all(again);
    expect([runs(), await cors.allows('https://new.example')]).toEqual([3, true]);
    await app.close();
  });

  it('are loaded again everywhere, but where update() has changed them', async () => {
    const bus = new InProcessBus();
    const apps = [
      await startApp(EXPRESS, reloadable(bus)),
      await startApp(EXPRESS, reloadable(bus)),
      await startApp(EXPRESS, reloadable(bus)),
    ];
    const [here, there, updated] = apps.map((app) => app.nest.get(CorsService));
    await updated?.update({ origin: 'https://updated.example' });
    origin = 'https://new.example';
    await here?.reload({ everywhere: true });
    await settled();
    const allowed = apps.map(async (app) => app.nest.get(CorsService).allows('https://new.example'));
    expect(await Promise.all(allowed)).toEqual([true, true, false]);
    expect(await updated?.allows('https://updated.example')).toBe(true);

    origin = 'nonsense';
    await expect(here?.reload({ everywhere: true })).rejects.toThrow(CorsConfigError);
    expect(bus.messages).toHaveLength(1);
    expect(await there?.allows('https://new.example')).toBe(true);
    await Promise.all(apps.map(async (app) => app.close()));
  });

  it('say so where another instance asked and it fails', async () => {
    const bus = new InProcessBus();
    const app = await startApp(EXPRESS, reloadable(bus));
    origin = 'nonsense';
    bus.deliver('["nestjs-cors",1,"another","reload"]');
    await settled();
    expect(log.ofCors('error')).toEqual([
      expect.stringMatching(
        /^the CORS policies could not be loaded again, and stay as they are: 1 mistake in the CORS policies\n  forRoot\n    origin: /,
      ),
    ]);
    expect(await app.nest.get(CorsService).allows(PAGE)).toBe(true);
    await app.close();
  });

  describe('while', () => {
    const made: ((options: CorsModuleOptions) => void)[] = [];
    const bus = new InProcessBus();

    /** Its factory makes nothing, after the first time, until it is told what. */
    @Module({
      imports: [
        CorsModule.forRootAsync({
          useFactory: async () => {
            const later = new Promise<CorsModuleOptions>((resolve) => made.push(resolve));
            return made.length === 1 ? { origin: PAGE, bus } : later;
          },
        }),
      ],
    })
    class Slow {}

    async function start() {
      made.length = 0;
      const app = await startApp(EXPRESS, Slow);
      return { app, cors: app.nest.get(CorsService) };
    }

    it.each(['reload()', 'another instance'])(
      '%s asks, do not take the place of what update() brings meanwhile',
      async (who) => {
        const { app, cors } = await start();
        const reload = who === 'reload()' ? cors.reload() : undefined;
        if (reload === undefined) {
          bus.deliver('["nestjs-cors",1,"another","reload"]');
        }
        await settled();
        expect(made).toHaveLength(2);
        await cors.update({ origin: 'https://updated.example' });
        made[1]?.({ origin: PAGE });
        await reload;
        await settled();
        expect([await cors.allows(PAGE), await cors.allows('https://updated.example')]).toEqual([false, true]);
        await app.close();
      },
    );

    it('a factory does not come to an end, are what the next one makes', async () => {
      const { app, cors } = await start();
      const [first, second] = [cors.reload(), cors.reload()];
      await settled();
      made[2]?.({ origin: 'https://new.example' });
      await second;
      expect([await cors.allows(PAGE), await cors.allows('https://new.example')]).toEqual([false, true]);
      made[1]?.({ origin: PAGE });
      await first;
      expect([await cors.allows(PAGE), await cors.allows('https://new.example')]).toEqual([false, true]);
      await app.close();
    });

    it('a factory does not come to an end that another instance asked for, are loaded again when it asks later', async () => {
      const { app, cors } = await start();
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      try {
        bus.deliver('["nestjs-cors",1,"another","reload"]');
        bus.deliver('["nestjs-cors",1,"another","reload"]');
        await jest.advanceTimersByTimeAsync(60_999);
        expect(made).toHaveLength(2);
        await jest.advanceTimersByTimeAsync(1);
        expect(made).toHaveLength(3);
        made[2]?.({ origin: 'https://new.example' });
        await settled();
      } finally {
        jest.useRealTimers();
      }
      expect(await cors.allows('https://new.example')).toBe(true);
      expect(log.ofCors('error')).toEqual([
        'the CORS policies could not be loaded again, and stay as they are: the factory took longer than 60000 ms',
      ]);
      await app.close();
    });

    it('the application closes, are not loaded once more, and nothing is said of the factory that failed', async () => {
      const { app } = await start();
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      try {
        bus.deliver('["nestjs-cors",1,"another","reload"]');
        bus.deliver('["nestjs-cors",1,"another","reload"]');
        await settled();
        await app.close();
        made[1]?.({ origin: 'nonsense' });
        await jest.advanceTimersByTimeAsync(120_000);
      } finally {
        jest.useRealTimers();
      }
      expect(made).toHaveLength(2);
      expect(log.ofCors('error')).toEqual([]);
    });

    it('a later one fails, are those of the earlier', async () => {
      const { app, cors } = await start();
      const [first, second] = [cors.reload(), cors.reload()];
      await settled();
      made[2]?.({ origin: 'nonsense' });
      await expect(second).rejects.toThrow(CorsConfigError);
      made[1]?.({ origin: 'https://new.example' });
      await first;
      expect(await cors.allows('https://new.example')).toBe(true);
      await app.close();
    });
  });

  it('need a factory, and a bus to be loaded everywhere', async () => {
    const app = await startApp(EXPRESS, rootModule({}, { origin: PAGE }));
    await expect(app.nest.get(CorsService).reload()).rejects.toThrow('use update()');
    await expect(app.nest.get(CorsService).reload({ everywhere: true })).rejects.toThrow('needs a bus');
    await app.close();
  });
});
