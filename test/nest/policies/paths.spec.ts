import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  Put,
  Version,
  VersioningType,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, CorsConfigError, CorsService, type CorsModuleOptions, type CorsPathPolicy } from 'nestjs-cors';
import express from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import {
  createApp,
  createExpress,
  expressOf,
  fastifyOf,
  rootModule,
  startApp,
  type RunningApp,
} from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const EVERYONE = { origin: '*' } as const;

@Controller('cats')
@Cors({ origin: APP })
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Put(':id') update(): string {
    return 'update';
  }

  @Delete(':id') @Cors(false) remove(): string {
    return 'remove';
  }
}

/** A router with CORS of its own, as libraries bring one: it answers preflights, too. */
function libraryWithCors(request: IncomingMessage, response: ServerResponse): void {
  reach(`library ${request.method}`);
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Methods', 'LIBRARY');
  response.statusCode = request.method === 'OPTIONS' ? 204 : 200;
  response.end();
}

async function start(
  way: Way,
  options: CorsModuleOptions,
  configure?: (app: INestApplication) => unknown,
): Promise<RunningApp> {
  return startApp(
    way,
    rootModule({ controllers: [CatsController] }, options),
    configure === undefined ? {} : { configure },
  );
}

async function mistakes(
  way: Way,
  paths: unknown,
  configure?: (app: INestApplication) => unknown,
  controllers = [CatsController],
): Promise<readonly string[]> {
  const app = await createApp(
    way,
    rootModule({ controllers }, { paths } as CorsModuleOptions),
    configure === undefined ? {} : { configure },
  );
  const error: unknown = await app.init().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !(error instanceof CorsConfigError)) {
    throw new Error('another error', { cause: error });
  }
  return (error?.issues ?? []).map(({ where, path, code }) => `${where}: ${path} ${code}`);
}

