import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, VersioningType, type CanActivate } from '@nestjs/common';
import { CorsConfigError } from 'nestjs-cors';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { CorsInspectorOptions } from 'nestjs-cors/inspector';

import { InspectorMiddleware } from '../../lib/inspector/inspector.middleware.js';
import { APP } from '../cases/cors-case.js';
import { HOSTILE_THENABLES, HOSTILE_VALUES, thrower } from '../cases/hostile-values.js';
import type { Asked } from '../support/http-client.js';
import { log } from '../support/log-capture.js';
import { createApp, startApp, type RunningApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, FASTIFY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';
import { data, inspectedModule, own, page, startInspected } from './inspected-app.js';

const FILES = ['inspector.js', 'inspector.css', 'inspector.svg'];
const DATA = ['policies.json', 'explanation.json?url=/cats', 'refusals.json'];
const EVERYTHING = ['', ...[...FILES, ...DATA].map((file) => `/${file}`)];

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

const PREFLIGHT_VARY = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };

const refuseEveryone: CanActivate = { canActivate: () => false };

describe.each(EVERY_WAY)('the inspector, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startInspected(way);
  });

  it.each(EVERYTHING)('answers %s with everything that protects it, and without a CORS header', async (file) => {
    const answer = await app.send(own({ path: `/cors${file}`, origin: undefined }));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject(HEADERS);
    expect(Object.keys(answer.cors)).not.toContain('access-control-allow-origin');
  });

  it('is one document without anything inline, whose files are beside it', async () => {
    const { body, headers } = await page(app);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('<script type="module" src="cors/inspector.js"></script>');
    expect(body).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=|https?:/);
  });

  it('is small: document, script and styles have less than 60 kB together', async () => {
    const parts = await Promise.all(
      ['', ...FILES.map((file) => `/${file}`)].map((file) => page(app, { path: `/cors${file}` })),
    );
    const sizes = parts.map(({ body }) => Buffer.byteLength(body));
    expect(Math.min(...sizes)).toBeGreaterThan(100);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000);
  });

  it('tells who may call what, and leaves itself out', async () => {
    const { body } = await data(app, 'policies.json');
    expect(body).toMatchObject({
      routes: [
        { route: 'CatsController.list', path: '/cats', policy: { shares: 'named', credentials: true } },
        { route: 'CatsController.shared', policy: { shares: 'everyone' } },
        {
          route: 'CatsController.rename',
          sources: { credentials: 'forRoot' },
          policy: { allowedHeaders: ['X-Known'] },
        },
        { route: 'CatsController.asking' },
        { route: 'CatsController.closed', policy: { shares: 'nobody' } },
      ],
      paths: [{ entry: 'paths[0] (/files{/*rest})' }],
      root: { policy: { origins: [APP] }, sources: { origin: 'forRoot' } },
    });
  });

  it('explains a request as the browser would send it: the preflight, then the request', async () => {
    const query = new URLSearchParams({ origin: APP, method: 'PUT', url: '/cats/1', preflight: '', header: 'x-trace' });
    expect(await data(app, `explanation.json?${query}`)).toMatchObject({
      status: 200,
      body: {
        preflight: { phase: 'preflight', verdict: 'refused', step: 'headers', status: 403 },
        request: { phase: 'request', verdict: 'allowed', headers: { 'Access-Control-Allow-Origin': APP } },
      },
    });
  });

  it('runs the functions that decide about origins only when it is told to', async () => {
    const query = new URLSearchParams({ origin: 'https://a.example', method: 'POST', url: '/cats/asking' });
    expect(await data(app, `explanation.json?${query}`)).toMatchObject({ body: { request: { verdict: 'undecided' } } });
    expect(reached).toEqual([]);
    query.set('ask', '');
    expect(await data(app, `explanation.json?${query}`)).toMatchObject({ body: { request: { verdict: 'allowed' } } });
    expect(reached).toEqual(['asked']);
  });

  it('answers a question that cannot be asked with the reason', async () => {
    const { status, body } = await data(app, 'explanation.json?method=%00&url=%ff&origin=%0a&header=%00&preflight');
    expect([200, 422]).toContain(status);
    expect(typeof body === 'string' ? body : 'explained').not.toBe('');
  });

  it('counts what is refused, and nothing else', async () => {
    const before = await data(app, 'refusals.json');
    const { revision } = before.body as { revision: number };
    await app.send({ path: '/cats', origin: APP });
    await app.send({ path: '/cats' });
    await app.send({ path: '/cats', origin: `http://127.0.0.1:${app.port}` });
    await app.send({ path: '/cats', origin: APP, headers: { 'Sec-Fetch-Site': 'same-origin' } });
    expect(await data(app, `refusals.json?since=${revision}`)).toEqual({ status: 200, body: { revision } });

    await app.send({ path: '/cats', origin: 'https://stranger.example' });
    await app.send({ path: '/cats', origin: 'https://stranger.example', headers: { 'Sec-Fetch-Site': 'cross-site' } });
    await app.preflight('/cats/1', 'PUT', APP, 'x-trace');
    const { body } = await data(app, `refusals.json?since=${revision}`);
    expect(body).toMatchObject({
      revision: revision + 3,
      uncounted: 0,
      rows: expect.arrayContaining([
        expect.objectContaining({
          route: 'CatsController.list',
          phase: 'request',
          step: 'origin',
          reason: 'origin-not-allowed',
          count: 2,
          last: 'https://stranger.example',
        }),
        expect.objectContaining({ route: 'CatsController.rename', phase: 'preflight', reason: 'header-not-allowed' }),
      ]),
      origins: expect.arrayContaining([{ origin: 'https://stranger.example', count: 2, excess: 0 }]),
    });
  });

  it('sends no text of a client that a log or a page could act on', async () => {
    await app.send({ path: '/cats', origin: 'https://<script>\u00e9.example' });
    const { body } = await app.send(own({ path: '/cors/refusals.json' }));
    expect(body).toMatch(/^[\x20-\x7e]*$/);
  });

  it.each(DATA)('gives %s only to its own page: no link and no image sends its header', async (file) => {
    expect(await app.send({ path: `/cors/${file}` })).toMatchObject({ status: 404, body: 'Not found.\n' });
  });

  it.each(['/cors/other', '/cors/other.json', '/cors/%2e%2e', '/cors/inspector.js/x'])('has no %s', async (path) => {
    expect((await app.send(own({ path }))).status).toBe(404);
  });

  it('leads an address with a slash at its end to the one without', async () => {
    const { status, headers } = await app.send({ path: '/cors/' });
    // On Fastify it is another URL.
    expect([status, headers.location]).toEqual(way.isExpress ? [308, '../cors'] : [404, undefined]);
  });

  it.each(['/CORS', '/CORS/', '/cors/', '/CORS/Policies.JSON', '/Cors/INSPECTOR.js', '/cors/x/'])(
    'has %s where the router takes it for its own, closed; elsewhere it is a URL like any other',
    async (path) => {
      const asked: Asked = { path, origin: APP, headers: { 'X-CORS-Inspector': '1' } };
      const answer = await app.send(asked);
      const preflight = await app.preflight(path, 'GET', APP, 'x-cors-inspector');
      if (way.isExpress) {
        expect(answer).toMatchObject({ status: 403, headers: HEADERS, cors: {} });
        expect(answer.cors).toEqual({});
        expect(preflight).toMatchObject({ status: 403, cors: PREFLIGHT_VARY });
        expect(preflight.cors).toEqual(PREFLIGHT_VARY);
        return;
      }
      // Fastify's router is particular about case and slashes: what nobody serves follows forRoot.
      const shared = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };
      expect(answer.status).toBe(404);
      expect(answer.cors).toEqual({ ...shared, vary: 'Origin' });
      expect(answer.headers).not.toHaveProperty('content-security-policy');
      expect(answer.body).not.toContain('nspector.css');
      expect(preflight.status).toBe(204);
      expect(preflight.cors).toEqual({
        ...shared,
        ...PREFLIGHT_VARY,
        'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
        'access-control-allow-headers': 'x-cors-inspector',
      });
    },
  );

  it('takes no request from another handler of the application', async () => {
    @Controller('cors')
    class NeighbourController {
      @Get('own') own(): string {
        return reach('own');
      }
    }
    @Controller('CORS')
    class NamesakeController {
      @Get() read(): string {
        return reach('namesake');
      }
    }
    @Module({ controllers: [NeighbourController, NamesakeController] })
    class NeighboursModule {}
    @Module({ imports: [NeighboursModule, inspectedModule()] })
    class RootModule {}
    const other = await startApp(way, RootModule);
    const shared = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true', vary: 'Origin' };
    expect(await other.send({ path: '/cors/own', origin: APP })).toMatchObject({ body: 'own', cors: shared });
    expect(await other.send({ path: '/CORS', origin: APP })).toMatchObject({ body: 'namesake', cors: shared });
    // Express does not tell `/cors` from `/CORS`, and the namesake was there first.
    expect((await other.send({ path: '/cors' })).body).toMatch(way.isExpress ? /^namesake$/ : /^<!doctype html>/);
    expect((await other.send({ path: '/cors/inspector.css' })).status).toBe(200);
  });

  it('refuses preflights for it, from whomever', async () => {
    const { status, cors } = await app.preflight('/cors/policies.json', 'GET', APP, 'x-cors-inspector');
    expect(status).toBe(403);
    expect(cors).not.toHaveProperty('access-control-allow-origin');
  });

  describe('from somewhere else', () => {
    it.each<[string, Asked]>([
      ['another site', { headers: { 'Sec-Fetch-Site': 'cross-site' } }],
      ['a link on another site', { headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } }],
      ['a neighbour', { headers: { 'Sec-Fetch-Site': 'same-site' } }],
      ['an unknown place', { headers: { 'Sec-Fetch-Site': 'Same-Origin' } }],
      ['two places', { headers: { 'Sec-Fetch-Site': ['same-origin', 'cross-site'] } }],
      ['an allowed origin', { origin: APP }],
      ['an origin without a name', { origin: 'null' }],
      ['another port', { origin: 'http://127.0.0.1:1' }],
      ['a stranger who says he is not', { origin: 'https://a.example', headers: { 'Sec-Fetch-Site': 'same-origin' } }],
      ['a domain that points here', { host: 'rebound.example:3000' }],
      ['a domain that looks like this machine', { host: 'localhost.example' }],
      ['a domain that begins like an address', { host: '127.0.0.1.example' }],
      ['a host that is none', { host: 'a@localhost' }],
    ])('is refused: %s', async (_title, asked) => {
      for (const path of EVERYTHING) {
        const answer = await app.send({
          ...asked,
          path: `/cors${path}`,
          headers: { 'X-CORS-Inspector': '1', ...asked.headers },
        });
        expect(answer.status).toBe(403);
        expect(answer.headers).toMatchObject(HEADERS);
        expect(answer.cors).not.toHaveProperty('access-control-allow-origin');
        expect(answer.body).not.toContain('CatsController');
      }
    });

    it.each(['localhost', 'LocalHost:3000', 'app.localhost', '127.0.0.1', '192.168.1.7:8080', '[::1]:3000'])(
      'is not: %s',
      async (host) => {
        expect((await page(app, { host })).status).toBe(200);
      },
    );

    it('names the cure for a host that it does not know', async () => {
      expect((await page(app, { host: 'dev.example' })).body).toBe(
        "The CORS inspector does not know the host dev.example. If it is this application's, add hosts: ['dev.example'] to CorsInspectorModule.forRoot().\n",
      );
      const known = await startInspected(way, { hosts: ['Dev.Example'] });
      expect((await page(known, { host: 'dev.example:443' })).status).toBe(200);
      expect((await page(known, { host: 'other.example' })).status).toBe(403);
    });

    it.each(['my_app', 'dev.example.', 'a@localhost', "x'];y", 'a_', '-a', 'dev.example:x'])(
      'names no cure that would stop the start: %s',
      async (host) => {
        const [, cure] = /hosts: \['(.*)'\]/.exec((await page(app, { host })).body) ?? [];
        const known = await startInspected(way, { hosts: cure === undefined ? [] : [cure] });
        expect((await page(known, { host })).status).toBe(cure === undefined ? 403 : 200);
      },
    );
  });

  it('works under a prefix, with versions in the URL, and in front of the guards of the application', async () => {
    const other = await startInspected(
      way,
      { path: '/internal/cors/' },
      {
        configure: (nest) => {
          nest.setGlobalPrefix('api');
          nest.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
          nest.useGlobalGuards(refuseEveryone);
        },
      },
    );
    for (const file of EVERYTHING) {
      expect((await other.send(own({ path: `/api/internal/cors${file}` }))).status).toBe(200);
    }
    expect((await page(other)).status).not.toBe(200);
    // What the guards protect, they still do.
    expect((await other.send({ path: '/api/v1/cats' })).status).toBe(403);
    expect(reached).toEqual([]);
  });
});

