import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication, INestApplicationContext, NestApplicationOptions, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { createAdapter } from '@socket.io/redis-adapter';
import { Cors, CorsService, type CorsModuleOptions, type CorsOriginQuestion } from 'nestjs-cors';
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createClient } from 'redis';
import type { Server, ServerOptions } from 'socket.io';
import type { Socket } from 'socket.io-client';
import { WebSocket } from 'ws';

import { APP } from '../../cases/cors-case.js';
import { freePort } from '../../support/free-port.js';
import { HAS_REDIS, RedisServer } from '../../support/redis-server.js';
import { rootModule, startApp, type AppSetup, type RunningApp } from '../../support/running-app.js';
import { connectIo, ioOf, ioOutcome, upgrade } from '../../support/sockets.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../../support/ways.js';
import { LOOPBACK_CERTIFICATE } from '../../testing/loopback-certificate.js';

const CHAT = 'https://chat.example';
const STRANGER = 'https://stranger.example';

async function start(
  way: Way,
  gateways: readonly Type[],
  cors: CorsModuleOptions,
  setup: AppSetup = {},
): Promise<RunningApp> {
  return startApp(way, rootModule({ providers: [...gateways] }, cors), setup);
}

const ws = (app: INestApplication): unknown => app.useWebSocketAdapter(new WsAdapter(app));

