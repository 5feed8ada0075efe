import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put, Res, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, CorsModule } from 'nestjs-cors';
import type { Express, NextFunction, Request, Response } from 'express';
import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ACAC, ACAO, APP } from '../../cases/cors-case.js';
import {
  createApp,
  createExpress,
  expressOf,
  fastifyOf,
  rootModule,
  startApp,
  type RunningApp,
} from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, FASTIFY } from '../../support/ways.js';
import { send } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { reach } from '../../support/witness.js';

/** What other packages do to the platforms that Nest stands on, in the smallest form that has their effect. */

const OTHER = 'https://other.example';
const BASE = { [ACAO]: APP, [ACAC]: 'true', vary: 'Origin' };

const FASTIFY_WAYS = EVERY_WAY.filter(([, way]) => !way.isExpress);
const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

@Controller()
class CatsController {
  @Get('cats') @Cors({ origin: OTHER, credentials: false }) list(): string {
    return reach('list');
  }

  @Get('panel/cats') @Cors({ origin: OTHER, credentials: false }) behind(): string {
    return reach('behind');
  }
}

describe.each(EXPRESS_WAYS)('an Express application that is called as a function (%s)', (_, way) => {
  let app: RunningApp;

  /** As @bull-board/nestjs applies its panel. */
  @Module({
    controllers: [CatsController],
    imports: [
      CorsModule.forRoot({
        origin: APP,
        credentials: true,
        paths: [{ path: '/secret{/*rest}', policy: false }],
      }),
    ],
  })
  class RootModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(panel()).forRoutes('/panel', '/panel/*path', '/secret');
    }
  }

  beforeAll(async () => {
    app = await startApp(way, RootModule, {
      configure: (nest) => {
        const called = panel();
        nest.use('/called', (request: Request, response: Response, next: NextFunction) =>
          called(request, response, next),
        );
        nest.use('/mounted', panel());
        nest.use('/wrapped', wrapHead, panel());
      },
    });
  });

  it.each(['/panel', '/called', '/mounted', '/wrapped', '/called/none', '/panel/none'])(
    'answers %s with the policy of the URL',
    async (path) => {
      const allowed = await app.send({ path, origin: APP });
      expect([allowed.status, allowed.cors]).toEqual([path.endsWith('none') ? 404 : 200, BASE]);
      expect((await app.send({ path, origin: OTHER })).cors).toEqual({ vary: 'Origin' });
    },
  );

  it('opens nothing that is closed', async () => {
    const { status, cors } = await app.send({ path: '/secret', origin: APP });
    expect([status, cors]).toEqual([200, {}]);
  });

  it('loses no headers of the handlers behind it', async () => {
    expect(await app.send({ path: '/panel/cats', origin: OTHER })).toMatchObject({
      body: 'behind',
      cors: { [ACAO]: OTHER, vary: 'Origin' },
    });
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({ vary: 'Origin' });
    expect(log.complaints).toEqual([]);
  });

  /** It shares with everybody by itself, and leaves some URLs to who stands behind it. */
  function panel(): Express {
    const express = createExpress();
    express.get('/', (request, response, next) => {
      if (/cats|none/.test(request.originalUrl)) {
        next();
      } else {
        response.set('Access-Control-Allow-Origin', '*').json({});
      }
    });
    return express;
  }

  /** As express-session and compression do. */
  function wrapHead(_request: Request, response: Response, next: NextFunction): void {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Response;
    response.writeHead = ((...args: unknown[]) => {
      response.setHeader('X-Wrapped', 'yes');
      return writeHead(...args);
    }) as Response['writeHead'];
    next();
  }
});

