import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Res, Sse, type MessageEvent } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { ServerResponse } from 'node:http';
import { of, type Observable } from 'rxjs';

import { ACAC, ACAO, ACEH, ACMA, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rawResponse, type AnyReply } from '../../support/raw-response.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';

const ORIGIN = 'Access-Control-Allow-Origin';

/** The app sets CORS headers of its own, by every means. */
class TalkativeRoutes {
  @Get('header') @Header(ORIGIN, '*') @Header('Access-Control-Max-Age', '9') header(): string {
    return 'header';
  }

  @Get('same') @Header(ORIGIN, APP) same(): string {
    return 'same';
  }

  @Get('set') set(@Res({ passthrough: true }) reply: { header(name: string, value: string): unknown }): string {
    reply.header('access-control-allow-credentials', 'true');
    return 'set';
  }

  @Get('raw') raw(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.setHeader('ACCESS-CONTROL-EXPOSE-HEADERS', 'X-Secret');
    response.end('raw');
  }

  @Get('list') list(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.setHeader(ORIGIN, ['*', 'https://evil.example']);
    response.end('list');
  }

  @Sse('sse') sse(): Observable<MessageEvent> {
    return of({ data: 'sse' });
  }
}

@Controller('open')
@Cors({ origin: APP })
class OpenController extends TalkativeRoutes {}

@Controller('closed')
@Cors(false)
class ClosedController extends TalkativeRoutes {}

@Controller('untouched')
class UntouchedController extends TalkativeRoutes {}

@Controller('vary')
@Cors({ origin: APP })
class VaryController {
  @Get('header') @Header('Vary', 'Accept-Language') header(): string {
    return 'header';
  }

  @Get('any') @Header('Vary', '*') any(): string {
    return 'any';
  }

  @Get('ours') @Header('vary', 'ORIGIN, Accept') ours(): string {
    return 'ours';
  }

  @Get('list') list(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.setHeader('Vary', ['Accept', 'Cookie, accept']);
    response.end();
  }

  @Get('appended') appended(@Res() reply: AnyReply): void {
    const response: ServerResponse = rawResponse(reply);
    response.appendHeader('Vary', 'Cookie');
    response.appendHeader('Vary', 'Accept');
    response.end();
  }

  @Get('empty') @Header('Vary', '') empty(): string {
    return 'empty';
  }

  @Get('everyone') @Cors({ origin: '*' }) @Header('Vary', 'Accept, Accept') everyone(): string {
    return 'everyone';
  }
}

const controllers = [OpenController, ClosedController, UntouchedController, VaryController];

describe.each(EVERY_WAY)('CORS headers that the app sets itself, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });
  const corsOf = async (path: string) => (await app.send({ path, origin: APP })).cors;

  it.each(['header', 'same', 'set', 'raw', 'list', 'sse'])('give way to the policy (%s)', async (path) => {
    expect(await corsOf(`/open/${path}`)).toEqual({ [ACAO]: APP, vary: 'Origin' });
  });

  it.each(['header', 'same', 'set', 'raw', 'list', 'sse'])('do not open what is closed (%s)', async (path) => {
    expect(await corsOf(`/closed/${path}`)).toEqual({});
  });

  it.each([
    ['header', { [ACAO]: '*', [ACMA]: '9' }],
    ['same', { [ACAO]: APP }],
    ['set', { [ACAC]: 'true' }],
    ['raw', { [ACEH]: 'X-Secret' }],
    ['sse', {}],
  ])('stay where there is no policy (%s)', async (path, expected) => {
    expect(await corsOf(`/untouched/${path}`)).toEqual(expected);
  });

  it('do not reach an origin that the policy refuses', async () => {
    const { cors } = await app.send({ path: '/open/same', origin: 'https://other.example' });
    expect(cors).toEqual({ vary: 'Origin' });
  });
});

describe.each(EVERY_WAY)('what is dropped is logged, on %s', (_, way) => {
  it('once for each route, with its name and the header’s', async () => {
    const app = await startApp(way, rootModule({ controllers }));
    log.clear();
    for (const path of ['/open/set', '/open/set', '/open/raw', '/closed/set', '/open/set']) {
      await app.send({ path, origin: APP });
    }
    expect(log.ofCors('warn').map((line) => line.split(' itself,')[0])).toEqual([
      'OpenController.set: the app sets access-control-allow-credentials',
      'OpenController.raw: the app sets access-control-expose-headers',
      'ClosedController.set: the app sets access-control-allow-credentials',
    ]);
    expect(log.complaints).toHaveLength(3);
  });

  it('not where it is what the policy says, nor where there is no policy', async () => {
    const app = await startApp(way, rootModule({ controllers }));
    log.clear();
    for (const path of ['/open/same', '/open/sse', '/closed/sse', '/untouched/header', '/vary/header']) {
      await app.send({ path, origin: APP });
    }
    expect(log.complaints).toEqual([]);
  });
});

describe.each(EVERY_WAY)('the app’s own Vary, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });

  it.each([
    ['is joined with ours', 'header', 'Accept-Language, Origin'],
    ['stays alone where it is *', 'any', '*'],
    ['is not repeated, in whatever letters it names Origin', 'ours', 'ORIGIN, Accept'],
    ['is joined where it is a list', 'list', 'Accept, Cookie, Origin'],
    ['is joined where it was appended to', 'appended', 'Cookie, Accept, Origin'],
    ['counts for nothing where it is empty', 'empty', 'Origin'],
  ])('%s', async (_, path, vary) => {
    expect((await app.send({ path: `/vary/${path}`, origin: APP })).cors).toEqual({ [ACAO]: APP, vary });
    expect((await app.send({ path: `/vary/${path}` })).cors).toEqual({ vary });
  });

  it('is left as it is where the answer does not depend on the origin', async () => {
    const { cors } = await app.send({ path: '/vary/everyone', origin: APP });
    expect(cors).toEqual({ [ACAO]: '*', vary: 'Accept, Accept' });
  });
});

describe.each(EVERY_WAY)('middleware that waits for the head, as compression does, on %s', (_, way) => {
  it.each(['/open/same', '/vary/header'])('is heard, and its CORS headers give way (%s)', async (path) => {
    const app = await startApp(way, rootModule({ controllers }), {
      configure: (nest) =>
        nest.use((_request: unknown, response: ServerResponse, next: () => void) => {
          const { writeHead } = response;
          response.writeHead = function late(this: ServerResponse, ...args: never[]) {
            this.setHeader('Access-Control-Expose-Headers', '*');
            this.appendHeader('Vary', 'Accept-Encoding');
            return Reflect.apply(writeHead, this, args);
          } as ServerResponse['writeHead'];
          next();
        }),
    });
    const { cors } = await app.send({ path, origin: APP });
    // Fastify hands its own headers to writeHead, so there they come last.
    const both = way.isExpress ? 'Accept-Language, Accept-Encoding' : 'Accept-Encoding, Accept-Language';
    expect(cors).toEqual({ [ACAO]: APP, vary: `${path === '/vary/header' ? both : 'Accept-Encoding'}, Origin` });
  });
});
