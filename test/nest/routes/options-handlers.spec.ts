import { beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get, Header, HttpCode, Options, Put, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import { ACAC, ACAH, ACAM, ACAO, ACMA, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rawResponse, type AnyReply } from '../../support/raw-response.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const READABLE = { [ACAO]: APP, vary: 'Origin' };

@Controller('own')
@Cors({ origin: APP })
class OwnController {
  @Get() get(): string {
    return reach('get');
  }

  @Options() @HttpCode(200) @Header('Allow', 'GET, OPTIONS') options(): string {
    return reach('options');
  }
}

@Controller('all')
@Cors({ origin: APP })
class AllController {
  @All() all(): string {
    return reach('all');
  }
}

@Controller('continued')
@Cors({ origin: APP, credentials: true, maxAge: 60, allowedHeaders: ['X-A'], preflightContinue: true })
class ContinuedController {
  @Put() put(): string {
    return reach('put');
  }

  @Options()
  @HttpCode(202)
  @Header('Allow', 'PUT')
  @Header('Vary', 'Accept')
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Access-Control-Allow-Methods', 'DELETE')
  options(): string {
    return reach('continued options');
  }
}

@Controller('asking')
@Cors({ origin: async (origin) => Promise.resolve(origin === APP), preflightContinue: true })
class AskingController {
  @Put() put(): string {
    return reach('put');
  }

  @Options() options(@Res() reply: AnyReply): void {
    rawResponse(reply)
      .writeHead(204, { 'X-App': reach('asking options') })
      .end();
  }
}

const controllers = [OwnController, AllController, ContinuedController, AskingController];

describe.each(EVERY_WAY)('the app’s own OPTIONS handler, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });

  it.each([
    ['OPTIONS without Origin', { requestMethod: 'GET' }, { vary: 'Origin' }],
    ['OPTIONS without Access-Control-Request-Method', { origin: APP }, READABLE],
    ['OPTIONS with Access-Control-Request-Headers only', { origin: APP, requestHeaders: 'x-a' }, READABLE],
    ['plain OPTIONS', {}, { vary: 'Origin' }],
    ['OPTIONS from another origin', { origin: OTHER }, { vary: 'Origin' }],
  ])('gets what is no preflight, with the headers of its own policy: %s', async (_, asked, cors) => {
    const answer = await app.send({ method: 'OPTIONS', path: '/own', ...asked });
    expect([answer.status, answer.body, answer.cors]).toEqual([200, 'options', cors]);
    expect(answer.headers['allow']).toBe('GET, OPTIONS');
  });

  it('gets no preflight', async () => {
    const answer = await app.preflight('/own', 'GET', APP);
    expect([answer.status, answer.cors[ACAM], reached]).toEqual([204, 'GET, HEAD, OPTIONS', []]);
  });

  it('may be asked about, too', async () => {
    const answer = await app.preflight('/own', 'OPTIONS', APP);
    expect([answer.status, answer.cors[ACAM]]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  it('of @All() gets no preflight either, and everything else', async () => {
    expect((await app.preflight('/all', 'GET', APP)).status).toBe(204);
    expect(reached).toEqual([]);
    expect(await app.send({ method: 'OPTIONS', path: '/all', origin: APP })).toMatchObject({
      body: 'all',
      cors: READABLE,
    });
  });
});

describe.each(EVERY_WAY)('under preflightContinue, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });

  it('the app’s handler answers a preflight that passes, with our headers and its own Vary', async () => {
    const answer = await app.preflight('/continued', 'PUT', APP, 'x-a');
    expect([answer.status, answer.body, answer.headers['allow'], reached]).toEqual([
      202,
      'continued options',
      'PUT',
      ['continued options'],
    ]);
    expect(answer.cors).toEqual({
      [ACAO]: APP,
      [ACAC]: 'true',
      [ACAM]: 'PUT, OPTIONS',
      [ACAH]: 'X-A',
      [ACMA]: '60',
      vary: `Accept, ${PREFLIGHT_VARY}`,
    });
  });

  it('even where somebody has to be asked first', async () => {
    const answer = await app.preflight('/asking', 'PUT', APP);
    expect([answer.status, answer.headers['x-app']]).toEqual([204, 'asking options']);
    expect(answer.cors).toEqual({ [ACAO]: APP, [ACAM]: 'PUT, OPTIONS', vary: PREFLIGHT_VARY });
  });

  it.each([
    ['the origin', '/continued', 'PUT', OTHER, undefined],
    ['the method', '/continued', 'DELETE', APP, undefined],
    ['a header', '/continued', 'PUT', APP, 'x-b'],
    ['a function', '/asking', 'PUT', OTHER, undefined],
  ])('a preflight that does not pass is answered before the app: %s', async (_, path, method, origin, headers) => {
    const answer = await app.preflight(path, method, origin, headers);
    expect([answer.status, answer.body, answer.cors, reached]).toEqual([403, '', { vary: PREFLIGHT_VARY }, []]);
  });

  it('an ordinary OPTIONS request has ordinary headers', async () => {
    const { cors } = await app.send({ method: 'OPTIONS', path: '/asking', origin: APP });
    expect(cors).toEqual(READABLE);
    expect(log.complaints).toEqual([]);
  });
});
