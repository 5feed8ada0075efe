import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Post, Put } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage } from 'node:http';

import { rewriteUrlOf } from '../../../lib/nest/platform/fastify/rewrite-url.js';
import { ACAO } from '../../cases/cors-case.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const STRANGER = 'https://stranger.example';

class Verbs {
  @Post() post(): string {
    return reach(`${this.constructor.name}.post`);
  }

  @Put() put(): string {
    return reach(`${this.constructor.name}.put`);
  }
}

@Controller('open')
@Cors({ origin: '*' })
class Open extends Verbs {}

@Controller('closed')
@Cors(false)
class Closed extends Verbs {}

/** Without a policy, so that its preflights are the application's own affair. */
@Controller('plain')
class Plain extends Verbs {}

/** What the application's function does; it may look at all of the request. */
let rewrite: (request: IncomingMessage, url: string) => string = (_, url) => url;

const by =
  (isActual: (request: IncomingMessage) => boolean, to: string) =>
  (request: IncomingMessage, url: string): string =>
    isActual(request) ? to : url;

const byMethod = (to: string): typeof rewrite => by(({ method }) => method !== 'OPTIONS', to);
const DECIDING: readonly (readonly [string, (to: string) => typeof rewrite])[] = [
  ['the method', byMethod],
  ['a header that preflights lack', (to) => by(({ headers }) => 'x-a' in headers, to)],
  ['a header that preflights have', (to) => by(({ headers }) => !('access-control-request-method' in headers), to)],
];

const FASTIFY_WAYS = EVERY_WAY.filter(([, way]) => !way.isExpress);

describe.each(FASTIFY_WAYS)('rewriteUrl, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [Open, Closed, Plain] }), {
      adapter: new FastifyAdapter({
        rewriteUrl: (request: { url?: string | undefined }) => rewrite(request as IncomingMessage, request.url ?? '/'),
      }),
    });
  });
  beforeEach(() => {
    reached.length = 0;
  });

  const send = async (path: string, headers: Record<string, string> = { 'x-a': '1' }): Promise<unknown[]> => {
    const { status, cors } = await app.send({ method: 'PUT', path, origin: STRANGER, headers });
    return [status, [...reached], cors];
  };

  describe.each(DECIDING)('that decides by %s', (_title, deciding) => {
    it('does not run a closed handler after the preflight of another', async () => {
      rewrite = deciding('/closed');
      expect((await app.preflight('/open', 'PUT', STRANGER)).cors[ACAO]).toBe('*');
      expect(await send('/open')).toEqual([403, [], { vary: 'Origin' }]);
    });

    it('does not run a handler without a policy after the preflight of one that has one', async () => {
      rewrite = deciding('/plain');
      expect(await send('/open')).toEqual([403, [], { vary: 'Origin' }]);
    });

    it('runs what allows it', async () => {
      rewrite = deciding('/open');
      expect(await send('/closed')).toEqual([200, ['Open.put'], { [ACAO]: '*' }]);
    });
  });

  it('that throws, or gives another answer each time, opens nothing', async () => {
    rewrite = (request, url) => {
      if (request.method === 'OPTIONS') {
        throw new Error('theirs');
      }
      return url === '/open' ? '/plain' : url;
    };
    expect(await send('/open')).toEqual([403, [], { vary: 'Origin' }]);
    let calls = 0;
    rewrite = () => (++calls % 2 === 1 ? '/plain' : '/open');
    expect(await send('/open')).toEqual([403, [], { vary: 'Origin' }]);
  });

  it('that takes a prefix off changes nothing', async () => {
    rewrite = (_request, url) => url.replace(/^\/v1/, '');
    expect((await app.preflight('/v1/open', 'PUT', STRANGER)).cors[ACAO]).toBe('*');
    expect((await app.preflight('/v1/closed', 'PUT', STRANGER)).status).toBe(403);
    expect(await send('/v1/open')).toEqual([200, ['Open.put'], { [ACAO]: '*' }]);
    reached.length = 0;
    expect(await send('/v1/plain')).toEqual([200, ['Plain.put'], {}]);
  });

  it('leaves requests alone that need no preflight, or come from the application itself', async () => {
    rewrite = byMethod('/closed');
    const { status } = await app.send({ method: 'POST', path: '/open', origin: STRANGER });
    const own = await app.send({ method: 'PUT', path: '/open', headers: { 'sec-fetch-site': 'same-origin' } });
    expect([status, own.status, reached]).toEqual([201, 200, ['Closed.post', 'Closed.put']]);
  });
});

describe.each(FASTIFY_WAYS)('originalUrl that other code keeps, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    const instance = fastify();
    // As @fastify/middie does for every request, here in front of the adapter's own hook.
    instance.addHook('onRequest', (request, _reply, done) => {
      Reflect.set(request.raw, 'originalUrl', request.raw.url);
      done();
    });
    app = await startApp(way, rootModule({ controllers: [Open, Closed, Plain] }), {
      adapter: new FastifyAdapter(instance),
    });
  });
  beforeEach(() => {
    reached.length = 0;
  });

  it.each([
    ['/plain', 'Plain.put'],
    ['/closed', 'Closed.put'],
  ])('does not count as a rewritten target: PUT %s goes on', async (path, handler) => {
    const { status } = await app.send({ method: 'PUT', path, origin: STRANGER });
    expect([status, reached]).toEqual([200, [handler]]);
  });
});

it('a Fastify instance that does not show its options may have a rewriteUrl, and one without it has none', () => {
  expect([typeof rewriteUrlOf({}), typeof rewriteUrlOf(fastify())]).toEqual(['function', 'undefined']);
});
