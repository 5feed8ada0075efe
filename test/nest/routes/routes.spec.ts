import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Copy,
  Get,
  Head,
  Lock,
  Mkcol,
  Module,
  Move,
  Post,
  Propfind,
  Proppatch,
  Put,
  QueryMethod,
  RequestMethod,
  Scope,
  Search,
  Unlock,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { METHODS } from 'node:http';

import { log } from '../../support/log-capture.js';
import { allOf, look, Named } from '../../support/named-route.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach } from '../../support/witness.js';

@Controller(['cats', 'felines'])
@Named('cats')
class CatsController {
  @Get() list(): string {
    return reach('cats');
  }

  @Get(['special', 'extra/:id']) @Named('special') special(): string {
    return reach('special');
  }

  @Get(':id') @Named('cat') read(): string {
    return reach('cat');
  }

  @Put(':id') @Named('update') update(): string {
    return reach('update');
  }

  @All('all/:any') @Named('all') all(): string {
    return reach('all');
  }

  @Head('head') @Named('head') head(): void {
    reach('head');
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
@Named('scoped')
class ScopedController {
  @Get(':id') read(): string {
    return reach('scoped');
  }
}

@Controller('dav')
class DavController {
  @Search() @Named('SEARCH') search(): string {
    return reach('SEARCH');
  }

  @Propfind() @Named('PROPFIND') propfind(): string {
    return reach('PROPFIND');
  }

  @Proppatch() @Named('PROPPATCH') proppatch(): string {
    return reach('PROPPATCH');
  }

  @Mkcol() @Named('MKCOL') mkcol(): string {
    return reach('MKCOL');
  }

  @Copy() @Named('COPY') copy(): string {
    return reach('COPY');
  }

  @Move() @Named('MOVE') move(): string {
    return reach('MOVE');
  }

  @Lock() @Named('LOCK') lock(): string {
    return reach('LOCK');
  }

  @Unlock() @Named('UNLOCK') unlock(): string {
    return reach('UNLOCK');
  }

  @QueryMethod() @Named('QUERY') query(): string {
    return reach('QUERY');
  }
}

const DAV = ['SEARCH', 'PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'QUERY'].filter((method) =>
  METHODS.includes(method),
);

@Controller('items')
class AdminItems {
  @Get() @Named('admin') list(): string {
    return reach('admin');
  }
}

@Controller('items')
@Named('shop')
class ShopItems {
  @Get() list(): string {
    return reach('shop');
  }

  @Post() create(): string {
    return reach('shop');
  }
}

@Controller()
class RootController {
  @Get() @Named('root') root(): string {
    return reach('root');
  }

  @Get('health') @Named('health') health(): string {
    return reach('health');
  }
}

@Module({ controllers: [AdminItems] })
class AdminModule {}

@Module({ controllers: [ShopItems] })
class ShopModule {}

const controllers = [CatsController, ScopedController, DavController];
const imports = [
  AdminModule,
  ShopModule,
  RouterModule.register([
    { path: 'admin', module: AdminModule, children: [{ path: 'shop/:shop', module: ShopModule }] },
  ]),
];

describe.each(EVERY_WAY)('the route that the policy belongs to is the one that runs, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers, imports }));
  });

  it.each([
    ['GET', '/cats', 'cats'],
    ['GET', '/felines', 'cats'],
    ['GET', '/cats?id=1', 'cats'],
    ['GET', '/cats/special', 'special'],
    ['GET', '/felines/special', 'special'],
    ['GET', '/cats/extra/7', 'special'],
    ['GET', '/cats/1', 'cat'],
    ['GET', '/cats/extra', 'cat'],
    ['HEAD', '/cats/1', 'cat'],
    ['PUT', '/felines/1', 'update'],
    ['PUT', '/cats/special', 'update'],
    ['DELETE', '/cats/all/x', 'all'],
    ['GET', '/cats/all/x', 'all'],
    ['PROPFIND', '/cats/all/x', 'all'],
    ['HEAD', '/cats/head', way.isExpress ? 'cat' : 'head'],
    ['GET', '/scoped/1', 'scoped'],
    ['GET', '/admin/items', 'admin'],
    ['GET', '/admin/shop/7/items', 'shop'],
    ['POST', '/admin/shop/7/items', 'shop'],
    ...DAV.map((method) => [method, '/dav', method] as const),
  ])('%s %s', async (method, path, name) => {
    // Fastify demands a body of QUERY.
    const body = method === 'QUERY' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    expect(await look(app, method, path, body)).toEqual(allOf(name));
    expect(log.ofCors('warn', 'error')).toEqual([]);
  });

  it.each([
    ['GET', '/items'],
    ['GET', '/cats/1/2'],
  ])('none: %s %s', async (method, path) => {
    expect(await look(app, method, path)).toEqual({ ran: 404, policy: undefined, preflight: 404 });
  });

  it.each([
    ['POST', '/cats', 'cats'],
    ['COPY', '/cats', 'cats'],
    ['POST', '/cats/1', undefined],
    ['GET', '/dav', undefined],
  ])('none, but what the other methods of the URL have in common: %s %s', async (method, path, policy) => {
    expect(await look(app, method, path)).toEqual({ ran: 404, policy, preflight: 403 });
  });
});

describe.each(EVERY_WAY)('a global prefix with exclusions, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [CatsController, RootController], imports }), {
      configure: (nest) =>
        nest.setGlobalPrefix('/api/v1/', {
          exclude: ['health', '', { path: 'cats/special', method: RequestMethod.GET }, 'admin/*any'],
        }),
    });
  });

  it.each([
    ['GET', '/api/v1/cats', 'cats'],
    ['PUT', '/api/v1/felines/1', 'update'],
    ['GET', '/health', 'health'],
    ['GET', '/', 'root'],
    ['GET', '/cats/special', 'special'],
    ['GET', '/api/v1/felines/special', 'special'],
    ['GET', '/admin/items', 'admin'],
    ['GET', '/admin/shop/1/items', 'shop'],
  ])('%s %s', async (method, path, name) => {
    expect(await look(app, method, path)).toEqual(allOf(name));
  });

  it.each(['/cats', '/api/v1/health', '/api/v1', '/api/v1/admin/items'])('none: GET %s', async (path) => {
    expect(await look(app, 'GET', path)).toEqual({ ran: 404, policy: undefined, preflight: 404 });
  });
});