describe.each(EXPRESS_WAYS)('a tracer that wraps what Express’s routes are given (%s)', (_, way) => {
  const VERBS = ['get', 'put', 'all'] as const;
  type Wrapped = Record<(typeof VERBS)[number], (...handlers: ((...args: unknown[]) => unknown)[]) => unknown>;
  const prototype = Object.getPrototypeOf(createExpress().route('/')) as Wrapped;
  const originals = Object.fromEntries(VERBS.map((verb) => [verb, prototype[verb]]));
  let app: RunningApp;

  @Controller('dogs')
  class DogsController {
    @Get() @Cors({ origin: APP }) list(): string {
      return reach('list');
    }

    @Put(':id') @Cors({ origin: OTHER }) update(): string {
      return reach('update');
    }
  }

  @Module({ controllers: [DogsController], imports: [CorsModule.forRoot({})] })
  class RootModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      const passOn = (_request: Request, _response: Response, next: NextFunction): void => next();
      consumer.apply(passOn).forRoutes(DogsController);
    }
  }

  // As New Relic's agent does: what stands in the layer is its own function.
  beforeAll(async () => {
    for (const verb of VERBS) {
      const original = prototype[verb];
      prototype[verb] = function wrapped(this: unknown, ...handlers) {
        const traced = handlers.map(
          (handler) =>
            function traced(this: unknown, ...args: unknown[]): unknown {
              return Reflect.apply(handler, this, args);
            },
        );
        return Reflect.apply(original, this, traced);
      };
    }
    app = await startApp(way, RootModule);
  });
  afterAll(() => void Object.assign(prototype, originals));

  it('hides no route', async () => {
    expect((await app.send({ path: '/dogs', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
    const preflight = await app.preflight('/dogs/1', 'PUT', OTHER);
    expect([preflight.status, preflight.cors[ACAO]]).toEqual([204, OTHER]);
    expect((await app.preflight('/dogs/1', 'PUT', APP)).status).toBe(403);
    expect(await app.send({ method: 'PUT', path: '/dogs/1', origin: OTHER })).toMatchObject({ body: 'update' });
  });
});

describe.each(FASTIFY_WAYS)('a route that Fastify refuses, and whoever registers it lets it (%s)', (_, way) => {
  let app: RunningApp;
  const root = rootModule({ controllers: [CatsController] }, { origin: APP, credentials: true });

  // As @nestjs/swagger does with `/api` and `/api/`: under `ignoreTrailingSlash` they are one.
  beforeAll(async () => {
    app = await startApp(way, root, {
      adapter: new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } }),
      configure: (nest) => {
        const fastify = fastifyOf(nest);
        fastify.get('/docs', () => 'docs');
        expect(() => fastify.get('/docs/', () => 'docs')).toThrow('already declared');
      },
    });
  });

  it('does not stop the application', async () => {
    expect(await app.send({ path: '/docs/', origin: APP })).toMatchObject({ body: 'docs', cors: BASE });
    expect((await app.preflight('/docs', 'GET', APP)).status).toBe(204);
    expect((await app.preflight('/cats/', 'GET', OTHER)).status).toBe(204);
  });
});

/** As @toss/nestjs-aop does: Nest finds the method's metadata on the function that takes its place. */
function inheriting(_target: object, _key: string, descriptor: TypedPropertyDescriptor<() => string>): void {
  const { value } = descriptor;
  if (value !== undefined) {
    const wrapper = function wrapper(this: unknown): string {
      return Reflect.apply(value, this, []);
    };
    descriptor.value = Object.setPrototypeOf(wrapper, value) as typeof wrapper;
  }
}

describe.each(EVERY_WAY)('a decorator that puts an inheriting function in place of the method (%s)', (_, way) => {
  @Controller()
  class WrappedController {
    @inheriting @Get('closed') @Cors(false) closed(): string {
      return reach('closed');
    }

    @Get('stacked') @Cors({ credentials: false }) @inheriting @Cors({ origin: OTHER }) stacked(): string {
      return reach('stacked');
    }

    @Get('enforced') @inheriting @Cors({ enforce: true }) enforced(): string {
      return reach('enforced');
    }
  }

  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [WrappedController] }, { origin: APP, credentials: true }));
  });

  it('hides no @Cors', async () => {
    expect(await app.send({ path: '/closed', origin: APP })).toMatchObject({ body: 'closed', cors: {} });
    expect((await app.preflight('/closed', 'GET', APP)).status).toBe(403);
    expect((await app.send({ path: '/stacked', origin: OTHER })).cors).toEqual({ [ACAO]: OTHER, vary: 'Origin' });
    expect((await app.send({ path: '/stacked', origin: APP })).cors).toEqual({ vary: 'Origin' });
    expect((await app.send({ path: '/enforced', origin: OTHER })).status).toBe(403);
  });
});

describe.each(FASTIFY_WAYS)('a plugin that registers its routes when the application starts (%s)', (_, way) => {
  @Controller('birds')
  class BirdsController {
    @Get(':id') @Cors({ origin: OTHER }) one(): string {
      return reach('one');
    }
  }

  it('is looked at by preflights, too', async () => {
    const app = await startApp(way, rootModule({ controllers: [BirdsController] }, { origin: APP }), {
      configure: (nest) => {
        void fastifyOf(nest).register((fastify, _options, done) => {
          fastify.get('/birds/late', () => 'late');
          done();
        });
      },
    });
    expect((await app.send({ path: '/birds/late', origin: APP })).body).toBe('late');
    expect((await app.preflight('/birds/late', 'GET', APP)).status).toBe(204);
    expect((await app.preflight('/birds/late', 'GET', OTHER)).status).toBe(403);
    expect((await app.preflight('/birds/1', 'GET', OTHER)).status).toBe(204);
  });
});

