import { describe, expect, it } from '@jest/globals';
import {
  Body,
  Controller,
  Delete,
  Get,
  Module,
  Param,
  Post,
  Put,
  Req,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { Request, Response } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ACAC, ACAO, ACEH } from '../../cases/cors-case.js';
import { createApp, createExpress, expressOf, portOf, rootModule, RunningApp } from '../../support/running-app.js';
import { send } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { EVERY_WAY, EXPRESS, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

/** `outer.use('/inner', inner)`: a Nest application in another one, each with policies of its own. */

const INNER = 'https://inner.example';
const OUTER = 'https://outer.example';
const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

@Controller()
class CatsController {
  @Get('cats') list(): string {
    return reach('list');
  }

  @Put('cats') update(): string {
    return reach('update');
  }

  @Post('cats') create(@Body() body: unknown): string {
    return reach(`create ${typeof body}`);
  }

  @Delete('cats') @Cors(false) remove(): string {
    return reach('remove');
  }

  @Get('dogs/:name')
  @Cors({ origin: (origin, { url, params }) => origin === INNER && reach(url) === `/dogs/${String(params['name'])}` })
  dog(@Param('name') name: string, @Req() request: { originalUrl: string; url: string }): string {
    return `${name} ${request.originalUrl} ${request.url}`;
  }
}

@Controller()
class OuterController {
  @Put('cats') update(): string {
    return reach('outer update');
  }

  @Put('inner/first') @Cors({ origin: OUTER }) first(): string {
    return reach('first');
  }

  @Put('secret') secret(): string {
    return reach('secret');
  }
}

const inner = rootModule(
  { controllers: [CatsController] },
  { origin: INNER, credentials: true, exposedHeaders: ['X-In'] },
);
const outer = rootModule({ controllers: [OuterController] }, { origin: OUTER, enforce: true });

type Mounting = (outer: INestApplication, inner: INestApplication) => unknown;

/** As a main.ts would do it: the inner one is there before it is mounted, and the outer one listens. */
async function start(
  way: Way,
  mount: Mounting = (out, inn) => out.use('/inner', expressOf(inn)),
  order: 'init first' | 'mount first' = 'init first',
  roots: readonly Type[] = [outer, inner],
  configure: (inn: INestApplication) => unknown = () => undefined,
): Promise<RunningApp> {
  const [outerRoot = outer, innerRoot = inner] = roots;
  const inn = await createApp(way, innerRoot, { configure });
  const out = await createApp(way, outerRoot);
  if (order === 'mount first') {
    await mount(out, inn);
    await out.init();
    await inn.init();
  } else {
    await inn.init();
    await mount(out, inn);
  }
  await out.listen(0, '127.0.0.1');
  return new RunningApp(out, portOf(out));
}

const OF_INNER = { [ACAO]: INNER, [ACAC]: 'true', [ACEH]: 'X-In', vary: 'Origin' };
const OF_OUTER = { [ACAO]: OUTER, vary: 'Origin' };
const NOTHING = { vary: 'Origin' };
const NO_PREFLIGHT = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };

async function expectInnerPolicy(app: RunningApp, at: string): Promise<void> {
  const path = `${at}/cats`;
  expect(await app.send({ path, origin: INNER })).toMatchObject({ status: 200, body: 'list', cors: OF_INNER });
  expect(await app.send({ path, method: 'PUT', origin: INNER })).toMatchObject({ body: 'update', cors: OF_INNER });
  expect(await app.send({ path, origin: OUTER })).toMatchObject({ status: 200, cors: NOTHING });
  const preflight = await app.preflight(path, 'PUT', INNER);
  expect([preflight.status, preflight.cors[ACAO], preflight.cors[ACAC]]).toEqual([204, INNER, 'true']);
  for (const [method, origin] of [
    ['PUT', OUTER],
    ['DELETE', INNER],
    ['DELETE', OUTER],
  ] as const) {
    expect(await app.preflight(path, method, origin)).toMatchObject({ status: 403, cors: NO_PREFLIGHT });
  }
  expect(await app.send({ path: `${at}/none`, origin: INNER })).toMatchObject({ status: 404, cors: OF_INNER });
  expect(await app.send({ path: `${at}/none`, origin: OUTER })).toMatchObject({ status: 404, cors: NOTHING });
  expect((await app.preflight(`${at}/none`, 'PUT', OUTER)).status).toBe(403);
}

