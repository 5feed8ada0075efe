import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Header,
  HttpCode,
  Options,
  Post,
  Put,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ACAC, ACAH, ACAM, ACAO, APP, PREFLIGHT_VARY, OPTIONS_VARY } from '../../cases/cors-case.js';
import { hooklessAdapter } from '../../support/hookless-adapter.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const READABLE = { [ACAO]: APP, vary: 'Origin' };
const REFUSED = { vary: PREFLIGHT_VARY };

const deny = {
  canActivate: () => {
    throw new UnauthorizedException();
  },
};

@Controller('cats')
@Cors({ origin: APP })
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Get('guarded') @UseGuards(deny) guarded(): string {
    return reach('guarded');
  }

  @Get('varied') @Header('Vary', 'Accept') @Header('Access-Control-Allow-Origin', '*') varied(): string {
    return reach('varied');
  }

  @Get('asking') @Cors({ origin: async (origin) => Promise.resolve(origin === APP) }) asking(): string {
    return reach('asking');
  }

  @Get('broken') broken(): string {
    throw new Error('broken');
  }

  @Put(':id') @Cors({ credentials: true, allowedHeaders: ['X-A'] }) update(): string {
    return reach('update');
  }

  @Post('enforced') @Cors({ enforce: true }) enforced(): string {
    return reach('enforced');
  }

  @Get('closed') @Cors(false) closed(): string {
    return reach('closed');
  }
}

@Controller('own')
@Cors({ origin: APP })
class OwnController {
  @Get() get(): string {
    return reach('get');
  }

  @Options() @HttpCode(200) options(): string {
    return reach('options');
  }
}

@Controller('continued')
@Cors({ origin: APP, preflightContinue: true })
class ContinuedController {
  @Put() put(): string {
    return reach('put');
  }

  @Options() @HttpCode(202) options(): string {
    return reach('continued');
  }
}

@Controller('plain')
class PlainController {
  @Get() get(): string {
    return reach('plain');
  }
}

const controllers = [CatsController, OwnController, ContinuedController, PlainController];

describe.each(EVERY_WAY)('an adapter without a request hook, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }), {
      adapter: hooklessAdapter(way),
      configure: (nest) => {
        nest.setGlobalPrefix('api');
        nest.use(
          '/api/cats/halted',
          (_request: IncomingMessage, response: ServerResponse) => void response.end('halted'),
        );
      },
    });
  });

  it.each([
    ['a handler', '/cats', 200, READABLE],
    ['a guard that says 401', '/cats/guarded', 401, READABLE],
    ['an error', '/cats/broken', 500, READABLE],
    ['a handler with headers of its own', '/cats/varied', 200, { [ACAO]: APP, vary: 'Accept, Origin' }],
    ['a handler whose origins are asked about', '/cats/asking', 200, READABLE],
    ['a closed handler', '/cats/closed', 200, {}],
    ['a handler without a policy', '/plain', 200, {}],
    ['HEAD', '/cats', 200, READABLE],
    // What it cannot do, and says so.
    ['no 404', '/cats/none/such', 404, {}],
    ['no middleware', '/cats/halted', 200, {}],
  ])('answers of the app carry the headers: %s', async (what, path, status, cors) => {
    const answer = await app.send({ method: what === 'HEAD' ? 'HEAD' : 'GET', path: `/api${path}`, origin: APP });
    expect([answer.status, answer.cors]).toEqual([status, cors]);
  });

  it('and refused origins none', async () => {
    expect(await app.send({ path: '/api/cats', origin: OTHER })).toMatchObject({
      status: 200,
      cors: { vary: 'Origin' },
    });
    expect(await app.send({ path: '/api/cats/asking', origin: OTHER })).toMatchObject({
      status: 200,
      cors: { vary: 'Origin' },
    });
  });

  it('preflights are answered, before the app', async () => {
    const answer = await app.preflight('/api/cats/1', 'PUT', APP, 'x-a');
    expect([answer.status, answer.cors]).toEqual([
      204,
      { [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT', [ACAH]: 'X-A', vary: PREFLIGHT_VARY },
    ]);
    expect((await app.preflight('/api/cats/asking', 'GET', APP)).status).toBe(204);
    expect(reached).toEqual([]);
  });

  it.each([
    ['the origin', '/api/cats/1', 'PUT', OTHER, undefined],
    ['the headers', '/api/cats/1', 'PUT', APP, 'x-b'],
    ['the method', '/api/cats', 'PUT', APP, undefined],
    ['a closed handler', '/api/cats/closed', 'GET', APP, undefined],
    ['an origin that is asked about', '/api/cats/asking', 'GET', OTHER, undefined],
  ])('and refused: %s', async (_, path, method, origin, headers) => {
    const answer = await app.preflight(path, method, origin, headers);
    expect([answer.status, answer.cors, reached]).toEqual([403, REFUSED, []]);
  });

  it('the app’s own OPTIONS handler gets what is no preflight', async () => {
    expect(await app.send({ method: 'OPTIONS', path: '/api/own', origin: APP })).toMatchObject({
      status: 200,
      body: 'options',
      cors: { ...READABLE, vary: OPTIONS_VARY },
    });
    expect((await app.preflight('/api/own', 'GET', APP)).status).toBe(204);
    expect(reached).toEqual(['options']);
  });

  it('and preflights under preflightContinue', async () => {
    const answer = await app.preflight('/api/continued', 'PUT', APP);
    expect([answer.status, answer.body, answer.cors]).toEqual([
      202,
      'continued',
      { [ACAO]: APP, [ACAM]: 'PUT, OPTIONS', vary: PREFLIGHT_VARY },
    ]);
  });

  it('a path without an OPTIONS handler is a 404 for what is no preflight', async () => {
    expect((await app.send({ method: 'OPTIONS', path: '/api/cats', origin: APP })).status).toBe(404);
    expect((await app.preflight('/api/plain', 'GET', APP)).status).toBe(404);
  });

  it('an enforced policy refuses before the handler', async () => {
    const answer = await app.send({ method: 'POST', path: '/api/cats/enforced', origin: OTHER });
    expect([answer.status, answer.cors, reached]).toEqual([403, { vary: 'Origin' }, []]);
    expect((await app.send({ method: 'POST', path: '/api/cats/enforced', origin: APP })).body).toBe('enforced');
  });

  it('and nothing went wrong on the way', () => {
    expect(log.ofCors('error')).toEqual([]);
  });
});

