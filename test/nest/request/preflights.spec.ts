import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Patch,
  Post,
  Put,
  RequestMethod,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { Cors, CorsModule } from 'nestjs-cors';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import {
  ACAC,
  ACAH,
  ACAM,
  ACAO,
  ACMA,
  APP,
  PREFLIGHT_VARY,
  PREFLIGHT_VARY_FOR_EVERYONE,
} from '../../cases/cors-case.js';
import { boom } from '../../cases/hostile-values.js';
import { log } from '../../support/log-capture.js';
import { expressOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, EXPRESS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const REFUSED = { vary: PREFLIGHT_VARY };

const deny = {
  canActivate: () => {
    reach('guard');
    throw new UnauthorizedException();
  },
};
const watch = {
  intercept: (_: unknown, next: { handle(): never }) => {
    reach('interceptor');
    return next.handle();
  },
};
const pipe = { transform: (value: unknown) => reach('pipe') && value };

@Controller('cats')
@UseGuards(deny)
@UseInterceptors(watch)
@UsePipes(pipe)
@Cors({ origin: APP })
class CatsController {
  @Get(':id') read(): string {
    return reach('read');
  }

  @Put(':id') @Cors({ maxAge: 600, credentials: true }) update(@Body() _body: unknown): string {
    return reach('update');
  }

  @Delete(':id') @Cors({ methods: ['DELETE'], allowedHeaders: ['X-Reason'] }) remove(): string {
    return reach('remove');
  }

  @Patch(':id') @Cors(false) patch(): string {
    return reach('patch');
  }
}

@Controller('dogs')
class DogsController {
  @Get() @Cors({ origin: '*' }) list(): string {
    return reach('list');
  }

  @Post() create(): string {
    return reach('create');
  }
}

@Controller('any')
@Cors({ origin: APP })
class AnyController {
  @All() any(): string {
    return reach('any');
  }
}

@Controller('plain')
class PlainController {
  @Get() get(): string {
    return reach('plain');
  }
}

const controllers = [CatsController, DogsController, AnyController, PlainController];

function withLogin(app: INestApplication): void {
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    reach('middleware');
    if (request.headers.authorization === undefined) {
      response.writeHead(302, { Location: 'https://login.example/' }).end();
      return;
    }
    next();
  });
}