describe.each([
  ...BOTH_PLATFORMS.map(([title, way]) => [title, way, false] as const),
  ['Fastify, HTTP/2 beside HTTP/1.1', BOTH_PLATFORMS[1]?.[1] as Way, true] as const,
])('servers with TLS, on %s', (_, way, isHttp2) => {
  @WebSocketGateway({ path: '/ticker' })
  @Cors({ origin: CHAT })
  class TickerGateway {}

  @WebSocketGateway()
  @Cors({ origin: CHAT })
  class ChatGateway {}

  const secure = (): AppSetup & { options: NestApplicationOptions } => {
    const options = { httpsOptions: LOOPBACK_CERTIFICATE };
    const http2 = { http2: true, https: { ...LOOPBACK_CERTIFICATE, allowHTTP1: true } } as const;
    const adapter = (): AbstractHttpAdapter =>
      isHttp2 ? new FastifyAdapter(http2 as never) : new FastifyAdapter({ https: LOOPBACK_CERTIFICATE });
    return way.isExpress ? { options } : { options: {}, adapter: adapter() };
  };

  async function wss(port: number, origin: string): Promise<number> {
    const socket = new WebSocket(`wss://localhost:${port}/ticker`, { origin, rejectUnauthorized: false });
    return new Promise((resolve, reject) => {
      socket.once('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.once('unexpected-response', (__, { statusCode }) => resolve(statusCode ?? 0));
      socket.once('error', reject);
    });
  }

  it('judge wss: like ws:, and a page of the same name on http: is not their own', async () => {
    const { port } = await start(way, [TickerGateway], { origin: APP }, { ...secure(), configure: ws });
    const origins = [CHAT, `https://localhost:${port}`, `http://localhost:${port}`, APP, STRANGER];
    expect(await Promise.all(origins.map(async (origin) => wss(port, origin)))).toEqual([101, 101, 403, 403, 403]);
  });

  (isHttp2 ? it.each([['websocket']]) : it.each([['polling'], ['websocket']]))(
    'judge socket.io over %s',
    async (transport) => {
      const { port } = await start(way, [ChatGateway], { origin: APP }, secure());
      const options = { transports: [transport], rejectUnauthorized: false };
      const url = `https://localhost:${port}`;
      expect(await connectIo(url, CHAT, options)).toMatchObject({ outcome: 'connected' });
      expect(await connectIo(url, url, options)).toMatchObject({ outcome: 'connected' });
      for (const origin of [STRANGER, `http://localhost:${port}`, 'null']) {
        expect(await connectIo(url, origin, options)).toMatchObject({ outcome: 'refused', status: 403 });
      }
    },
  );

  it('read the headers of polling as they were sent', async () => {
    const { port } = await start(way, [ChatGateway], { origin: APP }, secure());
    const path = '/socket.io/?EIO=4&transport=polling';
    const sent = request({ port, path, headers: { Origin: STRANGER }, rejectUnauthorized: false }).end();
    const [{ statusCode, headers }] = (await once(sent, 'response')) as [
      { statusCode: number; headers: Record<string, string> },
    ];
    expect([statusCode, headers['vary'], headers['access-control-allow-origin']]).toEqual([403, 'Origin', undefined]);
  });
});

describe.each(EVERY_WAY)('clients that come back, on %s', (_, way) => {
  const servers: Server[] = [];

  @WebSocketGateway()
  class AliveGateway {
    @WebSocketServer() server!: Server;

    afterInit(server: Server): void {
      servers.push(server);
    }
  }

  @WebSocketGateway({ namespace: 'chat' })
  @Cors({ origin: CHAT })
  class ChatGateway {}

  /** As a network does: the client hears nothing but that the connection is gone. */
  const cut = (): void => servers.at(-1)?.sockets.sockets.forEach(({ conn }) => conn.close(true));

  /** A test that fails leaves a client that goes on trying. */
  const clients: Socket[] = [];
  afterEach(() => clients.splice(0).forEach((client) => client.disconnect()));

  const nextError = async (socket: Socket): Promise<unknown> =>
    new Promise((resolve) => {
      socket.io.once('reconnect_error', resolve);
    });

  it.each([['polling'], ['websocket']])(
    'over %s are refused once update() has removed their origin, and let in once it is back',
    async (transport) => {
      const app = await start(way, [AliveGateway], { origin: APP });
      const cors = app.nest.get(CorsService);
      const socket = ioOf(`http://127.0.0.1:${app.port}`, APP, {
        transports: [transport],
        reconnection: true,
        reconnectionDelay: 1,
        reconnectionDelayMax: 5,
      });
      clients.push(socket);
      expect(await ioOutcome(socket)).toMatchObject({ outcome: 'connected' });

      await cors.update({ origin: CHAT });
      expect(socket.connected).toBe(true);
      const refusals = nextError(socket);
      cut();
      await refusals;
      await nextError(socket);
      expect(socket.connected).toBe(false);
      expect(servers.at(-1)?.sockets.sockets.size).toBe(0);

      const back = new Promise((resolve) => {
        socket.once('connect', () => resolve(undefined));
      });
      await cors.update({ origin: APP });
      await back;
      socket.disconnect();
    },
  );

  it('are refused by the namespace where another one takes their origin, and let in once it is back', async () => {
    const app = await start(way, [AliveGateway, ChatGateway], { origin: CHAT });
    const cors = app.nest.get(CorsService);
    const socket = ioOf(`http://127.0.0.1:${app.port}`, CHAT, {
      transports: ['websocket'],
      reconnection: true,
      reconnectionDelay: 1,
    });
    clients.push(socket);
    expect(await ioOutcome(socket)).toMatchObject({ outcome: 'connected' });
    await cors.update({ origin: APP });
    // It reconnects by itself, as the handshake takes it: then the namespace says no, which it takes for the last word.
    const refused = ioOutcome(socket);
    cut();
    expect(await refused).toMatchObject({ outcome: 'refused', status: 403 });
    expect(socket.active).toBe(false);
    await cors.update({ origin: CHAT });
    expect(await ioOutcome(socket.connect())).toMatchObject({ outcome: 'connected' });
  });
});

describe.each(BOTH_PLATFORMS)('clients that ask for another namespace, on %s', (_, way) => {
  const handshakes: IncomingMessage[] = [];

  @WebSocketGateway()
  @Cors({ origin: APP })
  class OpenGateway {
    afterInit(server: Server): void {
      server.on('connection', ({ request: handshake }) => handshakes.push(handshake));
      server.of('/other');
    }
  }

  const connected = async (app: RunningApp, transports: readonly string[]): Promise<Socket> => {
    const socket = ioOf(`http://127.0.0.1:${app.port}`, APP, { transports: [...transports] });
    expect(await ioOutcome(socket)).toMatchObject({ outcome: 'connected' });
    return socket;
  };

  it.each([[['polling']], [['websocket']], [['polling', 'websocket']]])(
    'over %s are asked about until they leave, though the connection of their handshake is gone',
    async (transports) => {
      const questions = new EventEmitter<{ asked: [CorsOriginQuestion] }>();
      const answers = [true];
      const app = await start(way, [OpenGateway], {
        origin: async (__, question) => {
          questions.emit('asked', question);
          return answers.pop() ?? new Promise<boolean>(() => undefined);
        },
      });
      const socket = await connected(app, transports);
      const { socket: connection } = handshakes.at(-1) ?? {};
      if (transports[0] === 'polling' && connection?.destroyed === false) {
        await once(connection, 'close');
      }
      expect(await ioOutcome(socket.io.socket('/other'))).toMatchObject({ outcome: 'connected' });
      socket.io.engine.close();

      const leaving = await connected(app, transports);
      const asked = once(questions, 'asked');
      leaving.io.socket('/other');
      const [{ signal }] = await asked;
      expect(signal.aborted).toBe(false);
      const left = once(signal, 'abort');
      leaving.io.engine.close();
      await left;
    },
  );
});

describe.each(EVERY_WAY)('JSONP polling, on %s', (_, way) => {
  @WebSocketGateway()
  @Cors({ origin: CHAT, credentials: true })
  class ChatGateway {}

  // A `<script>` sends cookies and no Origin, and the page runs what comes back: no header could keep it from reading.
  it.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['is refused to a script of a browser that says nothing', '&j=0', {}, 403],
    ['is refused where its parameter is encoded', '&%6A=0', {}, 403],
    ['is refused where its parameter is empty', '&j=', {}, 403],
    ['is refused where its parameter comes first', '&j=0&j=1', {}, 403],
    ['is refused to a script of another site', '&j=0', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['is refused to a script of the same site', '&j=0', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ["is open to the application's own pages", '&j=0', { 'Sec-Fetch-Site': 'same-origin' }, 200],
  ])('%s', async (__, query, headers, status) => {
    const app = await start(way, [ChatGateway], {});
    const path = `/socket.io/?EIO=4&transport=polling${query}`;
    const answer = await app.send({ path, headers });
    expect(answer).toMatchObject({ status, cors: { vary: 'Origin' } });
    expect(answer.body.startsWith('___eio')).toBe(status === 200);
  });

  it('is refused to a session that is known as well', async () => {
    const app = await start(way, [ChatGateway], {});
    const path = '/socket.io/?EIO=4&transport=polling';
    const { body } = await app.send({ path, origin: CHAT });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    expect(await app.send({ path: `${path}&sid=${sid}&j=1` })).toMatchObject({ status: 403 });
  });
});

if (!HAS_REDIS) {
  console.warn("socket.io's Redis adapter is not tested: install redis-server");
}

/** As Nest's documentation has it, to the letter but for the URL. */
class RedisIoAdapter extends IoAdapter {
  #createAdapter: ReturnType<typeof createAdapter> | undefined;
  readonly #close: (() => unknown)[] = [];

  constructor(
    app: INestApplicationContext,
    private readonly path: string,
  ) {
    super(app);
  }

  async connectToRedis(): Promise<void> {
    const pubClient = createClient({ socket: { path: this.path, tls: false } });
    const subClient = pubClient.duplicate();
    await Promise.all([pubClient.connect(), subClient.connect()]);
    this.#createAdapter = createAdapter(pubClient, subClient);
    this.#close.push(
      () => pubClient.destroy(),
      () => subClient.destroy(),
    );
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options);
    if (this.#createAdapter === undefined) {
      throw new Error('connectToRedis() comes first');
    }
    return server.adapter(this.#createAdapter);
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    this.#close.forEach((close) => close());
  }
}

