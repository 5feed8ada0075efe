/** The sample with sockets, started for real, and what its page makes of a handshake. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell } from '../../sample/05-gateway/page/story.js';
import type { Asked, Exchange, Outcome } from '../../page/picture/types.js';
import type { PageConfig } from '../../sample/runner/pages.js';
import { connectIo, upgrade } from '../support/sockets.js';
import { type RunningSample, startSample } from './running-sample.js';

const ORIGIN = 'http://localhost:8080';

describe('sample/05-gateway', () => {
  let sample: RunningSample;

  beforeAll(async () => {
    sample = await startSample('05-gateway');
  });

  afterAll(async () => {
    expect(await sample.stop()).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it.each([['websocket'], ['polling']])('lets the page into the chat over %s, and no stranger', async (transport) => {
    const connect = async (origin: string): Promise<unknown> =>
      connectIo(`${sample.api}/chat`, origin, { transports: [transport] });
    expect(await connect(sample.page)).toMatchObject({ outcome: 'connected' });
    expect(await connect(sample.stranger)).toMatchObject({ outcome: 'refused', status: 403 });
  });

  it('lets the page have the ticker, and keeps a log of the handshakes for it to draw', async () => {
    const port = Number(new URL(sample.api).port);
    for (const [origin, answer] of [
      [sample.page, { status: 101, reason: 'Switching Protocols', headers: [['Upgrade', 'websocket']] }],
      [sample.stranger, { status: 403, reason: 'Forbidden', headers: [['Vary', 'Origin']] }],
    ] as const) {
      const id = crypto.randomUUID();
      const headers = { Origin: origin, Cookie: 'session=secret; pageAccess=2' };
      expect(await upgrade(port, `/ticker?exchange=${id}`, headers)).toMatchObject({ status: answer.status });
      expect(await (await fetch(`${sample.page}/exchanges/${id}`)).json()).toEqual([
        {
          method: 'GET',
          headers: [
            ['Upgrade', 'websocket'],
            ['Origin', origin],
            ['Cookie', 'pageAccess=2'],
          ],
          answer,
        },
      ]);
    }
  });

  it('serves the page of its own, the client of socket.io, and the sources', async () => {
    const text = async (path: string): Promise<string> => (await fetch(`${sample.page}${path}`)).text();
    expect(await text('/')).toContain('<h1>Who may open a socket?</h1>');
    expect(await text('/socket.io.esm.min.js')).toContain('Socket.IO v');
    expect(await text('/picture.js')).toContain('drawStory');
    const { handlers } = JSON.parse(await text('/config.json')) as PageConfig;
    expect(handlers).toEqual({
      '/socket.io/': expect.stringMatching(/^@WebSocketGateway\(\{ namespace: 'chat' \}\)\n@Cors\(/),
      '/ticker': expect.stringMatching(/^\/\*\* A socket beside [^]*\n\}$/),
    });
  });
});

describe('the story of a handshake', () => {
  const TICKER: Asked = { method: 'GET', path: '/ticker' };
  const POLLING: Asked & { namespace: string; transport: 'polling' } = {
    method: 'GET',
    path: '/socket.io/',
    namespace: '/chat',
    transport: 'polling',
  };
  const OPEN: Outcome = { read: true, status: 'message', headers: [], body: 'hello' };
  const REFUSED: Outcome = { read: false, error: 'error: it says no more' };
  const exchange = (status: number): Exchange => ({
    method: 'GET',
    headers: [['Origin', ORIGIN]],
    answer: { status, reason: '', headers: [] },
  });
  const why = (asked: Asked, outcome: Outcome, ...exchanges: readonly Exchange[]): string =>
    tell({ asked, origin: ORIGIN, exchanges, outcome }).why;

  it.each<[string, Asked, Outcome, readonly Exchange[], string]>([
    [
      'is let in',
      TICKER,
      OPEN,
      [exchange(101)],
      'The policy of the application names the page’s origin, so the server accepted the handshake.',
    ],
    [
      'is let in over polling',
      POLLING,
      OPEN,
      [exchange(200)],
      'The policy of the gateway names the page’s origin, so the server accepted the handshake.',
    ],
    [
      'is refused',
      TICKER,
      REFUSED,
      [exchange(403)],
      `The policy of the application does not name ${ORIGIN}, so the server refused it: the browser would have opened the socket.`,
    ],
    [
      'is refused over polling',
      POLLING,
      REFUSED,
      [exchange(403)],
      `The policy of the gateway does not name ${ORIGIN}, so the server refused it: no session is opened.`,
    ],
    [
      'got there, and ended otherwise',
      TICKER,
      REFUSED,
      [exchange(101)],
      'By the status, the result should be different: something else interfered.',
    ],
    [
      'was not answered',
      TICKER,
      REFUSED,
      [{ method: 'GET', headers: [] }],
      'The API closed the connection before it answered.',
    ],
    ['never got there', TICKER, REFUSED, [], 'No handshake reached the API. Is it still running?'],
  ])('that %s says why', (_, asked, outcome, exchanges, text) => {
    expect(why(asked, outcome, ...exchanges)).toBe(text);
  });
});
