import { beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get, Header, HttpCode, Options, Put, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import {
  ACAC,
  ACAH,
  ACAM,
  ACAO,
  ACMA,
  APP,
  OPTIONS_VARY,
  PREFLIGHT_VARY,
  PREFLIGHT_VARY_FOR_EVERYONE,
} from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rawResponse, type AnyReply } from '../../support/raw-response.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const READABLE = { [ACAO]: APP, vary: OPTIONS_VARY };

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

@Controller('open')
@Cors({ origin: '*' })
class OpenController {
  @Put() put(): string {
    return reach('open put');
  }

  @Put('alone') alone(): string {
    return reach('alone');
  }

  @Options() options(): string {
    return reach('open options');
  }
}

@Controller('untouched')
class UntouchedController {
  @Options() options(): string {
    return reach('untouched options');
  }

  @Get() get(): string {
    return reach('untouched get');
  }

  @Put() @Cors({ origin: '*' }) put(): string {
    return reach('touched put');
  }

  @Options('whole') whole(): string {
    return reach('untouched whole');
  }
}

const controllers = [
  OpenController,
  UntouchedController,
  OwnController,
  AllController,
  ContinuedController,
  AskingController,
];

describe.each(EVERY_WAY)('the app’s own OPTIONS handler, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });

  it.each([
    ['OPTIONS without Origin', { requestMethod: 'GET' }, { vary: OPTIONS_VARY }],
    ['OPTIONS without Access-Control-Request-Method', { origin: APP }, READABLE],
    ['OPTIONS with Access-Control-Request-Headers only', { origin: APP, requestHeaders: 'x-a' }, READABLE],
    ['plain OPTIONS', {}, { vary: OPTIONS_VARY }],
    ['OPTIONS from another origin', { origin: OTHER }, { vary: OPTIONS_VARY }],
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
    expect(answer.cors).toEqual({ [ACAO]: APP, [ACAM]: 'PUT', vary: PREFLIGHT_VARY });
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

const ACRM = 'Access-Control-Request-Method';

describe.each(EVERY_WAY)('caches can tell a preflight from what the app answers, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });

  it.each([
    ['by the origin, where the app answers what has none', '/open', 'PUT', 204, PREFLIGHT_VARY],
    ['by the origin, also where it is refused', '/open', 'DELETE', 403, PREFLIGHT_VARY],
    ['by no origin, where nobody answers', '/open/alone', 'PUT', 204, PREFLIGHT_VARY_FOR_EVERYONE],
    ['by no origin, also where it is refused', '/open/alone', 'DELETE', 403, PREFLIGHT_VARY_FOR_EVERYONE],
  ])('under *: %s', async (_, path, method, status, vary) => {
    for (const origin of [APP, OTHER]) {
      const { cors, ...answer } = await app.preflight(path, method, origin);
      expect([answer.status, cors['vary']]).toEqual([status, vary]);
    }
    expect(reached).toEqual([]);
  });

  it.each([
    ['neither header', '/open', {}, 200, { [ACAO]: '*', vary: ACRM }],
    ['no announced method', '/open', { origin: APP }, 200, { [ACAO]: '*', vary: ACRM }],
    ['no origin', '/open', { requestMethod: 'PUT' }, 200, { [ACAO]: '*', vary: OPTIONS_VARY }],
    ['no handler either', '/open/alone', { requestMethod: 'PUT' }, 404, { [ACAO]: '*', vary: OPTIONS_VARY }],
    ['a method whose handler is not ours', '/untouched', { requestMethod: 'GET' }, 200, { vary: ACRM }],
    ['the same from a page', '/untouched', { origin: APP, requestMethod: 'GET' }, 200, { vary: ACRM }],
    ['a method whose handler is', '/untouched', { requestMethod: 'PUT' }, 200, { vary: OPTIONS_VARY }],
    ['a URL that is not ours', '/untouched/whole', { origin: APP, requestMethod: 'GET' }, 200, {}],
    ['a URL that nobody serves', '/nowhere', { requestMethod: 'GET' }, 404, {}],
  ])('by Vary on what the app answers to OPTIONS: %s', async (_, path, asked, status, cors) => {
    const answer = await app.send({ method: 'OPTIONS', path, ...asked });
    expect([answer.status, answer.cors]).toEqual([status, cors]);
  });
});
