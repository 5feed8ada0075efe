import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Put } from '@nestjs/common';
import { ServeStaticModule } from '@nestjs/serve-static';
import { Cors, type CorsModuleOptions } from 'nestjs-cors';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ACAM, ACAO, ACMA, APP, PREFLIGHT_VARY, PREFLIGHT_VARY_FOR_EVERYONE } from '../../cases/cors-case.js';
import { expressOf, fastifyOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const REFUSED = { vary: PREFLIGHT_VARY };
const PARTNER = 'https://a.partner.example';
const USUAL = 'GET, HEAD, PUT, PATCH, POST, DELETE';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-'));
writeFileSync(join(folder, 'a.txt'), 'a file');
afterAll(() => rmSync(folder, { recursive: true }));

@Controller('cats')
class CatsController {
  @Get(':id') @Cors({ origin: '*' }) read(): string {
    return reach('read');
  }

  @Put(':id') @Cors({ origin: APP }) update(): string {
    return reach('update');
  }
}

@Controller('dogs')
@Cors({ origin: '*' })
class DogsController {
  @Get() read(): string {
    return reach('dogs');
  }

  @Put() update(): string {
    return reach('dogs');
  }
}

const OPTIONS: CorsModuleOptions = {
  origin: APP,
  maxAge: 5,
  policies: { partners: { origin: 'https://*.partner.example' } },
  paths: [
    { path: '/graphql{/*rest}', methods: ['POST', 'PUT'], policy: { origin: '*' } },
    { path: '/graphql', policy: 'partners' },
    { path: '/cats/:id', methods: ['PROPFIND', 'GET'], policy: { origin: '*', methods: ['PROPFIND'] } },
    { path: '/shut{/*rest}', policy: false },
    { path: '/static/*file', policy: { origin: '*' } },
    { path: '/raw/:id', policy: 'partners' },
  ],
};

/** What no controller serves: middleware, and routes of the platform's own. */
function serveOthers(way: Way, nest: INestApplication): void {
  nest.use('/graphql', (_request: IncomingMessage, response: ServerResponse) => {
    response.end(reach('graphql'));
  });
  nest.use('/shut', (_request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end(reach('shut'));
  });
  if (way.isExpress) {
    expressOf(nest).get('/raw/:id', (_request, response) => void response.send(reach('raw')));
  } else {
    fastifyOf(nest).get('/raw/:id', async () => Promise.resolve(reach('raw')));
  }
}

describe.each(EVERY_WAY)('what no controller serves, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    const imports = [ServeStaticModule.forRoot({ rootPath: folder, serveRoot: '/static', exclude: ['/{*any}'] })];
    app = await startApp(way, rootModule({ controllers: [CatsController, DogsController], imports }, OPTIONS), {
      configure: (nest) => serveOthers(way, nest),
    });
  });

  it.each([
    ['the first entry that matches URL and method', 'POST', '/graphql/batch', OTHER, { [ACAO]: '*' }],
    ['the next one for another method', 'GET', '/graphql', PARTNER, { [ACAO]: PARTNER, vary: 'Origin' }],
    ['nobody’s, where it is another one’s as soon as it is decoded', 'GET', '//GRAPHQ%4c', PARTNER, {}],
    ['nobody’s, where dots lead to another one', 'GET', '/static/..%2fshut/in', OTHER, {}],
    ['to those it refuses', 'GET', '/graphql', OTHER, { vary: 'Origin' }],
    ['closed, whatever the app says', 'GET', '/shut/in', APP, {}],
    ['static files', 'GET', '/static/a.txt', OTHER, { [ACAO]: '*' }],
    ['static files that are not there', 'GET', '/static/b.txt', OTHER, { [ACAO]: '*' }],
    ['HEAD, as GET', 'HEAD', '/static/a.txt', OTHER, { [ACAO]: '*' }],
    ['routes of the platform’s own', 'GET', '/raw/1', PARTNER, { [ACAO]: PARTNER, vary: 'Origin' }],
    ['not over a controller’s own route', 'GET', '/cats/1', OTHER, { [ACAO]: '*' }],
    ['for a method that the controller does not serve', 'PROPFIND', '/cats/1', OTHER, { [ACAO]: '*' }],
  ])('has the policy of paths: %s', async (_, method, path, origin, cors) => {
    expect((await app.send({ method, path, origin })).cors).toEqual(cors);
  });

  it('has the policy of paths in whatever letters the server reads so', async () => {
    const { cors } = await app.send({ path: '/GRAPHQL', origin: PARTNER });
    expect(cors[ACAO]).toBe(way.isExpress ? PARTNER : undefined);
  });

  it.each([
    ['what all its methods share', 'POST', '/dogs', { [ACAO]: '*' }],
    ['where they differ, what all of them say', 'DELETE', '/cats/1', { [ACAO]: APP, vary: 'Origin' }],
    ['forRoot’s where nobody serves the URL', 'GET', '/nowhere', { [ACAO]: APP, vary: 'Origin' }],
  ])('has else: %s', async (_, method, path, cors) => {
    const answer = await app.send({ method, path, origin: APP });
    expect([answer.status, answer.cors, reached]).toEqual([404, cors, []]);
  });
  it.each([
    [
      'the first entry of paths for URL and method',
      '/graphql/batch',
      'PUT',
      OTHER,
      { [ACAO]: '*', [ACAM]: 'POST, PUT', vary: PREFLIGHT_VARY_FOR_EVERYONE },
    ],
    [
      'the next one for another method',
      '/graphql',
      'DELETE',
      'https://a.partner.example',
      { [ACAO]: 'https://a.partner.example', [ACAM]: 'GET, HEAD, PATCH, DELETE', vary: PREFLIGHT_VARY },
    ],
    [
      'paths before the URL’s other methods',
      '/cats/1',
      'PROPFIND',
      OTHER,
      { [ACAO]: '*', [ACAM]: 'PROPFIND', vary: PREFLIGHT_VARY_FOR_EVERYONE },
    ],
    [
      'forRoot’s, where auto means the usual methods',
      '/nowhere',
      'PATCH',
      APP,
      { [ACAO]: APP, [ACAM]: USUAL, vary: PREFLIGHT_VARY },
    ],
  ])('is answered with the policy of %s', async (_, path, method, origin, cors) => {
    const answer = await app.preflight(path, method, origin);
    expect([answer.status, answer.cors, reached]).toEqual([204, { ...cors, [ACMA]: '5' }, []]);
  });

  it.each([
    ['an entry of paths that refuses the origin', '/graphql', 'DELETE', OTHER],
    ['an entry of paths that is false', '/shut/in', 'GET', APP],
    ['a URL that only other methods serve', '/cats/1', 'POST', APP],
    ['a method that is not among the usual', '/nowhere', 'PROPFIND', APP],
  ])('is refused by %s', async (_, path, method, origin) => {
    const answer = await app.preflight(path, method, origin);
    expect([answer.status, answer.cors, reached]).toEqual([403, REFUSED, []]);
  });
});