const onRedis = HAS_REDIS ? describe.each(BOTH_PLATFORMS) : describe.skip.each(BOTH_PLATFORMS);

onRedis("socket.io's Redis adapter, on %s", (_, way) => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => redis.stop());

  it('carries the messages of those who are let in from one process to the other, and strangers get none', async () => {
    @WebSocketGateway({ namespace: 'chat' })
    @Cors({ origin: CHAT })
    class ChatGateway {
      @WebSocketServer() namespace!: { emit(event: string, text: string): unknown };

      @SubscribeMessage('say') say(__: unknown, text: string): void {
        this.namespace.emit('said', text);
      }
    }
    const startOne = async (): Promise<RunningApp> =>
      start(
        way,
        [ChatGateway],
        {},
        {
          configure: async (app) => {
            const adapter = new RedisIoAdapter(app, redis.path);
            await adapter.connectToRedis();
            app.useWebSocketAdapter(adapter);
          },
        },
      );
    const [first, second] = await Promise.all([startOne(), startOne()]);
    const url = ({ port }: RunningApp): string => `http://127.0.0.1:${port}/chat`;
    for (const transports of [['polling'], ['websocket']]) {
      expect(await connectIo(url(first), STRANGER, { transports })).toMatchObject({ outcome: 'refused', status: 403 });
      const [speaker, listener] = [ioOf(url(first), CHAT, { transports }), ioOf(url(second), CHAT, { transports })];
      await Promise.all([ioOutcome(speaker), ioOutcome(listener)]);
      const heard = new Promise((resolve) => {
        listener.once('said', resolve);
      });
      speaker.emit('say', 'hello');
      expect(await heard).toBe('hello');
      speaker.disconnect();
      listener.disconnect();
    }
    await Promise.all([first.close(), second.close()]);
  });
});

describe.each(BOTH_PLATFORMS)('two applications that share a gateway class with a port of its own, on %s', (_, way) => {
  it('one after the other, each judge with their own policies', async () => {
    const port = await freePort();
    @WebSocketGateway(port)
    class OwnPortGateway {}
    const statuses = async (): Promise<readonly number[]> =>
      Promise.all([APP, CHAT].map(async (origin) => (await upgrade(port, '/', { Origin: origin })).status));
    const first = await start(way, [OwnPortGateway], { origin: APP }, { configure: ws });
    expect(await statuses()).toEqual([101, 403]);
    await first.close();
    await start(way, [OwnPortGateway], { origin: CHAT }, { configure: ws });
    expect(await statuses()).toEqual([403, 101]);
  });
});
