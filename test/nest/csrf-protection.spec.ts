import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Put, VersioningType, type INestApplication, type Type } from '@nestjs/common';
import { Cors, CorsService, type CorsModuleOptions } from 'nestjs-cors';
import { setImmediate } from 'node:timers/promises';

import { ACAC, ACAM, ACAO, APP, PREFLIGHT_VARY } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { EVERY_WAY, type Way } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

const SHOP = 'https://shop.example';
const STRANGER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Post() create(): string {
    return reach('create');
  }

  @Put(':id/name') @Cors({ enforce: true }) rename(): string {
    return reach('rename');
  }
}

type Protection = Parameters<INestApplication['enableCsrfProtection']>[0];

async function start(
  way: Way,
  protection: Protection,
  cors: CorsModuleOptions,
  { controllers = [CatsController], configure }: Partial<Setup> = {},
): Promise<RunningApp> {
  return startApp(way, rootModule({ controllers }, cors), {
    configure: (app) => {
      configure?.(app);
      app.enableCsrfProtection(protection);
    },
  });
}

interface Setup {
  readonly controllers: Type[];
  readonly configure: (app: INestApplication) => unknown;
}

const DENIED = {
  message: 'Cross-origin request detected from Sec-Fetch-Site header',
  error: 'Forbidden',
  statusCode: 403,
};