describe.each(BOTH_PLATFORMS)('who may see the inspector, on %s', (_, way) => {
  const environment = process.env['NODE_ENV'];
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });

  it.each(['production', 'Production', ' production '])('is nobody where NODE_ENV is %j', async (value) => {
    process.env['NODE_ENV'] = value;
    const app = await startInspected(way);
    for (const path of EVERYTHING) {
      const answer = await app.send(own({ path: `/cors${path}` }));
      expect(answer.status).toBe(404);
      expect(answer.body).not.toContain('CatsController');
    }
  });

  it('is nobody, too, where NODE_ENV is set after the module was made', async () => {
    const app = await startInspected(way);
    process.env['NODE_ENV'] = 'production';
    expect(await page(app)).toMatchObject({ status: 404, body: 'Not found.\n' });
  });

  it.each<[string, NonNullable<CorsInspectorOptions['allow']>]>([
    ['true', () => true],
    ['a promise of true', async () => Promise.resolve(true)],
  ])('is who is let in by %s, in production as well', async (_title, allow) => {
    process.env['NODE_ENV'] = 'production';
    const app = await startInspected(way, { allow });
    expect((await page(app)).status).toBe(200);
    expect((await page(app, { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(403);
    expect((await page(app, { host: 'rebound.example' })).status).toBe(403);
  });

  it.each<readonly [string, () => unknown]>([
    ['false', () => false],
    ['undefined', () => undefined],
    ['1', () => 1],
    ['"true"', () => 'true'],
    ['an object', () => ({})],
    ['new Boolean(true)', () => Object(true)],
    ['a promise of false', async () => Promise.resolve(false)],
    ['a promise of a user', async () => Promise.resolve({ admin: true })],
    ['a promise of a function', async () => Promise.resolve(() => true)],
    ...HOSTILE_THENABLES.filter(([title]) => title !== 'then never calls back'),
    ...HOSTILE_VALUES,
    ...HOSTILE_VALUES.map(([title, make]): [string, () => unknown] => [`a throw: ${title}`, () => thrower(make())()]),
    [
      'a throw',
      () => {
        throw new Error('no\nway');
      },
    ],
    ['a rejection', async () => Promise.reject(new Error('no\nway'))],
  ])('is not let in by %s', async (_title, allow) => {
    const app = await startInspected(way, { allow: allow as () => boolean });
    for (const path of ['', '/policies.json']) {
      const answer = await app.send(own({ path: `/cors${path}` }));
      expect(answer).toMatchObject({
        status: 403,
        body: 'allow() of CorsInspectorModule has not let this request in.\n',
      });
    }
    const said = log.lines.filter((line) => line.message.includes('allow() failed'));
    expect(said.length).toBeLessThan(2);
    expect(said.every((line) => !line.message.includes('\n'))).toBe(true);
  });

  it('is asked with Node’s own request', async () => {
    const app = await startInspected(way, { allow: ({ headers }) => headers.authorization === 'Bearer right' });
    expect((await page(app)).status).toBe(403);
    expect((await page(app, { headers: { authorization: 'Bearer right' } })).status).toBe(200);
  });

  it('is not asked about a page of another site', async () => {
    let asked = 0;
    const app = await startInspected(way, { allow: () => (asked += 1) > 0 });
    await page(app, { headers: { 'Sec-Fetch-Site': 'cross-site' } });
    await page(app, { host: 'rebound.example' });
    expect(asked).toBe(0);
  });
});

describe.each(EVERY_WAY)('the middleware of the inspector, on %s', (_, way) => {
  it('answers nothing whose route is not known: objects that the hook has not seen', async () => {
    const app = await startInspected(way);
    const raw = Object.assign(new IncomingMessage(new Socket()), {
      method: 'GET',
      url: '/cors',
      headers: { host: 'localhost' },
    });
    const response = new ServerResponse(raw);
    const next = jest.fn();
    await app.nest.get(InspectorMiddleware, { strict: false }).use(raw, response, next);
    expect([next.mock.calls.length, response.headersSent]).toEqual([1, false]);
  });
});

describe.each(BOTH_PLATFORMS)('the clock of the inspector, on %s', (_, way) => {
  it('stops with the application, and keeps no process alive', async () => {
    const start = jest.spyOn(globalThis, 'setInterval');
    const stop = jest.spyOn(globalThis, 'clearInterval');
    const app = await startInspected(way);
    const clocks = start.mock.results.map(({ value }) => value as NodeJS.Timeout);
    const own = clocks.filter((_clock, index) => start.mock.calls[index]?.[1] === 1000);
    expect(own.map((clock) => clock.hasRef())).toEqual([false]);
    await app.close();
    expect(stop.mock.calls.flat()).toContain(own[0]);
    jest.restoreAllMocks();
  });
});

describe('the options of the inspector', () => {
  /** An `allow` that is ignored would let everyone in. */
  class Settings {
    get allow(): () => boolean {
      return () => false;
    }
  }
  const unreadable = Object.defineProperty({}, 'path', { enumerable: true, get: thrower(new Error('no')) });

  it.each<[unknown, string]>([
    [{ path: '' }, 'type'],
    [{ path: 'a/:b' }, 'type'],
    [{ path: 'a/../b' }, 'type'],
    [{ path: '*' }, 'type'],
    [{ path: 1 }, 'type'],
    [{ allow: true }, 'type'],
    [{ hosts: 'a.example' }, 'type'],
    [{ hosts: ['https://a.example'] }, 'type'],
    [{ hosts: ['a.example:80'] }, 'type'],
    [{ alow: () => true }, 'unknown-option'],
    ['cors', 'type'],
    [[], 'type'],
    [new Settings(), 'type'],
    [unreadable, 'type'],
  ])('%# stop the start', async (options, code) => {
    for (const way of [EXPRESS, FASTIFY]) {
      const app = await createApp(way, inspectedModule(options as CorsInspectorOptions));
      const failure: unknown = await app.init().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CorsConfigError);
      expect((failure as CorsConfigError).issues).toMatchObject([{ code, where: 'CorsInspectorModule.forRoot()' }]);
    }
  });
});
