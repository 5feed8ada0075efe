import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { bodyStream } from '../../lib/testing/body-stream.js';
import { pageAt, type PageRequestInit, type PageResponse } from '../../lib/testing/index.js';

const PAGE = 'https://app.example.com';

/** A stream of events that goes on for ever, and the answers it is writing to. */
function events(): { readonly server: Server; readonly answers: ServerResponse[] } {
  const answers: ServerResponse[] = [];
  const server = createServer((_req, res) => {
    answers.push(res);
    res.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/event-stream' });
    res.write('data: 1\n\n');
  });
  return { server, answers };
}

async function closed(server: Server): Promise<void> {
  if (server.listening) {
    await once(server, 'close');
  }
}

/** The first piece of a body. */
async function firstOf({ body }: PageResponse): Promise<{ readonly text: string; leave(): Promise<void> }> {
  if (body === null) {
    throw new Error('There is no body');
  }
  const reader = body.getReader();
  const { value } = await reader.read();
  return { text: new TextDecoder().decode(value), leave: () => reader.cancel() };
}

describe('a stream of events', () => {
  it('is readable as soon as its head is there, and ends when the page leaves', async () => {
    const { server, answers } = events();
    const response = await pageAt(PAGE).fetch(server, '/');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const { text, leave } = await firstOf(response);
    expect(text).toBe('data: 1\n\n');
    expect(server.listening).toBe(true);
    await leave();
    expect(server.listening).toBe(false);
    const [answer] = answers;
    if (answer?.closed === false) {
      await once(answer, 'close');
    }
    expect(answer?.writableFinished).toBe(false);
  });

  it('ends when the page aborts', async () => {
    const { server } = events();
    const abort = new AbortController();
    const response = await pageAt(PAGE).fetch(server, '/', { signal: abort.signal });
    const { text } = await firstOf(response);
    expect(text).toBe('data: 1\n\n');
    abort.abort();
    await closed(server);
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('is an error for the reader when the server breaks off', async () => {
    const { server, answers } = events();
    const response = await pageAt(PAGE).fetch(server, '/');
    const text = response.text();
    answers[0]?.destroy();
    await expect(text).rejects.toEqual(
      new TypeError('GET https://api.example.com/: the connection was lost before the body was complete'),
    );
    await closed(server);
  });
});

/** What a promise rejects with, whatever it is. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => new Error(`It did not reject, but gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
}

/** Answers with `pieces`, and then ends, hangs or breaks off. */
function inPieces(pieces: readonly string[], then: 'end' | 'hang' | 'break', headers = {}): Server {
  return createServer((_req, res) => {
    res.writeHead(200, { 'Access-Control-Allow-Origin': '*', ...headers });
    res.flushHeaders();
    for (const piece of pieces) {
      res.write(piece);
    }
    if (then === 'end') {
      res.end();
    } else if (then === 'break') {
      setImmediate(() => res.destroy());
    }
  });
}

describe('a page that loses interest in a body', () => {
  it.each<[string, 'end' | 'hang' | 'break']>([
    ['is whole', 'end'],
    ['is still coming', 'hang'],
    ['breaks off', 'break'],
  ])('may cancel it at once where it %s', async (_when, then) => {
    const server = inPieces(
      Array.from({ length: 50 }, () => 'x'.repeat(10_000)),
      then,
    );
    for (let round = 0; round < 5; round += 1) {
      const { body } = await pageAt(PAGE).fetch(server, '/');
      await body?.cancel('enough');
      expect(await body?.getReader().read()).toEqual({ done: true, value: undefined });
    }
    expect(server.listening).toBe(false);
  });

  it('may cancel it while a read is waiting, and with a reader of its own buffer', async () => {
    const server = inPieces(['abc'], 'hang');
    const { body } = await pageAt(PAGE).fetch(server, '/');
    const reader = body?.getReader({ mode: 'byob' });
    const first = await reader?.read(new Uint8Array(2));
    expect(new TextDecoder().decode(first?.value)).toBe('ab');
    await reader?.read(new Uint8Array(2));
    const waiting = reader?.read(new Uint8Array(2));
    await reader?.cancel();
    expect(await waiting).toMatchObject({ done: true });
    await closed(server);
  });

  it('reads to the end with a buffer of its own', async () => {
    const { body } = await pageAt(PAGE).fetch(inPieces(['abc'], 'end'), '/');
    const reader = body?.getReader({ mode: 'byob' });
    expect(await reader?.read(new Uint8Array(8))).toMatchObject({ done: false });
    expect(await reader?.read(new Uint8Array(8))).toMatchObject({ done: true });
  });

  it.each(['text', 'json', 'arrayBuffer', 'blob', 'formData'] as const)(
    'aborts %s() with the reason of the signal, never with a part',
    async (read) => {
      const reasons = [new Error('no time'), 'no time', undefined];
      for (const reason of reasons) {
        for (const pieces of [[], ['{"a"']]) {
          const server = inPieces(pieces, 'hang', { 'Content-Type': 'application/x-www-form-urlencoded' });
          const abort = new AbortController();
          const response = await pageAt(PAGE).fetch(server, '/', { signal: abort.signal });
          const failed = reasonOf(response[read]());
          abort.abort(reason);
          expect(await failed).toBe(abort.signal.reason);
          await closed(server);
        }
      }
    },
  );

  it('gets the reason for a body that is all there, unless it has read it', async () => {
    const server = inPieces(['miau'], 'end');
    const abort = new AbortController();
    const [read, unread, empty] = await Promise.all([
      pageAt(PAGE).fetch(server, '/', { signal: abort.signal }),
      pageAt(PAGE).fetch(server, '/', { signal: abort.signal }),
      pageAt(PAGE).fetch(server, '/', { signal: abort.signal, method: 'HEAD' }),
    ]);
    const copy = unread.clone();
    expect(await read.text()).toBe('miau');
    await closed(server);
    abort.abort('too late');
    expect(await reasonOf(unread.text())).toBe('too late');
    expect(await reasonOf(copy.text())).toBe('too late');
    expect(await empty.text()).toBe('');
  });
});

describe('a body without an end', () => {
  const PIECE = 2 ** 20;

  /** Bytes on and on: how many pieces were taken, and whether it was left. */
  function endless() {
    const taken = { pieces: 0, isLeft: false };
    async function* pieces(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          taken.pieces += 1;
          yield new Uint8Array(PIECE);
          await Promise.resolve();
        }
      } finally {
        taken.isLeft = true;
      }
    }
    return { taken, bytes: pieces() };
  }

  async function turns(): Promise<void> {
    for (let turn = 0; turn < 100; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('is received as far as 16 MiB, and then as fast as it is read', async () => {
    const { taken, bytes } = endless();
    const release = async (): Promise<void> => Promise.resolve();
    const stream = bodyStream(bytes, { description: 'lost', signal: undefined, release });
    await turns();
    expect(taken.pieces).toBe(16);
    const reader = stream.getReader();
    for (let read = 1; read <= 40; read += 1) {
      expect((await reader.read()).value?.length).toBe(PIECE);
      await turns();
      expect(taken.pieces).toBe(16 + read);
    }
    await reader.cancel();
    await turns();
    expect(taken.isLeft).toBe(true);
  });

  it.each(['aborts', 'cancels'])('is left, and its connection released, if the page %s while it waits', async (how) => {
    const { taken, bytes } = endless();
    const abort = new AbortController();
    let released = 0;
    const release = async (): Promise<void> => {
      released += 1;
      return Promise.resolve();
    };
    const stream = bodyStream(bytes, { description: 'lost', signal: abort.signal, release });
    await turns();
    expect([taken, released]).toEqual([{ pieces: 16, isLeft: false }, 0]);
    if (how === 'aborts') {
      abort.abort('enough');
      expect(await reasonOf(stream.getReader().read())).toBe('enough');
    } else {
      await stream.cancel();
    }
    await turns();
    expect(taken.isLeft).toBe(true);
    expect(released).toBeGreaterThan(0);
  });
});

describe('a connection that is lost', () => {
  it.each([
    ['in the middle of chunks', inPieces(['{"a"'], 'break')],
    ['before the announced length', inPieces(['{"a"'], 'break', { 'Content-Length': '10' })],
    ['before the first byte', inPieces([], 'break')],
  ])('is a TypeError for the body: %s', async (_when, server) => {
    const response = await pageAt(PAGE).fetch(server, '/');
    const copy = response.clone();
    for (const failure of [await reasonOf(response.text()), await reasonOf(copy.json())]) {
      expect(failure).toBeInstanceOf(TypeError);
      expect(failure).toMatchObject({ name: 'TypeError', cause: { code: 'ECONNRESET' } });
    }
    await closed(server);
  });

  it('is no matter for what nobody reads', async () => {
    const server = inPieces(['x'], 'break');
    expect((await pageAt(PAGE).fetch(server, '/', { mode: 'no-cors' })).type).toBe('opaque');
    expect((await pageAt(PAGE).fetch(server, '/', { method: 'HEAD' })).body).toBeNull();
    await closed(server);
  });

  it('is a TypeError where the server changes to another protocol that nobody asked for', async () => {
    const server = createServer((req) => {
      req.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: cat\r\n\r\n');
    });
    await expect(pageAt(PAGE).fetch(server, '/')).rejects.toEqual(
      new TypeError('GET https://api.example.com/ got no answer'),
    );
  });
});

describe('a call', () => {
  const cases: readonly (readonly [string, PageRequestInit])[] = [
    ['before it is sent', { signal: AbortSignal.abort(new Error('no time')) }],
  ];

  it.each(cases)('can be aborted %s', async (_when, init) => {
    let asked = 0;
    const server = createServer((_req, res) => {
      asked += 1;
      res.end();
    });
    await expect(pageAt(PAGE).fetch(server, '/', init)).rejects.toThrow(new Error('no time'));
    expect(asked).toBe(0);
    expect(server.listening).toBe(false);
  });

  it('can be aborted while the server thinks', async () => {
    const abort = new AbortController();
    const server = createServer(() => abort.abort(new Error('too slow')));
    await expect(pageAt(PAGE).fetch(server, '/', { signal: abort.signal })).rejects.toThrow(new Error('too slow'));
    expect(server.listening).toBe(false);
  });
});
