import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
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
    await expect(text).rejects.toMatchObject({ message: 'aborted' });
    await closed(server);
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
