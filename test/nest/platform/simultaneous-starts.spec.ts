import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  Global,
  Module,
  Options,
  VersioningType,
  type INestApplication,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Cors, CorsModule, CorsService } from 'nestjs-cors';

import { ACAO, ACEH } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { createApp, createExpress, portOf, rootModule, RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, EXPRESS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

/** Applications that start on one adapter at the same time: `await Promise.all(apps.map((app) => app.init()))`. */

const ONE = 'https://one.example';
const TWO = 'https://two.example';
const BOTH = 'https://both.example';
const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Delete() @Cors(false) remove(): string {
    return reach('remove');
  }

  @Options('tail') options(): string {
    return reach('options');
  }
}

const cats = { controllers: [CatsController] };
const first = rootModule(cats, { origin: [ONE, BOTH] });
const second = rootModule(cats, { origin: [TWO, BOTH], exposedHeaders: ['X-Two'] });
const OWN_ONE = { [ACAO]: ONE, vary: 'Origin' };
const OWN_TWO = { [ACAO]: TWO, [ACEH]: 'X-Two', vary: 'Origin' };

const prefixed =
  (prefix: string) =>
  (app: INestApplication): unknown =>
    app.setGlobalPrefix(prefix);

async function listening(app: INestApplication): Promise<RunningApp> {
  await app.listen(0, '127.0.0.1');
  return new RunningApp(app, portOf(app));
}

async function expectOwnPolicies(app: RunningApp): Promise<void> {
  for (const [prefix, own, headers, other] of [
    ['one', ONE, OWN_ONE, TWO],
    ['two', TWO, OWN_TWO, ONE],
  ] as const) {
    const path = `/${prefix}/cats`;
    expect(await app.send({ path, origin: own })).toMatchObject({ body: 'list', cors: headers });
    expect(await app.send({ path, origin: other })).toMatchObject({ body: 'list', cors: { vary: 'Origin' } });
    expect(await app.send({ path, method: 'DELETE', origin: own })).toMatchObject({ body: 'remove', cors: {} });
    const allowed = await app.preflight(path, 'GET', own);
    expect([allowed.status, allowed.cors[ACAO]]).toEqual([204, own]);
    expect((await app.preflight(path, 'GET', other)).cors).toEqual({ vary: PREFLIGHT_VARY });
    expect((await app.preflight(path, 'DELETE', own)).status).toBe(403);
  }
  expect((await app.send({ path: '/none', origin: BOTH })).cors).toEqual({ [ACAO]: BOTH, vary: 'Origin' });
  expect((await app.send({ path: '/none', origin: ONE })).cors).toEqual({ vary: 'Origin' });
  expect(log.ofCors('error')).toEqual([]);
}

