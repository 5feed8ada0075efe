import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Module, Options, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { remoteEndpoint } from '../../lib/testing/fetch-target.js';
import { type FetchTarget, pageAt } from '../../lib/testing/index.js';
import { blocked } from './blocked.js';
import { allowing, cannedServer } from './canned-server.js';
import { LOOPBACK_CERTIFICATE } from './loopback-certificate.js';

const PAGE = 'https://app.example.com';

@Controller('cats')
class CatsController {
  @Options(':id')
  @Header('Access-Control-Allow-Origin', PAGE)
  @Header('Access-Control-Allow-Methods', 'PUT')
  preflight(): void {
    // The headers are the answer.
  }

  @Put(':id')
  @Header('Access-Control-Allow-Origin', PAGE)
  update(): { name: string } {
    return { name: 'Miö' };
  }

  @Get()
  closed(): string[] {
    return [];
  }
}

@Module({ controllers: [CatsController] })
class CatsModule {}

const open: Server[] = [];

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host }, resolve);
  });
  open.push(server);
  return (server.address() as AddressInfo).port;
}

/** Until what runs in the background has closed the server. */
async function closing(server: { readonly listening: boolean }): Promise<void> {
  while (server.listening) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

afterEach(async () => {
  for (const server of open.splice(0)) {
    await new Promise((resolve) => server.close(resolve));
  }
});

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('a Nest application on %s', (_platform, adapter) => {
  it('is asked after init(), without listening, and closed again', async () => {
    const testing = await Test.createTestingModule({ imports: [CatsModule] }).compile();
    const app = testing.createNestApplication(adapter(), { logger: false });
    await app.init();
    const response = await pageAt(PAGE).fetch(app, '/cats/1', { method: 'PUT' });
    expect(await response.json()).toEqual({ name: 'Miö' });
    expect(response.transcript.map(({ request }) => request.method)).toEqual(['OPTIONS', 'PUT']);
    expect((await blocked(pageAt(PAGE).fetch(app, '/cats'))).step).toBe('origin');
    await closing(app.getHttpServer() as Server);
    await app.close();
  });

  it('is asked where it listens, and goes on listening', async () => {
    const app = await NestFactory.create(CatsModule, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const server = app.getHttpServer() as Server;
    const before = server.address();
    for (const target of [app, server, await app.getUrl(), new URL(await app.getUrl())]) {
      const response = await pageAt(PAGE).fetch(target, '/cats/1', { method: 'PUT' });
      expect(await response.json()).toEqual({ name: 'Miö' });
    }
    expect(server.address()).toEqual(before);
    await app.close();
    expect(server.listening).toBe(false);
  });

  it('is refused before init()', async () => {
    const app = await NestFactory.create(CatsModule, adapter(), { logger: false });
    await expect(pageAt(PAGE).fetch(app, '/cats')).rejects.toThrow(
      new TypeError('The application is not initialised: call `await app.init()` before you fetch from it'),
    );
    await app.close();
  });
});

describe('a node:http server', () => {
  it('listens for the call alone, on loopback', async () => {
    const { server } = cannedServer(() => {
      addresses.push(server.address());
      return allowing('*');
    });
    const addresses: unknown[] = [];
    expect(await (await pageAt(PAGE).fetch(server, '/')).text()).toBe('');
    await closing(server);
    expect(addresses).toEqual([expect.objectContaining({ address: '127.0.0.1' })]);
  });

  it('is closed when nobody reads the body', async () => {
    const { server } = cannedServer(() => ({
      headers: { 'Access-Control-Allow-Origin': '*' },
      body: 'x'.repeat(2_000_000),
    }));
    const response = await pageAt(PAGE).fetch(server, '/');
    expect(response.status).toBe(200);
    await closing(server);
    expect((await response.text()).length).toBe(2_000_000);
  });

  it('is closed when the answer is blocked, and can listen at once', async () => {
    const { server } = cannedServer(() => ({ body: 'x'.repeat(2_000_000) }));
    await blocked(pageAt(PAGE).fetch(server, '/'));
    expect(server.listening).toBe(false);
    expect(await listening(server)).toBeGreaterThan(0);
  });

  it('serves calls at the same time, and one after the other', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    const page = pageAt(PAGE);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 5 }, () => page.fetch(server, '/')));
    }
    expect(asked).toHaveLength(15);
    await closing(server);
  });

  it('stays open for one call while another ends', async () => {
    const { server } = cannedServer(({ url }) => ({ headers: { 'Access-Control-Allow-Origin': '*' }, body: url }));
    const { server: hanging, release } = hangingServer(server);
    const page = pageAt(PAGE);
    const slow = page.fetch(hanging, '/slow');
    await page.fetch(hanging, '/fast').then((response) => response.text());
    expect(hanging.listening).toBe(true);
    release();
    expect(await (await slow).text()).toBe('/slow');
    await closing(hanging);
  });

  it('is asked where it listens, under the name that the page knows', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    await listening(server);
    expect((await pageAt(PAGE, { api: 'https://api.example.org:8443/v1/' }).fetch(server, 'cats')).url).toBe(
      'https://api.example.org:8443/v1/cats',
    );
    await pageAt(PAGE).fetch(server, 'https://other.example/dogs');
    expect(server.listening).toBe(true);
    expect(asked.map(({ url, headers }) => [headers['host'], url])).toEqual([
      ['api.example.org:8443', '/v1/cats'],
      ['other.example', '/dogs'],
    ]);
  });

  it.each(['0.0.0.0', '::', '::1', '127.0.0.1'])('is found on %s', async (host) => {
    const { server } = cannedServer(() => allowing('*'));
    await listening(server, host);
    expect((await pageAt(PAGE).fetch(server, '/')).status).toBe(200);
  });

  it('may speak TLS with a certificate of its own making', async () => {
    const server = createHttpsServer(LOOPBACK_CERTIFICATE, (_req, res) => {
      res.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('secret');
    });
    expect(await (await pageAt(PAGE).fetch(server, '/')).text()).toBe('secret');
    await closing(server);
    const port = await listening(server);
    expect(await (await pageAt(PAGE).fetch(`https://localhost:${port}`, '/')).text()).toBe('secret');
    expect(await (await pageAt(PAGE).fetch(`https://127.0.0.1:${port}`, '/')).text()).toBe('secret');
  });

  it('on a pipe is refused', async () => {
    const path =
      process.platform === 'win32' ? '\\\\.\\pipe\\nestjs-cors' : join(tmpdir(), `nestjs-cors-${process.pid}.sock`);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    open.push(server);
    await expect(pageAt(PAGE).fetch(server, '/')).rejects.toThrow(
      new TypeError('The server does not listen on a TCP port'),
    );
  });

  it('that cannot listen says why, and is free again', async () => {
    const { server } = cannedServer(() => allowing('*'));
    const { listen } = server;
    server.listen = function refuse() {
      queueMicrotask(() => server.emit('error', new Error('no port left')));
      return server;
    };
    await expect(pageAt(PAGE).fetch(server, '/')).rejects.toThrow(new Error('no port left'));
    server.listen = listen;
    expect((await pageAt(PAGE).fetch(server, '/')).status).toBe(200);
    expect(server.listenerCount('error')).toBe(0);
    await closing(server);
  });
});

