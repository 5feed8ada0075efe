import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, type MessageEvent as NestEvent, Sse } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import { concat, NEVER, of, type Observable } from 'rxjs';
import { createApp, rootModule } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { openEventSource } from '../../lib/testing/event-source.js';
import { readEvents } from '../../lib/testing/event-stream.js';
import { CorsBlockedError, type PageErrorEvent, type PageEventSource, pageAt } from '../../lib/testing/index.js';
import { cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const STREAM = { 'Content-Type': 'text/event-stream', 'Access-Control-Allow-Origin': '*' };

const open: PageEventSource[] = [];

afterEach(() => {
  for (const source of open.splice(0)) {
    source.close();
  }
});

function kept(source: PageEventSource): PageEventSource {
  open.push(source);
  return source;
}

/** The next event of a type. */
function next(source: PageEventSource, type: string): Promise<Event> {
  return new Promise((resolve) => {
    source.addEventListener(type, resolve, { once: true });
  });
}

async function dataOf(source: PageEventSource, type = 'message'): Promise<unknown> {
  const event = await next(source, type);
  return event instanceof MessageEvent ? event.data : event;
}

/** A server that answers connection after connection as the test says. */
function streaming(...answers: ((res: ServerResponse) => void)[]): {
  readonly server: Server;
  readonly asked: IncomingHttpHeaders[];
} {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    asked.push(req.headers);
    res.writeHead(200, STREAM);
    answers[asked.length - 1]?.(res);
  });
  return { server, asked };
}

@Controller('events')
@Cors({ origin: PAGE, credentials: true })
class EventsController {
  @Sse() events(): Observable<NestEvent> {
    return concat(of({ data: { name: 'Miö' }, type: 'named', id: '7' } satisfies NestEvent), NEVER);
  }
}

describe.each(EVERY_WAY)('eventSource(), on %s', (_, way) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await createApp(way, rootModule({ controllers: [EventsController] }));
    await app.init();
  });

  it('hears what the policy lets the page hear', async () => {
    const source = kept(pageAt(PAGE).eventSource(app, '/events', { withCredentials: true }));
    const event = await next(source, 'named');
    expect(event).toMatchObject({ data: '{"name":"Miö"}', lastEventId: '7', origin: 'https://api.example.com' });
    expect(source).toMatchObject({ readyState: 1, url: 'https://api.example.com/events', withCredentials: true });
  });

  it('is closed for another page, and says why', async () => {
    const source = kept(pageAt('https://stranger.example').eventSource(app, '/events'));
    const event = await next(source, 'error');
    expect(source.readyState).toBe(2);
    expect(event).toHaveProperty('error', expect.any(CorsBlockedError));
    expect(event).toHaveProperty('error.step', 'origin');
  });
});

