import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Cors, CorsModule } from 'nestjs-cors';
import type { Express, NextFunction, Request, Response } from 'express';

import { ACAC, ACAO, APP } from '../cases/cors-case.js';
import { createExpress, startApp, type RunningApp } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { log } from '../support/log-capture.js';
import { reach } from '../support/witness.js';

/** What other packages do to the platforms that Nest stands on, in the smallest form that has their effect. */

const OTHER = 'https://other.example';
const BASE = { [ACAO]: APP, [ACAC]: 'true', vary: 'Origin' };

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
      if (/cats|none/.test(request.originalUrl)) next();
      else response.set('Access-Control-Allow-Origin', '*').json({});
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
