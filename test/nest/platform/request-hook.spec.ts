import { describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Put } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Cors } from 'nestjs-cors';
import { runInNewContext } from 'node:vm';

import { ACAO, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { adapterOf, createApp, portOf, rootModule, RunningApp, startApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

type Hook = (request: unknown, reply: unknown, done: (error?: Error) => void) => unknown;

@Controller('cats')
@Cors({ origin: APP })
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Put() @Cors({ enforce: true }) update(): string {
    return reach('update');
  }
}

const root = rootModule({ controllers: [CatsController] });
const READABLE = { [ACAO]: APP, vary: 'Origin' };

/** As a tracer does it, at whatever time. */
function setHook(app: INestApplication, hook: Hook): void {
  (app.getHttpAdapter() as AbstractHttpAdapter).setOnRequestHook(hook);
}

const tracer =
  (name: string): Hook =>
  (_request, _reply, done) => {
    reach(name);
    done();
  };

describe.each(EVERY_WAY)('the request hook is shared with whoever wants it, on %s', (_, way) => {
  it('who came before us runs after us', async () => {
    const adapter = adapterOf(way);
    adapter.setOnRequestHook(tracer('before'));
    const app = await startApp(way, root, { adapter });
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
    expect(reached).toEqual(['before', 'list']);
  });

  it('who comes later replaces whom he would have replaced without us, and not us', async () => {
    const adapter = adapterOf(way);
    adapter.setOnRequestHook(tracer('before'));
    const app = await createApp(way, root, { adapter });
    await app.init();
    setHook(app, tracer('after'));
    await app.listen(0, '127.0.0.1');
    const running = new RunningApp(app, portOf(app));
    expect((await running.send({ path: '/cats', origin: APP })).cors).toEqual(READABLE);
    expect(reached).toEqual(['after', 'list']);
  });

  it('what is answered by us he does not see', async () => {
    const adapter = adapterOf(way);
    adapter.setOnRequestHook(tracer('before'));
    const app = await startApp(way, root, { adapter });
    expect((await app.preflight('/cats', 'GET', APP)).status).toBe(204);
    expect((await app.send({ method: 'PUT', path: '/cats', origin: 'https://other.example' })).status).toBe(403);
    expect(reached).toEqual([]);
  });

  it('what he refuses carries our headers', async () => {
    const refusing: Hook = (_request, _reply, done) => done(new Error('refused'));
    const throwing: Hook = () => {
      throw new Error('thrown');
    };
    const rejecting: Hook = async () => Promise.reject(new Error('rejected'));
    const rejectingWith =
      (reason: unknown): Hook =>
      async () => {
        throw reason;
      };
    const app = await startApp(way, root);
    for (const hook of [refusing, throwing, rejecting, rejectingWith(undefined), rejectingWith(0)]) {
      setHook(app.nest, hook);
      const { status, cors } = await app.send({ path: '/cats', origin: APP });
      expect([status, cors]).toEqual([500, READABLE]);
    }
    expect(reached).toEqual([]);
    expect(log.ofCors('error')).toEqual([]);
  });

  it('he may take his time, and may answer himself', async () => {
    const app = await startApp(way, root);
    setHook(app.nest, (_request, _reply, done) => void setImmediate(done));
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'list', cors: READABLE });
    setHook(app.nest, async () => Promise.resolve());
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'list', cors: READABLE });
    // A promise of another realm, which is no instance of this one's.
    setHook(app.nest, () => runInNewContext('Promise.resolve()'));
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'list', cors: READABLE });
    if ('runLifecycleHook' in app.nest.getHttpAdapter()) {
      // Nest 12's adapter takes the promise of such a hook for a call of `done`.
      setHook(app.nest, async (_request, _reply, _done) => Promise.resolve());
      expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'list', cors: READABLE });
    }
    setHook(app.nest, function (this: unknown, _request, _reply, done) {
      done(this === app.nest.getHttpAdapter() ? undefined : new Error('another this'));
    });
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'list', cors: READABLE });
    setHook(app.nest, (_request, reply) => void (reply as { send(body: string): unknown }).send('mine'));
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'mine', cors: READABLE });
  });
});
