import { describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { Cors, CorsConfigError, CorsService, type CorsModuleOptions } from 'nestjs-cors';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import { WebSocketServer as WsServer } from 'ws';

import { APP } from '../../cases/cors-case.js';
import { freePort } from '../../support/free-port.js';
import { log } from '../../support/log-capture.js';
import { createApp, rootModule, startApp, type AppSetup, type RunningApp } from '../../support/running-app.js';
import { connectIo, upgrade } from '../../support/sockets.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../../support/ways.js';

const CHAT = 'https://chat.example';
const STRANGER = 'https://stranger.example';
const IO_UPGRADE = '/socket.io/?EIO=4&transport=websocket';

async function start(
  way: Way,
  gateways: readonly Type[],
  cors: CorsModuleOptions,
  configure?: AppSetup['configure'],
): Promise<RunningApp> {
  const setup = configure === undefined ? {} : { configure };
  return startApp(way, rootModule({ providers: [...gateways] }, cors), setup);
}

async function statuses(port: number, path: string, ...origins: readonly string[]): Promise<readonly number[]> {
  const all = origins.map(async (origin) => (await upgrade(port, path, { Origin: origin })).status);
  return Promise.all(all);
}

const ws = (app: INestApplication): unknown => app.useWebSocketAdapter(new WsAdapter(app));

describe.each(EVERY_WAY)('gateways with ports of their own, on %s', (_, way) => {
  it('are judged with socket.io', async () => {
    const port = await freePort();
    @WebSocketGateway(port)
    @Cors({ origin: CHAT, credentials: true })
    class OwnPortGateway {}
    await start(way, [OwnPortGateway], { origin: APP });
    expect(await statuses(port, IO_UPGRADE, CHAT, APP, STRANGER)).toEqual([101, 403, 403]);
    for (const transports of [['polling'], ['websocket']]) {
      const url = `http://127.0.0.1:${port}`;
      expect(await connectIo(url, CHAT, { transports })).toMatchObject({ outcome: 'connected' });
      expect(await connectIo(url, STRANGER, { transports })).toMatchObject({ outcome: 'refused', status: 403 });
    }
  });

  it('are judged with ws, alone and with several paths on one port', async () => {
    const [alone, shared] = [await freePort(), await freePort()];
    @WebSocketGateway(alone)
    @Cors({ origin: CHAT })
    class AloneGateway {}
    @WebSocketGateway(shared, { path: '/one' })
    @Cors({ origin: CHAT })
    class OneGateway {}
    @WebSocketGateway(shared, { path: '/two' })
    class TwoGateway {}
    await start(way, [AloneGateway, OneGateway, TwoGateway], { origin: APP }, ws);
    expect(await statuses(alone, '/', CHAT, APP, STRANGER)).toEqual([101, 403, 403]);
    expect(await statuses(shared, '/one', CHAT, APP, STRANGER)).toEqual([101, 403, 403]);
    expect(await statuses(shared, '/two', CHAT, APP, STRANGER)).toEqual([403, 101, 403]);
  });

  it('refuse strangers until the policies are known, which they never are where these have mistakes', async () => {
    const [io, plain] = [await freePort(), await freePort()];
    @WebSocketGateway(io)
    @Cors({ origin: CHAT })
    class IoGateway {}
    @WebSocketGateway(plain)
    @Cors({ origin: CHAT })
    class WsGateway {}
    for (const [gateway, port, path, configure] of [
      [IoGateway, io, IO_UPGRADE, undefined],
      [WsGateway, plain, '/', ws],
    ] as const) {
      log.clear();
      const setup = configure === undefined ? {} : { configure };
      const root = rootModule({ providers: [gateway] }, { origin: 'https://MISTAKE.example' });
      const app = await createApp(way, root, setup);
      await expect(app.init()).rejects.toThrow(CorsConfigError);
      expect(await statuses(port, path, CHAT, STRANGER, `http://127.0.0.1:${port}`)).toEqual([403, 403, 101]);
      expect((await upgrade(port, path)).status).toBe(101);
      expect(log.ofCors('warn')).toEqual([
        'a page of another origin tried to open a socket before the application was ready; until then all of them are refused',
      ]);
    }
    const polling = `http://127.0.0.1:${io}/socket.io/?EIO=4&transport=polling`;
    expect((await fetch(polling, { headers: { Origin: CHAT } })).status).toBe(403);
    expect((await fetch(polling)).status).toBe(200);
  });
});

describe.each(EVERY_WAY)('gateways that share a socket, on %s', (_, way) => {
  it('have to allow it, every one of them', async () => {
    @WebSocketGateway({ namespace: 'shared' })
    @Cors({ origin: [CHAT, APP] })
    class WideGateway {}
    @WebSocketGateway({ namespace: '/shared' })
    @Cors({ origin: CHAT })
    class NarrowGateway {}
    const app = await start(way, [WideGateway, NarrowGateway], {});
    const url = `http://127.0.0.1:${app.port}/shared`;
    expect(await connectIo(url, CHAT)).toMatchObject({ outcome: 'connected' });
    expect(await connectIo(url, APP)).toMatchObject({ outcome: 'refused', status: 403 });
  });

  it('have to allow it on ws as well, and one without a policy allows nobody', async () => {
    @WebSocketGateway({ path: '/shared' })
    @Cors({ origin: [CHAT, APP] })
    class WideGateway {}
    @WebSocketGateway({ path: '/shared' })
    @Cors({ origin: CHAT })
    class NarrowGateway {}
    @WebSocketGateway({ path: '/half' })
    @Cors({ origin: CHAT })
    class HalfGateway {}
    @WebSocketGateway({ path: '/half' })
    class OtherHalfGateway {}
    const app = await start(way, [WideGateway, NarrowGateway, HalfGateway, OtherHalfGateway], {}, ws);
    expect(await statuses(app.port, '/shared', CHAT, APP)).toEqual([101, 403]);
    expect(await statuses(app.port, '/half', CHAT)).toEqual([403]);
  });
});

describe.each(EVERY_WAY)('namespaces by RegExp and by function, on %s', (_, way) => {
  it('judge with the policy of their gateway', async () => {
    @WebSocketGateway({ namespace: /^\/room-\d+$/ })
    @Cors({ origin: CHAT })
    class RoomGateway {}
    // Nest's types know names and RegExps; socket.io takes functions.
    const byFunction = (name: string, _auth: unknown, next: (error: null, takes: boolean) => void): void =>
      next(null, name === '/made');
    @WebSocketGateway({ namespace: byFunction as unknown as string })
    @Cors({ origin: STRANGER })
    class MadeGateway {}
    const app = await start(way, [RoomGateway, MadeGateway], { origin: APP });
    const url = `http://127.0.0.1:${app.port}`;
    const outcomes = async (namespace: string): Promise<readonly string[]> =>
      Promise.all([CHAT, STRANGER, APP].map(async (origin) => (await connectIo(`${url}${namespace}`, origin)).outcome));
    expect(await outcomes('/room-1')).toEqual(['connected', 'refused', 'refused']);
    expect(await outcomes('/room-2')).toEqual(['connected', 'refused', 'refused']);
    expect(await outcomes('/made')).toEqual(['refused', 'connected', 'refused']);
  });

  it("follow forRoot's policy where no gateway serves them", async () => {
    @WebSocketGateway()
    @Cors({ origin: [CHAT, APP] })
    class RootGateway {
      @WebSocketServer() server!: { of(name: string | RegExp): unknown };

      afterInit(): void {
        this.server.of('/by-hand');
        this.server.of(/^\/by-regexp/);
      }
    }
    const app = await start(way, [RootGateway], { origin: APP });
    const url = `http://127.0.0.1:${app.port}`;
    for (const namespace of ['/by-hand', '/by-regexp-1']) {
      expect(await connectIo(`${url}${namespace}`, APP)).toMatchObject({ outcome: 'connected' });
      expect(await connectIo(`${url}${namespace}`, CHAT)).toMatchObject({ outcome: 'refused', status: 403 });
    }
  });

  it("do not, where no gateway lets the pages of forRoot's policy through the handshake", async () => {
    @WebSocketGateway()
    @Cors({ origin: CHAT })
    class RootGateway {
      @WebSocketServer() server!: { of(name: string): unknown };

      afterInit(): void {
        this.server.of('/by-hand');
      }
    }
    const app = await start(way, [RootGateway], { origin: APP });
    const url = `http://127.0.0.1:${app.port}`;
    for (const origin of [APP, CHAT]) {
      expect(await connectIo(`${url}/by-hand`, origin)).toMatchObject({ outcome: 'refused' });
    }
    expect(await connectIo(url, CHAT)).toMatchObject({ outcome: 'connected' });

    @WebSocketGateway()
    class PlainGateway {
      @WebSocketServer() server!: { of(name: string): unknown };

      afterInit(): void {
        this.server.of('/by-hand');
      }
    }
    const plain = await start(way, [PlainGateway], { origin: APP });
    expect(await connectIo(`http://127.0.0.1:${plain.port}/by-hand`, APP)).toMatchObject({ outcome: 'connected' });
  });
});

/** As Nest's documentation has it for Redis: options, and an adapter of rooms, that `createIOServer()` adds. */
class OwnIoAdapter extends IoAdapter {
  override createIOServer(port: number, options?: ServerOptions): Server {
    const allowRequest: ServerOptions['allowRequest'] = ({ headers }, decide) =>
      decide(null, headers['x-denied'] === undefined);
    const server = super.createIOServer(port, { ...options, allowRequest } as ServerOptions);
    return server.adapter(Adapter);
  }
}

describe.each(EVERY_WAY)("adapters of the application's own, on %s", (_, way) => {
  it('are judged like the usual one, and their allowRequest has its say', async () => {
    @WebSocketGateway({ namespace: 'chat' })
    @Cors({ origin: CHAT })
    class ChatGateway {}
    const app = await start(way, [ChatGateway], {}, (nest) => nest.useWebSocketAdapter(new OwnIoAdapter(nest)));
    const url = `http://127.0.0.1:${app.port}/chat`;
    for (const transports of [['polling'], ['websocket']]) {
      expect(await connectIo(url, CHAT, { transports })).toMatchObject({ outcome: 'connected' });
      expect(await connectIo(url, STRANGER, { transports })).toMatchObject({ outcome: 'refused', status: 403 });
      const denied = { transports, extraHeaders: { Origin: CHAT, 'x-denied': '1' } };
      expect(await connectIo(url, CHAT, denied)).toMatchObject({ outcome: 'refused' });
    }
  });

  it('are judged where they return one server for all gateways', async () => {
    class OneServerAdapter extends IoAdapter {
      #server: Server | undefined;
      override createIOServer(port: number, options?: ServerOptions): Server {
        this.#server ??= super.createIOServer(port, { ...options, path: '/one' } as ServerOptions);
        return this.#server;
      }
    }
    @WebSocketGateway({ namespace: 'a', path: '/a' })
    @Cors({ origin: CHAT })
    class AGateway {}
    @WebSocketGateway({ namespace: 'b', path: '/b' })
    @Cors({ origin: APP })
    class BGateway {}
    const app = await start(way, [AGateway, BGateway], { origin: 'https://root.example' }, (nest) =>
      nest.useWebSocketAdapter(new OneServerAdapter(nest)),
    );
    const connect = async (namespace: string, origin: string): Promise<string> =>
      (await connectIo(`http://127.0.0.1:${app.port}${namespace}`, origin, { path: '/one' })).outcome;
    expect([await connect('/a', CHAT), await connect('/b', APP)]).toEqual(['connected', 'connected']);
    expect([await connect('/a', APP), await connect('/b', CHAT)]).toEqual(['refused', 'refused']);
    expect([await connect('/a', STRANGER), await connect('/b', STRANGER)]).toEqual(['refused', 'refused']);
  });

  it('are judged with ws on a server of their own making, and their verifyClient has its say', async () => {
    const server = createServer();
    class OwnWsAdapter extends WsAdapter {
      override create(_: number, options: { path?: string }): never {
        const verifyClient = ({ req }: { req: { headers: object } }): boolean => !('x-denied' in req.headers);
        return new WsServer({ server, path: options.path ?? '/', verifyClient }) as never;
      }
    }
    @WebSocketGateway({ path: '/own' })
    @Cors({ origin: CHAT })
    class OwnServerGateway {}
    await start(way, [OwnServerGateway], {}, (nest) => nest.useWebSocketAdapter(new OwnWsAdapter(nest)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await statuses(port, '/own', CHAT, STRANGER)).toEqual([101, 403]);
    expect(await upgrade(port, '/own', { Origin: CHAT, 'x-denied': '1' })).toMatchObject({ status: 401 });
    server.close();
  });

  it('are judged on a socket.io server that is attached later', async () => {
    class LateAdapter extends IoAdapter {
      override createIOServer(): Server {
        const server = new Server();
        setImmediate(() => server.attach(this.httpServer, { path: '/late' }));
        return server;
      }
    }
    @WebSocketGateway()
    class LateGateway {}
    const app = await start(way, [LateGateway], { origin: CHAT }, (nest) =>
      nest.useWebSocketAdapter(new LateAdapter(nest)),
    );
    const url = `http://127.0.0.1:${app.port}`;
    expect(await connectIo(url, CHAT, { path: '/late' })).toMatchObject({ outcome: 'connected' });
    expect(await connectIo(url, STRANGER, { path: '/late' })).toMatchObject({ outcome: 'refused', status: 403 });
  });
});

describe.each(BOTH_PLATFORMS)('two applications that share a gateway class, on %s', (_, way) => {
  it('each judge with their own policies', async () => {
    @WebSocketGateway({ namespace: 'chat' })
    class SharedGateway {
      @SubscribeMessage('x') x(): void {}
    }
    const [first, second] = await Promise.all([
      start(way, [SharedGateway], { origin: APP }),
      start(way, [SharedGateway], { origin: CHAT }),
    ]);
    const outcome = async ({ port }: RunningApp, origin: string): Promise<string> =>
      (await connectIo(`http://127.0.0.1:${port}/chat`, origin)).outcome;
    expect([await outcome(first, APP), await outcome(first, CHAT)]).toEqual(['connected', 'refused']);
    expect([await outcome(second, APP), await outcome(second, CHAT)]).toEqual(['refused', 'connected']);
  });
});

describe.each(BOTH_PLATFORMS)('update(), on %s', (_, way) => {
  it('changes who opens the next socket', async () => {
    @WebSocketGateway({ path: '/chat' })
    class ChatGateway {}
    const app = await start(way, [ChatGateway], { origin: APP }, ws);
    expect(await statuses(app.port, '/chat', APP, CHAT)).toEqual([101, 403]);
    await app.nest.get(CorsService).update({ origin: CHAT });
    expect(await statuses(app.port, '/chat', APP, CHAT)).toEqual([403, 101]);
  });
});

describe.each(BOTH_PLATFORMS)('WebTransport sessions, on %s', (_, way) => {
  it.each<[string, CorsModuleOptions, boolean]>([
    ['are closed where a policy names origins: their own cannot be told', { origin: APP }, true],
    ['are left alone where everyone may come', { origin: '*' }, false],
    ['are left alone where no policy stands', {}, false],
  ])('%s', async (__, cors, isClosed) => {
    interface WithEngine {
      engine: { onWebTransportSession(session: object): Promise<unknown> };
    }
    const servers: WithEngine[] = [];
    @WebSocketGateway()
    class TransportGateway {
      afterInit(server: WithEngine): void {
        servers.push(server);
      }
    }
    await start(way, [TransportGateway], cors);
    const seen: string[] = [];
    const session = {
      close: () => seen.push('closed'),
      incomingBidirectionalStreams: {
        getReader: () => ({ read: async () => (seen.push('read'), Promise.resolve({ done: true })) }),
      },
    };
    await servers[0]?.engine.onWebTransportSession(session);
    expect(seen).toEqual([isClosed ? 'closed' : 'read']);
  });
});
