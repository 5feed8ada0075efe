/** What docs/guides/proxies.md says of proxies, with each of them in front of an application. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Headers, Put } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { readFile } from 'node:fs/promises';
import { type Block, blocksOf } from '../docs/blocks.js';
import { differencesOf, exchangesIn } from '../docs/exchanges.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http-client.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { upgrade } from '../support/sockets.js';
import { BOTH_PLATFORMS, EXPRESS, type Way } from '../support/ways.js';
import { describeServers } from '../tenants/describe-servers.js';
import { CADDY, HAPROXY, NGINX, ProxyEngine, type Kind } from './proxy.engine.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';
const HOST = 'api.example.com';
const ALLOWED = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true', vary: 'Origin' };

@Controller('cats')
class CatsController {
  @Get() @Header('Cache-Control', 'no-store') list(@Headers() headers: Record<string, string>): object {
    return { host: headers['host'], origin: headers['origin'] };
  }

  @Put(':id') rename(): string {
    return 'renamed';
  }
}

@WebSocketGateway({ path: '/chat' })
class ChatGateway {}

const text = await readFile(new URL('../../docs/guides/proxies.md', import.meta.url), 'utf8');
const blocks = blocksOf({ path: 'docs/guides/proxies.md', text });
const exchanges = blocks.filter(({ language }) => language === 'http').flatMap((block) => exchangesIn(block));
const [passOn, ownErrors] = blocks.filter(({ language }) => language === 'nginx').map(({ code }: Block) => code);

/** What the page has in the sentence about this proxy. */
function inline(pattern: RegExp): string {
  const [, found] = pattern.exec(text) ?? [];
  if (found === undefined) {
    throw new Error(`docs/guides/proxies.md does not show ${String(pattern)}`);
  }
  return found;
}

const running = new Set<ProxyEngine>();
afterAll(async () => {
  for (const proxy of running) {
    await proxy.stop();
    proxy.remove();
  }
});

async function startProxy(kind: Kind, shown: string, port: number): Promise<ProxyEngine> {
  const proxy = await ProxyEngine.create(kind, shown.replaceAll('3000', String(port)));
  running.add(proxy);
  await proxy.start();
  return proxy;
}

async function startCats(way: Way): Promise<RunningApp> {
  const parts = { controllers: [CatsController], providers: [ChatGateway] };
  return startApp(way, rootModule(parts, { origin: APP, credentials: true }), {
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  });
}

const KINDS: readonly (readonly [string, Kind, string])[] = [
  ['nginx', NGINX, passOn ?? ''],
  ['Caddy', CADDY, inline(/Caddy \(`(.+?)`\)/)],
  ['HAProxy', HAPROXY, inline(/HAProxy \(`(.+?)`\)/)],
];

const rows = KINDS.flatMap(([name, kind, shown]) =>
  BOTH_PLATFORMS.map(([platform, way]) => [name, platform, kind, shown, way] as const),
);