describe.each(EVERY_WAY)('a preflight is answered with the policy of the handler it asks about, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }), { configure: withLogin });
  });

  it.each([
    // Lists all methods that this URL serves under an equal policy: those are remembered together.
    ['GET', { [ACAO]: APP, [ACAM]: 'GET, HEAD', vary: PREFLIGHT_VARY }],
    ['HEAD', { [ACAO]: APP, [ACAM]: 'GET, HEAD', vary: PREFLIGHT_VARY }],
    ['PUT', { [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT', [ACMA]: '600', vary: PREFLIGHT_VARY }],
    ['DELETE', { [ACAO]: APP, [ACAM]: 'DELETE', vary: PREFLIGHT_VARY }],
  ])('%s', async (method, cors) => {
    const answer = await app.preflight('/cats/1', method, APP);
    expect([answer.status, answer.cors, answer.body]).toEqual([204, cors, '']);
    expect(reached).toEqual([]);
  });

  it.each([
    ['an origin that it does not name', 'PUT', OTHER, undefined],
    ['a handler that is closed', 'PATCH', APP, undefined],
    ['a header that this handler alone does not take', 'DELETE', APP, 'x-other'],
    ['a method that another handler of the URL would have to serve', 'POST', APP, undefined],
    ['a method that none serves', 'PROPFIND', APP, undefined],
    ['a method that is none', 'NONSENSE', APP, undefined],
    ['a method in other letters', 'put', APP, undefined],
  ])('and refused with a 403 that says nothing: %s', async (_, method, origin, headers) => {
    const answer = await app.preflight('/cats/1', method, origin, headers);
    expect([answer.status, answer.cors, answer.body, answer.headers['content-length']]).toEqual([
      403,
      REFUSED,
      '',
      '0',
    ]);
    expect(reached).toEqual([]);
  });

  it('before the app redirects to a login, which every other request meets', async () => {
    expect(await app.send({ method: 'PUT', path: '/cats/1', origin: APP })).toMatchObject({ status: 302 });
    expect(reached).toEqual(['middleware']);
  });

  it('before the body is read', async () => {
    const body = '{'.repeat(300_000);
    const answer = await app.send({
      method: 'OPTIONS',
      path: '/cats/1',
      origin: APP,
      requestMethod: 'PUT',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([answer.status, reached]).toEqual([204, []]);
  });

  it('for everyone, without Origin in Vary', async () => {
    const { status, cors } = await app.preflight('/dogs', 'GET', OTHER);
    expect([status, cors]).toEqual([204, { [ACAO]: '*', [ACAM]: 'GET, HEAD', vary: PREFLIGHT_VARY_FOR_EVERYONE }]);
  });

  it('@All() adds the announced method, and no others', async () => {
    expect((await app.preflight('/any', 'PATCH', APP)).cors).toEqual({
      [ACAO]: APP,
      [ACAM]: 'PATCH',
      vary: PREFLIGHT_VARY,
    });
    expect((await app.preflight('/any', 'PROPFIND', APP)).cors).toMatchObject({ [ACAM]: 'PROPFIND' });
  });

  it('or left to the app, where that handler has no policy', async () => {
    for (const [path, method, cors] of [
      ['/plain', 'GET', {}],
      // For GET it is answered here.
      ['/dogs', 'POST', { vary: 'Access-Control-Request-Method' }],
      ['/nowhere', 'PUT', {}],
    ] as const) {
      const answer = await app.send({
        method: 'OPTIONS',
        path,
        origin: APP,
        requestMethod: method,
        headers: { authorization: 'x' },
      });
      expect([answer.status, answer.cors]).toEqual([404, cors]);
    }
    expect(reached).toEqual(['middleware', 'middleware', 'middleware']);
  });

  it('and nothing is logged', () => {
    expect(log.ofCors()).toEqual([]);
  });
});

describe.each(EVERY_WAY)('under debug a refused preflight shows the browser which step failed, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }, { debug: true }));
  });

  it.each([
    ['the origin', 'DELETE', OTHER, 'x-other', {}],
    ['the method', 'POST', OTHER, undefined, {}],
    ['the headers', 'DELETE', APP, 'x-other', { [ACAO]: APP, [ACAM]: 'DELETE' }],
    ['a closed handler', 'PATCH', APP, undefined, {}],
  ])('%s', async (_, method, origin, headers, cors) => {
    const answer = await app.preflight('/cats/1', method, origin, headers);
    expect([answer.status, answer.cors, reached]).toEqual([204, { ...cors, vary: PREFLIGHT_VARY }, []]);
  });

  it('not one that passes', async () => {
    const answer = await app.preflight('/cats/1', 'DELETE', APP, 'x-reason');
    expect([answer.status, answer.cors]).toEqual([
      204,
      { [ACAO]: APP, [ACAM]: 'DELETE', [ACAH]: 'X-Reason', vary: PREFLIGHT_VARY },
    ]);
  });
});

