import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Cors, type CorsModuleOptions } from 'nestjs-cors';

import { APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { connectIo, upgrade } from '../../support/sockets.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const CHAT = 'https://chat.example';
const STRANGER = 'https://stranger.example';
const FORBIDDEN = JSON.stringify({ message: 'Forbidden', statusCode: 403 });

@WebSocketGateway()
class PlainGateway {
  @SubscribeMessage('hello') hello(): string {
    return 'hello';
  }
}

@WebSocketGateway({ namespace: 'chat' })
@Cors({ origin: CHAT, credentials: true })
class ChatGateway {
  @SubscribeMessage('hello') hello(): string {
    return 'chat';
  }
}

@WebSocketGateway({ path: '/ticker' })
@Cors({ origin: CHAT })
class TickerGateway {}

@WebSocketGateway({ path: '/plain' })
class PlainWsGateway {}

@Controller()
class PageController {
  @Get() page(): string {
    return 'page';
  }
}

async function start(way: Way, gateways: readonly Type[], cors: CorsModuleOptions, isWs = false): Promise<RunningApp> {
  return startApp(way, rootModule({ controllers: [PageController], providers: [...gateways] }, cors), {
    configure: (app) => (isWs ? app.useWebSocketAdapter(new WsAdapter(app)) : app),
  });
}

describe.each(EVERY_WAY)('socket.io, on %s', (_, way) => {
  let app: RunningApp;
  let url: string;
  beforeAll(async () => {
    app = await start(way, [PlainGateway, ChatGateway], { origin: APP });
    url = `http://127.0.0.1:${app.port}`;
  });

  describe.each([
    ['polling', ['polling']],
    ['websocket', ['websocket']],
    ['polling, then websocket', ['polling', 'websocket']],
  ])('over %s', (__, transports) => {
    it('lets in an origin that the policy of the namespace allows', async () => {
      expect(await connectIo(url, APP, { transports })).toMatchObject({ outcome: 'connected' });
      expect(await connectIo(`${url}/chat`, CHAT, { transports })).toMatchObject({ outcome: 'connected' });
    });

    it('refuses a stranger at the handshake', async () => {
      expect(await connectIo(url, STRANGER, { transports })).toMatchObject({ outcome: 'refused', status: 403 });
      expect(await connectIo(`${url}/chat`, STRANGER, { transports })).toMatchObject({
        outcome: 'refused',
        status: 403,
      });
    });

    it('refuses at a namespace whose policy does not allow what another one does', async () => {
      expect(await connectIo(`${url}/chat`, APP, { transports })).toMatchObject({ outcome: 'refused', status: 403 });
      expect(await connectIo(url, CHAT, { transports })).toMatchObject({ outcome: 'refused', status: 403 });
    });

    it("lets in programs and the application's own pages", async () => {
      expect(await connectIo(url, undefined, { transports })).toMatchObject({ outcome: 'connected' });
      expect(await connectIo(`${url}/chat`, url, { transports })).toMatchObject({ outcome: 'connected' });
    });
  });

  it('answers polling with the headers of the policy that allows the origin', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    expect(await app.send({ path, origin: APP })).toMatchObject({
      status: 200,
      cors: { 'access-control-allow-origin': APP, vary: 'Origin' },
    });
    expect((await app.send({ path, origin: CHAT })).cors).toEqual({
      'access-control-allow-origin': CHAT,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(await app.send({ path, origin: STRANGER })).toMatchObject({
      status: 403,
      cors: { vary: 'Origin' },
      body: FORBIDDEN,
    });
    expect(await app.send({ path })).toMatchObject({ status: 200, cors: { vary: 'Origin' } });
  });

  it('judges every request of a session that is known', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    const { body } = await app.send({ path, origin: APP });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    expect(await app.send({ path: `${path}&sid=${sid}`, method: 'POST', origin: STRANGER, body: '40' })).toMatchObject({
      status: 403,
      cors: { vary: 'Origin' },
    });
    expect(
      await upgrade(app.port, `/socket.io/?EIO=4&transport=websocket&sid=${sid}`, { Origin: STRANGER }),
    ).toMatchObject({
      status: 403,
    });
    expect(await app.send({ path: `${path}&sid=${sid}`, method: 'POST', origin: APP, body: '40' })).toMatchObject({
      status: 200,
      body: 'ok',
    });
  });

  it('answers preflights of polling', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    expect(await app.preflight(path, 'POST', CHAT, 'x-token')).toMatchObject({
      status: 204,
      cors: {
        'access-control-allow-origin': CHAT,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'x-token',
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      },
    });
    expect(await app.preflight(path, 'POST', STRANGER, 'x-token')).toMatchObject({
      status: 403,
      cors: { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' },
    });
  });

  it('asks about a preflight of polling no gateway of a namespace that allows the origin by itself', async () => {
    const asking = (name: string, answer: boolean) => (): boolean => reach(name) === name && answer;
    @WebSocketGateway()
    @Cors({ origin: [APP, asking('of one', false)] })
    class OneGateway {}
    @WebSocketGateway()
    @Cors({ origin: asking('of two', true) })
    class TwoGateway {}
    const asked = await start(way, [OneGateway, TwoGateway], {});
    expect(await asked.preflight('/socket.io/?EIO=4&transport=polling', 'POST', APP)).toMatchObject({ status: 204 });
    expect(reached).toEqual(['of two']);
  });

  it("asks nobody about the application's own page, whose answer does not share what a gateway alone allows", async () => {
    @WebSocketGateway()
    @Cors({ origin: 'https://own.example', credentials: true })
    class ListingGateway {}
    @WebSocketGateway()
    @Cors({ origin: () => reach('asked') === 'asked', credentials: true })
    class AskingGateway {}
    const own = await start(way, [ListingGateway, AskingGateway], {});
    const headers = { host: 'own.example' };
    const polling = { path: '/socket.io/?EIO=4&transport=polling', origin: 'https://own.example', headers };
    const { status, cors } = await own.send(polling);
    expect([status, cors]).toEqual([200, { vary: 'Origin' }]);
    expect(reached).toEqual([]);
  });

  it('lets caches tell apart what depends on the origin, beside a namespace that is open to all', async () => {
    const open = await start(way, [PlainGateway, ChatGateway], { origin: '*' });
    const path = '/socket.io/?EIO=4&transport=polling';
    const vary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
    expect(await open.preflight(path, 'POST', CHAT)).toMatchObject({
      status: 204,
      cors: { 'access-control-allow-origin': CHAT, vary },
    });
    expect(await open.preflight(path, 'POST', STRANGER)).toMatchObject({
      status: 204,
      cors: { 'access-control-allow-origin': '*', vary },
    });
    expect(await open.preflight(path, 'PUT', STRANGER)).toMatchObject({ status: 403, cors: { vary } });
    for (const asked of [{}, { origin: CHAT }, { requestMethod: 'POST' }]) {
      expect(await open.send({ path, method: 'OPTIONS', ...asked })).toMatchObject({
        status: 400,
        cors: { vary: 'Origin, Access-Control-Request-Method' },
      });
    }
  });

  it("says of the client's own files who may read them, and refuses them to nobody", async () => {
    const path = '/socket.io/socket.io.esm.min.js';
    expect(await app.send({ path, origin: APP })).toMatchObject({
      status: 200,
      cors: { 'access-control-allow-origin': APP, vary: 'Origin' },
    });
    const { headers, cors } = await app.send({ path, origin: CHAT });
    expect(cors).toEqual({
      'access-control-allow-origin': CHAT,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    const again = { path, origin: APP, headers: { 'If-None-Match': String(headers.etag) } };
    expect(await app.send(again)).toMatchObject({
      status: 304,
      cors: { 'access-control-allow-origin': APP, vary: 'Origin' },
    });
    const script = { path, headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' } };
    for (const asked of [{ path, origin: STRANGER }, { path }, script]) {
      const { status, cors: shared } = await app.send(asked);
      expect([status, shared]).toEqual([200, { vary: 'Origin' }]);
    }
    expect(await app.preflight(path, 'GET', APP, 'x-token')).toMatchObject({
      status: 204,
      cors: { 'access-control-allow-origin': APP, 'access-control-allow-headers': 'x-token' },
    });
    expect(log.lines).toEqual([]);
  });

  it('lets caches tell apart what depends on the origin, beside a namespace that is closed', async () => {
    const closing = await start(way, [PlainGateway, ChatGateway], { origin: false });
    const file = '/socket.io/socket.io.js';
    for (const asked of [
      { path: file },
      { path: file, origin: STRANGER },
      { path: '/socket.io/?EIO=4&transport=polling' },
    ]) {
      const { status, cors } = await closing.send(asked);
      expect([status, cors]).toEqual([200, { vary: 'Origin' }]);
    }
  });

  it("asks a function about the client's own files", async () => {
    const asking = await start(way, [PlainGateway], { origin: async (origin) => Promise.resolve(origin === APP) });
    const path = '/socket.io/socket.io.js';
    expect(await asking.send({ path, origin: APP })).toMatchObject({
      status: 200,
      cors: { 'access-control-allow-origin': APP, vary: 'Origin' },
    });
    const { status, cors } = await asking.send({ path, origin: STRANGER });
    expect([status, cors]).toEqual([200, { vary: 'Origin' }]);
  });

  it('believes the browser before it compares names', async () => {
    const path = '/socket.io/?EIO=4&transport=websocket';
    const own = `http://127.0.0.1:${app.port}`;
    const verdicts = await Promise.all(
      (
        [
          [{ Origin: own }, 101],
          [{ Origin: own, 'Sec-Fetch-Site': 'cross-site' }, 403],
          [{ Origin: own, 'Sec-Fetch-Site': 'same-site' }, 403],
          [{ Origin: STRANGER, 'Sec-Fetch-Site': 'same-origin' }, 101],
          [{ Origin: 'chrome-extension://abcdefgh', 'Sec-Fetch-Site': 'none' }, 403],
          [{ Origin: 'null' }, 403],
          [{ Origin: `${APP}, ${STRANGER}` }, 403],
          [{ Origin: `${APP}.evil.example` }, 403],
          [{ Origin: 'x'.repeat(15_000) }, 403],
          [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
        ] as const
      ).map(async ([headers, status]) => [headers, status, (await upgrade(app.port, path, headers)).status] as const),
    );
    for (const [headers, status, seen] of verdicts) {
      expect([headers, seen]).toEqual([headers, status]);
    }
  });

  it('serves its other URLs as before', async () => {
    expect(await app.send({ path: '/', origin: STRANGER })).toMatchObject({ status: 200, body: 'page' });
  });
});

describe.each(EVERY_WAY)('ws, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start(way, [TickerGateway, PlainWsGateway], { origin: APP }, true);
  });

  it.each<[string, string, string | undefined, number]>([
    ['lets in an origin that the policy allows', '/ticker', CHAT, 101],
    ["refuses an origin that only forRoot's policy allows", '/ticker', APP, 403],
    ['refuses a stranger', '/ticker', STRANGER, 403],
    ["follows forRoot's policy without @Cors", '/plain', APP, 101],
    ["refuses whom forRoot's policy refuses", '/plain', CHAT, 403],
    ['lets in a program', '/ticker', undefined, 101],
    ['refuses an empty Origin, which no browser sends', '/ticker', '', 403],
  ])('%s', async (__, path, origin, status) => {
    expect(await upgrade(app.port, path, origin === undefined ? {} : { Origin: origin })).toMatchObject({ status });
  });

  it('says 403 and Vary, ends the socket, and says why in the log alone', async () => {
    const refused = await upgrade(app.port, '/ticker', { Origin: STRANGER });
    expect(refused).toEqual({
      status: 403,
      isEnded: true,
      body: FORBIDDEN,
      headers: {
        connection: 'close',
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(FORBIDDEN.length),
        vary: 'Origin',
      },
    });
  });

  it('says in the log that a proxy may have changed Host, where the browser does not say whose page it is', async () => {
    const fresh = await start(way, [TickerGateway], { origin: APP }, true);
    await upgrade(fresh.port, '/ticker', { Origin: STRANGER });
    await upgrade(fresh.port, '/ticker', { Origin: STRANGER });
    await upgrade(fresh.port, '/ticker', { Origin: STRANGER, 'Sec-Fetch-Site': 'cross-site' });
    expect(log.ofCors('warn')).toEqual([
      "TickerGateway: a socket was refused with 403 because its page has another origin that the policy does not allow; if the page is the application's own, a proxy changes the Host header: configure it to pass Host on, or add the origin to the policy",
      'TickerGateway: a socket was refused with 403 because its page has another origin that the policy does not allow',
    ]);
  });
});

describe.each(EVERY_WAY)('gateways without a policy, on %s', (_, way) => {
  it('are untouched', async () => {
    const app = await start(way, [PlainGateway], {});
    const url = `http://127.0.0.1:${app.port}`;
    for (const transports of [['polling'], ['websocket']]) {
      expect(await connectIo(url, STRANGER, { transports })).toMatchObject({ outcome: 'connected' });
    }
    expect((await app.send({ path: '/socket.io/?EIO=4&transport=polling', origin: STRANGER })).cors).toEqual({});
  });

  it('stay so beside one that has a policy, at their own namespace', async () => {
    const app = await start(way, [PlainGateway, ChatGateway], {});
    const url = `http://127.0.0.1:${app.port}`;
    expect(await connectIo(url, STRANGER)).toMatchObject({ outcome: 'connected' });
    expect(await connectIo(`${url}/chat`, STRANGER)).toMatchObject({ outcome: 'refused', status: 403 });
    expect(await connectIo(`${url}/chat`, CHAT)).toMatchObject({ outcome: 'connected' });
  });
});

describe.each(EVERY_WAY)('layers of a gateway, on %s', (_, way) => {
  it('are forRoot, the module class, base class and gateway class', async () => {
    @Cors({ credentials: true })
    class BaseGateway {}
    @WebSocketGateway({ path: '/layered' })
    @Cors({ allowedHeaders: ['X-A'] })
    class LayeredGateway extends BaseGateway {}
    @Module({ providers: [LayeredGateway] })
    @Cors({ origin: CHAT })
    class ChatModule {}
    const app = await startApp(way, rootModule({ imports: [ChatModule] }, { origin: APP, maxAge: 60 }));
    const { CorsService } = await import('nestjs-cors');
    expect(app.nest.get(CorsService).routes()).toMatchObject([
      {
        route: 'LayeredGateway',
        method: 'SOCKET',
        path: '/layered',
        sources: {
          origin: 'ChatModule (every controller)',
          maxAge: 'forRoot',
          credentials: 'BaseGateway',
          allowedHeaders: 'LayeredGateway',
        },
      },
    ]);
    expect(await upgrade(app.port, '/layered/?EIO=4&transport=websocket', { Origin: CHAT })).toMatchObject({
      status: 101,
    });
    expect(await upgrade(app.port, '/layered/?EIO=4&transport=websocket', { Origin: APP })).toMatchObject({
      status: 403,
    });
  });
});
