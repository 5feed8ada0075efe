import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import { APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';

@Controller('cats')
@Cors({ origin: APP, enforce: true })
class Cats {
  @Get() list(): string {
    return reach('list');
  }

  @Put() put(): string {
    return reach('put');
  }
}

/** An app whose request hook somebody has taken away, past `setOnRequestHook()`. */
async function withoutHook(way: Way): Promise<RunningApp> {
  const app = await startApp(way, rootModule({ controllers: [Cats] }));
  Reflect.set(app.nest.getHttpAdapter(), 'onRequestHook', undefined);
  log.clear();
  return app;
}

describe.each(EVERY_WAY)('a request that no hook saw, on %s', (_, way) => {
  it('is judged when its handler is entered, and the log says so once', async () => {
    const app = await withoutHook(way);
    const first = await app.send({ path: '/cats', origin: APP });
    const second = await app.send({ path: '/cats', origin: APP });
    expect([first.cors, second.cors]).toEqual([
      { 'access-control-allow-origin': APP, vary: 'Origin' },
      { 'access-control-allow-origin': APP, vary: 'Origin' },
    ]);
    expect(log.ofCors('error')).toEqual([expect.stringContaining('without the CORS request hook')]);
  });

  it('is refused under enforce all the same', async () => {
    const app = await withoutHook(way);
    const answer = await app.send({ method: 'PUT', path: '/cats', origin: OTHER });
    expect([answer.status, answer.cors, reached]).toEqual([403, { vary: 'Origin' }, []]);
  });
});