describe.each(EVERY_WAY)('an entry that is untouched, on %s', (_, way) => {
  const paths: CorsPathPolicy[] = [
    { path: '/auth/admin{/*rest}', policy: false },
    { path: ['/auth{/*rest}', '/login'], untouched: true },
    { path: '/upload', methods: ['POST', 'PATCH'], untouched: true },
  ];
  const configure = (app: INestApplication): void => {
    for (const path of ['/auth', '/login', '/upload', '/other']) {
      app.use(path, libraryWithCors);
    }
  };
  const theirs = { [ACAO]: '*', [ACAM]: 'LIBRARY' };

  it.each(['/auth', '/auth/', '/auth/sign%20in', '/login'])(
    'leaves the headers of %s alone, says nothing and asks nobody',
    async (path) => {
      const app = await start(way, { origin: APP, enforce: true, paths }, configure);
      log.clear();
      const answer = await app.send({ method: 'POST', path, origin: OTHER });
      expect([answer.status, answer.cors, reached, log.complaints]).toEqual([200, theirs, ['library POST'], []]);
    },
  );

  it('lets its preflights through', async () => {
    const app = await start(way, { origin: APP, paths }, configure);
    const answers = [
      await app.preflight('/auth/x', 'PUT', OTHER),
      await app.preflight('/auth/', 'POST', OTHER),
      await app.preflight('/upload', 'PATCH', OTHER),
    ];
    expect(answers.map(({ status, cors }) => [status, cors])).toEqual(answers.map(() => [204, theirs]));
    expect(reached).toEqual(answers.map(() => 'library OPTIONS'));
    expect(log.complaints).toEqual([]);
  });

  it('is for its methods only: others follow forRoot', async () => {
    const app = await start(way, { origin: APP, paths }, configure);
    const preflight = await app.preflight('/upload', 'DELETE', OTHER);
    expect([preflight.status, preflight.cors, reached]).toEqual([403, { vary: PREFLIGHT_VARY }, []]);
    expect((await app.send({ path: '/upload', origin: OTHER })).cors).toEqual({ vary: 'Origin' });
  });

  it.each(['/auth/admin', '/auth/ADMIN/x', '/auth/x/..%2fadmin', '/auth/%61dmin', '/%61uth/x', '//auth/x'])(
    'counts only for what the server reads so, and behind an entry that closes: %s',
    async (path) => {
      const app = await start(way, { origin: false, paths }, configure);
      expect((await app.send({ path, origin: OTHER })).cors).toEqual({});
      const preflight = await app.preflight(path, 'PUT', OTHER);
      expect([preflight.status, preflight.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
    },
  );

  it('can be added and taken away by update()', async () => {
    const app = await start(way, { origin: APP }, configure);
    const service = app.nest.get(CorsService);
    expect((await app.send({ path: '/other', origin: OTHER })).cors).toEqual({ vary: 'Origin' });
    await service.update((current) => ({ ...current, paths: [{ path: '/other', untouched: true }] }));
    expect((await app.send({ path: '/other', origin: OTHER })).cors).toEqual(theirs);
  });

  it('shows in explain() and among the paths', async () => {
    const app = await start(way, { origin: APP, paths });
    const service = app.nest.get(CorsService);
    const explained = await Promise.all(
      (['preflight', 'request'] as const).map(async (phase) =>
        service.explain({ origin: OTHER, url: '/auth/x', phase }),
      ),
    );
    expect(explained).toMatchObject([
      { verdict: 'untouched', headers: {}, paths: ['paths[1] (/auth{/*rest}, /login)'] },
      { verdict: 'untouched', headers: {}, paths: ['paths[1] (/auth{/*rest}, /login)'] },
    ]);
    expect(service.paths()).toMatchObject([
      { entry: 'paths[0] (/auth/admin{/*rest})', path: ['/auth/admin{/*rest}'], policy: { shares: 'nobody' } },
      { path: ['/auth{/*rest}', '/login'], methods: undefined, policy: undefined, sources: {} },
      { path: ['/upload'], methods: ['POST', 'PATCH'], policy: undefined },
    ]);
  });
});

describe.each(BOTH_PLATFORMS)('a method that an entry leaves out, on %s', (_, way) => {
  it('follows the next entry, then forRoot', async () => {
    const paths: CorsPathPolicy[] = [
      { path: '/files/*rest', methods: ['GET'], policy: EVERYONE },
      { path: '/files/a/*rest', methods: ['PUT'], policy: false },
    ];
    const app = await start(way, { origin: APP, paths });
    expect((await app.preflight('/files/a/b', 'PUT', APP)).status).toBe(403);
    const preflight = await app.preflight('/files/a/b', 'DELETE', APP);
    expect([preflight.status, preflight.cors[ACAO]]).toEqual([204, APP]);
    expect((await app.send({ method: 'DELETE', path: '/files/a/b', origin: APP })).cors).toEqual({
      [ACAO]: APP,
      vary: 'Origin',
    });
  });
});

describe.each(BOTH_PLATFORMS)('a literal entry at the URL of a route, on %s', (_, way) => {
  const policy = false;

  it.each<[string, unknown, readonly string[]]>([
    ['is a mistake', [{ path: '/cats', policy }], ['paths[0] (/cats): path path-of-a-route']],
    [
      'also where it opens, or is untouched',
      [{ path: '/cats', untouched: true }],
      ['paths[0] (/cats): path path-of-a-route'],
    ],
    [
      'also one of several',
      [{ path: ['/dogs', '/c%61ts'], policy }],
      ['paths[0] (/dogs, /c%61ts): path path-of-a-route'],
    ],
    [
      'also of a route with a parameter',
      [{ path: '/cats/tom', policy }],
      ['paths[0] (/cats/tom): path path-of-a-route'],
    ],
    [
      'for a method that is served',
      [{ path: '/cats', methods: ['PUT', 'HEAD'], policy }],
      ['paths[0] (/cats): path path-of-a-route'],
    ],
    ['not for one that is not', [{ path: '/cats', methods: ['PUT'], policy }], []],
    [
      'not for another URL',
      [
        { path: '/cats/1/2', policy },
        { path: '/dogs', policy },
      ],
      [],
    ],
    [
      'not where the entry is wider than the route',
      [
        { path: '/cats{/a/b}', policy },
        { path: '/cats{/*rest}', policy: EVERYONE },
      ],
      [],
    ],
    [
      'where every URL that it names is served',
      [{ path: '/cats{/index}', methods: ['GET', 'PUT'], policy }],
      ['paths[0] (/cats{/index}): path path-of-a-route'],
    ],
  ])('%s', async (_, paths, expected) => {
    expect(await mistakes(way, paths)).toEqual(expected);
  });

  it('names the handlers and the cure', async () => {
    const app = await createApp(
      way,
      rootModule({ controllers: [CatsController] }, { paths: [{ path: '/cats', policy }] }),
    );
    await expect(app.init()).rejects.toThrow(
      '"/cats" is served by CatsController.list (GET /cats), so this entry has no effect; use @Cors there, or Cors(false)(TheirController)',
    );
  });

  it('knows the global prefix', async () => {
    const configure = (app: INestApplication): unknown => app.setGlobalPrefix('api');
    expect(await mistakes(way, [{ path: '/cats', policy }], configure)).toEqual([]);
    expect(await mistakes(way, [{ path: '/api/cats', policy }], configure)).toEqual([
      'paths[0] (/api/cats): path path-of-a-route',
    ]);
  });

  it('knows versions in the URL and elsewhere', async () => {
    @Controller('v')
    class VersionedController {
      @Get() @Version('1') read(): string {
        return 'read';
      }
    }
    const uri = (app: INestApplication): unknown => app.enableVersioning({ type: VersioningType.URI });
    const header = (app: INestApplication): unknown =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'X-V' });
    const controllers = [VersionedController] as never;
    expect(await mistakes(way, [{ path: '/v', policy }], uri, controllers)).toEqual([]);
    expect(await mistakes(way, [{ path: '/v1/v', policy }], uri, controllers)).toEqual([
      'paths[0] (/v1/v): path path-of-a-route',
    ]);
    expect(await mistakes(way, [{ path: '/v', policy }], header, controllers)).toEqual([
      'paths[0] (/v): path path-of-a-route',
    ]);
  });

  it('is none where the controller takes one host only', async () => {
    @Controller({ path: 'h', host: 'admin.example' })
    class HostController {
      @Get() read(): string {
        return 'read';
      }
    }
    expect(await mistakes(way, [{ path: '/h', policy }], undefined, [HostController] as never)).toEqual([]);
  });

  it('is found by update() as well, which changes nothing then', async () => {
    const app = await start(way, {});
    const service = app.nest.get(CorsService);
    await expect(service.update({ paths: [{ path: '/cats', policy }] })).rejects.toThrow(CorsConfigError);
    expect(service.paths()).toEqual([]);
  });
});