describe.each(EVERY_WAY)('app.enableCsrfProtection() beside CorsModule, on %s', (_, way) => {
  const readable = (origin: string): object => ({ vary: 'Origin', [ACAO]: origin, [ACAC]: 'true' });
  let app: RunningApp;

  beforeAll(async () => {
    app = await start(way, { trustedOrigins: [SHOP] }, { origin: [APP, SHOP], credentials: true });
  });

  it.each([
    ['create', 'POST', '/cats'],
    ['rename, which is enforced', 'PUT', '/cats/1/name'],
    ['a URL that no controller serves', 'POST', '/dogs'],
  ])('a page that CORS allows and the protection does not trust may read its 403: %s', async (__, method, path) => {
    const answer = await app.send({ method, path, origin: APP, headers: { 'sec-fetch-site': 'same-site' } });
    expect([answer.status, answer.cors, JSON.parse(answer.body)]).toEqual([403, readable(APP), DENIED]);
    expect(reached).toEqual([]);
  });

  it('a page that both allow is served', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const created = await app.send({ method: 'POST', path: '/cats', origin: SHOP, headers });
    const renamed = await app.send({ method: 'PUT', path: '/cats/1/name', origin: SHOP, headers });
    expect([created.status, created.cors]).toEqual([201, readable(SHOP)]);
    expect([renamed.status, renamed.cors]).toEqual([200, readable(SHOP)]);
    expect(reached).toEqual(['create', 'rename']);
  });

  it('a stranger reads neither answer, and enforce refuses first', async () => {
    const asked = { origin: STRANGER, headers: { 'sec-fetch-site': 'cross-site' } };
    const created = await app.send({ ...asked, method: 'POST', path: '/cats' });
    const renamed = await app.send({ ...asked, method: 'PUT', path: '/cats/1/name' });
    expect([created.status, created.cors, JSON.parse(created.body)]).toEqual([403, { vary: 'Origin' }, DENIED]);
    expect([renamed.status, renamed.cors, JSON.parse(renamed.body)]).toEqual([
      403,
      { vary: 'Origin' },
      { message: 'Forbidden', statusCode: 403 },
    ]);
    expect(reached).toEqual([]);
  });

  it('preflights are answered by the policy alone', async () => {
    const allowed = await app.preflight('/cats/1/name', 'PUT', APP);
    const refused = await app.preflight('/cats/1/name', 'PUT', STRANGER);
    expect([allowed.status, allowed.cors]).toEqual([
      204,
      { vary: PREFLIGHT_VARY, [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT' },
    ]);
    expect([refused.status, refused.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
  });

  it('explain() tells what CORS says', async () => {
    const question = { origin: APP, method: 'POST', url: '/cats' };
    expect(await app.nest.get(CorsService).explain(question)).toMatchObject({ verdict: 'allowed', reason: undefined });
  });
});

/** What the log warns of at start. */
async function warnings(
  way: Way,
  protection: Protection,
  cors: CorsModuleOptions,
  setup: Partial<Setup> = {},
): Promise<readonly string[]> {
  log.clear();
  await start(way, protection, cors, setup);
  return log.ofCors('warn');
}

function warning(origins: string, places: string, trusted: string): string {
  return (
    `app.enableCsrfProtection() answers 403 to requests that CORS allows, from ${origins} to ${places}: ` +
    `add ${trusted} to its trustedOrigins, which it trusts on all routes, or exclude these routes; ` +
    'do neither if no page of another origin sends them'
  );
}

describe.each(EVERY_WAY)('what the log says of app.enableCsrfProtection() at start, on %s', (_, way) => {
  it('which origins may send what, and are not trusted', async () => {
    expect(await warnings(way, undefined, { origin: APP })).toEqual([
      warning(APP, 'CatsController.create, CatsController.rename', `'${APP}'`),
    ]);
    expect(
      await warnings(
        way,
        { trustedOrigins: [SHOP] },
        { origin: [SHOP, APP, 'https://*.example.com', /https:\/\/[a-z]+\.example\.com/] },
      ),
    ).toEqual([warning(APP, 'CatsController.create, CatsController.rename', `'${APP}'`)]);
  });

  it('nothing where all are trusted, or excluded, by a list or a function', async () => {
    const origin = [APP, SHOP];
    expect(await warnings(way, { trustedOrigins: origin }, { origin })).toEqual([]);
    expect(await warnings(way, { exclude: ['cats', 'cats/:id/name'] }, { origin })).toEqual([]);
    expect(await warnings(way, { exclude: ({ url }) => String(url).startsWith('/cats') }, { origin })).toEqual([]);
    expect(await warnings(way, { exclude: ({ headers }) => headers.origin === APP }, { origin: APP })).toEqual([]);
  });

  it('the rest where a function asks as one of Express does', async () => {
    const exclude: unknown = (request: { get(name: string): unknown }) => request.get('X-Hook') === '1';
    expect(await warnings(way, { exclude } as Protection, { origin: APP })).toEqual([
      warning(APP, 'CatsController.create, CatsController.rename', `'${APP}'`),
    ]);
  });

  it('the others where one route is excluded, below the global prefix as well', async () => {
    const configure = (app: INestApplication): unknown => app.setGlobalPrefix('api');
    expect(await warnings(way, { exclude: ['cats'] }, { origin: APP }, { configure })).toEqual([
      warning(APP, 'CatsController.rename', `'${APP}'`),
    ]);
  });

  it('nothing where an exclusion cannot be known: it throws, or names a version', async () => {
    const exclude = (): boolean => {
      throw new Error('no such request');
    };
    expect(await warnings(way, { exclude }, { origin: APP })).toEqual([]);
    const configure = (app: INestApplication): unknown =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'v', defaultVersion: '1' });
    expect(await warnings(way, undefined, { origin: APP }, { configure })).toEqual([]);
  });

  it('nothing where the app registers an asynchronous hook of its own, which fails at what is made up', async () => {
    const hook = async ({ cookies }: { cookies?: { session: string } }): Promise<unknown> => {
      await Promise.resolve();
      return cookies?.session ?? Promise.reject(new Error('no session'));
    };
    await startApp(way, rootModule({ controllers: [CatsController] }, { origin: APP }), {
      configure: (app) => app.getHttpAdapter().registerSecurityHook?.(hook as never),
    });
    // An unhandled rejection fails the test.
    await setImmediate();
    expect(log.ofCors('warn')).toEqual([]);
  });

  it('nothing of policies without an exact origin, of GET, and of methods that the policy does not allow', async () => {
    expect(await warnings(way, undefined, { origin: '*' })).toEqual([]);
    expect(await warnings(way, undefined, { origin: ['https://*.example.com', (asked) => asked === APP] })).toEqual([]);
    expect(await warnings(way, undefined, { origin: false })).toEqual([]);
    expect(await warnings(way, undefined, { origin: APP, methods: ['GET', 'HEAD'] })).toEqual([]);
    expect(await warnings(way, undefined, { origin: 'null', dangerouslyAllow: ['null-origin'] })).toEqual([]);
  });

  it('entries of paths as well, and one line for all places of a list', async () => {
    const many = [1, 2, 3, 4, 5].map((number) => `https://${number}.example`);
    const paths: CorsModuleOptions['paths'] = [
      { path: '/graphql', policy: { origin: many } },
      { path: '/files{/*rest}', methods: ['GET', 'PUT'], policy: { origin: many, maxAge: 60 } },
      { path: '/feed', methods: ['GET'], policy: { origin: many } },
      { path: '/legacy', untouched: true },
    ];
    expect(await warnings(way, undefined, { paths }, { controllers: [] })).toEqual([
      warning(
        'https://1.example, https://2.example, https://3.example and 2 more',
        'paths[0] (/graphql), paths[1] (/files{/*rest})',
        "'https://1.example', 'https://2.example', 'https://3.example', …",
      ),
    ]);
  });

  it('nothing where only app.useSecurityHeaders() was called', async () => {
    log.clear();
    const root = rootModule({ controllers: [CatsController] }, { origin: APP });
    await startApp(way, root, { configure: (created) => created.useSecurityHeaders() });
    expect(log.complaints).toEqual([]);
  });
});