async function expectOuterPolicy(app: RunningApp): Promise<void> {
  for (const path of ['/cats', '/innermost/cats']) {
    expect((await app.send({ path, method: 'PUT', origin: OUTER })).cors).toEqual(OF_OUTER);
    expect((await app.send({ path, method: 'PUT', origin: INNER })).status).toBe(403);
    expect((await app.preflight(path, 'PUT', OUTER)).cors[ACAO]).toBe(OUTER);
    expect((await app.preflight(path, 'PUT', INNER)).status).toBe(403);
  }
}

describe.each(EXPRESS_WAYS)('an application mounted in another (%s)', (_, way) => {
  it.each(['init first', 'mount first'] as const)('has its own policies below the mount path: %s', async (order) => {
    const app = await start(way, undefined, order);
    await expectInnerPolicy(app, '/inner');
    await expectOuterPolicy(app);
    expect(log.ofCors('error')).toEqual([]);
  });

  it.each<[string, Mounting, string]>([
    [
      'a plain Express application',
      (out, inn) => out.use('/deep', createExpress().use('/inner', expressOf(inn))),
      '/deep/inner',
    ],
    [
      'an Express router',
      (out, inn) => out.use('/deep', createExpress().router.use('/inner', expressOf(inn))),
      '/deep/inner',
    ],
    ['a path with a parameter', (out, inn) => out.use('/:tenant/inner', expressOf(inn)), '/acme/inner'],
    ['one of two paths', (out, inn) => out.use(['/a', '/inner'], expressOf(inn)), '/inner'],
    ['two places', (out, inn) => out.use('/a', expressOf(inn)).use('/inner', expressOf(inn)), '/a'],
  ])('has them in %s', async (_name, mount, at) => {
    const app = await start(way, mount);
    await expectInnerPolicy(app, at);
    await expectOuterPolicy(app);
  });

  it('leaves to an outer route in front of it what that one serves', async () => {
    const app = await start(way, (out, inn) => out.init().then(() => moveToEnd(out, inn)));
    expect((await app.preflight('/inner/first', 'PUT', OUTER)).cors[ACAO]).toBe(OUTER);
    expect((await app.preflight('/inner/first', 'PUT', INNER)).status).toBe(403);
    expect((await app.send({ path: '/inner/first', method: 'PUT', origin: OUTER })).cors).toEqual(OF_OUTER);
    await expectInnerPolicy(app, '/inner');
  });

  it('leaves to the outer one what falls through', async () => {
    const app = await start(way, undefined, 'init first', [outer, inner], (inn) => inn.setGlobalPrefix('api'));
    await expectInnerPolicy(app, '/inner/api');
    expect((await app.preflight('/inner/first', 'PUT', OUTER)).cors[ACAO]).toBe(OUTER);
    expect((await app.preflight('/inner/first', 'PUT', INNER)).status).toBe(403);
    const sent = await app.send({ path: '/inner/first', method: 'PUT', origin: OUTER });
    expect(sent).toMatchObject({ status: 200, body: 'first', cors: OF_OUTER });
    expect((await app.send({ path: '/inner/none', origin: OUTER })).cors).toEqual(OF_OUTER);
    expect((await app.preflight('/inner/none', 'PUT', INNER)).status).toBe(403);
  });

  it('is named in a warning where it stands in front of routes of the outer one', async () => {
    await start(way);
    expect(log.ofCors('warn').filter((line) => line.includes('mounted'))).toEqual([
      'an application with CorsModule of its own is mounted at /inner, in front of OuterController.first: requests for it ' +
        'follow the policies of that application; mount it at a path of its own',
    ]);
  });

  it('asks its resolvers about its own target, and hands the request on as it was', async () => {
    const app = await start(way);
    const own = { [ACAO]: INNER, [ACAC]: 'true', [ACEH]: 'X-In', vary: 'Origin' };
    const answer = await app.send({ path: '/inner/dogs/rex', origin: INNER });
    expect(answer).toMatchObject({ body: 'rex /inner/dogs/rex /dogs/rex', cors: own });
    expect((await app.preflight('/inner/dogs/rex', 'GET', INNER)).status).toBe(204);
    expect((await app.preflight('/inner/dogs/rex', 'GET', OUTER)).status).toBe(403);
    expect(new Set(reached)).toEqual(new Set(['/dogs/rex']));
  });

  it('gives its headers to what the outer one’s body parser answers in front of it', async () => {
    const app = await start(way);
    const headers = { 'content-type': 'application/json' };
    const broken = await app.send({ path: '/inner/cats', method: 'POST', origin: INNER, headers, body: '{' });
    expect(broken).toMatchObject({ status: 400, cors: OF_INNER });
  });

  it('judges what the outer one’s middleware leads to it by the handler, and refuses what no preflight asked about', async () => {
    const app = await start(way, (out, inn) => {
      out.use((request: { url: string }, _response: unknown, next: () => void) => {
        request.url = request.url.replace(/^\/cats/, '/inner/cats');
        next();
      });
      out.use('/inner', expressOf(inn));
    });
    reached.length = 0;
    expect((await app.send({ path: '/cats', method: 'PUT', origin: OUTER })).status).toBe(403);
    expect((await app.send({ path: '/cats', method: 'DELETE', origin: OUTER })).status).toBe(403);
    expect(reached).toEqual([]);
  });

  it('is the same where the outer one lists the mount path as untouched', async () => {
    const untouched = rootModule(
      { controllers: [OuterController] },
      { origin: OUTER, enforce: true, paths: [{ path: '/inner{/*rest}', untouched: true }] },
    );
    const app = await start(way, undefined, 'init first', [untouched, inner]);
    await expectInnerPolicy(app, '/inner');
    await expectOuterPolicy(app);
  });
});