describe.each(BOTH_PLATFORMS)('at start, on %s', (_, way) => {
  it.each<readonly [path: string, at: string | undefined]>([
    ['/cats{/*rest}', '/api/v1/cats'],
    ['/v1/cats{/*rest}', '/api/v1/cats'],
    ['/api/cats{/*rest}', '/api/v1/cats'],
    ['/cats', '/api/v1/cats'],
    ['/api/v1', '/api/v1/cats'],
    ['/api', '/api/v1/cats'],
    ['/v1', '/api/v1/cats'],
    ['/', undefined],
    ['/api/v', undefined],
    ['/api/v1/cat', undefined],
    ['/dogs', undefined],
    ['/api/dogs/cats', undefined],
  ])('an entry that closes %s, without prefix or version, is a warning if it names a route then', async (path, at) => {
    await start(way, { paths: [{ path, policy: false }] }, (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    });
    expect(log.ofCors('warn')).toEqual(
      at === undefined
        ? []
        : [
            `paths[0] (${path}) does not match CatsController.list, which is at ${at} and allows other origins; if the entry is meant for it, use @Cors(false) there`,
          ],
    );
  });

  it('no warning where other code serves just what it names, as Swagger does', async () => {
    await start(way, { paths: [{ path: '/docs', policy: false }] }, (app) => {
      app.setGlobalPrefix('docs');
      app
        .getHttpAdapter()
        .get('/docs', (_request: unknown, reply: { send(text: string): unknown }) => reply.send('docs'));
    });
    expect(log.ofCors('warn')).toEqual([]);
  });

  it('an entry for the path of a router or a plugin alone is a warning if what is below has another policy', async () => {
    const warned = async (options: CorsModuleOptions, mount = '/queues'): Promise<readonly string[]> => {
      log.clear();
      await start(way, options, (app) => {
        app.setGlobalPrefix('api');
        if (way.isExpress) {
          expressOf(app).use(mount, (_request, response) => void response.send('a queue'));
        } else {
          fastifyOf(app).get(`${mount.replace(/\/$/, '')}/*`, (_request, reply) => reply.send('a queue'));
        }
      });
      return log.ofCors('warn').filter((line) => line.startsWith('paths'));
    };
    const text =
      'paths[0] (/queues) is for this path alone, and other code serves paths below it, which have another policy; write ' +
      '/queues{/*rest}';
    const closing = { path: '/queues', policy: false } as const;
    expect(await warned({ origin: APP, paths: [closing] })).toEqual([text]);
    expect(await warned({ origin: APP, paths: [{ path: '/queues', policy: EVERYONE }] })).toEqual([text]);
    expect(await warned({ paths: [{ path: '/queues', policy: EVERYONE }] })).toEqual([text]);
    // Nothing is open below it; or it is, on purpose, by another entry; or something else is mounted.
    expect(await warned({ paths: [closing] })).toEqual([]);
    expect(await warned({ origin: APP, paths: [closing, { path: '/queues/*rest', policy: false }] })).toEqual([]);
    expect(await warned({ origin: APP, paths: [{ path: '/queues{/*rest}', policy: false }] })).toEqual([]);
    expect(await warned({ origin: APP, paths: [closing] }, '/')).toEqual([]);
    expect(await warned({ origin: APP, paths: [closing] }, '/other')).toEqual([]);
    expect(await warned({ ...EVERYONE, paths: [{ path: '/queues', policy: EVERYONE }] })).toEqual([]);
    expect(await warned({ origin: APP, paths: [{ path: '/queues/:id', policy: EVERYONE }] }, '/queues/:id')).toEqual(
      [],
    );
    // A pattern would be no better: controllers below have policies of their own.
    expect(await warned({ origin: APP, paths: [{ path: '/api', policy: EVERYONE }] }, '/api')).toEqual([]);
  });

  if (way.isExpress) {
    it('nor one for a function in front of a route at that path, such as a parser; but one for a router in front of it', async () => {
      const root = rootModule({}, { origin: APP, paths: [{ path: '/webhook', policy: false }] });
      const configure = (mounted: express.RequestHandler) => (app: INestApplication) => {
        expressOf(app).use('/webhook', mounted);
        expressOf(app).post('/webhook', (_request, response) => void response.send('taken'));
      };
      await startApp(way, root, { configure: configure(express.raw()) });
      await startApp(way, root, { configure: configure((_request, _response, next) => next()) });
      expect(log.ofCors('warn')).toEqual([]);
      await startApp(way, root, { configure: configure(express.Router()) });
      expect(log.ofCors('warn')).toEqual([expect.stringMatching(/^paths\[0\] \(\/webhook\) is for this path alone/)]);
    });
  }

  if (!way.isExpress) {
    it('nor one if each route of a plugin has the policy that is meant', async () => {
      const paths = ['/queues', '/queues/jobs', '/queues/jobs/:id'].map((path) => ({ path, policy: false as const }));
      const root = (count: number): Type => rootModule({}, { origin: APP, paths: paths.slice(0, count) });
      const configure = (app: INestApplication): void => {
        fastifyOf(app).get('/queues/jobs', (_request, reply) => reply.send('jobs'));
        fastifyOf(app).get('/queues/jobs/:id', (_request, reply) => reply.send('a job'));
      };
      await startApp(way, root(3), { configure });
      expect(log.ofCors('warn')).toEqual([]);
      await startApp(way, root(2), { configure });
      expect(log.ofCors('warn')).toEqual([
        expect.stringMatching(/^paths\[0\] \(\/queues\) is for this path alone/),
        expect.stringMatching(/^paths\[1\] \(\/queues\/jobs\) is for this path alone/),
      ]);
    });
  }

  it('nor one for the root', async () => {
    await startApp(way, rootModule({}, { origin: APP, paths: [{ path: '/', policy: false }] }), {
      configure: (app) =>
        way.isExpress
          ? app.use((_request: unknown, _response: unknown, next: () => void) => next())
          : fastifyOf(app).get('/*', (_request, reply) => reply.send('anything')),
    });
    expect(log.ofCors('warn')).toEqual([]);
  });

  it('a word that begins like a version is none', async () => {
    @Controller('vendors/uploads')
    @Cors({ origin: APP })
    class VendorsController {
      @Get() list(): string {
        return 'list';
      }
    }
    for (const prefix of ['v', '', false] as const) {
      const root = rootModule({ controllers: [VendorsController] }, { paths: [{ path: '/uploads', policy: false }] });
      await startApp(way, root, { configure: (app) => app.enableVersioning({ type: VersioningType.URI, prefix }) });
      expect(log.ofCors('warn')).toEqual([]);
    }
  });

  it('what is closed, or open for other methods, is not named', async () => {
    await start(way, { paths: [{ path: '/cats/:id', methods: ['DELETE'], policy: false }] }, (app) =>
      app.setGlobalPrefix('/api/'),
    );
    expect(log.ofCors('warn')).toEqual([]);
    await start(way, { paths: [{ path: '/cats/:id', policy: false }] }, (app) => app.setGlobalPrefix('/api/'));
    expect(log.ofCors('warn')).toEqual([
      expect.stringContaining('does not match CatsController.update, which is at /api/cats/:id'),
    ]);
  });

  it('versions without a beginning, and with one of the app’s, are read as such', async () => {
    for (const prefix of [false, 'version-'] as const) {
      log.clear();
      await start(way, { paths: [{ path: '/cats', policy: false }] }, (app) =>
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '2', prefix }),
      );
      expect(log.ofCors('warn')).toEqual([expect.stringContaining(`which is at /${prefix || ''}2/cats`)]);
    }
  });

  it('a wildcard that closes and passes over routes that share is a warning with their number', async () => {
    await start(way, { paths: [{ path: '/cats{/*rest}', policy: false }] });
    expect(log.ofCors('warn')).toEqual([
      'paths[0] (/cats{/*rest}) does not close routes of controllers, and 2 routes below it allow other origins (CatsController.list, CatsController.update); use @Cors(false) there',
    ]);
    log.clear();
    await start(way, { paths: [{ path: '/cats/*rest', methods: ['PUT'], policy: false }] });
    expect(log.ofCors('warn')).toEqual([
      expect.stringContaining('1 route below it allows other origins (CatsController.update)'),
    ]);
    log.clear();
    await start(way, {
      paths: [
        { path: '/cats/*rest', methods: ['DELETE'], policy: false },
        { path: '/{*rest}', policy: EVERYONE },
      ],
    });
    expect(log.complaints).toEqual([]);
  });

  it('an entry that an earlier one leaves nothing is a warning', async () => {
    await start(way, {
      paths: [
        { path: '/files{/*rest}', policy: EVERYONE },
        { path: '/files/secret', policy: false },
      ],
    });
    expect(log.ofCors('warn')).toEqual([
      'paths[1] (/files/secret) has no effect: paths[0] (/files{/*rest}) comes first and takes every request for it; move it up',
    ]);
  });

  it.each<[string, CorsModuleOptions['paths'], string]>([
    [
      'a wildcard below another',
      [
        { path: '/files{/*rest}', policy: EVERYONE },
        { path: '/files/secret{/*rest}', policy: false },
      ],
      'paths[1] (/files/secret{/*rest}) has no effect: paths[0] (/files{/*rest}) comes first and takes every request for it; move it up',
    ],
    [
      'a parameter below a wildcard',
      [
        { path: '/files/*rest', untouched: true },
        { path: '/files/:id/secret', policy: false },
      ],
      'paths[1] (/files/:id/secret) has no effect: paths[0] (/files/*rest) comes first and takes every request for it; move it up',
    ],
    [
      'several that share its methods',
      [
        { path: '/files/*rest', methods: ['GET', 'PUT'], policy: EVERYONE },
        { path: '/files/:id', methods: ['POST'], policy: EVERYONE },
        { path: '/files/secret', methods: ['PUT', 'POST'], policy: false },
      ],
      'paths[2] (/files/secret) has no effect: paths[0] (/files/*rest) and paths[1] (/files/:id) come first and take every request for it; move it up',
    ],
  ])('also of %s', async (_what, paths, warning) => {
    await start(way, { paths });
    expect(log.ofCors('warn')).toEqual([warning]);
  });

  it.each<[string, CorsModuleOptions['paths']]>([
    [
      'other methods',
      [
        { path: '/files/*rest', methods: ['GET'], policy: EVERYONE },
        { path: '/files/*rest', policy: false },
      ],
    ],
    [
      'more segments',
      [
        { path: '/files/:id', policy: EVERYONE },
        { path: '/files/*rest', policy: false },
      ],
    ],
    [
      'what has no hyphen',
      [
        { path: '/files/:a-:b', policy: EVERYONE },
        { path: '/files/:id', policy: false },
      ],
    ],
    [
      'what has one segment',
      [
        { path: '/files/:id/*rest', policy: EVERYONE },
        { path: '/files/*rest', policy: false },
      ],
    ],
    [
      'half an escape',
      [
        { path: '/files/:id', policy: EVERYONE },
        { path: ['/100%', '/a%zz'], policy: false },
      ],
    ],
    [
      'another name',
      [
        { path: '/files/x', policy: EVERYONE },
        { path: '/files/:id', policy: false },
      ],
    ],
    ['the list it is in', [{ path: ['/files/*rest', '/files/secret'], policy: false }]],
  ])('but not where an earlier one leaves it %s', async (_what, paths) => {
    await start(way, { paths });
    expect(log.complaints).toEqual([]);
  });

  it('the table has the entries of paths', async () => {
    await start(way, {
      paths: [
        { path: ['/a', '/b'], methods: ['GET'], untouched: true },
        { path: '/c', policy: false },
      ],
    });
    expect(log.ofCors('debug').join('\n')).toContain(
      [
        '  GET     /a          untouched                paths[0]',
        '  GET     /b          untouched                paths[0]',
        '  any     /c          closed                   paths[1]',
      ].join('\n'),
    );
  });
});

