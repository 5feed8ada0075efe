import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type INestApplication, type Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Cors, CorsConfigError, CorsService, type CorsDecisionEvent, type CorsModuleOptions } from 'nestjs-cors';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { Server, type ServerOptions } from 'socket.io';

import { APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { createApp, portOf, rootModule, startApp, type AppSetup, type RunningApp } from '../../support/running-app.js';
import { connectIo, upgrade } from '../../support/sockets.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../../support/ways.js';

const CHAT = 'https://chat.example';
const STRANGER = 'https://stranger.example';

async function mistakes(
  way: Way,
  providers: readonly Type[],
  cors: CorsModuleOptions = {},
  configure?: AppSetup['configure'],
): Promise<readonly string[]> {
  const setup = configure === undefined ? {} : { configure };
  const app = await createApp(way, rootModule({ providers: [...providers] }, cors), setup);
  const error: unknown = await app.init().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof CorsConfigError
    ? error.issues.map(({ where, path, code }) => `${where}: ${path === '' ? '' : `${path} `}${code}`)
    : [];
}

describe.each(EVERY_WAY)('mistakes on gateways, found at start, on %s', (_, way) => {
  it('a cors option beside a policy', async () => {
    @WebSocketGateway({ namespace: 'a', cors: { origin: '*' } })
    @Cors({ origin: APP })
    class DoubleGateway {}
    @WebSocketGateway({ namespace: 'b', cors: true })
    class InheritingGateway {}
    expect(await mistakes(way, [DoubleGateway, InheritingGateway])).toEqual(['DoubleGateway: cors duplicate-cors']);
    expect(await mistakes(way, [InheritingGateway], { origin: APP })).toEqual([
      'InheritingGateway: cors duplicate-cors',
    ]);
    expect(await mistakes(way, [InheritingGateway])).toEqual([]);

    @WebSocketGateway({ namespace: 'c' })
    @Cors({ origin: APP })
    class NeighbourGateway {}
    expect(await mistakes(way, [InheritingGateway, NeighbourGateway])).toEqual([
      'InheritingGateway: cors duplicate-cors',
    ]);
  });

  it('a cors option that an adapter adds', async () => {
    class CorsAdapter extends IoAdapter {
      override createIOServer(port: number, options?: ServerOptions): Server {
        return super.createIOServer(port, { ...options, cors: { origin: '*' } } as ServerOptions);
      }
    }
    @WebSocketGateway()
    class PlainGateway {}
    const configure = (app: INestApplication): unknown => app.useWebSocketAdapter(new CorsAdapter(app));
    expect(await mistakes(way, [PlainGateway], { origin: APP }, configure)).toEqual([
      'CorsAdapter: cors duplicate-cors',
    ]);
    expect(await mistakes(way, [PlainGateway], {}, configure)).toEqual([]);
  });

  it('keys without a meaning, on the class that wrote them', async () => {
    @Cors({ exposedHeaders: ['X-A'] })
    class BaseGateway {}
    @WebSocketGateway()
    @Cors({ origin: APP, methods: ['GET'], preflightContinue: false, optionsSuccessStatus: 200, enforce: false })
    class WordyGateway extends BaseGateway {}
    expect(await mistakes(way, [WordyGateway])).toEqual([
      'BaseGateway: exposedHeaders gateway-option',
      'WordyGateway: methods gateway-option',
      'WordyGateway: preflightContinue gateway-option',
      'WordyGateway: optionsSuccessStatus gateway-option',
      'WordyGateway: enforce gateway-option',
    ]);
  });

  it('but not where they are inherited, or say what is so anyway', async () => {
    @WebSocketGateway()
    @Cors({
      use: 'partners',
      enforce: true,
      maxAge: 60,
      allowedHeaders: ['X-A'],
      credentials: true,
      methods: undefined,
    })
    class QuietGateway {}
    const cors: CorsModuleOptions = {
      methods: ['PUT'],
      exposedHeaders: ['X-A'],
      optionsSuccessStatus: 200,
      policies: { partners: { origin: APP, exposedHeaders: ['X-B'] } },
    };
    expect(await mistakes(way, [QuietGateway], cors)).toEqual([]);
  });

  it('@Cors on a message handler, or on what is no gateway', async () => {
    @WebSocketGateway()
    @Cors({ origin: APP })
    class ChatGateway {
      @SubscribeMessage('say') @Cors(false) say(): string {
        return 'said';
      }
    }
    @Injectable()
    @Cors({ origin: APP })
    class PlainService {}
    expect(await mistakes(way, [ChatGateway, PlainService])).toEqual([
      'ChatGateway.say: not-a-route',
      'PlainService: not-a-route',
    ]);
  });

  it('mistakes of their policies, like those of routes', async () => {
    @WebSocketGateway({ namespace: 'a' })
    @Cors({ maxAge: 60 })
    class NobodyGateway {}
    @WebSocketGateway({ namespace: 'b' })
    @Cors({ origin: 'https://App.example' })
    class MisspeltGateway {}
    expect(await mistakes(way, [NobodyGateway, MisspeltGateway])).toEqual([
      'NobodyGateway: origin-missing',
      'MisspeltGateway: origin origin-not-serialized',
    ]);
  });

  it('a server that nobody knows, where the gateway says @Cors', async () => {
    class UnknownServer extends EventEmitter {
      close(done: () => void): void {
        done();
      }
    }
    class UnknownAdapter extends WsAdapter {
      override create(): never {
        return new UnknownServer() as never;
      }
    }
    @WebSocketGateway()
    @Cors({ origin: APP })
    class JudgedGateway {}
    const configure = (app: INestApplication): unknown => app.useWebSocketAdapter(new UnknownAdapter(app));
    expect(await mistakes(way, [JudgedGateway], {}, configure)).toEqual(['JudgedGateway: gateway-unjudged']);
  });
});

@WebSocketGateway({ namespace: 'chat' })
@Cors({ origin: CHAT, credentials: true })
class ChatGateway {}

@WebSocketGateway()
class PlainGateway {}

const asked: unknown[] = [];

@WebSocketGateway({ path: '/asking' })
@Cors({
  origin: (origin, question) => {
    asked.push(question);
    return origin === CHAT;
  },
})
class AskingGateway {}

async function start(way: Way, cors: CorsModuleOptions): Promise<{ app: RunningApp; service: CorsService }> {
  const app = await startApp(way, rootModule({ providers: [ChatGateway, PlainGateway, AskingGateway] }, cors));
  return { app, service: app.nest.get(CorsService) };
}

describe.each(BOTH_PLATFORMS)('what is said of gateways, on %s', (_, way) => {
  it('in routes() and in the log at start', async () => {
    const { service } = await start(way, { origin: APP });
    expect(service.routes()).toMatchObject([
      { route: 'ChatGateway', method: 'SOCKET', path: 'namespace /chat', policy: { credentials: true } },
      {
        route: 'PlainGateway',
        method: 'SOCKET',
        path: '/',
        policy: { shares: 'named' },
        sources: { origin: 'forRoot' },
      },
      { route: 'AskingGateway', method: 'SOCKET', path: '/asking', sources: { origin: 'AskingGateway' } },
    ]);
    expect(log.ofCors('log').at(-1)).toBe(
      "no controller has a route; 3 of 3 gateways check who opens a socket; all URLs follow forRoot's policy (named origins)",
    );
    expect(log.ofCors('debug').at(-1)).toContain(
      'SOCKET  /asking          function origin                    AskingGateway',
    );
  });

  it('where some of them have no policy', async () => {
    await start(way, {});
    expect(log.ofCors('log').at(-1)).toContain(
      '2 of 3 gateways check who opens a socket, the others accept every page',
    );
  });

  it('by explain()', async () => {
    const { service } = await start(way, { origin: APP });
    const explain = async (url: string, origin?: string): Promise<unknown> =>
      service.explain({ url, origin, handshake: true });
    expect(await explain('/socket.io/', CHAT)).toEqual({
      phase: 'handshake',
      verdict: 'allowed',
      step: undefined,
      reason: undefined,
      status: undefined,
      headers: {
        'Access-Control-Allow-Origin': CHAT,
        'Access-Control-Allow-Credentials': 'true',
        Vary: 'Origin',
      },
      routes: ['ChatGateway', 'PlainGateway'],
      paths: [],
      candidates: [],
    });
    expect(await explain('/socket.io/', STRANGER)).toMatchObject({
      verdict: 'refused',
      step: 'origin',
      reason: 'origin-not-allowed',
      status: 403,
      headers: { Vary: 'Origin' },
    });
    expect(await explain('/asking/', STRANGER)).toMatchObject({ verdict: 'undecided', routes: ['AskingGateway'] });
    expect(
      await service.explain({ url: '/asking/', origin: CHAT, handshake: true }, { askResolvers: true }),
    ).toMatchObject({
      verdict: 'allowed',
    });
    expect(await explain('/graphql', APP)).toMatchObject({ verdict: 'allowed', routes: [] });
    expect(await explain('/graphql', CHAT)).toMatchObject({ verdict: 'refused', routes: [] });
    expect(await explain('/socket.io/')).toMatchObject({ verdict: 'allowed' });
    expect(await explain('/socket.io/', 'http://localhost')).toMatchObject({ verdict: 'allowed' });
  });

  it('by explain(), as polling is answered', async () => {
    @WebSocketGateway({ namespace: 'silent' })
    class SilentGateway {}
    @WebSocketGateway({ namespace: 'plain' })
    @Cors({ origin: CHAT })
    class SharingGateway {}
    @WebSocketGateway({ namespace: 'plain' })
    @Cors({ origin: CHAT, credentials: true })
    class KnowingGateway {}
    @WebSocketGateway({ namespace: 'secret' })
    @Cors({ origin: CHAT, credentials: true })
    class SecretGateway {}
    @WebSocketGateway({ namespace: 'closed' })
    @Cors(false)
    class ClosedGateway {}
    for (const gateways of [
      [SharingGateway, KnowingGateway],
      [SilentGateway, SharingGateway],
      [SharingGateway, SecretGateway],
      [ClosedGateway, SharingGateway],
      [ClosedGateway],
    ]) {
      const app = await startApp(way, rootModule({ providers: gateways }));
      const service = app.nest.get(CorsService);
      for (const path of ['/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=4&transport=polling&j=0']) {
        for (const origin of [CHAT, STRANGER, '', undefined]) {
          const { status, cors } = await app.send({ path, origin });
          const { verdict, headers } = await service.explain({ url: path, origin, handshake: true });
          const explained = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
          expect([verdict, Object.fromEntries(explained)]).toEqual([status === 403 ? 'refused' : 'allowed', cors]);
        }
      }
    }
  });

  it('by explain(), which asks once, and not where another gateway of the socket refuses', async () => {
    let questions = 0;
    const origin = async (): Promise<boolean> => Promise.resolve((questions += 1) > 0);
    @WebSocketGateway({ namespace: 'a' })
    class OneGateway {}
    @WebSocketGateway({ namespace: 'b' })
    class OtherGateway {}
    @WebSocketGateway({ path: '/joint' })
    class JointGateway {}
    @WebSocketGateway({ path: '/joint' })
    @Cors({ origin: CHAT })
    class NamingGateway {}
    const providers = [OneGateway, OtherGateway, JointGateway, NamingGateway];
    const app = await startApp(way, rootModule({ providers }, { origin }));
    const explain = async (url: string): Promise<unknown> =>
      app.nest.get(CorsService).explain({ url, origin: STRANGER, handshake: true }, { askResolvers: true });
    expect(await explain('/socket.io/')).toMatchObject({ verdict: 'allowed' });
    expect(questions).toBe(1);
    expect(await explain('/joint/')).toMatchObject({ verdict: 'refused', diagnosis: { target: 'NamingGateway' } });
    expect(questions).toBe(1);
  });

  it('by explain() where nothing is judged', async () => {
    @Module({})
    class Nothing {}
    const app = await startApp(way, rootModule({ imports: [Nothing] }));
    expect(await app.nest.get(CorsService).explain({ url: '/x', origin: APP, handshake: true })).toMatchObject({
      phase: 'handshake',
      verdict: 'untouched',
      headers: {},
    });
  });

  it('on the decision channel, and to who is asked', async () => {
    const { app } = await start(way, { origin: APP });
    const events: CorsDecisionEvent[] = [];
    const listen = (event: unknown): number => events.push(event as CorsDecisionEvent);
    subscribe('nestjs-cors:decision', listen);
    asked.length = 0;
    try {
      await connectIo(`http://127.0.0.1:${app.port}/chat`, CHAT, { transports: ['websocket'] });
      await connectIo(`http://127.0.0.1:${app.port}/chat`, APP, { transports: ['websocket'] });
      await upgrade(app.port, '/asking/?EIO=4&transport=websocket', { Origin: STRANGER });
      await upgrade(app.port, '/nothing', { Origin: STRANGER });
    } finally {
      unsubscribe('nestjs-cors:decision', listen);
    }
    const allowed = { phase: 'handshake', verdict: 'allowed', step: undefined, reason: undefined };
    const refused = { phase: 'handshake', verdict: 'refused', step: 'origin', reason: 'origin-not-allowed' };
    expect(events).toEqual([
      { ...allowed, route: 'ChatGateway', origin: CHAT },
      { ...allowed, route: 'PlainGateway', origin: APP },
      { ...refused, route: 'ChatGateway', origin: APP },
      { ...refused, route: 'AskingGateway', origin: STRANGER },
      { ...refused, route: undefined, origin: STRANGER },
    ]);
    expect(asked).toEqual([
      expect.objectContaining({
        phase: 'handshake',
        method: 'GET',
        route: 'AskingGateway',
        origin: STRANGER,
        params: {},
      }),
    ]);
  });

  it('once, where init() is called again after a failure', async () => {
    let failures = 1;
    @Injectable()
    class FailingService {
      onModuleInit(): void {
        if (failures-- > 0) {
          throw new Error('not yet');
        }
      }
    }
    @WebSocketGateway()
    class PlainGateway {}
    const nest = await createApp(way, rootModule({ providers: [FailingService, PlainGateway] }, { origin: APP }));
    await expect(nest.init()).rejects.toThrow('not yet');
    await nest.listen(0, '127.0.0.1');
    const events: unknown[] = [];
    const listen = (event: unknown): number => events.push(event);
    subscribe('nestjs-cors:decision', listen);
    try {
      await upgrade(portOf(nest), '/socket.io/?EIO=4&transport=websocket', { Origin: APP });
    } finally {
      unsubscribe('nestjs-cors:decision', listen);
      await nest.close();
    }
    expect(events).toHaveLength(1);
  });

  it('on the decision channel: the gateway that decided, and the policies of the moment', async () => {
    @WebSocketGateway({ path: '/joint' })
    @Cors({ origin: () => true })
    class WillingGateway {}
    @WebSocketGateway({ path: '/joint' })
    @Cors({ origin: CHAT })
    class NamingGateway {}
    @WebSocketGateway({ namespace: 'first' })
    class FirstGateway {}
    @WebSocketGateway({ namespace: 'second' })
    @Cors({ origin: CHAT })
    class SecondGateway {}
    @WebSocketGateway({ path: '/strict' })
    @Cors({ origin: CHAT, allowedHeaders: ['X-A'] })
    class StrictGateway {}
    const providers = [WillingGateway, NamingGateway, FirstGateway, SecondGateway, StrictGateway];
    const app = await startApp(way, rootModule({ providers }, { origin: APP }));
    const events: CorsDecisionEvent[] = [];
    const listen = (event: unknown): number => events.push(event as CorsDecisionEvent);
    subscribe('nestjs-cors:decision', listen);
    try {
      await upgrade(app.port, '/joint/?EIO=4&transport=websocket', { Origin: STRANGER });
      await app.preflight('/socket.io/?EIO=4&transport=polling', 'POST', CHAT);
      await upgrade(app.port, '/socket.io/?EIO=4&transport=websocket', { Origin: STRANGER });
      await app.preflight('/strict/?EIO=4&transport=polling', 'POST', CHAT, 'x-b');
    } finally {
      unsubscribe('nestjs-cors:decision', listen);
    }
    expect(log.ofCors('warn')[0]).toMatch(/^NamingGateway: /);
    await app.nest.get(CorsService).update({ origin: [APP, STRANGER] });
    expect(events.map(({ route, verdict, diagnosis }) => [route, verdict, diagnosis?.target])).toEqual([
      ['NamingGateway', 'refused', 'NamingGateway'],
      ['SecondGateway', 'allowed', undefined],
      ['FirstGateway', 'refused', 'FirstGateway'],
      ['StrictGateway', 'refused', 'StrictGateway'],
    ]);
    expect(events.at(-1)?.diagnosis).toMatchObject({ reason: 'header-not-allowed', missing: ['x-b'] });
  });
});
