import { describe, expect, it } from '@jest/globals';
import { All, Controller, Get, Put, Req, type Type } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter, RouteConfig, RouteConstraints } from '@nestjs/platform-fastify';
import createFastify, { type FastifyInstance } from 'fastify';

import { Cors } from 'nestjs-cors';

import { APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { allOf, look, Named } from '../../support/named-route.js';
import { createExpress, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EXPRESS, FASTIFY } from '../../support/ways.js';
import { reach } from '../../support/witness.js';

type FastifyOptions = NonNullable<ConstructorParameters<typeof FastifyAdapter>[0]>;

@Controller('Cats')
class CatsController {
  @Get() @Named('list') list(): string {
    return reach('list');
  }

  @Get('by/:id') @Named('read') read(): string {
    return reach('read');
  }
}

const NOBODY = { ran: 404, policy: undefined, preflight: 404 };

async function express(settings: Readonly<Record<string, unknown>> = {}): Promise<RunningApp> {
  // Express reads these when its router is made, so before Nest has the instance.
  const instance = createExpress();
  Object.entries(settings).forEach(([name, value]) => instance.set(name, value));
  return startApp(EXPRESS, rootModule({ controllers: [CatsController] }), { adapter: new ExpressAdapter(instance) });
}

async function fastify(options: object = {}, controllers: Type[] = [CatsController]): Promise<RunningApp> {
  return startApp(FASTIFY, rootModule({ controllers }), { adapter: new FastifyAdapter(options as FastifyOptions) });
}

describe('the settings of Express’s router are ours too', () => {
  it('by default neither letters nor a trailing slash matter', async () => {
    const app = await express();
    for (const path of ['/Cats', '/cats', '/CATS/']) {
      expect(await look(app, 'GET', path)).toEqual(allOf('list'));
    }
    expect(await look(app, 'GET', '/cats/BY/1/')).toEqual(allOf('read'));
  });

  it('case sensitive routing', async () => {
    const app = await express({ 'case sensitive routing': true });
    expect(await look(app, 'GET', '/Cats/')).toEqual(allOf('list'));
    expect(await look(app, 'GET', '/cats')).toEqual(NOBODY);
    expect(await look(app, 'GET', '/Cats/By/1')).toEqual(NOBODY);
  });

  it('strict routing', async () => {
    const app = await express({ 'strict routing': true });
    expect(await look(app, 'GET', '/cats')).toEqual(allOf('list'));
    expect(await look(app, 'GET', '/cats/')).toEqual(NOBODY);
    expect(await look(app, 'GET', '/cats/by/1/')).toEqual(NOBODY);
  });
});

@Controller('things')
class GreedyController {
  @Get(':id') @Named('parameter') read(): string {
    return reach('parameter');
  }

  @Get('special') @Named('special') special(): string {
    return reach('special');
  }

  @All('{*rest}') @Named('rest') rest(): string {
    return reach('rest');
  }

  @Put('a{/:b}/c') @Named('optional') optional(): string {
    return reach('optional');
  }
}

describe('the order of Express’s routes', () => {
  it('is the order of declaration', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [GreedyController] }));
    expect(await look(app, 'GET', '/things/special')).toEqual(allOf('parameter'));
    expect(await look(app, 'PUT', '/things/a/c')).toEqual(allOf('rest'));
    expect(await look(app, 'DELETE', '/things/x/y')).toEqual(allOf('rest'));
  });

  it('is that of specificity, where Nest is told so', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [GreedyController] }), {
      options: { routeResolutionStrategy: 'specificity' },
    });
    expect(await look(app, 'GET', '/things/special')).toEqual(allOf('special'));
    expect(await look(app, 'GET', '/things/other')).toEqual(allOf('parameter'));
    expect(await look(app, 'PUT', '/things/a/b/c')).toEqual(allOf('optional'));
    expect(await look(app, 'DELETE', '/things/a/b/c')).toEqual(allOf('rest'));
  });

  it('leaves out what a conflict policy leaves out, and the app starts', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [GreedyController] }), {
      options: { routeConflictPolicy: { duplicate: 'warn', shadow: 'warn' } },
    });
    expect(await look(app, 'GET', '/things/special')).toEqual(allOf('parameter'));
  });
});

