import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, type INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Cors } from 'nestjs-cors';

import { APP, PREFLIGHT_VARY } from '../cases/cors-case.js';
import type { Answer } from '../support/http-client.js';
import { log } from '../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { EVERY_WAY, FASTIFY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

/** Nest 12's `app.useSecurityHeaders()`, whose hook stands behind the CORS hook, and what this package answers. */

const STRANGER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Post() create(): string {
    return reach('create');
  }

  @Get('none') @Cors(false) none(): string {
    return reach('none');
  }
}

const root = rootModule({ controllers: [CatsController] }, { origin: APP, enforce: true });

/** The headers that `useSecurityHeaders()` sets, each of them once. */
function securityOf({ headers }: Answer): readonly unknown[] {
  return [headers['x-frame-options'], headers['x-content-type-options'], headers['x-powered-by']];
}

const SECURED = ['SAMEORIGIN', 'nosniff', undefined];

describe.each(EVERY_WAY)('app.useSecurityHeaders() beside CorsModule, on %s', (_, way) => {
  const configure = (app: INestApplication): unknown => app.useSecurityHeaders().enableCsrfProtection();
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp(way, root, { configure });
  });

  it('sets the headers of what the app answers', async () => {
    const answers = [await app.send({ path: '/cats', origin: APP }), await app.send({ path: '/none' })];
    expect(answers.map(securityOf)).toEqual([SECURED, SECURED]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
  });

  it.each([
    ['a route', 'POST', '/cats'],
    ['a closed one', 'GET', '/cats/none'],
    ['a URL that no controller serves', 'POST', '/none'],
  ])('and of a request that an enforced policy refuses: %s', async (__, method, path) => {
    const refused = await app.send({ method, path, origin: STRANGER });
    expect([refused.status, refused.cors, refused.body]).toEqual([
      403,
      { vary: 'Origin' },
      '{"message":"Forbidden","statusCode":403}',
    ]);
    expect(securityOf(refused)).toEqual(SECURED);
    expect(reached).toEqual([]);
  });

  it('does not change preflights: enableCors() answers them in front of it as well', async () => {
    const allowed = await app.preflight('/cats', 'POST', APP);
    const refused = await app.preflight('/cats', 'POST', STRANGER);
    expect([allowed.status, refused.status, refused.cors]).toEqual([204, 403, { vary: PREFLIGHT_VARY }]);
    expect([allowed, refused].map(securityOf)).toEqual([
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });
});

describe.each(EVERY_WAY)('a security hook of the app’s own, on %s', (_, way) => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no headers');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no headers'))],
    ['refuses as well', () => new Error('refused')],
  ])('that %s changes nothing of the refusal', async (__, fail) => {
    const configure = (created: INestApplication): unknown =>
      (created.getHttpAdapter() as AbstractHttpAdapter).registerSecurityHook((___, response) => {
        response.setHeader('X-Own', '1');
        response.setHeader('Access-Control-Allow-Origin', '*');
        return fail() as Error;
      });
    const app = await startApp(way, root, { configure });
    const refused = await app.send({ method: 'POST', path: '/cats', origin: STRANGER });
    expect([refused.status, refused.cors]).toEqual([403, { vary: 'Origin' }]);
    expect(refused.headers['x-own']).toBe('1');
    expect([reached, log.ofCors('error')]).toEqual([[], []]);
  });
});

it('a request that Fastify cannot route is refused with them, too', async () => {
  const app = await startApp(FASTIFY, root, { configure: (created) => created.useSecurityHeaders() });
  const refused = await app.send({ method: 'POST', path: '/%zz', origin: STRANGER });
  expect([refused.status, refused.cors, securityOf(refused)]).toEqual([403, { vary: 'Origin' }, SECURED]);
});