describe('an Express router in front of routes', () => {
  const routerOf = (fill: (router: express.Router) => unknown): express.Router => {
    const router = express.Router();
    fill(router);
    return router;
  };

  it.each<[string, (app: INestApplication) => unknown, string | undefined]>([
    [
      'is a warning with its mount path',
      (app) =>
        app.use(
          '/cats',
          routerOf((router) => router.use(libraryWithCors)),
        ),
      '/cats',
    ],
    [
      'also where only some of its URLs are those of routes',
      (app) =>
        app.use(
          '/',
          routerOf((router) => router.put('/cats/:id', libraryWithCors)),
        ),
      '/',
    ],
    ['also a whole application', (app) => expressOf(app).use('/cats', createExpress()), '/cats'],
    [
      'also within another',
      (app) =>
        app.use(
          routerOf((router) =>
            router.use(
              '/cats',
              routerOf((inner) => inner.all('/', libraryWithCors)),
            ),
          ),
        ),
      '/',
    ],
    [
      'not where its routes are others',
      (app) =>
        app.use(
          '/',
          routerOf((router) => router.get('/dogs', libraryWithCors).post('/cats', libraryWithCors)),
        ),
      undefined,
    ],
    [
      'not where it is mounted elsewhere',
      (app) =>
        app.use(
          '/dogs',
          routerOf((router) => router.use(libraryWithCors)),
        ),
      undefined,
    ],
    [
      'not middleware',
      (app) => app.use('/cats', (_request: unknown, _response: unknown, next: () => void) => next()),
      undefined,
    ],
  ])('%s', async (_, configure, mountPath) => {
    await start(EXPRESS, {}, configure);
    const warnings = log.ofCors('warn');
    expect(warnings).toEqual(
      mountPath === undefined ? [] : [expect.stringContaining(`mounted at ${mountPath} comes before CatsController.`)],
    );
  });
});