describe.each(EXPRESS_WAYS)('applications that start at the same time (%s)', (_, way) => {
  it.each([
    ['one adapter', undefined],
    ['two adapters of one instance', createExpress()],
  ])('have their own policies, on %s', async (__, express) => {
    const adapter = new ExpressAdapter(express);
    const other = express === undefined ? adapter : new ExpressAdapter(express);
    const one = await createApp(way, first, { adapter, configure: prefixed('one') });
    const two = await createApp(way, second, { adapter: other, configure: prefixed('two') });
    await Promise.all([one.init(), two.init()]);
    await expectOwnPolicies(await listening(two));
    for (const app of [one, two]) {
      expect(app.get(CorsService).routes()).toHaveLength(3);
    }
  });

  it('may take different times, whichever is first', async () => {
    for (const slow of ['one', 'two']) {
      const adapter = new ExpressAdapter();
      const [one, two] = await Promise.all(
        [
          ['one', first],
          ['two', second],
        ].map(async ([prefix, root]) => {
          @Module({ imports: [root as Type] })
          class SlowModule {
            async configure(): Promise<void> {
              for (let count = 0; count < (prefix === slow ? 50 : 0); count++) {
                await Promise.resolve();
              }
            }
          }
          return createApp(way, SlowModule, { adapter, configure: prefixed(String(prefix)) });
        }),
      );
      await Promise.all([one?.init(), two?.init()]);
      // Nest's own handler of what is not found stands in front of the slower one's routes.
      const app = await listening(two!);
      const [path, origin, cors] = slow === 'one' ? ['/two/cats', TWO, OWN_TWO] : ['/one/cats', ONE, OWN_ONE];
      expect(await app.send({ path, origin })).toMatchObject({ body: 'list', cors });
      expect((await app.preflight(path, 'DELETE', origin)).status).toBe(403);
    }
  });

  it('have the policy of the handler that runs, where both serve one URL', async () => {
    const adapter = new ExpressAdapter();
    const one = await createApp(way, first, { adapter });
    const two = await createApp(way, second, { adapter });
    await Promise.all([one.init(), two.init()]);
    const app = await listening(two);
    expect(await app.send({ path: '/cats', origin: ONE })).toMatchObject({ body: 'list', cors: OWN_ONE });
    expect((await app.send({ path: '/cats', origin: TWO })).cors).toEqual({ vary: 'Origin' });
    expect((await app.preflight('/cats', 'GET', ONE)).status).toBe(204);
    expect((await app.preflight('/cats', 'GET', TWO)).status).toBe(403);
  });

  it('may sort their routes, or search them for conflicts, before they register them', async () => {
    const adapter = new ExpressAdapter();
    const options = { routeResolutionStrategy: 'specificity' } as const;
    const one = await createApp(way, first, { adapter, options, configure: prefixed('one') });
    const two = await createApp(way, second, { adapter, options, configure: prefixed('two') });
    await Promise.all([one.init(), two.init()]);
    await expectOwnPolicies(await listening(two));
  });

  it('may have versions of their own', async () => {
    const adapter = new ExpressAdapter();
    const versioned = (type: VersioningType.URI | VersioningType.HEADER) => (app: INestApplication) =>
      app.enableVersioning(
        type === VersioningType.URI ? { type, defaultVersion: '1' } : { type, header: 'v', defaultVersion: '1' },
      );
    const one = await createApp(way, first, { adapter, configure: versioned(VersioningType.URI) });
    const two = await createApp(way, second, { adapter, configure: versioned(VersioningType.HEADER) });
    await Promise.all([one.init(), two.init()]);
    const app = await listening(two);
    expect(await app.send({ path: '/v1/cats', origin: ONE })).toMatchObject({ body: 'list', cors: OWN_ONE });
    expect((await app.preflight('/cats', 'GET', TWO)).cors[ACAO]).toBe(TWO);
    expect((await app.preflight('/cats', 'GET', ONE)).status).toBe(403);
  });
});

describe('an application that fails while it starts', () => {
  @Global()
  @Module({})
  class FailingModule implements OnModuleInit {
    onModuleInit(): void {
      throw new Error('the database is down');
    }
  }

  /** Its routes are registered, and CorsModule has not learned of it yet. */
  @Module({ imports: [FailingModule, CorsModule.forRoot({ origin: ONE })], ...cats })
  class FailingRoot {}

  it.each(['at the same time', 'before it'])('leaves its adapter to another that starts %s', async (when) => {
    const adapter = new ExpressAdapter();
    const one = await createApp(EXPRESS, FailingRoot, { adapter, configure: prefixed('one') });
    const two = await createApp(EXPRESS, second, { adapter, configure: prefixed('two') });
    const init = one.init();
    if (when === 'before it') {
      await expect(init).rejects.toThrow('the database is down');
    }
    const [failed, succeeded] = await Promise.allSettled([init, two.init()]);
    expect([failed.status, succeeded.status]).toEqual(['rejected', 'fulfilled']);
    adapter.get('/late', (_request: unknown, response: { end(body: string): void }) => {
      response.end(reach('late'));
    });
    const app = await listening(two);
    expect(await app.send({ path: '/two/cats', origin: TWO })).toMatchObject({ body: 'list', cors: OWN_TWO });
    expect((await app.preflight('/two/cats', 'DELETE', TWO)).status).toBe(403);
    reached.length = 0;
    // Its policies are not known, so its handlers do not run.
    expect((await app.send({ path: '/one/cats', method: 'DELETE', origin: TWO })).status).toBe(404);
    expect(reached).toEqual([]);
  });
});