/** Puts off `/slow` until it is released. */
function hangingServer(inner: Server): { readonly server: Server; release(): void } {
  let release = (): void => undefined;
  const server = createServer((req, res) => {
    if (req.url === '/slow') {
      release = () => inner.emit('request', req, res);
    } else {
      inner.emit('request', req, res);
    }
  });
  return { server, release: () => release() };
}

describe('a URL', () => {
  it('is the API as the page knows it', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    const port = await listening(server);
    const response = await pageAt(PAGE).fetch(`http://127.0.0.1:${port}/base/`, 'cats');
    expect(response.url).toBe(`http://127.0.0.1:${port}/base/cats`);
    expect(asked[0]?.headers['host']).toBe(`127.0.0.1:${port}`);
  });

  it('can have another name for the page', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    const port = await listening(server);
    const response = await pageAt(PAGE, { api: 'https://api.example.com' }).fetch(`http://127.0.0.1:${port}`, '/cats');
    expect(response.url).toBe('https://api.example.com/cats');
    expect(asked[0]?.headers['host']).toBe('api.example.com');
  });

  it('of any name below localhost is loopback', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    const port = await listening(server);
    await pageAt('http://app.tenant.localhost').fetch(`http://api.tenant.localhost:${port}`, '/');
    expect(asked[0]?.headers).toMatchObject({ host: `api.tenant.localhost:${port}`, 'sec-fetch-site': 'same-site' });
  });

  it.each([
    ['https://api.example.com', 'https:', 'api.example.com', 443, true],
    ['http://api.example.com', 'http:', 'api.example.com', 80, true],
    ['http://api.example.com:8080', 'http:', 'api.example.com', 8080, true],
    ['https://a.localhost:8443', 'https:', 'localhost', 8443, false],
    ['http://[::1]:3000', 'http:', '::1', 3000, false],
  ])('%s leads to %s %s %i, with a certificate to verify: %s', async (url, protocol, host, port, verify) => {
    const { release, ...endpoint } = remoteEndpoint(new URL(url));
    expect(endpoint).toEqual({ protocol, host, port, verify });
    expect(await release()).toBeUndefined();
  });

  it('may redirect to another port of this machine without being asked', async () => {
    const { server: second } = cannedServer(() => allowing('*'));
    const port = await listening(second);
    const { server: first } = cannedServer(() => ({
      status: 302,
      headers: { 'Access-Control-Allow-Origin': '*', Location: `http://localhost:${port}/cats` },
    }));
    const response = await pageAt(PAGE).fetch(first, '/');
    expect(response.url).toBe(`http://localhost:${port}/cats`);
  });

  it('where nobody answers is a TypeError, as in fetch()', async () => {
    const { server } = cannedServer(() => ({}));
    const port = await listening(server);
    await new Promise((resolve) => open.pop()?.close(resolve));
    const error: unknown = await pageAt(PAGE)
      .fetch(`http://127.0.0.1:${port}`, '/cats')
      .catch((reason: unknown) => reason);
    expect(error).toEqual(new TypeError(`GET http://127.0.0.1:${port}/cats got no answer`));
    expect(error).toHaveProperty('cause.code', 'ECONNREFUSED');
  });

  it('that redirects to an unknown name is followed onto the real network', async () => {
    const { server } = cannedServer(() => ({
      status: 302,
      headers: { 'Access-Control-Allow-Origin': '*', Location: 'https://nowhere.invalid/cats' },
    }));
    const port = await listening(server);
    const call = pageAt(PAGE).fetch(`http://127.0.0.1:${port}`, '/');
    await expect(call).rejects.toMatchObject({ message: 'GET https://nowhere.invalid/cats got no answer' });
  });
});