describe('an EventSource', () => {
  it('sends what a browser sends, without a preflight', async () => {
    const { server, asked } = cannedServer(() => ({ headers: STREAM, body: 'data: 1\n\n' }));
    const page = pageAt(PAGE).goto('/cats');
    page.cookies.set('sid=1; Secure; SameSite=None', 'https://api.example.com');
    const source = kept(page.eventSource(server, '/events?x=1'));
    expect(source.readyState).toBe(0);
    expect(await dataOf(source)).toBe('1');
    expect(asked).toEqual([
      {
        method: 'GET',
        url: '/events?x=1',
        body: '',
        headers: {
          host: 'api.example.com',
          connection: 'close',
          accept: 'text/event-stream',
          'accept-encoding': 'identity',
          'accept-language': 'en',
          'cache-control': 'no-cache',
          pragma: 'no-cache',
          origin: PAGE,
          referer: `${PAGE}/`,
          'sec-fetch-dest': 'empty',
          'sec-fetch-mode': 'cors',
          'sec-fetch-site': 'same-site',
          'user-agent': 'Mozilla/5.0 (nestjs-cors/testing)',
        },
      },
    ]);
  });

  it('calls its handlers, in the order of events', async () => {
    const { server } = streaming((res) => res.write('retry: 1\ndata: a\n\nevent: other\ndata: b\n\ndata: c\n\n'));
    const source = kept(pageAt(PAGE).eventSource(server, '/'));
    const seen: unknown[] = [];
    const onopen = (): unknown => seen.push('open');
    const onmessage = ({ data }: MessageEvent): unknown => seen.push(data);
    Object.assign(source, { onopen, onmessage });
    await next(source, 'other');
    await next(source, 'message');
    expect(seen).toEqual(['open', 'a', 'c']);
  });

  it('comes back after the end, and says what it heard last, still without a preflight', async () => {
    const { server, asked } = streaming(
      (res) => res.end('retry: 1\nid: Miö\ndata: a\n\n'),
      (res) => res.write('data: b\n\n'),
    );
    const source = kept(pageAt(PAGE).eventSource(server, '/'));
    const states: number[] = [];
    source.addEventListener('error', () => states.push(source.readyState));
    expect(await dataOf(source)).toBe('a');
    expect(await dataOf(source)).toBe('b');
    expect(asked.map(({ 'last-event-id': id }) => Buffer.from(String(id ?? ''), 'latin1').toString())).toEqual([
      '',
      'Miö',
    ]);
    expect(states).toEqual([0]);
    expect(source.readyState).toBe(1);
  });

  it('comes back when the connection breaks, before the answer or in it', async () => {
    const { server, asked } = streaming(
      (res) => {
        res.write('retry: 1\n\n');
        setImmediate(() => res.destroy());
      },
      (res) => res.socket?.destroy(),
      (res) => res.write('data: back\n\n'),
    );
    const source = kept(pageAt(PAGE).eventSource(server, '/'));
    const errors: unknown[] = [];
    Object.assign(source, { onerror: ({ error }: PageErrorEvent) => errors.push(error) });
    expect(await dataOf(source)).toBe('back');
    expect(asked).toHaveLength(3);
    expect(errors).toEqual([expect.any(TypeError), expect.any(TypeError)]);
  });

  it.each([
    [204, 'text/event-stream', 'answered 204: an event stream has the status 200'],
    [500, 'text/event-stream', 'answered 500: an event stream has the status 200'],
    [200, 'application/json', 'answered with application/json: an event stream is text/event-stream'],
    [200, 'text/event-streams', 'answered with text/event-streams: an event stream is text/event-stream'],
  ])('gives up for good after status %i and %s', async (status, type, message) => {
    const { server, asked } = cannedServer(() => ({ status, headers: { ...STREAM, 'Content-Type': type } }));
    const source = kept(pageAt(PAGE).eventSource(server, '/'));
    const event = await next(source, 'error');
    expect(event).toHaveProperty('error', new TypeError(`https://api.example.com/ ${message}`));
    expect([source.readyState, asked.length]).toEqual([2, 1]);
  });

  it('takes parameters of the type, in any case', async () => {
    const { server } = cannedServer(() => ({
      headers: { ...STREAM, 'Content-Type': 'Text/Event-Stream;charset=utf-8' },
      body: 'data: 1\n\n',
    }));
    expect(await dataOf(kept(pageAt(PAGE).eventSource(server, '/')))).toBe('1');
  });

  it('hears nothing after close(), and leaves nothing open', async () => {
    const { server } = streaming((res) => res.write('data: a\n\ndata: b\n\n'));
    const source = pageAt(PAGE).eventSource(server, '/');
    const heard: unknown[] = [];
    const onmessage = ({ data }: MessageEvent): void => {
      heard.push(data);
      source.close();
    };
    Object.assign(source, { onmessage, onerror: ({ error }: PageErrorEvent) => heard.push(error) });
    await next(source, 'message');
    if (server.listening) {
      await once(server, 'close');
    }
    expect(heard).toEqual(['a']);
    expect(source.readyState).toBe(2);
  });

  it('can be closed before it is open, and while it waits to come back', async () => {
    const { server, asked } = streaming((res) => res.end('retry: 1000000\n\n'));
    pageAt(PAGE).eventSource(server, '/').close();
    const source = pageAt(PAGE).eventSource(server, '/');
    await next(source, 'error');
    expect(source.readyState).toBe(0);
    source.close();
    expect(source.readyState).toBe(2);
    expect(asked).toHaveLength(1);
  });

  it('hangs up where the answer is not an event stream and has no end', async () => {
    let hungUp: Promise<unknown> | undefined;
    const server = createServer((_, res) => {
      hungUp = once(res, 'close');
      res.writeHead(200, { ...STREAM, 'Content-Type': 'text/plain' }).write('a');
    });
    const source = pageAt(PAGE).eventSource(server, '/');
    await next(source, 'error');
    await hungUp;
    expect(source.readyState).toBe(2);
  });

  it('has a signal of its own for each connection, so that nothing gathers on one', async () => {
    const signals: AbortSignal[] = [];
    const answer = () => ({
      status: 200,
      headers: new Headers(STREAM),
      url: 'https://api.example.com/',
      body: new Blob(['retry: 0\n\n']).stream(),
    });
    const url = new URL('https://api.example.com/');
    const source = await new Promise<PageEventSource>((resolve) => {
      const opened: PageEventSource = openEventSource(
        { origin: PAGE, url: new URL(PAGE) },
        url,
        {},
        async (_, signal) => {
          signals.push(signal);
          if (signals.length === 3) {
            resolve(opened);
          }
          return Promise.resolve(answer() as never);
        },
      );
    });
    source.close();
    expect(new Set(signals).size).toBe(3);
  });

  it('has a target and a URL', () => {
    expect(() => pageAt(PAGE).eventSource({} as Server, '/')).toThrow(TypeError);
    expect(() => pageAt(PAGE).eventSource(createServer(), 'http://[')).toThrow(TypeError);
    expect(() => pageAt(PAGE).eventSource(createServer(), 'data:,x')).toThrow(TypeError);
  });
});

