import { beforeAll, describe, expect, it } from '@jest/globals';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, type CorsOriginQuestion } from 'nestjs-cors';
import { EventEmitter, once } from 'node:events';
import { IncomingMessage, type Server } from 'node:http';
import { connect, Socket } from 'node:net';

import { CORS_APPLICATION, requireApplication } from '../../../lib/nest/application.provider.js';
import { HandshakeJudge } from '../../../lib/nest/gateways/handshake.judge.js';
import { APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { sendBytes } from '../../support/raw-socket.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { upgrade } from '../../support/sockets.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const STRANGER = 'https://stranger.example';

/** Questions that nobody answers, until the test does. */
const questions: { readonly question: CorsOriginQuestion; answer(allowed: boolean): void }[] = [];

const hanging = async (_: string, question: CorsOriginQuestion): Promise<boolean> =>
  new Promise((answer) => {
    questions.push({ question, answer });
  });

@WebSocketGateway({ path: '/named' })
@Cors({ origin: APP })
class NamedGateway {}

@WebSocketGateway({ path: '/asking' })
@Cors({ origin: hanging, originTimeout: 400 })
class AskingGateway {}

async function firstQuestion(): Promise<(typeof questions)[number]> {
  for (;;) {
    const [first] = questions;
    if (first !== undefined) {
      return first;
    }
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

async function start(way: Way): Promise<RunningApp> {
  questions.length = 0;
  return startApp(way, rootModule({ providers: [NamedGateway, AskingGateway] }, { origin: APP }), {
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    options: { forceCloseConnections: false },
  });
}

function handshake(path: string, ...headers: readonly string[]): string {
  const usual = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  return [`GET ${path} HTTP/1.1`, ...usual, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers, '', ''].join(
    '\r\n',
  );
}

/** Opens a connection and sends a handshake on it, and neither reads nor hangs up. */
async function halfOpen(port: number, path: string, origin: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(handshake(path, `Origin: ${origin}`));
  return socket;
}

async function connectionsOf(app: RunningApp): Promise<number> {
  const server = app.nest.getHttpServer() as Server;
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

describe.each(EVERY_WAY)('hostile handshakes, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start(way);
  });

  it.each<[string, string]>([
    ['two Origin lines, the allowed one first', handshake('/named', `Origin: ${APP}`, `Origin: ${STRANGER}`)],
    ['two Origin lines, the allowed one last', handshake('/named', `Origin: ${STRANGER}`, `Origin: ${APP}`)],
    ['an opaque origin', handshake('/named', 'Origin: null')],
    ['garbage', handshake('/named', 'Origin: \x01\x7f"\'<>')],
    ['a long one', handshake('/named', `Origin: https://${'a'.repeat(15_000)}`)],
    ['letters in another case', handshake('/named', `Origin: ${APP.toUpperCase()}`)],
    ['a path behind it', handshake('/named', `Origin: ${APP}/`)],
    [
      'an upgrade without a key',
      `GET /named HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: ${STRANGER}\r\n\r\n`,
    ],
    [
      'an upgrade to h2c',
      `GET /named HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nOrigin: ${STRANGER}\r\n\r\n`,
    ],
    ['an upgrade of a URL that nothing serves', handshake('/nothing', `Origin: ${STRANGER}`)],
    ['an encoded path', handshake('/%6eamed', `Origin: ${STRANGER}`)],
    ['an absolute target', handshake('http://localhost/named', `Origin: ${STRANGER}`)],
    ['a target that is none', handshake('//', `Origin: ${STRANGER}`)],
    [
      'a Host like the origin, and the browser says otherwise',
      handshake('/named', 'Origin: http://localhost', 'Sec-Fetch-Site: cross-site'),
    ],
  ])('are refused: %s', async (__, bytes) => {
    // Node itself answers 400 to what is no header.
    const [answer] = await sendBytes(app.port, bytes);
    expect([400, 403]).toContain(answer?.status);
  });

  it('end no process and write nothing of theirs into the log', async () => {
    await sendBytes(app.port, handshake('/named', 'Origin: https://evil\x1b[31m.example'));
    expect(log.complaints.join()).not.toContain('evil');
  });
});

describe.each(BOTH_PLATFORMS)('handshakes that wait for an answer, on %s', (_, way) => {
  it('are refused at the timeout, their sockets ended: a thousand of them', async () => {
    const app = await start(way);
    const sockets = await Promise.all(
      Array.from({ length: 1000 }, async (__, index) => halfOpen(app.port, '/asking', `https://s${index}.example`)),
    );
    const answers = sockets.map(async (socket) => {
      let text = '';
      socket.setEncoding('latin1');
      for await (const part of socket) {
        text += String(part);
      }
      return text.slice(0, text.indexOf('\r\n'));
    });
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 403 Forbidden']));
    expect(questions).toHaveLength(1000);
    expect(questions.every(({ question }) => question.signal.aborted)).toBe(true);
    await app.close();
    sockets.forEach((socket) => socket.destroy());
  });

  it('tell who is asked that the client has left, and ask nobody further', async () => {
    const app = await start(way);
    const socket = await halfOpen(app.port, '/asking', STRANGER);
    const asked = await firstQuestion();
    const aborted = once(asked.question.signal, 'abort');
    socket.resetAndDestroy();
    await aborted;
    asked.answer(true);
    expect(asked.question).toMatchObject({
      phase: 'handshake',
      method: 'GET',
      url: '/asking',
      route: 'AskingGateway',
      origin: STRANGER,
    });
    await app.close();
    expect(log.ofCors('error')).toEqual([]);
  });

  it('are watched once for the end of their connection, however many gateways ask', async () => {
    const gateways = Array.from({ length: 12 }, (__, index) => {
      @WebSocketGateway({ namespace: String(index) })
      @Cors({ origin: async (origin, question) => hanging(origin, question) })
      class ManyGateway {}
      return ManyGateway;
    });
    const app = await startApp(way, rootModule({ providers: gateways }));
    const connections: Socket[] = [];
    const server: Server = app.nest.getHttpServer();
    server.on('connection', (connection) => connections.push(connection));
    questions.length = 0;
    const polling = app.send({ path: '/socket.io/?EIO=4&transport=polling', origin: STRANGER });
    await firstQuestion();
    expect(questions).toHaveLength(gateways.length);
    expect(connections[0]?.listenerCount('close')).toBeLessThan(gateways.length);
    questions.forEach(({ answer }) => answer(true));
    expect(await polling).toMatchObject({ status: 200 });
    await app.close();
  });

  it('go on when the answer is yes, and ask once', async () => {
    const app = await start(way);
    const opening = upgrade(app.port, '/asking', { Origin: STRANGER });
    (await firstQuestion()).answer(true);
    expect((await opening).status).toBe(101);
    expect(questions).toHaveLength(1);
    await app.close();
  });
});

describe.each(EVERY_WAY)('refused sockets, on %s', (_, way) => {
  it('do not keep the application from closing, though their clients never hang up', async () => {
    const app = await start(way);
    const sockets = await Promise.all(Array.from({ length: 50 }, async () => halfOpen(app.port, '/named', STRANGER)));
    await Promise.all(sockets.map(async (socket) => once(socket.resume(), 'end')));
    await app.close();
    expect(await connectionsOf(app)).toBe(0);
    sockets.forEach((socket) => socket.destroy());
  });
});

describe('a session that asks for a namespace', () => {
  it('is listened to once, however many policies ask, and when it is closed nobody is asked', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `asking ${index}`);
    const policies = Object.fromEntries(names.map((name) => [name, { origin: (): boolean => reach(name) === '' }]));
    const app = await startApp(EXPRESS, rootModule({}, { policies }));
    const { appPolicies } = requireApplication(app.nest.get(CORS_APPLICATION), 'This test');
    const judge = new HandshakeJudge({ nameOf: () => undefined, diagnose: () => undefined });
    const askAll = async (session: EventEmitter): Promise<readonly boolean[]> => {
      // A request of its own: answers are kept for it.
      const raw = Object.assign(new IncomingMessage(new Socket()), { url: '/', headers: { origin: APP } });
      const candidates = [...appPolicies.named.values()].flatMap((policy) =>
        policy ? [{ policy, route: undefined }] : [],
      );
      return Promise.all(candidates.map(async (each) => judge.ask({ raw, appPolicies, session }, each)));
    };
    const open = new EventEmitter();
    expect((await askAll(open)).includes(true)).toBe(false);
    expect([reached.length, open.listenerCount('close')]).toEqual([12, 1]);
    await askAll(Object.assign(new EventEmitter(), { readyState: 'closed' }));
    await askAll(Object.assign(new EventEmitter(), { destroyed: true }));
    expect(reached).toHaveLength(12);
  });
});
