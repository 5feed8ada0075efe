import { beforeAll, describe, expect, it } from '@jest/globals';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Cors } from 'nestjs-cors';
import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';

import { APP } from '../../cases/cors-case.js';
import { sendBytes } from '../../support/raw-socket.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { upgrade } from '../../support/sockets.js';
import { EVERY_WAY } from '../../support/ways.js';

const STRANGER = 'https://stranger.example';
const SUBDOMAIN = 'https://chat.example';

const heard: string[] = [];

@WebSocketGateway({ allowEIO3: true })
class RootGateway {
  @SubscribeMessage('say') say(_: unknown, text: string): void {
    heard.push(text);
  }
}

@WebSocketGateway({ namespace: 'chat' })
@Cors({ origin: SUBDOMAIN, credentials: true })
class ChatGateway {}

@WebSocketGateway({ path: '/bare', addTrailingSlash: false })
@Cors({ origin: SUBDOMAIN })
class BareGateway {}

const WEBSOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Whatever a page, or who pretends to be one, may write in front of the query. */
const PATHS = [
  '/socket.io/',
  '/socket.io',
  '//socket.io/',
  '///socket.io/',
  '/socket.io//',
  '/socket.io/chat',
  '/socket.io/../socket.io/',
  '/./socket.io/',
  '/socket.io/%2e%2e/',
  '/%73ocket.io/',
  '/socket%2eio/',
  '/SOCKET.IO/',
  '/socket.io/;x',
  '/socket.io\\',
  '\\socket.io/',
  '/socket.io/#',
  'http://127.0.0.1/socket.io/',
  'https://chat.example/socket.io/',
  '/bare',
  '/bare/',
  '/barely',
  '/bare//',
  '/hand',
  '/hand/..;/open',
  '/hand/%2e%2e/open',
  '//hand',
  '/',
  '*',
];

const QUERIES = [
  '?EIO=4&transport=websocket',
  '?EIO=3&transport=websocket',
  '?EIO=4&transport=polling',
  '?EIO=3&transport=polling&b64=1',
  '?transport=polling&EIO=4&transport=websocket',
  '?EIO=4&transport=polling&j=0',
  '?EIO=4&transport=webtransport',
  '?EIO=4&transport%3Dpolling&transport=polling',
  '',
];

/** All are of a page that no policy names. */
const WHO: readonly (readonly string[])[] = [
  [`Origin: ${STRANGER}`],
  ['Origin: null'],
  [`Origin: ${STRANGER}`, `Origin: ${SUBDOMAIN}`],
  [`Origin: ${SUBDOMAIN}.`],
  ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors'],
  [`Origin: ${STRANGER}`, `X-Forwarded-Host: stranger.example`, 'Sec-Fetch-Site: cross-site'],
  [`Origin: ${STRANGER}`, `Cookie: io=1`, 'Sec-Fetch-Site: same-site'],
];

describe.each(EVERY_WAY)('a stranger, on %s', (_, way) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp(way, rootModule({ providers: [RootGateway, ChatGateway, BareGateway] }, { origin: APP }), {
      configure: (nest) => {
        const sockets = new WebSocketServer({ noServer: true });
        (nest.getHttpServer() as Server).on('upgrade', (request, socket, head) => {
          if (request.url?.includes('hand') === true) {
            sockets.handleUpgrade(request, socket, head, () => undefined);
          }
        });
      },
    });
  });

  const ask = async (
    method: string,
    target: string,
    headers: readonly string[],
    body = '',
  ): Promise<{ readonly status: number; readonly body: string }> => {
    const closing = headers.some((header) => header.startsWith('Upgrade')) ? [] : ['Connection: close'];
    const length = method === 'POST' ? [`Content-Length: ${body.length}`, 'Content-Type: text/plain'] : [];
    const lines = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, ...closing, ...length];
    // What is no request at all is hung up on.
    const [answer = { status: 400, body: '' }] = await sendBytes(app.port, `${lines.join('\r\n')}\r\n\r\n${body}`);
    return answer;
  };

  const openSession = async (origin: string): Promise<string> => {
    const { body } = await ask('GET', '/socket.io/?EIO=4&transport=polling', [`Origin: ${origin}`]);
    return (JSON.parse(body.slice(1)) as { sid: string }).sid;
  };

  /** Those that opened something: none of them may. */
  async function opened(query: (query: string) => string): Promise<readonly string[]> {
    const found: string[] = [];
    // Each path with each query, and as many strangers as there are take turns.
    const targets = PATHS.flatMap((path) => QUERIES.map((each) => path + query(each)));
    await Promise.all(
      targets.map(async (target, index) => {
        const who = WHO[index % WHO.length] ?? [];
        const upgraded = await ask('GET', target, [...WEBSOCKET, ...who]);
        if (upgraded.status === 101) {
          found.push(`${who.join()} ${target}: upgraded`);
        }
        const polled = await ask('GET', target, who);
        if (/"sid"|^ok|^40/.test(polled.body)) {
          found.push(`${who.join()} ${target}: ${polled.body}`);
        }
      }),
    );
    return found;
  }

  it('opens nothing, whatever is asked for', async () => {
    expect(await opened((query) => query)).toEqual([]);
  });

  it('cannot use a session of somebody else, though its id is known', async () => {
    const sid = await openSession(APP);
    const session = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    expect(await ask('POST', session, [`Origin: ${APP}`], '40')).toMatchObject({ status: 200 });
    expect(await opened((query) => (query === '' ? '' : `${query}&sid=${sid}`))).toEqual([]);
    heard.length = 0;
    for (const who of WHO) {
      expect(await ask('POST', session, who, '42["say","theirs"]')).toMatchObject({ status: 403 });
    }
    expect(await ask('POST', session, [`Origin: ${APP}`], '42["say","mine"]')).toMatchObject({ status: 200 });
    expect(heard).toEqual(['mine']);
  });

  it('would be told apart from a page that is named', async () => {
    for (const [origin, target] of [
      [APP, '/socket.io/?EIO=4&transport=websocket'],
      [APP, '/socket.io/?EIO=3&transport=websocket'],
      [SUBDOMAIN, '/socket.io/?EIO=4&transport=websocket'],
      [SUBDOMAIN, '/bare?EIO=4&transport=websocket'],
      [APP, '/hand'],
    ] as const) {
      expect([target, (await upgrade(app.port, target, { Origin: origin })).status]).toEqual([target, 101]);
    }
  });
});