describe('somebody who lays a writeHead of his own over responses that nobody has seen yet', () => {
  const wrap = (response: ServerResponse): void => {
    const { writeHead } = response;
    response.writeHead = function wrapped(this: ServerResponse, ...args: never[]) {
      this.setHeader('X-Wrapped', 'yes');
      return Reflect.apply(writeHead, this, args);
    } as ServerResponse['writeHead'];
  };

  it('keeps it, before Express has the response', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [CatsController] }, { origin: APP }));
    const server = app.nest.getHttpServer() as Server;
    server.prependListener('request', (_, response: ServerResponse) => wrap(response));
    const { headers, cors } = await app.send({ path: '/none', origin: APP });
    expect([headers['x-wrapped'], cors]).toEqual(['yes', { [ACAO]: APP, vary: 'Origin' }]);
  });

  it('sees as many arguments as Node gives, on the prototype', async () => {
    const { writeHead } = ServerResponse.prototype;
    const counts: number[] = [];
    ServerResponse.prototype.writeHead = function counted(this: ServerResponse, ...args: never[]) {
      counts.push(args.length);
      return Reflect.apply(writeHead, this, args);
    } as ServerResponse['writeHead'];
    try {
      const app = await startApp(EXPRESS, rootModule({ controllers: [CatsController] }, { origin: APP }));
      expect((await app.send({ path: '/cats', origin: OTHER })).cors).toEqual({ [ACAO]: OTHER, vary: 'Origin' });
    } finally {
      ServerResponse.prototype.writeHead = writeHead;
    }
    expect(counts).toEqual([1]);
  });

  it('gets the object that Fastify gives, as on-headers reads no flat list', async () => {
    const app = await startApp(FASTIFY, rootModule({ controllers: [CatsController] }, { origin: APP }));
    const server = app.nest.getHttpServer() as Server;
    const given: unknown[] = [];
    server.prependListener('request', (_, response: ServerResponse) => {
      const { writeHead } = response;
      response.writeHead = function noted(this: ServerResponse, ...args: never[]) {
        given.push(args[1]);
        return Reflect.apply(writeHead, this, args);
      } as ServerResponse['writeHead'];
    });
    const { cors } = await app.send({ path: '/cats', origin: OTHER });
    expect([given, cors]).toEqual([
      [expect.objectContaining({ 'content-length': '4', 'Access-Control-Allow-Origin': OTHER, Vary: 'Origin' })],
      { [ACAO]: OTHER, vary: 'Origin' },
    ]);
  });

  it.each(BOTH_PLATFORMS)('is given no list, whoever answers (%s)', async (_, way) => {
    @Controller('answers')
    @Cors({ origin: APP })
    class AnswersController {
      @Get() bare(@Res() reply: ServerResponse | { raw: ServerResponse; hijack(): void }): void {
        if ('hijack' in reply) {
          reply.hijack();
        }
        ('raw' in reply ? reply.raw : reply).end(reach('bare'));
      }

      @Put() @Cors({ enforce: true }) enforced(): string {
        return reach('enforced');
      }
    }

    const onlyObjects = (response: ServerResponse): void => {
      const { writeHead } = response;
      response.writeHead = function read(this: ServerResponse, ...args: unknown[]) {
        if (args.some(Array.isArray)) {
          // on-headers before 1.1 takes a name for a pair.
          throw new TypeError('a list');
        }
        return Reflect.apply(writeHead, this, args);
      } as ServerResponse['writeHead'];
    };
    const app = await startApp(way, rootModule({ controllers: [AnswersController] }, { origin: APP }), {
      configure: (nest) => {
        nest.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
          if (request.url === '/late') {
            onlyObjects(response);
            request.url = '/answers';
          }
          next();
        });
        if (way.isExpress) {
          expressOf(nest).disable('x-powered-by');
        }
      },
    });
    const server = app.nest.getHttpServer() as Server;
    server.prependListener('request', ({ url }: IncomingMessage, response: ServerResponse) => {
      if (url !== '/late') {
        onlyObjects(response);
      }
    });
    const path = '/answers';
    expect((await app.send({ path, origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
    expect((await app.send({ path, origin: OTHER })).cors).toEqual({ vary: 'Origin' });
    expect((await app.preflight(path, 'PUT', APP)).status).toBe(204);
    expect((await app.preflight(path, 'PUT', OTHER)).status).toBe(403);
    expect(await app.send({ method: 'PUT', path, origin: OTHER })).toMatchObject({
      status: 403,
      cors: { vary: 'Origin' },
    });
    if (way.isExpress) {
      const late = await app.send({ method: 'PUT', path: '/late', origin: OTHER });
      expect(late).toMatchObject({ status: 403, cors: { vary: 'Origin' } });
    }
    expect(log.ofCors('error')).toEqual([]);
  });

  it('keeps it under two applications, one in the other', async () => {
    const root = rootModule({ controllers: [CatsController] }, { origin: APP });
    const [one, other] = [await createApp(EXPRESS, root), await createApp(EXPRESS, root)];
    await other.init();
    one.use('/inner', expressOf(other));
    await one.init();
    const outer = createExpress();
    outer.use((_request, response, next) => {
      wrap(response);
      next();
    });
    outer.use(expressOf(one));
    const server = createServer(outer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { headers, cors } = await send((server.address() as AddressInfo).port, { path: '/inner/none', origin: APP });
    server.close();
    expect([headers['x-wrapped'], cors]).toEqual(['yes', { [ACAO]: APP, vary: 'Origin' }]);
  });
});
