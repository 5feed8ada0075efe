import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors } from 'nestjs-cors';
import { CorsBlockedError, pageAt } from 'nestjs-cors/testing';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';

import { APP } from '../cases/cors-case.js';
import { createApp, rootModule, startApp } from '../support/running-app.js';
import { connectIo } from '../support/sockets.js';
import { EVERY_WAY } from '../support/ways.js';

const STRANGER = 'https://stranger.example';

@WebSocketGateway({ path: '/socket' })
@Cors({ origin: APP })
class SocketGateway {}

@WebSocketGateway({ path: '/io' })
@Cors({ origin: APP })
class IoGateway {}

describe.each(EVERY_WAY)('connect(), on %s', (_, way) => {
  it('opens the sockets that the policy of the gateway allows, listening or not', async () => {
    const app = await createApp(way, rootModule({ providers: [SocketGateway] }), {
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    await app.init();
    expect(await pageAt(APP).connect(app, '/socket')).toMatchObject({ status: 101, protocol: '' });
    expect(await pageAt('https://api.example.com').connect(app, '/socket')).toMatchObject({ status: 101 });
    expect(await pageAt('https://api.example.com').connect(app, 'wss://api.example.com/socket')).toMatchObject({
      status: 101,
    });
    const refused: unknown = await pageAt(STRANGER)
      .connect(app, '/socket')
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CorsBlockedError);
    expect(refused).toMatchObject({ step: 'handshake-origin', header: null, actual: '403', expected: '101' });
    expect(String(refused)).toBe(
      [
        `CorsBlockedError: GET https://api.example.com/socket is blocked for ${STRANGER} [handshake-origin]`,
        `SocketGateway does not allow the origin ${STRANGER}, only ${APP} (written by SocketGateway).`,
        'Found: "403" (expected: "101")',
        `@Cors({ origin: ['${APP}', '${STRANGER}'] }) on SocketGateway, above any other @Cors`,
      ].join('\n  '),
    );
    await expect(pageAt('null').connect(app, '/socket')).rejects.toMatchObject({ step: 'handshake-origin' });
    await expect(pageAt('https://other.example.com').connect(app, '/socket')).rejects.toMatchObject({
      step: 'handshake-origin',
    });
  });

  it('feeds a real client with the headers of a page', async () => {
    const app = await startApp(way, rootModule({ providers: [IoGateway] }));
    const outcome = async (origin: string): Promise<string> => {
      const extraHeaders = { ...pageAt(origin).headersFor('/io') };
      return (await connectIo(`http://127.0.0.1:${app.port}`, undefined, { path: '/io', extraHeaders })).outcome;
    };
    expect([await outcome(APP), await outcome(STRANGER)]).toEqual(['connected', 'refused']);
  });
});

describe('connect()', () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('b') ? 'b' : false),
  });
  beforeAll(() => {
    server.on('upgrade', (request, socket, head) => {
      seen.push(request.headers);
      if (request.url === '/404') {
        socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      } else if (request.url === '/liar') {
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: no\r\n\r\n',
        );
      } else {
        // A path names the protocol that the server chooses, whatever is offered.
        sockets.once('headers', (lines: string[], { url = '' }: IncomingMessage) => {
          const named = /^\/chooses(.*)$/.exec(url)?.[1];
          if (named !== undefined) {
            lines.push(`Sec-WebSocket-Protocol: ${named}`);
          }
        });
        sockets.handleUpgrade(request, socket, head, () => undefined);
      }
    });
  });
  afterAll(() => {
    server.close();
  });

  it('sends what a browser sends', async () => {
    const page = pageAt(APP);
    page.cookies.set('sid=1; Secure; SameSite=None', 'https://api.example.com');
    page.cookies.set('lax=1; Secure; SameSite=Lax', 'https://api.example.com');
    seen.length = 0;
    const { protocol, transcript } = await page.connect(server, '/', ['a', 'b']);
    expect(protocol).toBe('b');
    expect(seen).toEqual([
      {
        host: 'api.example.com',
        connection: 'Upgrade',
        pragma: 'no-cache',
        'cache-control': 'no-cache',
        'user-agent': 'Mozilla/5.0 (nestjs-cors/testing)',
        upgrade: 'websocket',
        origin: APP,
        'sec-websocket-version': '13',
        'sec-websocket-key': expect.stringMatching(/^[\w+/]{22}==$/),
        'sec-websocket-protocol': 'a, b',
        'sec-fetch-site': APP.endsWith('.example.com') ? 'same-site' : 'cross-site',
        'sec-fetch-mode': 'websocket',
        'sec-fetch-dest': 'empty',
        'accept-language': 'en',
        cookie: expect.stringContaining('sid=1'),
      },
    ]);
    expect(transcript).toMatchObject([{ kind: 'handshake', fromCache: false, response: { status: 101 } }]);
  });

  it('says why there is no socket', async () => {
    await expect(pageAt(APP).connect(server, '/404')).rejects.toThrow(
      'wss://api.example.com/404 cannot be opened as a socket: the server answered 404, not 101',
    );
    await expect(pageAt(APP).connect(server, '/liar')).rejects.toThrow('Sec-WebSocket-Accept');
    await expect(pageAt(APP, { api: 'http://api.example.com' }).connect(server, '/')).rejects.toMatchObject({
      step: 'mixed-content',
    });
    await expect(pageAt(APP).connect(server, '/', ['a b'])).rejects.toThrow('takes a list of different tokens');
    await expect(pageAt(APP).connect(server, '/', ['a', 'A'])).rejects.toThrow('takes a list of different tokens');
  });

  it('opens no socket where the server did not choose one of the protocols that are offered', async () => {
    const page = pageAt(APP);
    await expect(page.connect(server, '/', ['a'])).rejects.toThrow('chose none of the protocols that the page offered');
    await expect(page.connect(server, '/chooses', ['a'])).rejects.toThrow('chose the protocol "", which');
    await expect(page.connect(server, '/chooses')).rejects.toThrow('chose the protocol "", which');
    await expect(page.connect(server, '/choosesA', ['a'])).rejects.toThrow('chose the protocol "A", which');
    await expect(page.connect(server, '/choosesa')).rejects.toThrow('chose the protocol "a", which');
    expect(await page.connect(server, '/choosesa', ['a'])).toMatchObject({ protocol: 'a' });
    expect(await page.connect(server, '/')).toMatchObject({ protocol: '' });
  });

  it('sends nothing for a URL that browsers refuse', async () => {
    const page = pageAt(APP, { servers: { 'http://localhost:6000': server } });
    seen.length = 0;
    await expect(page.connect(server, '/#a')).rejects.toThrow('fragment: wss://api.example.com/#a');
    await expect(page.connect(server, '/#')).rejects.toThrow('fragment: wss://api.example.com/#');
    await expect(page.connect(server, 'ws://localhost:6000/')).rejects.toThrow('Browsers block the port 6000');
    await expect(page.connect(server, 'ftp://localhost/')).rejects.toThrow('http(s) URLs only');
    expect(seen).toEqual([]);
  });

  it('has no Sec-Fetch-Site where a browser sends none', () => {
    const page = pageAt('http://app.example', { api: 'http://api.example' });
    page.cookies.set('sid=1', 'http://api.example');
    expect(page.headersFor('/socket')).toEqual({ Origin: 'http://app.example' });
    expect(page.open('http://api.example').headersFor('/socket')).toEqual({
      Origin: 'http://api.example',
      Cookie: 'sid=1',
    });
  });
});