describe('the settings of the router', () => {
  const paths: CorsPathPolicy[] = [
    { path: '/Files{/*rest}', policy: EVERYONE },
    { path: '/page', policy: EVERYONE },
    { path: '/admin{/*rest}', policy: false },
  ];
  const opens = async (app: RunningApp, path: string): Promise<boolean> =>
    (await app.send({ path, origin: OTHER })).cors[ACAO] === '*';

  it('of Express decide what an entry opens', async () => {
    const application = createExpress();
    application.set('case sensitive routing', true);
    application.set('strict routing', true);
    const strict = await startApp(EXPRESS, rootModule({}, { paths }), { adapter: new ExpressAdapter(application) });
    const loose = await start(EXPRESS, { paths });
    const asked = ['/Files/', '/files/x', '/page/', '//Files', '/Files;x'];
    expect(await Promise.all(asked.map(async (path) => opens(loose, path)))).toEqual([true, true, true, false, false]);
    expect(await Promise.all(asked.map(async (path) => opens(strict, path)))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('of Fastify decide what an entry opens', async () => {
    const [, [, way]] = BOTH_PLATFORMS as [never, [string, Way]];
    const routerOptions = {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      useSemicolonDelimiter: true,
    };
    const loose = await startApp(way, rootModule({}, { paths }), { adapter: new FastifyAdapter({ routerOptions }) });
    const strict = await start(way, { paths });
    const asked = ['/Files/', '/files/x', '/page/', '//Files', '/Files;x'];
    expect(await Promise.all(asked.map(async (path) => opens(loose, path)))).toEqual([true, true, true, true, true]);
    expect(await Promise.all(asked.map(async (path) => opens(strict, path)))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
