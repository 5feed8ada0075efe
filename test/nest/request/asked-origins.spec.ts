import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Put, VersioningType } from '@nestjs/common';
import { Cors, CorsService, type CorsOriginQuestion, type CorsOriginResolver } from 'nestjs-cors';

import { ACAC, ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { expressOf, fastifyOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const TENANT = 'https://acme.tenant.example';
const READABLE = { [ACAO]: TENANT, vary: 'Origin' };
const WITHHELD = { vary: 'Origin' };
const REFUSED = { vary: PREFLIGHT_VARY };

const questions: CorsOriginQuestion[] = [];

function isTenant(origin: string, request: CorsOriginQuestion): boolean {
  questions.push(request);
  reach('asked');
  return origin === TENANT;
}

/** Changes what it was given, against its type. */
function spoil(_: string, { params }: CorsOriginQuestion): boolean {
  Object.assign(params, { id: 'spoiled' });
  return false;
}

abstract class TenantOrigins implements CorsOriginResolver {
  abstract allowsOrigin(origin: string, request: CorsOriginQuestion): Promise<boolean>;
}

@Injectable()
class Tenants {
  readonly known = [TENANT];
}

@Injectable()
class DatabaseOrigins extends TenantOrigins {
  constructor(private readonly tenants: Tenants) {
    super();
  }

  async allowsOrigin(origin: string): Promise<boolean> {
    reach('resolver');
    return Promise.resolve(this.tenants.known.includes(origin));
  }
}

const SYMBOL = Symbol('origins');

@Module({
  providers: [
    Tenants,
    DatabaseOrigins,
    { provide: TenantOrigins, useClass: DatabaseOrigins },
    { provide: 'origins', useExisting: DatabaseOrigins },
    {
      provide: SYMBOL,
      useFactory: async () => Promise.resolve({ allowsOrigin: (origin: string) => origin === TENANT }),
    },
  ],
})
class TenantModule {}

@Controller('cats')
class CatsController {
  @Get('sync/:id') @Cors({ origin: [APP, isTenant], methods: ['GET', 'PUT'], allowedHeaders: ['X-A'] }) sync(): string {
    return reach('sync');
  }

  @Put('sync/:id') @Cors({ origin: [APP, isTenant], credentials: true }) put(): string {
    return reach('put');
  }

  @Get('async') @Cors({ origin: async (origin) => Promise.resolve(origin === TENANT) }) async(): string {
    return reach('async');
  }

  @Get('several')
  @Cors({ origin: [() => false, () => new Promise(() => {}), isTenant], originTimeout: 60_000 })
  several(): string {
    return reach('several');
  }

  @Get('spoiled/:id') @Cors({ origin: [spoil, isTenant] }) spoiled(): string {
    return reach('spoiled');
  }

  @Get('class') @Cors({ origin: { resolver: DatabaseOrigins } }) class(): string {
    return reach('class');
  }

  @Get('abstract') @Cors({ origin: { resolver: TenantOrigins } }) abstract(): string {
    return reach('abstract');
  }

  @Get('string') @Cors({ origin: { resolver: 'origins' } }) string(): string {
    return reach('string');
  }

  @Get('symbol') @Cors({ origin: { resolver: SYMBOL } }) symbol(): string {
    return reach('symbol');
  }
}

const root = rootModule({ controllers: [CatsController], imports: [TenantModule] });

describe.each(EVERY_WAY)('origins that somebody is asked about, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, root);
  });

  it.each(['sync/1', 'async', 'several', 'class', 'abstract', 'string', 'symbol'])(
    'are allowed and refused (%s)',
    async (path) => {
      expect((await app.send({ path: `/cats/${path}`, origin: TENANT })).cors).toEqual(READABLE);
      expect(await app.preflight(`/cats/${path}`, 'GET', TENANT)).toMatchObject({
        status: 204,
        cors: { [ACAO]: TENANT },
      });
      expect(log.complaints).toEqual([]);
      if (path !== 'several') {
        expect(await app.send({ path: `/cats/${path}`, origin: 'https://evil.example' })).toMatchObject({
          status: 200,
          cors: WITHHELD,
        });
        expect(await app.preflight(`/cats/${path}`, 'GET', 'https://evil.example')).toMatchObject({
          status: 403,
          cors: REFUSED,
        });
      }
    },
  );

  it('are asked about once, before the handler runs', async () => {
    await app.send({ path: '/cats/class', origin: TENANT });
    expect(reached).toEqual(['resolver', 'class']);
  });

  it.each([
    ['a static item matches', APP],
    ['there is no Origin', undefined],
    ['Origin is empty', ''],
    ['it is null', 'null'],
    ['it is malformed', 'https://acme.tenant.example/'],
    ['it is too long', `https://${'a'.repeat(330)}.example`],
  ])('are not asked about where %s', async (_, origin) => {
    await app.send({ path: '/cats/sync/1', origin });
    expect(reached).toEqual(['sync']);
  });

  it.each([
    ['the method', 'DELETE', undefined],
    ['the headers', 'GET', 'x-b'],
  ])('are not asked about on a preflight that fails before: %s', async (_, method, headers) => {
    expect((await app.preflight('/cats/sync/1', method, TENANT, headers)).status).toBe(403);
    expect(reached).toEqual([]);
  });

  it('with a question that says what a preflight knows as well, and cannot be changed', async () => {
    questions.length = 0;
    await app.send({ method: 'PUT', path: '/cats/sync/a%20b?q=1', origin: TENANT, host: 'api.example:81' });
    const preflight = await app.send({
      method: 'OPTIONS',
      path: '/cats/sync/7',
      origin: TENANT,
      requestMethod: 'PUT',
      host: 'api.example',
    });
    expect(preflight.cors).toEqual({ [ACAO]: TENANT, [ACAC]: 'true', [ACAM]: 'PUT', vary: PREFLIGHT_VARY });
    const common = {
      origin: TENANT,
      method: 'PUT',
      route: 'CatsController.put',
      credentials: true,
      signal: expect.any(AbortSignal),
    };
    // What has to be looked for is a getter.
    const told = questions.map(({ origin, phase, method, url, params, host, route, credentials, signal }) => {
      return { origin, phase, method, url, params, host, route, credentials, signal };
    });
    expect(told).toEqual([
      { ...common, phase: 'request', url: '/cats/sync/a%20b?q=1', params: { id: 'a b' }, host: 'api.example:81' },
      { ...common, phase: 'preflight', url: '/cats/sync/7', params: { id: '7' }, host: 'api.example' },
    ]);
    for (const question of questions) {
      expect(question.signal.aborted).toBe(false);
      expect(Object.keys(told[0] ?? {}).filter((name) => Reflect.set(question, name, 'changed'))).toEqual([]);
    }
  });

  it('with parameters that no other function can change', async () => {
    questions.length = 0;
    await app.send({ path: '/cats/spoiled/7', origin: TENANT });
    expect(questions.map(({ params }) => params)).toEqual([{ id: '7' }]);
  });

  it('with the same in an explanation', async () => {
    const question = { url: '/cats/spoiled/7', origin: TENANT, method: 'GET' };
    const { verdict } = await app.nest.get(CorsService).explain(question, { askResolvers: true });
    expect([verdict, questions.at(-1)?.params]).toEqual(['allowed', { id: '7' }]);
  });
});