describe('the settings of Fastify’s router are ours too', () => {
  it('by default letters and a trailing slash matter', async () => {
    const app = await fastify();
    expect(await look(app, 'GET', '/Cats')).toEqual(allOf('list'));
    for (const path of ['/cats', '/Cats/', '//Cats']) {
      expect(await look(app, 'GET', path)).toEqual(NOBODY);
    }
  });

  it('caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes', async () => {
    const sensitive = await fastify({ routerOptions: { caseSensitive: false } });
    expect(await look(sensitive, 'GET', '/cATS/BY/1')).toEqual(allOf('read'));
    const trailing = await fastify({ routerOptions: { ignoreTrailingSlash: true } });
    expect(await look(trailing, 'GET', '/Cats/')).toEqual(allOf('list'));
    const doubled = await fastify({ routerOptions: { ignoreDuplicateSlashes: true } });
    expect(await look(doubled, 'GET', '//Cats///by//1')).toEqual(allOf('read'));
    expect(await look(doubled, 'GET', '/Cats/')).toEqual(NOBODY);
  });

  it('wherever they are written', async () => {
    expect(await look(await fastify({ caseSensitive: false }), 'GET', '/cATS/BY/1')).toEqual(allOf('read'));
  });

  it('rewriteUrl comes before the router, and so before us', async () => {
    const app = await fastify({ rewriteUrl: (request: { url?: string }) => request.url?.replace(/^\/v1/, '') ?? '/' });
    expect(await look(app, 'GET', '/v1/Cats/by/1')).toEqual(allOf('read'));
  });

  it('an empty parameter, which Nest turns away although the router has found a route, has no policy', async () => {
    expect(await look(await fastify(), 'GET', '/Cats/by/')).toEqual(NOBODY);
  });

  it('maxParamLength: what is too long for a parameter is answered before any hook, and no preflight passes for it', async () => {
    const app = await fastify({ routerOptions: { maxParamLength: 5 } });
    expect(await look(app, 'GET', '/Cats/by/12345')).toEqual(allOf('read'));
    const { status, cors } = await app.send({ path: '/Cats/by/123456', origin: APP });
    expect([status >= 400, cors]).toEqual([true, {}]);
    expect((await app.preflight('/Cats/by/123456', 'GET', APP)).cors).toEqual({});
  });

  it('useSemicolonDelimiter', async () => {
    const app = await fastify({ routerOptions: { useSemicolonDelimiter: true } });
    expect(await look(app, 'GET', '/Cats;a=1')).toEqual(allOf('list'));
    expect(await look(await fastify(), 'GET', '/Cats;a=1')).toEqual(NOBODY);
  });
});

@Controller('items')
class FastifyPaths {
  @Get(':id(^\\d+$)') @Named('number') byNumber(): string {
    return reach('number');
  }

  @Get(':name') @Named('name') byName(): string {
    return reach('name');
  }

  @Get('static') @Named('static') plain(): string {
    return reach('static');
  }

  @Get('file/:name.:ext') @Named('file') file(): string {
    return reach('file');
  }

  @Get('near/:lat-:lng') @Named('near') near(): string {
    return reach('near');
  }

  @Put('maybe/:id?') @Named('maybe') maybe(): string {
    return reach('maybe');
  }

  @All('rest/*') @Named('rest') rest(): string {
    return reach('rest');
  }
}

describe('paths in Fastify’s own syntax', () => {
  it('lead to the route that runs', async () => {
    const app = await fastify({}, [FastifyPaths]);
    for (const [method, path, name] of [
      ['GET', '/items/42', 'number'],
      ['GET', '/items/x42', 'name'],
      ['GET', '/items/static', 'static'],
      ['GET', '/items/file/a.txt', 'file'],
      ['GET', '/items/near/1-2', 'near'],
      ['PUT', '/items/maybe', 'maybe'],
      ['PUT', '/items/maybe/1', 'maybe'],
      ['DELETE', '/items/rest/a/b', 'rest'],
    ] as const) {
      expect([path, await look(app, method, path)]).toEqual([path, allOf(name)]);
    }
  });
});

@Controller('pages')
class ConstrainedController {
  @Get() @RouteConstraints({ secret: 'open sesame' }) @Named('secret') secret(): string {
    return reach('secret');
  }

  @Get() @Named('open') open(): string {
    return reach('open');
  }

  @Put() @RouteConstraints({ secret: 'open sesame' }) @Named('put') put(): string {
    return reach('put');
  }
}

/** A constraint that is compared with the header `X-Secret`. */
function secretStrategy(mustMatchWhenDerived: boolean): object {
  return {
    name: 'secret',
    storage: () => {
      const stores = new Map<string, unknown>();
      return {
        get: (key: string) => stores.get(key) ?? null,
        set: (key: string, store: unknown) => stores.set(key, store),
      };
    },
    deriveConstraint: (request: { headers: Record<string, unknown> }) => request.headers['x-secret'],
    mustMatchWhenDerived,
    validate: () => undefined,
  };
}

/** `PUT /rooms/a` reaches the closed handler with what the constraint reads, and the open one without. */
function roomsBehind(constraint: Readonly<Record<string, string>>): Type {
  @Controller('rooms')
  class RoomsController {
    @Put('a') @Cors({ origin: APP }) open(): string {
      return reach('open');
    }

    @Put(':id') @RouteConstraints(constraint) @Cors(false) closed(): string {
      return reach('closed');
    }
  }
  return RoomsController;
}