describe.each(EVERY_WAY)('middleware bound to a controller, on %s', (_, way) => {
  it('sees its requests and none of its preflights', async () => {
    @Module({ imports: [CorsModule.forRoot()], controllers })
    class BoundModule implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer
          .apply((_request: unknown, _response: unknown, next: () => void) => {
            reach('bound');
            next();
          })
          .forRoutes(CatsController, { path: 'dogs', method: RequestMethod.GET });
      }
    }
    const app = await startApp(way, BoundModule);
    expect(await app.preflight('/cats/1', 'PUT', APP)).toMatchObject({
      status: 204,
      cors: { [ACAM]: 'PUT', [ACMA]: '600' },
    });
    expect(await app.preflight('/dogs', 'GET', OTHER)).toMatchObject({ status: 204, cors: { [ACAO]: '*' } });
    expect(reached).toEqual([]);
    expect((await app.send({ path: '/cats/1', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
    expect((await app.send({ path: '/dogs', origin: OTHER })).cors).toEqual({ [ACAO]: '*' });
    expect(reached).toEqual(['bound', 'guard', 'bound', 'list']);
  });
});

@Controller('all')
@Cors({ origin: APP })
class OnlyAllController {
  @All() any(): string {
    return reach('any');
  }
}

/** Its routes name no method. */
describe.each(EVERY_WAY)('an application with nothing but @All() (%s)', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [OnlyAllController] }, { origin: '*', methods: '*' }));
  });

  it('refuses a method that it does not serve, like every other application', async () => {
    const unserved = await app.preflight('/all', 'patch', OTHER);
    expect([unserved.status, unserved.cors]).toEqual([403, REFUSED]);
    expect((await app.preflight('/all', 'PATCH', APP)).status).toBe(204);
    expect((await app.preflight('/none', 'patch', OTHER)).cors[ACAO]).toBe('*');
  });

  it('tells caches that a preflight is answered differently', async () => {
    const closed = await startApp(way, rootModule({ controllers: [OnlyAllController] }));
    const { cors } = await closed.send({ method: 'OPTIONS', path: '/all' });
    expect(cors).toEqual({ vary: 'Origin, Access-Control-Request-Method' });
  });
});

describe('a route of the app’s own in front of @All(), on Express', () => {
  it('hides it for its method, and for no other', async () => {
    const app = await startApp(
      EXPRESS,
      rootModule({ controllers: [OnlyAllController] }, { origin: '*', methods: '*' }),
      {
        configure: (nest) =>
          expressOf(nest).post('/all', (_request: IncomingMessage, response: ServerResponse) =>
            response.end(reach('post')),
          ),
      },
    );
    expect((await app.preflight('/all', 'POST', OTHER)).cors[ACAO]).toBe('*');
    expect((await app.preflight('/all', 'PUT', OTHER)).cors).toEqual(REFUSED);
    // Node does not know this one, so nothing serves it.
    expect((await app.preflight('/all', 'patch', OTHER)).cors).toEqual(REFUSED);
  });
});

/** Code on the server that runs before the module. */
describe.each(EVERY_WAY)('a preflight whose response has headers already (%s)', (_, way) => {
  const started = async (act: (response: ServerResponse) => unknown): Promise<RunningApp> => {
    const app = await startApp(way, rootModule({ controllers: [OnlyAllController] }));
    (app.nest.getHttpServer() as Server).prependListener('request', (_request: IncomingMessage, raw: ServerResponse) =>
      act(raw),
    );
    return app;
  };

  it('has the CORS headers of the policy alone, and all names in Vary', async () => {
    const app = await started((raw) => {
      raw.setHeader('Access-Control-Allow-Credentials', 'true');
      raw.setHeader('Access-Control-Max-Age', '86400');
      raw.setHeader('Access-Control-Allow-Origin', '*');
      raw.setHeader('Vary', 'Accept-Encoding');
      raw.setHeader('X-Front', 'yes');
    });
    const vary = `Accept-Encoding, ${PREFLIGHT_VARY}`;
    const allowed = await app.preflight('/all', 'PUT', APP);
    expect(allowed.cors).toEqual({ [ACAO]: APP, [ACAM]: 'PUT', vary });
    expect(allowed.headers['x-front']).toBe('yes');
    expect((await app.preflight('/all', 'PUT', OTHER)).cors).toEqual({ vary });
  });

  it('is answered where other code keeps the headers from being read', async () => {
    for (const patch of [{ getHeaderNames: boom, getHeader: boom }, { removeHeader: boom }]) {
      const app = await started((raw) => {
        raw.setHeader('X-Front', 'yes');
        Object.assign(raw, patch);
      });
      const { status, cors } = await app.preflight('/all', 'PUT', APP);
      expect([status, cors]).toEqual([204, { [ACAO]: APP, [ACAM]: 'PUT', vary: PREFLIGHT_VARY }]);
    }
  });

  it('is cut off where a CORS header cannot be removed', async () => {
    const app = await started((raw) => {
      raw.setHeader('Access-Control-Allow-Credentials', 'true');
      Object.assign(raw, { removeHeader: boom });
    });
    await expect(app.preflight('/all', 'PUT', APP)).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
});
