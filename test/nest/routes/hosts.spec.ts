import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HostParam, Post, Put } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { Cors } from 'nestjs-cors';

import { APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { allOf, look, Named } from '../../support/named-route.js';
import { createExpress, expressOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';
import { reach } from '../../support/witness.js';

const NOBODY = { ran: 404, policy: undefined, preflight: 404 };

@Controller({ host: 'admin.example.com', path: 'panel' })
@Named('admin')
class AdminController {
  @Get() get(): string {
    return reach('admin');
  }
}

@Controller({ host: ':tenant.shop.example', path: 'shop' })
@Named('tenant')
class TenantController {
  @Get() get(@HostParam('tenant') tenant: string): string {
    return reach(tenant === '' ? 'no tenant' : 'tenant');
  }
}

@Controller({ host: /^(?:eu|us)\.example\.net$/, path: 'region' })
@Named('region')
class RegionController {
  @Get() get(): string {
    return reach('region');
  }
}

@Controller({ host: ['a.example.org', /^b\d\.example\.org$/], path: 'several' })
@Named('several')
class SeveralController {
  @Put() put(): string {
    return reach('several');
  }
}

const controllers = [AdminController, TenantController, RegionController, SeveralController];

describe.each(BOTH_PLATFORMS)('a controller of a host, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }));
  });

  it.each([
    ['GET', '/panel', 'admin.example.com', 'admin'],
    ['GET', '/panel', 'admin.example.com:8080', 'admin'],
    ['GET', '/shop', 'acme.shop.example', 'tenant'],
    ['GET', '/region', 'eu.example.net', 'region'],
    ['PUT', '/several', 'a.example.org', 'several'],
    ['PUT', '/several', 'b7.example.org', 'several'],
  ])('%s %s at %s', async (method, path, host, name) => {
    expect(await look(app, method, path, { host })).toEqual(allOf(name));
    expect(log.complaints).toEqual([]);
  });

  it.each([
    ['GET', '/panel', 'other.example.com'],
    ['GET', '/panel', 'admin.example.com.evil.example'],
    ['GET', '/panel', ''],
    ['GET', '/shop', 'shop.example'],
    ['GET', '/shop', 'acme.shop.example.evil.example'],
    ['GET', '/region', 'asia.example.net'],
    ['PUT', '/several', 'bx.example.org'],
  ])('none: %s %s at %s', async (method, path, host) => {
    expect(await look(app, method, path, { host })).toEqual(NOBODY);
  });
});

@Controller({ host: 'admin.example.com', path: 'cats' })
class AdminCats {
  @Get() @Named('admin') get(): string {
    return reach('admin');
  }
}

@Controller('cats')
@Named('anybody')
class AnybodysCats {
  @Get() get(): string {
    return reach('anybody');
  }
}

describe.each(BOTH_PLATFORMS.filter(([, { isExpress }]) => isExpress))('two hosts at one path, on %s', (_, way) => {
  it('each has its own policy; what one passes by, the next one takes', async () => {
    const app = await startApp(way, rootModule({ controllers: [AdminCats, AnybodysCats] }));
    expect(await look(app, 'GET', '/cats', { host: 'admin.example.com' })).toEqual(allOf('admin'));
    expect(await look(app, 'GET', '/cats', { host: 'www.example.com' })).toEqual(allOf('anybody'));
    expect(log.complaints).toEqual([]);
  });
});

describe.each(BOTH_PLATFORMS)('the host behind a proxy, on %s', (_, way) => {
  const forwarded = { host: 'other.example.com', headers: { 'x-forwarded-host': 'admin.example.com' } };

  it('is the one that the platform reads: neither trusts the proxy’s header by itself', async () => {
    const app = await startApp(way, rootModule({ controllers }));
    expect(await look(app, 'GET', '/panel', forwarded)).toEqual(NOBODY);
  });

  it('is the proxy’s where the platform is told to trust it', async () => {
    const app = await startApp(way, rootModule({ controllers }), {
      adapter: way.isExpress ? new ExpressAdapter() : new FastifyAdapter({ trustProxy: true }),
      configure: (nest) => (way.isExpress ? expressOf(nest).set('trust proxy', true) : undefined),
    });
    expect(await look(app, 'GET', '/panel', forwarded)).toMatchObject({ ran: 'admin', policy: 'admin' });
  });
});

@Controller({ host: 'closed.example.com', path: 'rooms' })
@Cors(false)
class ClosedRooms {
  @Put('1') put(): string {
    return reach('closed');
  }
}

@Controller('rooms')
@Cors({ origin: APP })
class OpenRooms {
  @Put(':id') put(): string {
    return reach('open');
  }

  @Post() post(): string {
    return reach('open');
  }
}

@Controller('admin/rooms')
@Cors(false)
class AdminRooms {
  @Post() post(): string {
    return reach('admin');
  }
}

/** Behind a proxy that hands on what its client has sent. */
describe.each(BOTH_PLATFORMS)('a page that names another host, on %s', (_, way) => {
  const trusting = (): AbstractHttpAdapter => {
    if (!way.isExpress) {
      return new FastifyAdapter({ trustProxy: true });
    }
    const instance = createExpress();
    instance.set('trust proxy', true);
    return new ExpressAdapter(instance);
  };

  it.each([
    ['PUT', '/rooms/1'],
    ['POST', '/rooms'],
  ])('gets no %s to another handler: its preflight is refused', async (method, path) => {
    const root = rootModule({ controllers: [ClosedRooms, OpenRooms, AdminRooms] }, { origin: APP });
    const app = await startApp(way, root, { adapter: trusting() });
    const headers = { 'access-control-request-headers': 'x-forwarded-host' };
    const { status, cors } = await app.send({ method: 'OPTIONS', path, origin: APP, requestMethod: method, headers });
    expect([status, cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
    expect((await app.preflight(path, method, APP)).status).toBe(204);
  });
});
