import { afterAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import type { OAuthServerProvider } from '@modelcontextprotocol/sdk/server/auth/provider.js';
import { FileStore } from '@tus/file-store';
import { Server as TusServer } from '@tus/server';
import cors from 'cors';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { Cors, type CorsModuleOptions } from 'nestjs-cors';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { expressOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS, type Way } from '../../support/ways.js';

const OTHER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() @Cors({ origin: APP }) list(): string {
    return 'list';
  }
}

async function start(
  way: Way,
  paths: CorsModuleOptions['paths'],
  configure: (app: INestApplication) => unknown,
): Promise<RunningApp> {
  const app = await startApp(
    way,
    rootModule({ controllers: [CatsController] }, { origin: APP, enforce: true, paths }),
    { configure },
  );
  log.clear();
  return app;
}

const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-tus-'));
const upstream = createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://upstream.example');
  response.setHeader('X-Seen', `${request.method} ${request.url}`);
  response.end();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  upstream.close();
});

describe('untouched, with the packages that it is for', () => {
  it('leaves the metadata of mcpAuthRouter to its own cors()', async () => {
    const router = mcpAuthRouter({
      provider: { clientsStore: { getClient: () => undefined } } as unknown as OAuthServerProvider,
      issuerUrl: new URL('http://localhost'),
    });
    const path = ['/.well-known/*rest', '/authorize', '/token', '/register', '/revoke'];
    const app = await start(EXPRESS, [{ path, untouched: true }], (nest) => expressOf(nest).use(router));
    const metadata = await app.send({ path: '/.well-known/oauth-authorization-server', origin: OTHER });
    expect([metadata.status, metadata.cors]).toEqual([200, { [ACAO]: '*' }]);
    const preflight = await app.preflight('/token', 'POST', OTHER, 'content-type');
    expect([preflight.status, preflight.cors[ACAO]]).toEqual([204, '*']);
    expect((await app.send({ path: '/cats', origin: OTHER })).status).toBe(403);
    expect(log.complaints.filter((line) => !/refused with 403/.test(line))).toEqual([]);
  });
});

describe.each(BOTH_PLATFORMS)('untouched, with the packages that it is for, on %s', (_, way) => {
  it('leaves uploads to tus', async () => {
    const tus = new TusServer({ path: '/uploads', datastore: new FileStore({ directory: folder }) });
    const app = await start(way, [{ path: '/uploads{/*rest}', untouched: true }], (nest) =>
      nest.use('/uploads', (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse) => {
        request.url = request.originalUrl ?? '/uploads';
        void tus.handle(request, response);
      }),
    );
    const preflight = await app.preflight('/uploads', 'POST', OTHER, 'tus-resumable');
    expect([preflight.status, preflight.cors[ACAO]]).toEqual([204, '*']);
    expect(preflight.cors[ACAM]).toContain('PATCH');
    const created = await app.send({
      method: 'POST',
      path: '/uploads',
      origin: OTHER,
      headers: { 'tus-resumable': '1.0.0', 'upload-length': '3' },
    });
    expect([created.status, created.cors[ACAO]]).toEqual([201, '*']);
    expect(log.complaints).toEqual([]);
  });

  it('leaves a proxy’s upstream alone', async () => {
    await new Promise<void>((resolve) =>
      upstream.listening ? resolve() : void upstream.listen(0, '127.0.0.1', resolve),
    );
    const target = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const app = await start(way, [{ path: '/proxy{/*rest}', untouched: true }], (nest) =>
      nest.use('/proxy', createProxyMiddleware({ target })),
    );
    const theirs = { [ACAO]: 'https://upstream.example' };
    const answer = await app.send({ method: 'DELETE', path: '/proxy/x', origin: OTHER });
    expect([answer.headers['x-seen'], answer.cors]).toEqual(['DELETE /x', theirs]);
    const preflight = await app.preflight('/proxy/x', 'DELETE', OTHER);
    expect([preflight.headers['x-seen'], preflight.cors]).toEqual(['OPTIONS /x', theirs]);
    const refused = await app.preflight('/proxied/x', 'DELETE', OTHER);
    expect([refused.status, refused.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
  });

  it('leaves a path to cors() of its own', async () => {
    const app = await start(way, [{ path: '/legacy', untouched: true }], (nest) =>
      nest.use(
        '/legacy',
        cors({ origin: OTHER, methods: ['GET', 'PURGE'] }),
        (_request: unknown, response: ServerResponse) => {
          response.end('legacy');
        },
      ),
    );
    expect((await app.send({ path: '/legacy', origin: OTHER })).cors).toEqual({ [ACAO]: OTHER, vary: 'Origin' });
    const preflight = await app.preflight('/legacy', 'PURGE', OTHER);
    expect([preflight.status, preflight.cors[ACAO], preflight.cors[ACAM]]).toEqual([204, OTHER, 'GET,PURGE']);
  });
});
