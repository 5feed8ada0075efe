import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put, type DynamicModule, type INestApplication } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { Cors, CorsModule, CorsService } from 'nestjs-cors';

import { ACAO, APP } from '../cases/cors-case.js';
import { adapterOf, portOf, RunningApp, startApp } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { log } from '../support/log-capture.js';

const OTHER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Put() @Cors({ origin: OTHER }) update(): string {
    return 'update';
  }
}

async function expectPolicies(app: RunningApp): Promise<void> {
  expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({
    body: 'list',
    cors: { [ACAO]: APP, vary: 'Origin' },
  });
  expect((await app.preflight('/cats', 'PUT', OTHER)).status).toBe(204);
  expect((await app.preflight('/cats', 'PUT', APP)).status).toBe(403);
  expect(app.nest.get(CorsService).routes()).toHaveLength(2);
}

const TESTING = EVERY_WAY.filter(([, way]) => way.creation === 'Test.createTestingModule');

describe.each(TESTING)('one testing builder that is compiled for every test (%s)', (_, way) => {
  const builder: TestingModuleBuilder = Test.createTestingModule({
    controllers: [CatsController],
    imports: [CorsModule.forRoot({ origin: APP })],
  }).setLogger(log);
  let nest: INestApplication;

  beforeEach(async () => {
    const module = await builder.compile();
    nest = module.createNestApplication(adapterOf(way));
    await nest.listen(0, '127.0.0.1');
  });
  afterEach(async () => nest.close());

  it.each([1, 2, 3])('has its policies in test %d', async () => {
    await expectPolicies(new RunningApp(nest, portOf(nest)));
  });
});

describe.each(TESTING)('one testing builder whose applications run side by side (%s)', (_, way) => {
  it('has its policies in the second, and the first one keeps its own', async () => {
    const builder = Test.createTestingModule({
      controllers: [CatsController],
      imports: [CorsModule.forRoot({ origin: APP })],
    }).setLogger(log);
    const apps: RunningApp[] = [];
    for (let count = 0; count < 2; count++) {
      const module = await builder.compile();
      const nest = module.createNestApplication(adapterOf(way), { forceCloseConnections: true });
      await nest.listen(0, '127.0.0.1');
      apps.push(new RunningApp(nest, portOf(nest)));
    }
    for (const app of apps) {
      await expectPolicies(app);
    }
    const [first, second] = apps;
    await first?.close();
    log.clear();
    await expectPolicies(second as RunningApp);
    expect(log.complaints).toEqual([]);
    await second?.close();
  });

  it('has them as well if one module makes two applications, and the first is closed', async () => {
    const module = await Test.createTestingModule({
      controllers: [CatsController],
      imports: [CorsModule.forRoot({ origin: APP })],
    })
      .setLogger(log)
      .compile();
    const start = async (): Promise<RunningApp> => {
      const nest = module.createNestApplication(adapterOf(way), { forceCloseConnections: true });
      await nest.listen(0, '127.0.0.1');
      return new RunningApp(nest, portOf(nest));
    };
    const first = await start();
    const second = await start();
    await first.close();
    await expectPolicies(second);
    expect(log.complaints).toEqual([]);
    await second.close();
  });
});

describe.each(EVERY_WAY)('one dynamic module in several applications (%s)', (_, way) => {
  function* modules(): Generator<[string, DynamicModule]> {
    yield ['forRoot', CorsModule.forRoot({ origin: APP })];
    yield ['forRootAsync', CorsModule.forRootAsync({ useFactory: async () => Promise.resolve({ origin: APP }) })];
  }

  it.each([...modules()])('serves them one after the other, and at once: %s', async (_name, shared) => {
    const start = async (): Promise<RunningApp> =>
      startApp(way, { module: class RootModule {}, controllers: [CatsController], imports: [shared] });
    const first = await start();
    await expectPolicies(first);
    await first.close();
    const others = await Promise.all([start(), start(), start()]);
    for (const app of others) {
      await expectPolicies(app);
    }
    await others[0]?.nest.get(CorsService).update({ origin: OTHER });
    expect((await others[0]?.send({ path: '/cats', origin: OTHER }))?.cors).toEqual({ [ACAO]: OTHER, vary: 'Origin' });
    expect((await others[1]?.send({ path: '/cats', origin: OTHER }))?.cors).toEqual({ vary: 'Origin' });
  });
});
