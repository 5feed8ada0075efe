import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Version, VersioningType } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Cors, CorsInterceptor, CorsService } from 'nestjs-cors';
import { lastValueFrom, of } from 'rxjs';

import { ACAO, APP } from '../cases/cors-case.js';
import { hooklessAdapter } from '../support/hookless-adapter.js';
import { rootModule, startApp } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

const OTHER = 'https://other.example';
const READABLE = { [ACAO]: APP, vary: 'Origin' };

@Controller('cats')
class CatsController {
  @Get() plain(): string {
    return reach('plain');
  }

  @Get('asking')
  @Cors({ origin: async (origin) => Promise.resolve(reach('asked') !== '' && origin === APP) })
  asking(): string {
    return reach('asking');
  }

  @Post('enforced') @Cors({ origin: APP, enforce: true }) enforced(): string {
    return reach('enforced');
  }
}

describe.each(EVERY_WAY)('without a request hook, on %s', (_, way) => {
  it('CorsInterceptor, bound by hand, does nothing twice', async () => {
    const providers = [{ provide: APP_INTERCEPTOR, useExisting: CorsInterceptor }];
    const app = await startApp(way, rootModule({ controllers: [CatsController], providers }), {
      adapter: hooklessAdapter(way),
    });
    expect(await app.send({ path: '/cats/asking', origin: APP })).toMatchObject({ body: 'asking', cors: READABLE });
    expect(reached).toEqual(['asked', 'asking']);
    expect((await app.send({ method: 'POST', path: '/cats/enforced', origin: OTHER })).status).toBe(403);
  });

  it('CorsInterceptor serves what is registered past Nest, and no other contexts than HTTP', async () => {
    const answer = (name: string) => ({ handle: () => of(reach(name)) });
    const app = await startApp(way, rootModule({ controllers: [] }, { origin: APP, enforce: true }), {
      adapter: hooklessAdapter(way),
      configure: (nest) => {
        const interceptor = () => nest.get(CorsInterceptor);
        nest.getHttpAdapter().get('/past', (request: unknown, reply: { send(body: string): unknown }) => {
          const context = new ExecutionContextHost([request, reply]);
          interceptor()
            .intercept(context, answer('past'))
            .subscribe((body) => void reply.send(String(body)));
        });
      },
    });
    expect(await app.send({ path: '/past', origin: APP })).toMatchObject({ body: 'past', cors: READABLE });
    expect(await app.send({ path: '/past', origin: OTHER })).toMatchObject({ status: 403, cors: { vary: 'Origin' } });
    const message = new ExecutionContextHost([{}, {}]);
    message.setType('rpc');
    expect(await lastValueFrom(app.nest.get(CorsInterceptor).intercept(message, answer('message')))).toBe('message');
    expect(reached).toEqual(['past', 'message']);
  });

  it('update() reaches the next request', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }), { adapter: hooklessAdapter(way) });
    await app.nest.get(CorsService).update({ origin: OTHER });
    expect((await app.send({ path: '/cats', origin: OTHER })).cors).toEqual({ [ACAO]: OTHER, vary: 'Origin' });
    expect((await app.preflight('/cats', 'GET', OTHER)).status).toBe(204);
  });

  it('versions have their own policies, and preflights pass all of them', async () => {
    @Controller('birds')
    class BirdsController {
      @Get() @Version('1') @Cors({ origin: APP }) one(): string {
        return reach('one');
      }

      @Get() @Version('2') @Cors({ origin: '*' }) two(): string {
        return reach('two');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [BirdsController] }), {
      adapter: hooklessAdapter(way),
      configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
    });
    expect(await app.send({ path: '/birds', origin: APP, headers: { 'x-version': '1' } })).toMatchObject({
      body: 'one',
      cors: READABLE,
    });
    expect((await app.send({ path: '/birds', origin: OTHER, headers: { 'x-version': '2' } })).cors).toEqual({
      [ACAO]: '*',
    });
    expect((await app.preflight('/birds', 'GET', APP)).status).toBe(204);
    expect((await app.preflight('/birds', 'GET', OTHER)).status).toBe(403);
  });
});
