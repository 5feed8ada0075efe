import { describe, expect, it, jest } from '@jest/globals';
import {
  All,
  ConsoleLogger,
  Controller,
  Delete,
  Get,
  Logger,
  Module,
  Options,
  Patch,
  Post,
  Put,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { RouteConfig } from '@nestjs/platform-fastify';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, CorsService, type CorsModuleOptions, type CorsPolicyOptions } from 'nestjs-cors';

import { APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { createExpress, rootModule, startApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS } from '../support/ways.js';

@Controller('cats')
class CatsController {
  @Get() @Cors({ origin: '*' }) list(): string {
    return 'list';
  }

  @Get(':id') @Cors({ origin: APP, credentials: true, enforce: true }) read(): string {
    return 'read';
  }

  @Put(':id') @Cors(false) update(): string {
    return 'update';
  }

  @Delete(':id') remove(): string {
    return 'remove';
  }
}

@Controller('dogs')
class DogsController {
  @Get() list(): string {
    return 'list';
  }
}

const controllers = [CatsController];

describe.each(EVERY_WAY)('what the log says at start, on %s', (_, way) => {
  it('one line that sums the routes up', async () => {
    await startApp(way, rootModule({ controllers }));
    expect(log.ofCors('log')).toEqual([
      '2 of 4 routes allow other origins, 1 closed, 1 untouched; other URLs are untouched',
    ]);
  });

  it('that enforce refuses nothing on routes without an origin', async () => {
    const warnings = async (options: CorsModuleOptions): Promise<readonly string[]> => {
      log.clear();
      await startApp(way, rootModule({ controllers }, options));
      return log.ofCors('warn');
    };
    expect(await warnings({ enforce: true })).toEqual([
      'forRoot() has enforce: true and no origin, and without an origin a route has no policy that could refuse a request ' +
        '(CatsController.remove); write origin: false to close such routes, or name the origins',
    ]);
    expect(await warnings({ enforce: true, origin: false })).toEqual([]);
    expect(await warnings({ enforce: false })).toEqual([]);
    expect(await warnings({})).toEqual([]);
  });

  it('and what holds for other URLs', async () => {
    await startApp(way, rootModule({ controllers }, { origin: false }));
    expect(log.ofCors('log')).toEqual([
      "2 of 4 routes allow other origins, 2 closed, 0 untouched; other URLs follow forRoot's policy",
    ]);
  });

  it('and how many entries of paths come first', async () => {
    const entry = { path: '/files', policy: false as const };
    await startApp(way, rootModule({ controllers }, { paths: [entry] }));
    await startApp(way, rootModule({ controllers }, { origin: APP, paths: [entry, { ...entry, path: '/more' }] }));
    expect(log.ofCors('log').map((line) => line.split('; ')[1])).toEqual([
      'other URLs follow the entry of paths, or are untouched',
      "other URLs follow the 2 entries of paths, then forRoot's policy",
    ]);
  });

  it.each<[CorsModuleOptions, string]>([
    [{}, 'all URLs are untouched'],
    [{ origin: APP, credentials: true }, "all URLs follow forRoot's policy (named origins, credentials)"],
    [{ origin: false }, "all URLs follow forRoot's policy (closed)"],
    [
      { paths: [{ path: '/graphql', policy: { origin: '*' } }] },
      'all URLs follow the entry of paths, or are untouched',
    ],
    [
      { origin: '*', paths: [{ path: '/graphql', policy: false }] },
      "all URLs follow the entry of paths, then forRoot's policy (everyone)",
    ],
  ])('in an app without controllers, what holds for its URLs: %j', async (options, line) => {
    await startApp(way, rootModule({}, options));
    expect(log.ofCors('log')).toEqual([`no controller has a route; ${line}`]);
  });

  it('on the level debug the whole table', async () => {
    await startApp(way, rootModule({ controllers }));
    expect(log.ofCors('debug')).toEqual([
      [
        'the policy of every route',
        '  GET     /cats       everyone                                        CatsController.list',
        '  GET     /cats/:id   https://app.example.com, credentials, enforced  CatsController.read',
        '  PUT     /cats/:id   closed                                          CatsController.update',
        '  DELETE  /cats/:id   untouched                                       CatsController.remove',
        '  any     other URLs  untouched                                       forRoot',
      ].join('\n'),
    ]);
  });

  it('with the first names of a long list, whatever their kind', async () => {
    const isTenant = (): boolean => false;
    class Tenants {
      allowsOrigin(): boolean {
        return false;
      }
    }
    const policy = (origin: CorsModuleOptions['origin']) => ({ policy: { origin } });
    const paths = [
      { path: '/many', ...policy(['https://c.example', 'https://b.example', 'https://*.a.example']) },
      { path: '/two', ...policy([isTenant, { resolver: Tenants }]) },
      { path: '/regexp', ...policy(/https:\/\/[a-z]+\.example\.com/) },
    ];
    await startApp(way, rootModule({ providers: [Tenants] }, { origin: APP, paths }));
    expect(log.ofCors('debug').join().split('\n  ').slice(1)).toEqual([
      'any  /many       https://*.a.example, https://b.example and 1 more  paths[0]',
      'any  /two        function isTenant, resolver Tenants                paths[1]',
      'any  /regexp     /https:\\/\\/[a-z]+\\.example\\.com/                   paths[2]',
      'any  other URLs  https://app.example.com                            forRoot',
    ]);
  });

  it('how to get it, where it is too long for a log', async () => {
    const paths = Array.from({ length: 50 }, (_path, index) => ({ path: `/${index}`, policy: false as const }));
    await startApp(way, rootModule({}, { paths }));
    expect(log.ofCors('debug')).toEqual([
      '51 policies are too many for the log: policyTable(app) of nestjs-cors/testing prints them, CorsService.routes() and paths() list them',
    ]);
  });

  it('the table also under Nest 11, whose Logger says that no level is enabled until some are set', async () => {
    const asked = jest.spyOn(Logger, 'isLevelEnabled').mockReturnValue(false);
    await startApp(way, rootModule({ controllers }));
    asked.mockRestore();
    expect(log.ofCors('debug')).toEqual([expect.stringMatching(/^the policy of every route\n/)]);
  });

  it('no table in a log of other levels', async () => {
    const printed: string[] = [];
    class Lines extends ConsoleLogger {
      protected override printMessages(messages: unknown[]): void {
        printed.push(...messages.map(String));
      }
    }
    const logger = new Lines({ logLevels: ['log'] });
    await startApp(way, rootModule({ controllers }), { configure: (app) => app.useLogger(logger) });
    expect(printed).toContain('2 of 4 routes allow other origins, 1 closed, 1 untouched; other URLs are untouched');
    expect(printed.join()).not.toContain('the policy of every route');
  });

  it('a warning that nothing is shared and nobody said so', async () => {
    await startApp(way, rootModule({ controllers: [DogsController] }));
    expect(log.ofCors('warn')).toEqual([expect.stringMatching(/forRoot\(\) allows no origin and no @Cors was found/)]);
  });

  it('no warning where there is nothing to warn of', async () => {
    await startApp(way, rootModule({ controllers: [DogsController] }, { origin: APP }));
    await startApp(way, rootModule({ controllers }));
    await startApp(way, rootModule({}));
    expect(log.complaints).toEqual([]);
  });

  it('a warning that nothing reads what a route with a policy says to @fastify/cors', async () => {
    @Controller('admin')
    class AdminController {
      @Get() @Cors({ origin: APP }) @RouteConfig({ cors: { origin: 'https://admin.example.com' } }) list(): string {
        return 'list';
      }

      @Post() @RouteConfig({ cors: false }) create(): string {
        return 'create';
      }

      @Put() @RouteConfig({ rateLimit: false }) update(): string {
        return 'update';
      }
    }
    const warnings: string[] = [];
    for (const options of [{}, { origin: APP }]) {
      log.clear();
      await startApp(way, rootModule({ controllers: [AdminController] }, options));
      warnings.push(...log.ofCors('warn'));
    }
    expect(warnings).toEqual([
      'the cors of @RouteConfig() has no effect; write @Cors instead (AdminController.list)',
      'the cors of @RouteConfig() has no effect; write @Cors instead (AdminController.list, AdminController.create)',
    ]);
  });

  it('a warning that a wide list of headers reaches the other handlers of a URL', async () => {
    @Controller('cats')
    @Cors({ origin: APP, allowedHeaders: ['X-A'] })
    class WideController {
      @Get() list(): string {
        return 'list';
      }

      @Put() @Cors({ allowedHeaders: ['X-A', 'X-B'] }) update(): string {
        return 'update';
      }
    }
    await startApp(way, rootModule({ controllers: [WideController] }));
    expect(log.ofCors('warn')).toEqual([
      expect.stringMatching(
        /^\/cats: its handlers allow different request headers.*WideController\.list, WideController\.update/,
      ),
    ]);
  });

  it('a warning that a closed POST gets what another method of its URL allows, unless it is enforced', async () => {
    const closedBy = (options: false | CorsPolicyOptions): Type => {
      @Controller('cats')
      @Cors({ origin: APP, allowedHeaders: ['Content-Type'] })
      class MixedController {
        @Put() update(): string {
          return 'update';
        }

        @Post() @Cors(options) create(): string {
          return 'create';
        }

        // Any page can send it, whatever other methods allow.
        @Get() @Cors(false) list(): string {
          return 'list';
        }

        // Browsers ask before each of these.
        @Delete() @Cors(false) remove(): string {
          return 'remove';
        }
      }
      return MixedController;
    };
    await startApp(way, rootModule({ controllers: [closedBy({ origin: false, enforce: true })] }));
    expect(log.ofCors('warn')).toEqual([]);
    await startApp(way, rootModule({ controllers: [closedBy(false)] }));
    expect(log.ofCors('warn')).toEqual([
      '/cats: pages allowed by MixedController.update can send the request headers allowed there to MixedController.create ' +
        'as well, which is closed: browsers remember header names by URL, not by method, and send POST unasked then. ' +
        'To refuse such requests, write @Cors({ origin: false, enforce: true }) there',
    ]);
  });

  // Fastify takes no second route for a method that @All() serves.
  if (way.isExpress) {
    it('one for @All() as well, but not beside a POST of its own', async () => {
      @Controller('cats')
      @Cors({ origin: APP })
      class RestController {
        @Put() update(): string {
          return 'update';
        }

        @All() @Cors(false) rest(): string {
          return 'rest';
        }
      }
      @Controller('dogs')
      class ServedController extends RestController {
        @Post() @Cors({ origin: APP }) create(): string {
          return 'create';
        }
      }
      await startApp(way, rootModule({ controllers: [RestController, ServedController] }));
      expect(log.ofCors('warn')).toEqual([expect.stringMatching(/^\/cats: .* to RestController\.rest as well/)]);
    });
  }

  it('a warning that pages which a POST does not allow get what another method of its URL allows them, with credentials', async () => {
    const shop = 'https://shop.example';
    @Controller('cats')
    class MixedController {
      @Put() @Cors({ origin: [APP, shop], credentials: true }) update(): string {
        return 'update';
      }

      @Patch() @Cors({ origin: 'https://app.example.com:*', credentials: true }) patch(): string {
        return 'patch';
      }

      // Which origins it matches is not looked into.
      @Delete() @Cors({ origin: /^https:\/\/app\.example\.com$/, credentials: true }) remove(): string {
        return 'remove';
      }

      @Post() @Cors({ origin: APP, credentials: true }) create(): string {
        return 'create';
      }
    }
    @Controller('dogs')
    class HarmlessController {
      // Without credentials a page does nothing there that any program could not do.
      @Put() @Cors({ origin: shop }) update(): string {
        return 'update';
      }

      // Its pages have no header that browsers could remember.
      @Delete() @Cors({ origin: shop, credentials: true, allowedHeaders: [] }) remove(): string {
        return 'remove';
      }

      // The other handler allows them, too.
      @Patch()
      @Cors({ origin: [/^https:\/\/a\.example\.com$/, 'https://*.example.com'], credentials: true })
      patch(): string {
        return 'patch';
      }

      @Post() @Cors({ origin: 'https://*.example.com', credentials: true, allowedHeaders: [] }) create(): string {
        return 'create';
      }
    }
    await startApp(way, rootModule({ controllers: [MixedController, HarmlessController] }));
    const ofHeaders = expect.stringMatching(/^\/dogs: its handlers allow different request headers/);
    expect(log.ofCors('warn')).toEqual([
      '/cats: pages allowed by MixedController.update, MixedController.patch can send the request headers allowed there to MixedController.create ' +
        'as well, which does not allow all of them: browsers remember header names by URL, not by method, and send POST unasked ' +
        'then. To refuse such requests, write enforce: true there',
      ofHeaders,
    ]);
  });

  it('what an update() brings that is to be warned of, once', async () => {
    const app = await startApp(way, rootModule({ controllers: [DogsController] }));
    const cors = app.nest.get(CorsService);
    const first = ['forRoot() allows no origin and no @Cors was found: no route can be called from another origin'];
    expect(log.ofCors('warn')).toEqual(first);
    await cors.update({ enforce: true });
    await cors.update({ enforce: true, maxAge: 5 });
    expect(log.ofCors('warn')).toEqual([
      ...first,
      expect.stringContaining('forRoot() has enforce: true and no origin'),
    ]);
    await cors.update({ origin: APP });
    await cors.update({});
    expect(log.ofCors('warn')).toHaveLength(3);
  });

  it('a warning that there is nothing to add to "*"', async () => {
    @Controller('cats')
    @Cors({ origin: APP, allowedHeaders: { add: ['X-B'] } })
    class AddingController {
      @Get() list(): string {
        return 'list';
      }
    }
    await startApp(way, rootModule({ controllers: [AddingController] }));
    expect(log.ofCors('warn')).toEqual([expect.stringMatching(/^AddingController \(every route\): allowedHeaders/)]);
  });
});

describe.each(EVERY_WAY)(
  'what somebody may believe of a policy, and a warning at start says is not so, on %s',
  (_, way) => {
    it('that @Cors on a module applies to the modules that it imports', async () => {
      @Module({ controllers: [DogsController] })
      class DogsModule {}
      @Module({ imports: [DogsModule] })
      @Cors(false)
      class AdminModule {}
      @Module({})
      @Cors(false)
      class PluginModule {}
      const bare = { module: PluginModule };
      @WebSocketGateway()
      class ChatGateway {}
      @Module({ providers: [ChatGateway] })
      @Cors({ origin: APP })
      class ChatModule {}
      const imports = [AdminModule, bare, { ...bare, controllers }, ChatModule];
      await startApp(way, rootModule({ imports }, { origin: APP }));
      expect(log.ofCors('warn')).toEqual([
        "@Cors on AdminModule has no effect: it is for a module's own controllers and gateways, not for those of the modules " +
          'that it imports; put it on these modules',
      ]);
    });

    it('that an overridden method’s @Cors closes the method that overrides it', async () => {
      class Base {
        @Get('a') @Cors(false) a(): string {
          return 'a';
        }

        @Get('b') @Cors(false) b(): string {
          return 'b';
        }

        @Get('c') @Cors({ maxAge: 60 }) c(): string {
          return 'c';
        }

        @Get('d') @Cors(false) d(): string {
          return 'd';
        }

        @Get('e') @Cors('internal') e(): string {
          return 'e';
        }

        @Get('f') @Cors({ origin: false, enforce: true }) f(): string {
          return 'f';
        }

        @Get('g') @Cors({ use: 'internal', maxAge: 5 }) g(): string {
          return 'g';
        }

        @Get('h') @Cors({ use: 'internal', origin: APP }) h(): string {
          return 'h';
        }
      }
      class Middle extends Base {
        @Get('a') override a(): string {
          return 'a';
        }
      }
      class Several extends Middle {
        @Get('a') override a(): string {
          return 'a';
        }

        @Get('b') @Cors({}) override b(): string {
          return 'b';
        }

        @Get('c') override c(): string {
          return 'c';
        }

        @Get('e') override e(): string {
          return 'e';
        }

        @Get('f') override f(): string {
          return 'f';
        }

        @Get('g') override g(): string {
          return 'g';
        }

        @Get('h') override h(): string {
          return 'h';
        }
      }
      @Controller('open')
      class OpenController extends Several {}
      @Controller('shut')
      @Cors(false)
      class ShutController extends Several {}
      const options = { origin: APP, policies: { internal: false } } as const;
      await startApp(way, rootModule({ controllers: [OpenController, ShutController] }, options));
      expect(log.ofCors('warn').toSorted()).toEqual(
        ['a', 'e', 'f', 'g'].map(
          (name) =>
            `OpenController.${name} allows other origins: it overrides Base.${name}, whose @Cors closes it, and a @Cors does ` +
            'not apply to an overriding method; write it again, or the @Cors that is intended',
        ),
      );
    });

    it('that a handler whose methods leave its own one out can be reached', async () => {
      @Controller('cats')
      class LimitedController {
        @Put('a') @Cors({ methods: ['GET'] }) put(): void {}

        @Post('a') @Cors({ methods: ['PUT'], enforce: true }) post(): void {}

        @Post('b') @Cors({ methods: ['PUT'] }) unasked(): void {}

        @Delete('b') @Cors({ origin: false, methods: ['PUT'] }) closed(): void {}

        @Delete('c') @Cors({ methods: '*' }) every(): void {}

        @Put('c') @Cors({ methods: ['PUT'] }) own(): void {}

        @All('d') @Cors({ methods: ['PUT'] }) all(): void {}

        @Options('e') @Cors({ methods: ['PUT'] }) options(): void {}

        // A limit of all routes.
        @Delete('f') inherited(): void {}
      }
      await startApp(way, rootModule({ controllers: [LimitedController] }, { origin: APP, methods: ['GET', 'PATCH'] }));
      const cure = "so pages are refused; add what is missing, or write methods: 'auto'";
      expect(log.ofCors('warn').filter((line) => line.includes('do not include'))).toEqual([
        `LimitedController.put (PUT /cats/a): the methods of its policy do not include PUT, ${cure}`,
        `LimitedController.post (POST /cats/a): the methods of its policy do not include POST, ${cure}`,
      ]);
    });

    it('and an entry of paths', async () => {
      const methods = ['GET', 'PUT', 'DELETE', 'OPTIONS'];
      const paths = [
        { path: ['/a', '/b'], methods, policy: { methods: ['PUT'] } },
        { path: '/c', methods, policy: {} },
        { path: '/d', methods, policy: { methods: 'auto' } as const },
        { path: '/e', methods, policy: false } as const,
        { path: '/f', methods, untouched: true } as const,
        { path: '/g', policy: { methods: ['PUT'] } },
      ];
      await startApp(way, rootModule({ controllers }, { origin: APP, methods: ['GET', 'POST'], paths }));
      const cure = "so pages are refused; add what is missing, or write methods: 'auto'";
      expect(log.ofCors('warn').filter((line) => line.includes('do not include'))).toEqual([
        `paths[0] (/a, /b): the methods of its policy do not include DELETE, ${cure}`,
        `paths[1] (/c): the methods of its policy (of forRoot) do not include PUT, DELETE, ${cure}`,
      ]);
    });
  },
);

// Fastify takes no other handler at the path of an @All().
describe('an @All() that takes a POST, on Express', () => {
  it('is warned of like the handler of a POST', async () => {
    @Controller('cats')
    class CatchingController {
      @Put() @Cors({ origin: 'https://*.example.com', credentials: true }) update(): string {
        return 'update';
      }

      @All() @Cors({ origin: APP, credentials: true }) all(): string {
        return 'all';
      }
    }
    await startApp(EXPRESS, rootModule({ controllers: [CatchingController] }));
    expect(log.ofCors('warn')).toEqual([
      expect.stringMatching(
        /^\/cats: pages allowed by CatchingController\.update .* to CatchingController\.all as well, which does not/,
      ),
    ]);
  });
});

describe('an Express instance of the user’s own', () => {
  it('is a warning where it has middleware already, which answers without us', async () => {
    const instance = createExpress();
    instance.use('/early', (_request, response) => void response.send('early'));
    const app = await startApp(EXPRESS, rootModule({ controllers }, { origin: '*' }), {
      adapter: new ExpressAdapter(instance),
    });
    expect(log.ofCors('warn')).toEqual([
      expect.stringMatching(/the Express instance has middleware in front of the CORS hook/),
    ]);
    expect(await app.send({ path: '/early', origin: APP })).toMatchObject({ body: 'early', cors: {} });
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({
      body: 'list',
      cors: { 'access-control-allow-origin': '*' },
    });
  });

  it('is none where it is empty', async () => {
    await startApp(EXPRESS, rootModule({ controllers }, { origin: '*' }), {
      adapter: new ExpressAdapter(createExpress()),
    });
    expect(log.complaints).toEqual([]);
  });
});

describe.each(BOTH_PLATFORMS)('with logger: false, on %s', (_, way) => {
  it('nothing is said, and everything works', async () => {
    const app = await startApp(way, rootModule({ controllers }), { options: { logger: false } });
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({ 'access-control-allow-origin': '*' });
    expect(log.lines).toEqual([]);
  });
});