@Controller('files')
@Cors({ origin: APP })
class FilesController {
  @Put('*') write(): string {
    return reach('write');
  }
}

@Controller('named')
@Cors({ origin: APP })
class NamedController {
  @Get(':name') read(): string {
    return reach('read');
  }

  @Put(':id') write(): string {
    return reach('write');
  }

  @Options('own/:name') answer(): string {
    return reach('answer');
  }

  @Put('own/:id') own(): string {
    return reach('own');
  }
}

describe.each(EVERY_WAY)('patterns that differ in the names of their parameters, on %s', (_, way) => {
  it('have one route for their preflights: some routers refuse a second', async () => {
    const app = await startApp(way, rootModule({ controllers: [NamedController] }), { adapter: hooklessAdapter(way) });
    for (const path of ['/named/a', '/named/own/a']) {
      expect(await app.preflight(path, 'PUT', APP)).toMatchObject({ status: 204, cors: { [ACAO]: APP } });
    }
    expect(reached).toEqual([]);
  });
});

describe.each(EVERY_WAY)('patterns with a colon that is text, on %s', (_, way) => {
  it('have a route each for their preflights', async () => {
    const colon = way.isExpress ? '\\:' : '::';
    @Controller('jobs')
    @Cors({ origin: APP })
    class JobsController {
      @Put(`all${colon}start`) start(): string {
        return 'start';
      }

      @Put(`all${colon}stop`) stop(): string {
        return 'stop';
      }
    }
    const app = await startApp(way, rootModule({ controllers: [JobsController] }), { adapter: hooklessAdapter(way) });
    for (const path of ['/jobs/all:start', '/jobs/all:stop']) {
      expect(await app.preflight(path, 'PUT', APP)).toMatchObject({ status: 204, cors: { [ACAO]: APP } });
    }
  });
});

describe.each(EVERY_WAY)('a pattern that the adapter translates, on %s', (_, way) => {
  it('has its preflights answered where it is registered', async () => {
    const app = await startApp(way, rootModule({ controllers: [FilesController] }), { adapter: hooklessAdapter(way) });
    expect(await app.preflight('/files/a/b', 'PUT', APP)).toMatchObject({ status: 204, cors: { [ACAM]: 'PUT' } });
    expect(await app.send({ method: 'PUT', path: '/files/a/b', origin: APP })).toMatchObject({ cors: READABLE });
  });
});