const insistent = secretStrategy(true);
const INSISTENT: readonly (readonly [
  title: string,
  adapter: () => AbstractHttpAdapter,
  constraint: Readonly<Record<string, string>>,
  carried: Readonly<Record<string, string>>,
])[] = [
  ['an option', () => adapterWith({ constraints: { secret: insistent } }), { secret: 's' }, { 'x-secret': 's' }],
  [
    'an option of the router',
    () => adapterWith({ routerOptions: { constraints: { secret: insistent } } }),
    { secret: 's' },
    { 'x-secret': 's' },
  ],
  [
    'an option under another key',
    () => adapterWith({ routerOptions: { constraints: { other: insistent } } }),
    { secret: 's' },
    { 'x-secret': 's' },
  ],
  ['one that was added', () => new FastifyAdapter(withStrategy(insistent)), { secret: 's' }, { 'x-secret': 's' }],
  [
    'one for hosts that was added',
    () => new FastifyAdapter(withStrategy({ ...insistent, name: 'host' })),
    { host: 's' },
    { 'x-secret': 's' },
  ],
  ['the router’s own', () => new FastifyAdapter(createFastify()), { version: '1.0.0' }, { 'accept-version': '1.0.0' }],
];

function adapterWith(options: object): AbstractHttpAdapter {
  return new FastifyAdapter(options as FastifyOptions);
}

function withStrategy(strategy: object): FastifyInstance {
  const instance = createFastify();
  instance.addConstraintStrategy(strategy as never);
  return instance;
}

describe('constraints of Fastify’s routes', () => {
  it('choose a response’s policy; a preflight, which has none of what they read, has to pass all', async () => {
    const secret = secretStrategy(false);
    const app = await fastify({ routerOptions: { constraints: { secret } } }, [ConstrainedController]);
    const headers = { 'x-secret': 'open sesame' };
    expect(await look(app, 'GET', '/pages', { headers })).toMatchObject({
      ran: 'secret',
      policy: 'secret',
      preflight: 'x-probe',
    });
    expect(await look(app, 'GET', '/pages')).toMatchObject({ ran: 'open', policy: 'open', preflight: 'x-probe' });
    expect(await look(app, 'PUT', '/pages', { headers })).toEqual(allOf('put'));
    expect((await look(app, 'PUT', '/pages')).ran).toBe(404);
  });

  it.each(INSISTENT)(
    'may lead a request past what a preflight gets to: %s',
    async (_, adapter, constraint, headers) => {
      const root = rootModule({ controllers: [roomsBehind(constraint)] });
      const app = await startApp(FASTIFY, root, { adapter: adapter() });
      const preflight = await app.preflight('/rooms/a', 'PUT', APP);
      expect([preflight.status, preflight.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
      const answer = await app.send({ method: 'PUT', path: '/rooms/a', origin: APP, headers });
      expect([answer.body, answer.cors]).toEqual(['closed', {}]);
    },
  );

  it('leave alone what comes first where they do not insist on a match', async () => {
    const constraints = { other: secretStrategy(false) };
    const app = await fastify({ routerOptions: { constraints } }, [roomsBehind({ secret: 's' })]);
    expect((await app.preflight('/rooms/a', 'PUT', APP)).status).toBe(204);
    const headers = { 'x-secret': 's' };
    expect((await app.send({ method: 'PUT', path: '/rooms/a', origin: APP, headers })).body).toBe('open');
  });

  it('leave alone what comes first where the router’s own strategy reads the host', async () => {
    const app = await fastify({}, [roomsBehind({ host: 'closed.example' })]);
    expect((await app.preflight('/rooms/a', 'PUT', APP)).status).toBe(204);
  });

  it('count as insisting where only routes that were there before use one that was added', async () => {
    const instance = withStrategy({ ...insistent, name: 'host' });
    instance.put('/rooms/:id', { constraints: { host: 's' } }, () => reach('early'));

    @Controller('rooms')
    class OpenController {
      @Put('a') @Cors({ origin: APP }) open(): string {
        return reach('open');
      }
    }
    const app = await startApp(FASTIFY, rootModule({ controllers: [OpenController] }), {
      adapter: new FastifyAdapter(instance),
    });
    expect((await app.preflight('/rooms/a', 'PUT', APP)).status).toBe(403);
    const headers = { 'x-secret': 's' };
    expect((await app.send({ method: 'PUT', path: '/rooms/a', origin: APP, headers })).body).toBe('early');
  });

  it('for hosts of routes that were there before count as insisting: whose strategy it is cannot be told any more', async () => {
    const instance = createFastify();
    instance.get('/early', { constraints: { host: 'early.example' } }, () => 'early');
    const adapter = new FastifyAdapter(instance);
    const root = rootModule({ controllers: [roomsBehind({ host: 'closed.example' })] });
    const app = await startApp(FASTIFY, root, { adapter });
    expect((await app.preflight('/rooms/a', 'PUT', APP)).status).toBe(403);
  });
});

@Controller('configured')
class ConfiguredController {
  @Get() @RouteConfig({ answer: 42 }) @Named('configured') get(
    @Req() request: { routeOptions: { config: object } },
  ): object {
    reach('configured');
    return request.routeOptions.config;
  }
}

describe('what Fastify reads of a handler', () => {
  it('is there for the app as it would be without us', async () => {
    const app = await fastify({}, [ConfiguredController]);
    expect(await look(app, 'GET', '/configured')).toEqual(allOf('configured'));
    expect(JSON.parse((await app.send({ path: '/configured' })).body)).toEqual({
      answer: 42,
      method: 'GET',
      url: '/configured',
    });
  });
});