describe('an event stream', () => {
  async function read(...chunks: (string | number[])[]) {
    const state = { lastEventId: '', retry: 0 };
    const events: unknown[] = [];
    const bytes = chunks.map((chunk) =>
      typeof chunk === 'string' ? new TextEncoder().encode(chunk) : Uint8Array.from(chunk),
    );
    for await (const { type, data, lastEventId } of readEvents(from(bytes), state)) {
      events.push([type, data, lastEventId]);
    }
    return { events, ...state };
  }

  async function* from(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }

  it.each<[string, (string | number[])[], unknown[]]>([
    ['one message', ['data: a\n\n'], [['message', 'a', '']]],
    [
      'line breaks of every kind',
      ['data: a\r\n\r\ndata: b\r\rdata: c\n\n'],
      [
        ['message', 'a', ''],
        ['message', 'b', ''],
        ['message', 'c', ''],
      ],
    ],
    [
      'a line break in two chunks',
      ['data: a\r', '\n\r', '\ndata: b\n\n'],
      [
        ['message', 'a', ''],
        ['message', 'b', ''],
      ],
    ],
    ['lines in pieces', ['da', 'ta', ': a', '\n', '\n'], [['message', 'a', '']]],
    [
      'a letter in pieces',
      [
        [0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3],
        [0xb6, 0x0a, 0x0a],
      ],
      [['message', 'ö', '']],
    ],
    ['several lines of data', ['data: a\ndata\ndata: b\n\n'], [['message', 'a\n\nb', '']]],
    ['a byte order mark', [[0xef, 0xbb, 0xbf], 'data: a\n\n'], [['message', 'a', '']]],
    ['comments and unknown fields', [': x\n:\nfoo: bar\ndata: a\n\n'], [['message', 'a', '']]],
    ['no blank after the colon, or two', ['data:a\ndata:  b\n\n'], [['message', 'a\n b', '']]],
    ['empty data', ['data\n\n'], [['message', '', '']]],
    ['a name without data', ['event: x\n\ndata: a\n\n'], [['message', 'a', '']]],
    [
      'a name',
      ['event: x\ndata: a\n\ndata: b\n\n'],
      [
        ['x', 'a', ''],
        ['message', 'b', ''],
      ],
    ],
    [
      'an id that stays',
      ['id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n'],
      [
        ['message', 'a', '1'],
        ['message', 'b', '1'],
        ['message', 'c', ''],
      ],
    ],
    ['an id with NUL', ['id: 1\0\ndata: a\n\n'], [['message', 'a', '']]],
    ['an end without a blank line', ['data: a\n\ndata: b\n'], [['message', 'a', '']]],
    ['a carriage return at the end', ['data: a\r\r'], [['message', 'a', '']]],
  ])('is read: %s', async (_what, chunks, expected) => {
    expect((await read(...chunks)).events).toEqual(expected);
  });

  it('says when to come back, and with what', async () => {
    expect(await read('retry: 50\nid: 1\n\nretry: 5x\nid: 2\n')).toEqual({ events: [], retry: 50, lastEventId: '1' });
    // A timer takes no more, and would not wait at all.
    expect(await read(`retry: ${'9'.repeat(400)}\n\n`)).toMatchObject({ retry: 2 ** 31 - 1 });
  });
});