const ofTenant = (origin: string, { params }: CorsOriginQuestion): boolean =>
  origin === `https://${String(params['tenant'])}.tenant.example`;

/** Answers for its own handler only. */
const ofRoute =
  (name: string, param: string) =>
  (origin: string, { route, params }: CorsOriginQuestion): boolean =>
    origin === TENANT && route === name && params[param] === 'acme';

@Controller({ path: 'tenants/:tenant', version: '1' })
@Cors({ origin: ofTenant })
class FirstController {
  @Get('orders/:order') read(): string {
    return 'read';
  }

  @Put('orders/:id') put(): string {
    return 'put';
  }

  @Put('own') @Cors({ origin: ofRoute('FirstController.own', 'tenant') }) own(): string {
    return 'own';
  }
}

@Controller({ path: 'tenants/:name', version: '2' })
class SecondController {
  @Put('own') @Cors({ origin: ofRoute('SecondController.own', 'name') }) own(): string {
    return 'own';
  }
}

describe.each(EVERY_WAY)('somebody who is asked about a URL, not a handler, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [FirstController, SecondController] }), {
      configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
    });
  });

  it.each([
    ['with another method', 'POST', '/tenants/acme/orders/7'],
    ['in another version', 'GET', '/tenants/acme/orders/7'],
    ['in one of several other versions', 'PUT', '/tenants/acme/orders/7'],
  ])('learns of a 404 what all handlers there read alike (%s)', async (__, method, path) => {
    expect(await app.send({ method, path, origin: TENANT })).toMatchObject({ status: 404, cors: READABLE });
    const other = await app.send({ method, path: '/tenants/other/orders/7', origin: TENANT });
    expect(other).toMatchObject({ status: 404, cors: WITHHELD });
    const question = { url: path, method: 'POST', origin: TENANT };
    const { verdict } = await app.nest.get(CorsService).explain(question, { askResolvers: true });
    expect(verdict).toBe('allowed');
  });

  it('learns on a preflight for several versions which handler its policy is of', async () => {
    const path = '/tenants/acme/own';
    expect(await app.preflight(path, 'PUT', TENANT)).toMatchObject({ status: 204, cors: { [ACAO]: TENANT } });
    expect((await app.preflight('/tenants/other/own', 'PUT', TENANT)).status).toBe(403);
    const question = { url: path, method: 'PUT', origin: TENANT };
    const { verdict } = await app.nest.get(CorsService).explain(question, { askResolvers: true });
    expect(verdict).toBe('allowed');
  });
});

describe.each(BOTH_PLATFORMS)("somebody who is asked about a route that is no controller's, on %s", (_, way) => {
  it('learns no parameters of the handlers that serve its URL with other methods', async () => {
    const asked: unknown[] = [];
    const origin = (_origin: string, { params }: CorsOriginQuestion): boolean => asked.push(params) > 0;
    const app = await startApp(way, rootModule({ controllers: [FirstController] }, { origin }), {
      configure: (nest) =>
        way.isExpress
          ? expressOf(nest).post('/tenants/:id/own', (_request, response) => void response.send('mine'))
          : fastifyOf(nest).post('/tenants/:id/own', (_request, reply) => reply.send('mine')),
    });
    const path = '/tenants/acme/own';
    await app.send({ method: 'POST', path, origin: TENANT });
    await app.preflight(path, 'POST', TENANT);
    await app.nest.get(CorsService).explain({ url: path, method: 'POST', origin: TENANT }, { askResolvers: true });
    await app.send({ method: 'DELETE', path, origin: TENANT });
    expect(asked).toEqual([{}, {}, {}]);
  });
});
