import { describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Put } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors } from 'nestjs-cors';

import { ACAO, APP } from '../../cases/cors-case.js';
import { fastifyOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';

/** Routes of Fastify that no controller registered: preflights for them follow `forRoot()`, and never a neighbour's policy. */

const OTHER = 'https://other.example';

@Controller('cats')
@Cors({ origin: OTHER })
class CatsController {
  @Get(':id') one(): string {
    return 'one';
  }

  @Put(':id') update(): string {
    return 'update';
  }

  @Delete(':id/tags/:tag') untag(): string {
    return 'untag';
  }

  @Get('*') rest(): string {
    return 'rest';
  }
}

const root = rootModule({ controllers: [CatsController] }, { origin: APP });
type Fastify = ReturnType<typeof fastifyOf>;
type Register = (fastify: Fastify) => unknown;

const FASTIFY_WAYS = EVERY_WAY.filter(([, way]) => !way.isExpress);

/** Before the application is created: as in `new FastifyAdapter()`, `adapter.getInstance().get(…)`, `NestFactory.create()`. */
async function beforeCreation(way: Way, register: Register): Promise<RunningApp> {
  const adapter = new FastifyAdapter();
  await register(adapter.getInstance());
  return startApp(way, root, { adapter });
}

/** Between creation and `init()`. */
async function beforeInit(way: Way, register: Register): Promise<RunningApp> {
  return startApp(way, root, { configure: async (app) => register(fastifyOf(app)) });
}

/** Between `init()` and `listen()`. */
async function afterInit(way: Way, register: Register): Promise<RunningApp> {
  return startApp(way, root, {
    configure: async (app) => {
      await app.init();
      await register(fastifyOf(app));
    },
  });
}

const MOMENTS = [
  ['before the application is created', beforeCreation],
  ['before init()', beforeInit],
  ['after init()', afterInit],
] as const;

const EVERY_MOMENT = FASTIFY_WAYS.flatMap(([title, way]) =>
  MOMENTS.map(
    ([moment, start]) => [`${moment}, ${title}`, async (register: Register) => start(way, register)] as const,
  ),
);

async function isOpenFor(app: RunningApp, path: string, method: string, origin: string): Promise<boolean> {
  const { status, cors } = await app.preflight(path, method, origin);
  expect([204, 403]).toContain(status);
  expect(cors[ACAO]).toBe(status === 204 ? origin : undefined);
  return status === 204;
}

/** It follows `forRoot()`, and the handler that the router would have taken for it is not asked. */
async function expectBase(app: RunningApp, path: string, method = 'GET'): Promise<void> {
  expect([path, method, await isOpenFor(app, path, method, APP)]).toEqual([path, method, true]);
  expect([path, method, await isOpenFor(app, path, method, OTHER)]).toEqual([path, method, false]);
  if (method !== 'HEAD') {
    const { body, cors } = await app.send({ path, method, origin: APP });
    expect([body, cors]).toEqual(['foreign', { [ACAO]: APP, vary: 'Origin' }]);
  }
}

async function expectController(app: RunningApp, path: string, method = 'GET'): Promise<void> {
  expect([path, method, await isOpenFor(app, path, method, OTHER)]).toEqual([path, method, true]);
  expect([path, method, await isOpenFor(app, path, method, APP)]).toEqual([path, method, false]);
}

const foreign = (): string => 'foreign';

describe.each(EVERY_MOMENT)('a route of Fastify that was registered %s', (_, start) => {
  it('is no neighbour’s, whichever way the router finds it', async () => {
    const app = await start((fastify) => {
      fastify.get('/cats/early', foreign);
      fastify.put('/cats/early', foreign);
      fastify.delete('/cats/:id/tags/fixed', foreign);
      fastify.get('/cats/:id(^\\d+)', foreign);
      fastify.get('/cats/in/*', foreign);
      fastify.route({ method: ['GET', 'PUT'], url: '/cats/both', handler: foreign });
      fastify.get('/cats/maybe/:some?', foreign);
      fastify.all('/cats/all', foreign);
    });
    await expectBase(app, '/cats/early');
    await expectBase(app, '/cats/early', 'HEAD');
    await expectBase(app, '/cats/early', 'PUT');
    await expectBase(app, '/cats/1/tags/fixed', 'DELETE');
    await expectBase(app, '/cats/42');
    await expectBase(app, '/cats/in/all/of/it');
    await expectBase(app, '/cats/both');
    await expectBase(app, '/cats/both', 'PUT');
    await expectBase(app, '/cats/maybe');
    await expectBase(app, '/cats/maybe/this');
    await expectBase(app, '/cats/all', 'PUT');
    await expectController(app, '/cats/late');
    await expectController(app, '/cats/late', 'PUT');
    await expectController(app, '/cats/1/tags/other', 'DELETE');
    await expectController(app, '/cats/42', 'PUT');
    await expectController(app, '/cats/some/where');
  });

  it('is none where a plugin with a prefix registers it', async () => {
    const app = await start(async (fastify) =>
      fastify.register(
        (plugin, _options, done) => {
          plugin.get('/', foreign);
          plugin.get('/inside', foreign);
          void plugin.register((deeper, __, ready) => {
            deeper.put('/deep', foreign);
            ready();
          });
          done();
        },
        { prefix: '/cats/birds' },
      ),
    );
    await expectBase(app, '/cats/birds');
    await expectBase(app, '/cats/birds/');
    await expectBase(app, '/cats/birds/inside');
    await expectBase(app, '/cats/birds/inside', 'HEAD');
    await expectController(app, '/cats/birds', 'PUT');
    await expectController(app, '/cats/birds/outside');
  });

  it('may be one of several for its URL: then both are asked', async () => {
    const app = await start((fastify) => {
      fastify.route({ method: 'GET', url: '/cats/hosted', constraints: { host: 'a.example' }, handler: foreign });
    });
    expect(await isOpenFor(app, '/cats/hosted', 'GET', APP)).toBe(false);
    expect(await isOpenFor(app, '/cats/hosted', 'GET', OTHER)).toBe(false);
    await expectController(app, '/cats/other');
  });
});

describe.each(FASTIFY_WAYS)('a context of Fastify that is older than the application (%s)', (_, way) => {
  it('registers no route unseen, however late', async () => {
    const contexts: Fastify[] = [];
    const app = await startApp(way, root, {
      adapter: await adapterWith(async (fastify) =>
        fastify.register((plugin, __, done) => {
          contexts.push(plugin);
          done();
        }),
      ),
      configure: async (nest) => {
        await nest.init();
        contexts.forEach((context) => context.get('/cats/unseen', foreign));
      },
    });
    expect(contexts).toHaveLength(1);
    await expectBase(app, '/cats/unseen');
    await expectController(app, '/cats/seen');
  });
});

async function adapterWith(register: Register): Promise<FastifyAdapter> {
  const adapter = new FastifyAdapter();
  await register(adapter.getInstance());
  return adapter;
}

describe.each(FASTIFY_WAYS)('a Fastify that no longer tells what its router holds (%s)', (_, way) => {
  /** What a later find-my-way might do: print the routes by itself. */
  function silence(fastify: Fastify): void {
    const { printRoutes } = fastify;
    fastify.printRoutes = (options) => printRoutes.call(fastify, { ...options, includeMeta: false });
  }

  it('stops the start where routes are there already', async () => {
    const adapter = await adapterWith((fastify) => {
      silence(fastify);
      fastify.get('/cats/early', foreign);
    });
    await expect(startApp(way, root, { adapter })).rejects.toThrow(
      'nestjs-cors cannot read the routes of this version of Fastify, and some were registered before app.init()',
    );
  });

  it('does not where there are none', async () => {
    const app = await startApp(way, root, { adapter: await adapterWith(silence) });
    await expectController(app, '/cats/seen');
  });
});

describe.each(FASTIFY_WAYS)('a Fastify that listens already (%s)', (_, way) => {
  it('stops the start of a second application with a cure', async () => {
    const adapter = new FastifyAdapter();
    const first = await startApp(way, root, { adapter });
    const second = startApp(way, root, { adapter, options: { forceCloseConnections: false } });
    await expect(second).rejects.toThrow('Give each application a FastifyAdapter of its own');
    await expectController(first, '/cats/1');
  });
});
