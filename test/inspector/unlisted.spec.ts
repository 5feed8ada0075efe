/** The inspector is a tool in an application: what tells about the application does not tell about the tool. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Put, type DynamicModule, type Type } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, CorsModule, CorsService, type CorsModuleOptions } from 'nestjs-cors';
import { CorsInspectorModule } from 'nestjs-cors/inspector';
import { policyTable } from 'nestjs-cors/testing';

import { CORS_APPLICATION, requireApplication } from '../../lib/nest/application.provider.js';
import { APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { EVERY_WAY, type Way } from '../support/ways.js';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Put(':id') @Cors(false) rename(): string {
    return 'rename';
  }
}

@Controller('dogs')
class DogsController {
  @Get() list(): string {
    return 'list';
  }
}

@WebSocketGateway({ namespace: 'chat' })
class ChatGateway {}

const OPTIONS: CorsModuleOptions = { origin: APP, paths: [{ path: '/files', policy: false }] };

interface Parts {
  readonly controllers?: readonly Type[];
  readonly gateways?: readonly Type[];
  readonly options?: CorsModuleOptions;
}

/** The inspector comes first, so that the routes of the application do not have the first ids. */
function moduleOf(
  isInspected: boolean,
  { controllers = [CatsController], gateways = [ChatGateway], options = OPTIONS }: Parts,
): DynamicModule {
  @Module({
    imports: [...(isInspected ? [CorsInspectorModule.forRoot({ path: 'cors' })] : []), CorsModule.forRoot(options)],
    controllers: [...controllers],
    providers: [...gateways],
  })
  class AppModule {}
  return { module: AppModule };
}

interface Told {
  readonly app: RunningApp;
  readonly lines: readonly string[];
}

async function start(way: Way, isInspected: boolean, parts: Parts = {}): Promise<Told> {
  log.clear();
  const app = await startApp(way, moduleOf(isInspected, parts));
  return { app, lines: (['log', 'debug', 'warn'] as const).flatMap((level) => log.ofCors(level)) };
}

describe.each(EVERY_WAY)('an application with the inspector, on %s', (_, way) => {
  let plain: Told;
  let inspected: Told;
  beforeAll(async () => {
    plain = await start(way, false);
    inspected = await start(way, true);
  });

  it('is served with it', async () => {
    expect((await inspected.app.send({ path: '/cors' })).status).toBe(200);
    expect((await plain.app.send({ path: '/cors' })).status).toBe(404);
  });

  it('counts refusals, and without it nothing is called for one', () => {
    const countersOf = ({ app }: Told): readonly unknown[] =>
      requireApplication(app.nest.get(CORS_APPLICATION), 'The test').appPolicies.requestLog.counters;
    expect([countersOf(inspected).length, countersOf(plain).length]).toEqual([1, 0]);
  });

  it('has the same policy table, for a snapshot', () => {
    expect(policyTable(inspected.app.nest)).toBe(policyTable(plain.app.nest));
    expect(policyTable(inspected.app.nest)).toBe(
      [
        'GET /cats (CatsController.list)',
        `  ${APP}`,
        'PUT /cats/:id (CatsController.rename)',
        '  closed',
        'SOCKET namespace /chat (ChatGateway)',
        `  ${APP}`,
        'ANY /files (paths)',
        '  closed',
        'other URLs (forRoot)',
        `  ${APP}`,
        '',
      ].join('\n'),
    );
  });

  it('has the same routes()', () => {
    const routes = inspected.app.nest.get(CorsService).routes();
    expect(routes).toEqual(plain.app.nest.get(CorsService).routes());
    expect(routes.map(({ route }) => route)).toEqual(['CatsController.list', 'CatsController.rename', 'ChatGateway']);
  });

  it('says the same at start, and counts its own routes', () => {
    expect(inspected.lines).toEqual(plain.lines);
    expect(inspected.lines[0]).toBe(
      '1 of 2 routes allow other origins, 1 closed, 0 untouched; 1 of 1 gateways check who opens a socket; ' +
        "other URLs follow the entry of paths, then forRoot's policy",
    );
  });

  it.each<[string, Parts, RegExp]>([
    ['without controllers', { controllers: [], gateways: [], options: {} }, /^no controller has a route; all URLs/],
    [
      'that allows no origin and has no @Cors',
      { controllers: [DogsController], gateways: [], options: {} },
      /^forRoot\(\) allows no origin and no @Cors was found/,
    ],
  ])('says the same at start %s', async (_title, parts, line) => {
    const { lines } = await start(way, true, parts);
    expect(lines).toEqual((await start(way, false, parts)).lines);
    expect(lines).toContainEqual(expect.stringMatching(line));
  });

  it('has no nearest route there, for a URL that nobody serves', async () => {
    const cors = inspected.app.nest.get(CorsService);
    const { diagnosis } = await cors.explain({ origin: 'https://stranger.example', url: '/api/cors' });
    expect(diagnosis).toMatchObject({ reason: 'url-not-served' });
    expect(diagnosis?.nearest ?? '').not.toContain('Inspector');
  });

  it('explains the URL of the inspector as it is: closed, by its own route', async () => {
    const cors = inspected.app.nest.get(CorsService);
    for (const phase of ['preflight', 'request'] as const) {
      expect(await cors.explain({ origin: APP, url: '/cors', phase })).toMatchObject({
        verdict: 'refused',
        reason: 'closed',
        routes: ['CorsInspectorController.show'],
        diagnosis: { reason: 'closed', cures: [] },
      });
    }
  });

  it('is answered in front of guards, also if the policies are updated between the hook and its middleware', async () => {
    const app = await startApp(way, moduleOf(true, {}), {
      configure: (nest) => {
        nest.useGlobalGuards({ canActivate: () => false });
        nest.use((_request: unknown, _response: unknown, goOn: () => void) => {
          void nest
            .get(CorsService)
            .update({ origin: '*' })
            .then(() => goOn());
        });
      },
    });
    expect((await app.send({ path: '/cats' })).status).toBe(403);
    expect((await app.send({ path: '/cors' })).headers['content-type']).toMatch(/^text\/html/);
  });

  it('keeps the policies of its routes apart from those of the inspector after an update', async () => {
    const { app } = await start(way, true);
    await app.nest.get(CorsService).update({ origin: '*' });
    expect(policyTable(app.nest)).toContain('GET /cats (CatsController.list)\n  everyone\n');
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({ 'access-control-allow-origin': '*' });
    expect((await app.send({ path: '/cors', origin: APP })).cors).toEqual({});
  });
});