describe('what is no target', () => {
  it.each<[unknown]>([[null], [undefined], [{}], [42], [() => undefined], [{ getHttpServer: () => null }]])(
    'is refused: %p',
    async (target) => {
      await expect(pageAt(PAGE).fetch(target as FetchTarget, '/')).rejects.toThrow(
        new TypeError('fetch() takes a Nest application, a node:http server or a URL'),
      );
      expect(() => pageAt(PAGE, { servers: { [PAGE]: target as FetchTarget } })).toThrow(TypeError);
    },
  );

  it.each(['localhost:3000', 'api.example.com', '/cats', '', 'file:///x', 'data:,x'])(
    'is named, not the path that is requested there: %j',
    async (url) => {
      const message = (what: string) => `${what} must be one such as 'http://localhost:3000', not "${url}"`;
      await expect(pageAt(PAGE).fetch(url, '/cats')).rejects.toThrow(new TypeError(message('The URL of the server')));
      expect(() => pageAt(PAGE, { api: url })).toThrow(new TypeError(message('The URL api')));
    },
  );

  it.each([[null], [{}], [{ ready: 'yes' }], ['instance']])(
    'is refused: an application without a server, on %p',
    async (instance) => {
      const app = { getHttpServer: () => ({}), getHttpAdapter: () => ({ getInstance: (): unknown => instance }) };
      await expect(pageAt(PAGE).fetch(app, '/')).rejects.toThrow(
        new TypeError('The application has no node:http server'),
      );
    },
  );

  it.each([
    ['a server that speaks no HTTP', () => createRawServer((socket) => socket.resume().end('miau'))],
    ['a server that hangs up', () => createRawServer((socket) => socket.destroy())],
  ])('is an error: %s', async (_what, create) => {
    const server = create();
    const message = 'GET https://api.example.com/cats got no answer';
    await expect(pageAt(PAGE).fetch(server, '/cats')).rejects.toMatchObject({ name: 'TypeError', message });
    expect(server.listening).toBe(false);
  });

  it('is an origin in another spelling', () => {
    expect(() => pageAt(`${PAGE}/`)).toThrow(TypeError);
    expect(() => pageAt(PAGE, { servers: { 'https://cdn.example.com/': createServer() } })).toThrow(TypeError);
    expect(() => pageAt(PAGE).open(`${PAGE}/`)).toThrow(TypeError);
    expect(pageAt(PAGE).open('null').origin).toBe('null');
  });
});