/** Behind the outer routes, in front of what answers 404. */
function moveToEnd(out: INestApplication, inn: INestApplication): void {
  const { stack } = expressOf(out).router as unknown as { stack: { route?: unknown }[] };
  out.use('/inner', expressOf(inn));
  const last = stack.pop();
  if (last !== undefined) {
    stack.splice(stack.findLastIndex(({ route }) => route !== undefined) + 1, 0, last);
  }
}

it('targets in absolute form go to the mounted application as well', async () => {
  const app = await start(EXPRESS);
  const path = 'http://127.0.0.1/inner/cats?x=1';
  expect(await app.send({ path, origin: INNER })).toMatchObject({ body: 'list', cors: OF_INNER });
  expect((await app.preflight(path, 'DELETE', INNER)).status).toBe(403);
  expect((await app.preflight(path, 'PUT', INNER)).cors[ACAO]).toBe(INNER);
});

describe('an application mounted in one without CorsModule', () => {
  @Module({})
  class BareModule {}

  it.each(EXPRESS_WAYS)(
    'has its own policies below the mount path, and nothing is said elsewhere (%s)',
    async (_, way) => {
      const app = await start(way, undefined, 'init first', [BareModule, inner]);
      await expectInnerPolicy(app, '/inner');
      expect((await app.send({ path: '/none', origin: INNER })).cors).toEqual({});
    },
  );
});

describe('an application without CorsModule mounted in one with it', () => {
  @Module({ controllers: [CatsController] })
  class BareModule {}

  it.each(EXPRESS_WAYS)('follows forRoot() of the outer one (%s)', async (_, way) => {
    const app = await start(way, undefined, 'init first', [outer, BareModule]);
    expect(await app.send({ path: '/inner/cats', origin: OUTER })).toMatchObject({ body: 'list', cors: OF_OUTER });
    expect((await app.preflight('/inner/cats', 'PUT', OUTER)).cors[ACAO]).toBe(OUTER);
    expect((await app.preflight('/inner/cats', 'PUT', INNER)).status).toBe(403);
  });
});

it('one that is called by a function of the app’s own has its policies where the outer one leaves the path untouched', async () => {
  const untouched = rootModule({}, { origin: OUTER, paths: [{ path: '/inner{/*rest}', untouched: true }] });
  for (const way of [EXPRESS_WAYS[0]![1], EXPRESS_WAYS[1]![1]]) {
    const app = await start(
      way,
      (out, inn) => out.use('/inner', (request: Request, response: Response) => expressOf(inn)(request, response)),
      'init first',
      [untouched, inner],
    );
    await expectInnerPolicy(app, '/inner');
  }
});

describe('two applications behind one HTTP server', () => {
  it.each(EXPRESS_WAYS)('have their own policies where one listener chooses between them (%s)', async (_, way) => {
    const one = await createApp(way, inner);
    const two = await createApp(way, outer);
    await one.init();
    await two.init();
    const server = createServer((request, response) =>
      (request.headers.host === 'inner.test' ? expressOf(one) : expressOf(two))(request, response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const asked = { path: '/cats', method: 'PUT' };
      expect((await send(port, { ...asked, host: 'inner.test', origin: INNER })).cors).toEqual(OF_INNER);
      expect((await send(port, { ...asked, host: 'outer.test', origin: OUTER })).cors).toEqual(OF_OUTER);
      const preflight = { path: '/cats', method: 'OPTIONS', requestMethod: 'PUT' };
      expect((await send(port, { ...preflight, host: 'inner.test', origin: INNER })).status).toBe(204);
      expect((await send(port, { ...preflight, host: 'inner.test', origin: OUTER })).status).toBe(403);
      expect((await send(port, { ...preflight, host: 'outer.test', origin: INNER })).status).toBe(403);
    } finally {
      server.close();
    }
  });
});
