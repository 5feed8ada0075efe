import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Options,
  Put,
  Scope,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type Type,
} from '@nestjs/common';
import { Cors, CorsConfigError, CorsModule, type CorsModuleOptions } from 'nestjs-cors';

import { APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { createApp, rootModule, startApp, type AppSetup } from '../support/running-app.js';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, FASTIFY, type Way } from '../support/ways.js';

/** The mistakes that stop the app, as `where: path code`. Fails if nothing, or something else, does. */
async function mistakes(way: Way, root: Type, setup?: AppSetup): Promise<readonly string[]> {
  return (await configError(way, root, setup)).issues.map(({ where, path, code }) =>
    `${where}: ${path} ${code}`.replaceAll('  ', ' '),
  );
}

async function configError(way: Way, root: Type, setup?: AppSetup): Promise<CorsConfigError> {
  const app = await createApp(way, root, setup);
  try {
    await app.listen(0);
  } catch (error) {
    if (error instanceof CorsConfigError) {
      return error;
    }
    throw error;
  }
  throw new Error('the app has started');
}

@Injectable()
class Fine {
  allowsOrigin(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class Scoped extends Fine {}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends Fine {}

@Injectable()
class NeedsScoped extends Fine {
  constructor(readonly scoped: Scoped) {
    super();
  }
}

@Injectable()
class NoResolver {}

class Nowhere extends Fine {}

@Module({ providers: [Fine, { provide: 'valued', useValue: {} }] })
class OneModule {}

@Module({ providers: [Fine] })
class OtherModule {}

@Controller('cats')
@Cors({ origin: 'https://App.example.com/', credentials: true })
class MistakenController {
  @Get(':id') @Cors({ methods: 'GET, put' }) read(): string {
    return 'read';
  }

  @Put(':id') @Cors({ maxAge: -1, allowedHeaders: ['Access-Control-Allow-Origin'] }) update(): string {
    return 'update';
  }
}

/** What many a decorator for logging or transactions does. */
function wrapped(_target: object, _key: string, descriptor: TypedPropertyDescriptor<() => string>): void {
  const { value } = descriptor;
  descriptor.value = function wrapper(this: unknown): string {
    return value === undefined ? '' : Reflect.apply(value, this, []);
  };
}

const MISTAKEN: CorsModuleOptions = {
  maxage: 5,
  policies: { partners: { origin: 'partner.example' } },
  paths: [{ path: '/files', policy: { exposedHeaders: ['Set-Cookie'], origin: APP } }],
} as CorsModuleOptions;

const ALL_MISTAKES = [
  'MistakenController (every route): origin origin-not-serialized',
  'MistakenController.read (GET /cats/:id): methods method-case',
  'MistakenController.update (PUT /cats/:id): allowedHeaders[0] header-forbidden',
  'MistakenController.update (PUT /cats/:id): maxAge max-age',
  'forRoot: maxage unknown-option',
  'paths[0] (/files): exposedHeaders[0] header-forbidden',
  'policies.partners: origin origin-invalid',
];

describe.each(EVERY_WAY)('mistakes, on %s', (_, way) => {
  const root = rootModule({ controllers: [MistakenController] }, MISTAKEN);

  it('stop the app at listen(), all in one error, and never at create()', async () => {
    const found = await mistakes(way, root);
    expect(found.map((line) => line.replace(/methods(\[\d\])?/, 'methods')).toSorted()).toEqual(ALL_MISTAKES);
  });

  it('stop it at init(), too', async () => {
    const app = await createApp(way, root);
    await expect(app.init()).rejects.toThrow(/^7 mistakes in the CORS policies\n/);
  });

  it('stop nothing in a factory: what forRootAsync computes is judged at init()', async () => {
    @Module({ imports: [CorsModule.forRootAsync({ useFactory: () => MISTAKEN })], controllers: [MistakenController] })
    class AsyncModule {}
    expect(await mistakes(way, AsyncModule)).toHaveLength(7);
  });

  it.each([null, undefined, 'https://app.example.com', 5, []])(
    'options that are no options (%p) are one',
    async (options) => {
      @Module({ imports: [CorsModule.forRootAsync({ useFactory: () => options as never })] })
      class NoOptions {}
      expect(await mistakes(way, NoOptions)).toEqual(['forRoot: type']);
    },
  );
});

describe.each(BOTH_PLATFORMS)('mistakes that only an application can have, on %s', (_, way) => {
  const withOrigin = (origin: unknown, providers: Type[] = [], imports: Type[] = []): Type =>
    rootModule({ providers, imports }, { origin } as CorsModuleOptions);

  it.each([
    ['no module provides the resolver', withOrigin({ resolver: Nowhere }), 'resolver-missing'],
    ['what is provided is none', withOrigin({ resolver: NoResolver }, [NoResolver]), 'resolver-missing'],
    [
      'an object without the method is provided',
      withOrigin({ resolver: 'valued' }, [], [OneModule]),
      'resolver-missing',
    ],
    [
      'two modules provide it, each with an instance of its own',
      withOrigin({ resolver: Fine }, [], [OneModule, OtherModule]),
      'resolver-ambiguous',
    ],
    ['it is request-scoped', withOrigin({ resolver: Scoped }, [Scoped]), 'resolver-scoped'],
    ['it is transient', withOrigin({ resolver: Transient }, [Transient]), 'resolver-scoped'],
    ['it needs one that is', withOrigin({ resolver: NeedsScoped }, [Scoped, NeedsScoped]), 'resolver-scoped'],
  ])('%s', async (_, root, code) => {
    expect(await mistakes(way, root)).toEqual([`forRoot: origin ${code}`]);
  });

  it('say whether a resolver is not provided, or is none', async () => {
    const isProvided = async (root: Type): Promise<unknown> => {
      const error: unknown = await createApp(way, root)
        .then(async (app) => app.init())
        .catch((reason: unknown) => reason);
      return error instanceof CorsConfigError
        ? error.issues.map((issue) => 'isProvided' in issue && issue.isProvided)
        : error;
    };
    expect(await isProvided(withOrigin({ resolver: Nowhere }))).toEqual([false]);
    expect(await isProvided(withOrigin({ resolver: NoResolver }, [NoResolver]))).toEqual([true]);
  });

  it('preflightContinue where the path has no OPTIONS handler', async () => {
    @Controller('cats')
    @Cors({ origin: APP, preflightContinue: true })
    class ContinuingController {
      @Get() list(): string {
        return 'list';
      }

      @Options() options(): string {
        return 'options';
      }

      @Put(':id') update(): string {
        return 'update';
      }
    }
    expect(await mistakes(way, rootModule({ controllers: [ContinuingController] }))).toEqual([
      'ContinuingController.update (PUT /cats/:id): preflightContinue no-options-handler',
    ]);
  });

  it('@Cors where there is no route', async () => {
    @Controller()
    class HalfController {
      @Get() get(): string {
        return this.no();
      }

      @Cors({ origin: APP }) no(): string {
        return 'no';
      }

      @Cors({ origin: APP }) static helper(): void {}
    }
    @Injectable()
    @Cors({ origin: APP })
    class Gateway {
      @Cors(false) handle(): void {}
    }
    expect(
      (await mistakes(way, rootModule({ controllers: [HalfController], providers: [Gateway] }))).toSorted(),
    ).toEqual([
      'Gateway.handle: not-a-route',
      'Gateway: not-a-route',
      'HalfController.helper: not-a-route',
      'HalfController.no: not-a-route',
    ]);
  });

  it('@Cors on what stands in front of handlers: guards, interceptors, pipes and filters', async () => {
    @Injectable()
    @Cors(false)
    class Guard {
      canActivate = (): boolean => true;
    }
    @Injectable()
    class Interceptor {
      @Cors({ origin: APP }) intercept(_: unknown, next: CallHandler): ReturnType<CallHandler['handle']> {
        return next.handle();
      }
    }
    @UseGuards(Guard)
    @Controller()
    class GuardedController {
      @UseInterceptors(Interceptor) @Get() get(): string {
        return 'guarded';
      }
    }
    expect((await mistakes(way, rootModule({ controllers: [GuardedController] }))).toSorted()).toEqual([
      'Guard: not-a-route',
      'Interceptor.intercept: not-a-route',
    ]);
  });

  it('@Cors below a decorator that replaces the method', async () => {
    @Controller()
    class WrappedController {
      @Get('a') @wrapped @Cors(false) closed(): string {
        return 'closed';
      }

      @Get('b') @Cors({ credentials: true }) @wrapped @Cors({ origin: '*' }) half(): string {
        return 'half';
      }

      @Get('c') @Cors(false) @wrapped above(): string {
        return 'above';
      }

      @wrapped @Cors(false) @Get('d') gone(): string {
        return 'gone';
      }
    }
    expect(await mistakes(way, rootModule({ controllers: [WrappedController] }, { origin: APP }))).toEqual([
      'WrappedController.closed: lost-decorator',
      'WrappedController.half: lost-decorator',
    ]);
  });

  it('CorsModule twice, or bare', async () => {
    @Module({ imports: [CorsModule.forRoot({ origin: APP })] })
    class Feature {}
    expect(await mistakes(way, rootModule({ imports: [Feature] }, { origin: '*' }))).toEqual([
      'CorsModule (imported by RootModule, Feature): duplicate-module',
    ]);
    @Module({ imports: [CorsModule] })
    class Bare {}
    expect(await mistakes(way, Bare)).toEqual(['CorsModule: duplicate-module']);
    expect(await mistakes(way, rootModule({ imports: [Bare] }))).toEqual([
      'CorsModule (imported by RootModule, Bare): duplicate-module',
    ]);
    const dynamic = { module: class Dynamic {}, imports: [CorsModule.forRoot({ origin: APP })] };
    expect(await mistakes(way, rootModule({ imports: [dynamic] }))).toEqual(['CorsModule: duplicate-module']);
  });

  it('not the same dynamic module in two places, which is one', async () => {
    const cors = CorsModule.forRoot({ origin: APP });
    @Module({ imports: [cors] })
    class Feature {}
    @Module({ imports: [cors, Feature] })
    class Root {}
    const app = await startApp(way, Root);
    expect((await app.send({ origin: APP })).cors).toMatchObject({ vary: 'Origin' });
  });

  it.each<[string, AppSetup]>([
    ['enableCors()', { configure: (app) => app.enableCors({ origin: '*' }) }],
    ['the cors option', { options: { cors: true } }],
  ])('%s beside us', async (_, setup) => {
    expect(await mistakes(way, rootModule({}, { origin: APP }), setup)).toEqual(['the application: duplicate-cors']);
  });
});

describe('mistakes in paths', () => {
  const ok = { path: '/files/*any', policy: { origin: APP } };

  it.each<[string, unknown, readonly string[]]>([
    ['no list', {}, ['forRoot: paths type']],
    ['an entry that is no object', [ok, 'graphql'], ['forRoot: paths[1] type']],
    ['a path that is no pattern', [{ ...ok, path: '/files/*' }], ['forRoot: paths[0].path type']],
    ['a path without a slash', [{ ...ok, path: 'files' }], ['forRoot: paths[0].path type']],
    ['no policy', [{ path: '/files' }], ['forRoot: paths[0].policy type']],
    ['a name that is none', [{ ...ok, policy: 'partner' }], ['paths[0] (/files/*any): use unknown-policy']],
    ['a policy without origins', [{ ...ok, policy: { maxAge: 1 } }], ['paths[0] (/files/*any): origin-missing']],
    ['an option that there is not', [{ ...ok, method: 'GET' }], ['forRoot: paths[0].method unknown-option']],
    ['methods that are no list', [{ ...ok, methods: 'GET' }], ['forRoot: paths[0].methods type']],
    ['an empty list of methods', [{ ...ok, methods: [] }], ['forRoot: paths[0].methods type']],
    [
      'no method that a page can send',
      [{ ...ok, methods: ['get', 'TRACE'] }],
      ['forRoot: paths[0].methods[0] method-case', 'forRoot: paths[0].methods[1] method-forbidden'],
    ],
    ['an empty list of patterns', [{ ...ok, path: [] }], ['forRoot: paths[0].path type']],
    [
      'one pattern of several',
      [{ ...ok, path: ['/a', 'b', '/c/../d'] }],
      ['forRoot: paths[0].path[1] type', 'forRoot: paths[0].path[2] path-matches-nothing'],
    ],
    ['policy and untouched', [{ ...ok, untouched: true }], ['forRoot: paths[0].untouched type']],
    ['untouched that is not true', [{ path: '/a', untouched: false }], ['forRoot: paths[0].untouched type']],
    [
      'a pattern that path-to-regexp takes apart and not together',
      [{ ...ok, path: '/:a:b' }],
      ['forRoot: paths[0].path type'],
    ],
    ...['/a#b', '/a\\?b', '/a//b', '/a/./b', '/../a', '/a%2fb', '/a%5Cb', '/a\\\\b', '/a%00', '/a\tb', '/\uD800'].map(
      (path): [string, unknown, readonly string[]] => [
        `a path that no request matches: ${JSON.stringify(path)}`,
        [{ ...ok, path }],
        ['forRoot: paths[0].path path-matches-nothing'],
      ],
    ),
    ['methods that are none', [{ ...ok, methods: ['GET', 'G ET'] }], ['forRoot: paths[0].methods[1] method-invalid']],
  ])('%s', async (_, paths, found) => {
    expect(await mistakes(EXPRESS, rootModule({}, { paths } as CorsModuleOptions))).toEqual(found);
  });
});

describe('entries of paths', () => {
  it.each(['/a b', '/é', '/%C3%A9', '/what%3F', '/100%', '/a/', '/a{/b/../c}', '/A;b', '/@:x', '/{*rest}'])(
    'may have the pattern %s',
    async (path) => {
      const app = await createApp(EXPRESS, rootModule({}, { paths: [{ path, policy: false }] }));
      await expect(app.init()).resolves.toBeDefined();
    },
  );

  it('are judged by the settings of the server', async () => {
    const routerOptions = { caseSensitive: true, useSemicolonDelimiter: true };
    const adapter = new FastifyAdapter({ routerOptions });
    const app = await createApp(FASTIFY, rootModule({}, { paths: [{ path: '/a;b', policy: false }] }), { adapter });
    await expect(app.init()).rejects.toThrow(/useSemicolonDelimiter.*path-matches-nothing/s);
  });

  it('count by their own keys', async () => {
    const entry = Object.assign(Object.create({ policy: { origin: '*' }, untouched: true }) as object, { path: '/a' });
    expect(await mistakes(EXPRESS, rootModule({}, { paths: [entry] } as unknown as CorsModuleOptions))).toEqual([
      'forRoot: paths[0] type',
    ]);
  });
});

const MESSAGE = `
CorsConfigError: 2 mistakes in the CORS policies
  forRoot
    originTimeout: 0 does not belong here; write a number of milliseconds, more than 0 and at most 2147483647   [type]
  DogsController (every route)
    credentials: cannot be true while origin is "*" (inherited from forRoot); name the origins   [any-origin-with-credentials]
`;

describe('the message of a CorsConfigError', () => {
  it('reads as a whole', async () => {
    @Controller('dogs')
    @Cors({ credentials: true })
    class DogsController {
      @Get() get(): string {
        return 'get';
      }
    }
    const root = rootModule({ controllers: [DogsController], providers: [Scoped] }, { origin: '*', originTimeout: 0 });
    const { name, message } = await configError(EXPRESS, root);
    expect(`${name}: ${message}`).toBe(MESSAGE.trim());
    expect(log.ofCors()).toEqual([]);
  });
});
