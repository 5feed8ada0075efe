import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, type Type } from '@nestjs/common';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import websocket from '@fastify/websocket';
import { createClient } from 'graphql-ws';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { Cors, type CorsModuleOptions } from 'nestjs-cors';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

import { APP } from '../../cases/cors-case.js';
import { fastifyOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { openWs, upgrade } from '../../support/sockets.js';
import { EVERY_WAY, EXPRESS, FASTIFY, type Way } from '../../support/ways.js';

const OTHER = 'https://other.example';
const STRANGER = 'https://stranger.example';

@Resolver()
class TickResolver {
  @Query(() => String) hello(): string {
    return 'hello';
  }

  @Subscription(() => String) async *tick(): AsyncGenerator<{ tick: string }> {
    yield await Promise.resolve({ tick: 'tock' });
  }
}

/** Everything is open here: a route that serves every URL must not open a socket that stands beside it. */
@Controller()
class CatchAllController {
  @Get('{*path}') @Cors({ origin: '*' }) page(): string {
    return 'page';
  }
}

function graphql(way: Way): Type {
  const driver = way.isExpress
    ? GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        subscriptions: { 'graphql-ws': true },
      })
    : GraphQLModule.forRoot<MercuriusDriverConfig>({
        driver: MercuriusDriver,
        autoSchemaFile: true,
        subscription: true,
      });
  return rootModule({ imports: [driver], providers: [TickResolver] }, { origin: APP });
}

/** Subscribes as a page of this origin would; resolves with the first message, or with the refusal. */
async function subscribe(port: number, origin: string | undefined): Promise<string> {
  class PageSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, origin === undefined ? {} : { origin });
    }
  }
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: PageSocket,
    retryAttempts: 0,
    lazy: true,
    onNonLazyError: () => undefined,
  });
  return new Promise((resolve) => {
    client.subscribe(
      { query: 'subscription { tick }' },
      {
        next: ({ data }) => resolve(String(data?.['tick'])),
        error: (error) => resolve(error instanceof Error || hasMessage(error) ? String(error.message) : 'closed'),
        complete: () => undefined,
      },
    );
  });
}

function hasMessage(error: unknown): error is { message: unknown } {
  return typeof error === 'object' && error !== null && 'message' in error;
}

describe.each([
  ['Apollo, on Express', EXPRESS],
  ['Mercurius, on Fastify', FASTIFY],
])('subscriptions of %s', (_, way) => {
  it("follow forRoot's policy", async () => {
    const app = await startApp(way, graphql(way));
    expect(await subscribe(app.port, APP)).toBe('tock');
    expect(await subscribe(app.port, undefined)).toBe('tock');
    expect(await subscribe(app.port, STRANGER)).toContain('403');
    expect(await subscribe(app.port, 'null')).toContain('403');
  });
});

/** Takes every upgrade of the application's server, as what is written against `node:http` does. */
function echo(app: INestApplication, path: string): void {
  const server = app.getHttpServer() as Server;
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith(path) === true) {
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('message', (data) => client.send(data));
      });
    }
  });
}

describe.each(EVERY_WAY)('upgrades that no gateway serves, on %s', (_, way) => {
  const start = async (cors: CorsModuleOptions): Promise<RunningApp> =>
    startApp(way, rootModule({ controllers: way.isExpress ? [CatchAllController] : [] }, cors), {
      configure: (app) => echo(app, '/'),
    });
  const statusOf = async (app: RunningApp, path: string, origin?: string): Promise<number> =>
    (await upgrade(app.port, path, origin === undefined ? {} : { Origin: origin })).status;

  it('follow the entry of paths, or else forRoot', async () => {
    const app = await start({
      origin: APP,
      paths: [
        { path: '/open{/*rest}', policy: { origin: '*' } },
        { path: '/other{/*rest}', methods: ['GET'], policy: { origin: OTHER } },
        { path: '/posts', methods: ['POST'], policy: { origin: '*' } },
        { path: '/closed{/*rest}', policy: false },
        { path: '/theirs{/*rest}', untouched: true },
      ],
    });
    const seen = async (path: string): Promise<readonly number[]> =>
      Promise.all([APP, OTHER, STRANGER].map(async (origin) => statusOf(app, path, origin)));
    expect(await seen('/any')).toEqual([101, 403, 403]);
    expect(await seen('/open')).toEqual([101, 101, 101]);
    expect(await seen('/other?x=1')).toEqual([403, 101, 403]);
    expect(await seen('/posts')).toEqual([101, 403, 403]);
    expect(await seen('/closed')).toEqual([403, 403, 403]);
    expect(await seen('/theirs')).toEqual([101, 101, 101]);
    expect(await seen('/open/..%2fclosed')).toEqual([403, 403, 403]);
    expect(await statusOf(app, '/closed')).toBe(101);
    expect(await statusOf(app, '/closed', `http://127.0.0.1:${app.port}`)).toBe(101);
  });

  it('are left alone where no policy stands', async () => {
    const app = await start({});
    expect(await statusOf(app, '/any', STRANGER)).toBe(101);
  });

  it('carry on as they were', async () => {
    const app = await start({ origin: APP });
    const socket = await openWs(`ws://127.0.0.1:${app.port}/echo`, APP);
    const heard = new Promise((resolve) => {
      socket.once('message', (data: Buffer) => resolve(data.toString()));
    });
    socket.send('hello');
    expect(await heard).toBe('hello');
    socket.close();
  });
});