describeServers.each(rows)('behind %s, on %s', (_name, _platform, kind, shown, way) => {
  let proxy: ProxyEngine;
  beforeAll(async () => {
    proxy = await startProxy(kind, shown, (await startCats(way)).port);
  });

  it('a preflight and its answer arrive as the page shows them', async () => {
    expect(exchanges.length).toBeGreaterThan(0);
    for (const exchange of exchanges) {
      expect(await differencesOf(exchange, proxy.port)).toEqual([]);
    }
  });

  it('a refused preflight stays refused', async () => {
    const asked = { method: 'OPTIONS', path: '/cats/1', origin: EVIL, requestMethod: 'PUT', host: HOST };

    const { status, cors } = await send(proxy.port, asked);

    expect([status, cors]).toEqual([
      403,
      { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' },
    ]);
  });

  it('a request arrives with its Origin and Host, and its answer has one permission', async () => {
    const allowed = await send(proxy.port, { path: '/cats', origin: APP, host: HOST });
    const refused = await send(proxy.port, { path: '/cats', origin: EVIL, host: HOST });

    expect([allowed.status, allowed.cors]).toEqual([200, ALLOWED]);
    expect([refused.status, refused.cors]).toEqual([200, { vary: 'Origin' }]);
    expect(JSON.parse(allowed.body)).toEqual({ host: HOST, origin: APP });
  });

  it('a Host arrives with its port', async () => {
    const { body } = await send(proxy.port, { path: '/cats', origin: APP, host: `${HOST}:8443` });

    expect(JSON.parse(body)).toEqual({ host: `${HOST}:8443`, origin: APP });
  });

  it.each([
    ['of an own page opens', HOST, `https://${HOST}`, 101],
    ['of an own page opens on another port', `${HOST}:8443`, `https://${HOST}:8443`, 101],
    ['of an allowed page opens', `${HOST}:8443`, APP, 101],
    ['of a page on another port stays closed', `${HOST}:8443`, `https://${HOST}`, 403],
    ['of a stranger stays closed', `${HOST}:8443`, EVIL, 403],
  ])('a socket %s', async (_title, host, origin, status) => {
    expect((await upgrade(proxy.port, '/chat', { Host: host, Origin: origin })).status).toBe(status);
  });
});

describeServers('behind nginx', () => {
  it('the application does not see the Host of the page, where the configuration does not say so', async () => {
    const { port } = await startCats(EXPRESS);
    const without = (passOn ?? '').replace(/^.*proxy_set_header Host.*\n/m, '');
    const proxy = await startProxy(NGINX, without, port);

    const { body } = await send(proxy.port, { path: '/cats', origin: APP, host: HOST });

    expect(without).not.toBe(passOn);
    expect(JSON.parse(body)).toEqual({ host: `127.0.0.1:${port}`, origin: APP });
  });

  it('$host instead of $http_host closes the sockets of own pages on another port, as the page says', async () => {
    const { port } = await startCats(EXPRESS);
    const proxy = await startProxy(NGINX, (passOn ?? '').replace('$http_host', '$host'), port);

    const { status } = await upgrade(proxy.port, '/chat', { Host: `${HOST}:8443`, Origin: `https://${HOST}:8443` });

    expect(status).toBe(403);
  });

  it('a socket does not open without the lines about the upgrade', async () => {
    const { port } = await startCats(EXPRESS);
    const without = (passOn ?? '').replace(/^.*proxy_set_header (?:Upgrade|Connection).*\n/gm, '');
    const proxy = await startProxy(NGINX, without, port);

    expect(without).not.toBe(passOn);
    expect((await upgrade(proxy.port, '/chat', { Host: HOST, Origin: APP })).status).toBe(404);
  });

  const [, map, location] = /^([^]*)^server \{\n([^]*)^\}$/m.exec(passOn ?? '') ?? [];
  const both = `${map}${ownErrors?.replace('server {\n', () => `server {\n${location}`)}`;

  it('a page may read the 502 of nginx, where the application is down, and a stranger may not', async () => {
    const proxy = await startProxy(NGINX, both, await freePort());

    const allowed = await send(proxy.port, { path: '/cats', origin: APP, host: HOST });
    const refused = await send(proxy.port, { path: '/cats', origin: EVIL, host: HOST });

    expect([allowed.status, allowed.cors]).toEqual([502, ALLOWED]);
    expect([refused.status, refused.cors]).toEqual([502, { vary: 'Origin' }]);
  });

  it("adds nothing to the application's own answers", async () => {
    const proxy = await startProxy(NGINX, both, (await startCats(EXPRESS)).port);

    const found = await send(proxy.port, { path: '/cats', origin: APP, host: HOST });
    const missing = await send(proxy.port, { path: '/dogs', origin: APP, host: HOST });

    expect([found.status, found.cors]).toEqual([200, ALLOWED]);
    expect([missing.status, missing.cors]).toEqual([404, ALLOWED]);
  });
});

describe('docs/guides/proxies.md', () => {
  it('shows two configurations of nginx', () => {
    expect([passOn, ownErrors].map((each) => each?.includes('proxy_pass'))).toEqual([true, false]);
    expect(ownErrors).toContain('error_page');
  });
});
