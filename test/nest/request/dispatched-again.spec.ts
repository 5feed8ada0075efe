import { describe, expect, it } from '@jest/globals';
import { Controller, Post } from '@nestjs/common';
import type { Express, NextFunction, Request, Response } from 'express';
import { Cors, CorsService } from 'nestjs-cors';

import { rootModule, startApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const STRANGER = 'https://stranger.example';

@Controller('closed')
@Cors(false)
class ClosedController {
  @Post() post(): string {
    return reach('closed');
  }
}

@Controller('open')
@Cors({ origin: '*' })
class OpenController {
  @Post() post(): string {
    return reach('open');
  }

  @Post('also') also(): string {
    return reach('also');
  }
}

/** Rewrites a request and hands it to the application once more. */
function dispatchTo(target: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.url !== '/open') {
      next();
      return;
    }
    request.url = target;
    (request.app as Express & { handle: (...args: unknown[]) => void }).handle(request, response, next);
  };
}

/** Fastify routes once, before everything else. */
const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

describe.each(EXPRESS_WAYS)('a request that middleware rewrites and dispatches again, on %s', (_, way) => {
  const send = async (target: string, headers: Record<string, string>): Promise<unknown[]> => {
    const app = await startApp(way, rootModule({ controllers: [ClosedController, OpenController] }), {
      configure: (nest) => nest.use(dispatchTo(target)),
    });
    reached.length = 0;
    const { status, cors } = await app.send({ method: 'POST', path: '/open', origin: STRANGER, headers });
    return [status, [...reached], cors];
  };

  it('is stopped where its preflight asked about another route, which this one refuses', async () => {
    expect(await send('/closed', { 'x-a': '1' })).toEqual([403, [], { vary: 'Origin' }]);
  });

  it('goes on where the handler that is entered allows it', async () => {
    expect(await send('/open/also', { 'x-a': '1' })).toEqual([201, ['also'], { 'access-control-allow-origin': '*' }]);
  });

  it('is none that was led elsewhere if only the policies have been updated meanwhile', async () => {
    @Controller('base')
    class BaseController {
      @Post() post(): string {
        return reach('base');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [BaseController] }, { origin: STRANGER }), {
      configure: (nest) => {
        let isUpdated = false;
        nest.use((request: Request, response: Response, next: NextFunction) => {
          if (isUpdated) {
            next();
            return;
          }
          isUpdated = true;
          void nest
            .get(CorsService)
            .update({ origin: 'https://other.example' })
            .then(() =>
              (request.app as Express & { handle: (...args: unknown[]) => void }).handle(request, response, next),
            );
        });
      },
    });
    const { status } = await app.send({ method: 'POST', path: '/base', origin: STRANGER, headers: { 'x-a': '1' } });
    expect([status, reached]).toEqual([201, ['base']]);
  });

  it('goes on without CORS headers where no preflight was needed', async () => {
    expect(await send('/closed', {})).toEqual([201, ['closed'], {}]);
  });
});

describe.each(EXPRESS_WAYS)('middleware that writes another Host into the headers, on %s', (_, way) => {
  it('does not make a page of another origin one of the application’s own', async () => {
    const app = await startApp(way, rootModule({ controllers: [ClosedController, OpenController] }), {
      configure: (nest) =>
        nest.use((request: Request, _response: Response, next: NextFunction) => {
          request.url = '/closed';
          request.headers.host = 'stranger.example';
          next();
        }),
    });
    reached.length = 0;
    const { status } = await app.send({ method: 'POST', path: '/open', origin: STRANGER, headers: { 'x-a': '1' } });
    expect([status, reached]).toEqual([403, []]);
  });
});