describe.each(EVERY_WAY)('upgrades that are listened for once the application runs, on %s', (_, way) => {
  const answers = async (app: RunningApp): Promise<readonly number[]> =>
    Promise.all([APP, STRANGER].map(async (origin) => (await upgrade(app.port, '/any', { Origin: origin })).status));

  it("follow the policy on a second server that has bound this one's emit before, as Fastify's for the other address of localhost", async () => {
    const app = await startApp(way, rootModule({}, { origin: APP }));
    const server = app.nest.getHttpServer() as Server;
    const second = createServer();
    second.on('upgrade', server.emit.bind(server, 'upgrade'));
    echo(app.nest, '/');
    second.listen(0, '127.0.0.1');
    await once(second, 'listening');
    const { port } = second.address() as AddressInfo;
    const answers = [APP, STRANGER].map(async (origin) => (await upgrade(port, '/any', { Origin: origin })).status);
    expect(await Promise.all(answers)).toEqual([101, 403]);
    second.close();
  });

  it('follow the policy where somebody has removed the listeners of the server', async () => {
    const app = await startApp(way, rootModule({}, { origin: APP }));
    const server = app.nest.getHttpServer() as Server;
    server.removeAllListeners('newListener');
    echo(app.nest, '/');
    expect(await answers(app)).toEqual([101, 403]);
  });
});

describe('@fastify/websocket', () => {
  it("follows forRoot's policy, and a refused socket does not keep the application from closing", async () => {
    const app = await startApp(FASTIFY, rootModule({}, { origin: APP }), {
      options: { forceCloseConnections: false },
      configure: async (nest) => {
        const fastify = fastifyOf(nest) as unknown as {
          register(plugin: unknown): Promise<unknown>;
          get(path: string, options: object, handler: (socket: WebSocket) => void): void;
        };
        await fastify.register(websocket);
        await fastify.register(async (instance: typeof fastify) => {
          instance.get('/feed', { websocket: true }, (socket) => socket.send('fed'));
        });
      },
    });
    expect((await upgrade(app.port, '/feed', { Origin: APP })).status).toBe(101);
    expect(await upgrade(app.port, '/feed', { Origin: STRANGER })).toMatchObject({ status: 403, isEnded: true });
    await app.close();
  });
});

describe('http-proxy-middleware with ws: true', () => {
  const upstream = createServer();
  const sockets = new WebSocketServer({ server: upstream });
  beforeAll(async () => {
    sockets.on('connection', (socket) => socket.send('upstream'));
    await new Promise<void>((resolve) => {
      upstream.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => {
    sockets.clients.forEach((socket) => socket.terminate());
    upstream.close();
  });

  it('forwards what the policy allows and nothing else', async () => {
    const { port } = upstream.address() as AddressInfo;
    const proxy = createProxyMiddleware({ target: `http://127.0.0.1:${port}`, ws: true });
    const app = await startApp(EXPRESS, rootModule({}, { origin: APP }), {
      configure: (nest) => {
        nest.use('/upstream', proxy);
        (nest.getHttpServer() as Server).on('upgrade', proxy.upgrade);
      },
    });
    expect((await upgrade(app.port, '/upstream', { Origin: APP })).status).toBe(101);
    expect((await upgrade(app.port, '/upstream', { Origin: STRANGER })).status).toBe(403);
    expect((await upgrade(app.port, '/upstream')).status).toBe(101);
  });
});
