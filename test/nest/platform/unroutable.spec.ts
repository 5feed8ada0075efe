import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Get, Post, type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, type CorsModuleOptions } from 'nestjs-cors';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:http2';
import { setImmediate } from 'node:timers/promises';
import { fastify } from 'fastify';

import { ACAC, ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { portOf, rootModule, startApp, type AppSetup, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const DECISIONS = 'nestjs-cors:decision';
const STRANGER = 'https://other.example';
const READABLE = { vary: 'Origin', [ACAO]: APP, [ACAC]: 'true' };

@Controller('cats')
class CatsController {
  @Get(':id') @Cors({ origin: APP, exposedHeaders: ['X-Cat'] }) read(): string {
    return reach('read');
  }

  @Post() create(): string {
    return reach('create');
  }
}

const TARGETS: readonly (readonly [what: string, path: string, status: number])[] = [
  ['a malformed URL', '/%zz', 400],
  ['one below a route', '/cats/%zz', 400],
  ['a parameter that is too long', `/cats/${'x'.repeat(101)}`, 414],
];

async function start(way: Way, cors: CorsModuleOptions, setup: AppSetup = {}): Promise<RunningApp> {
  return startApp(way, rootModule({ controllers: [CatsController] }, cors), setup);
}

/** Nest 12.2 runs its security hook where Fastify answers before all others. */
describe.each(EVERY_WAY.filter(([, way]) => !way.isExpress))('what Fastify cannot route, on %s', (_, way) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await start(way, { origin: APP, credentials: true });
  });

  it.each(TARGETS)("%s has the headers of forRoot's policy", async (__, path, expected) => {
    const allowed = await app.send({ path, origin: APP });
    const refused = await app.send({ path, origin: STRANGER });
    expect([allowed.status, allowed.cors]).toEqual([expected, READABLE]);
    expect([refused.status, refused.cors]).toEqual([expected, { vary: 'Origin' }]);
    expect(allowed.body).toContain('FST_ERR_');
    expect([reached, log.complaints]).toEqual([[], []]);
  });

  it.each(TARGETS)('and a preflight for %s is answered by it', async (__, path) => {
    const { status, cors } = await app.preflight(path, 'PUT', APP);
    expect([status, cors[ACAO], cors[ACAM], cors['vary']]).toEqual([
      204,
      APP,
      'GET, HEAD, PUT, PATCH, POST, DELETE',
      PREFLIGHT_VARY,
    ]);
    expect((await app.preflight(path, 'PUT', STRANGER)).cors).toEqual({ vary: PREFLIGHT_VARY });
    expect(log.complaints).toEqual([]);
  });

  it('an enforced policy refuses it', async () => {
    const enforced = await start(way, { origin: APP, enforce: true });
    const { status, cors, body } = await enforced.send({ method: 'POST', path: '/%zz', origin: STRANGER });
    expect([status, cors, body]).toEqual([403, { vary: 'Origin' }, '{"message":"Forbidden","statusCode":403}']);
    expect((await enforced.send({ method: 'POST', path: '/%zz', origin: APP })).status).toBe(400);
    expect(log.ofCors('error')).toEqual([]);
  });

  it.each([false, true])('nobody waits for a function: the answer is there before; enforced: %s', async (enforce) => {
    const decisions: unknown[] = [];
    const listener = (decision: unknown): unknown => decisions.push(decision);
    subscribe(DECISIONS, listener);
    const asking = await start(way, { origin: async (origin) => Promise.resolve(origin === APP), enforce });
    const refused = await asking.send({ path: '/%zz', origin: STRANGER });
    const allowed = await asking.send({ path: '/%zz', origin: APP });
    const preflight = await asking.preflight('/%zz', 'PUT', APP);
    expect([refused, allowed, preflight].map(({ status, cors }) => [status, cors])).toEqual([
      [400, {}],
      [400, {}],
      [400, {}],
    ]);
    // What the function said later has decided nothing.
    await setImmediate();
    unsubscribe(DECISIONS, listener);
    expect([decisions, log.complaints]).toEqual([[], []]);
    expect((await asking.send({ path: '/cats/1', origin: APP })).cors[ACAO]).toBe(APP);
    expect(log.ofCors('error')).toEqual([]);
  });

  it('an entry of paths comes first', async () => {
    const paths = [{ path: '/cats{/*rest}', policy: { origin: STRANGER } }];
    const placed = await start(way, { origin: APP, paths });
    const { status, cors } = await placed.send({ path: `/cats/${'x'.repeat(101)}`, origin: STRANGER });
    expect([status, cors]).toEqual([414, { vary: 'Origin', [ACAO]: STRANGER }]);
    expect((await placed.send({ path: '/%zz', origin: APP })).cors).toEqual({ vary: 'Origin', [ACAO]: APP });
  });

  it('without a policy in forRoot it is left alone', async () => {
    const alone = await start(way, {});
    expect((await alone.send({ path: '/%zz', origin: APP })).cors).toEqual({});
  });

  it('what the app registers for that place runs as well', async () => {
    const configure = (created: INestApplication): unknown => created.useSecurityHeaders().enableCsrfProtection();
    const secured = await start(way, { origin: APP, credentials: true }, { configure });
    const broken = await secured.send({ path: '/%zz', origin: APP });
    const fine = await secured.send({ path: '/cats/1', origin: APP });
    const foreign = await secured.send({ method: 'POST', path: '/cats', origin: APP });
    expect([broken.status, broken.cors, broken.headers['x-frame-options']]).toEqual([400, READABLE, 'SAMEORIGIN']);
    expect([fine.status, fine.headers['x-frame-options'], foreign.status, foreign.cors]).toEqual([
      200,
      'SAMEORIGIN',
      403,
      READABLE,
    ]);
    expect(reached).toEqual(['read']);
  });

  it('a hook that the adapter was given before the application was created still runs', async () => {
    const adapter = new FastifyAdapter();
    adapter.registerSecurityHook((request, response) => {
      response.setHeader('X-Own', '1');
      return request.method === 'POST' ? new ForbiddenException() : undefined;
    });
    const secured = await start(way, { origin: APP }, { adapter });
    const answers = [
      await secured.send({ path: '/cats/1', origin: APP }),
      await secured.send({ method: 'POST', path: '/cats', origin: APP }),
      await secured.send({ path: '/%zz', origin: APP }),
    ];
    expect(answers.map(({ status, headers, cors }) => [status, headers['x-own'], cors[ACAO]])).toEqual([
      [200, '1', APP],
      [403, '1', APP],
      [400, '1', APP],
    ]);
    expect(reached).toEqual(['read']);
  });

  it('over HTTP/2 as well', async () => {
    const adapter = new FastifyAdapter({ http2: true } as object);
    const { nest } = await start(way, { origin: APP, credentials: true }, { adapter });
    const client = connect(`http://127.0.0.1:${portOf(nest)}`);
    const stream = client.request({ ':path': '/%zz', origin: APP });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      stream.once('response', resolve).once('error', reject);
    });
    client.destroy();
    expect([headers[':status'], headers[ACAO], headers['vary']]).toEqual([400, APP, 'Origin']);
  });

  it('a Fastify instance of the app’s own answers as it did', async () => {
    const own = await start(way, { origin: APP }, { adapter: new FastifyAdapter(fastify() as never) });
    const { status, cors } = await own.send({ path: '/%zz', origin: APP });
    expect([status, cors]).toEqual([400, {}]);
  });
});
