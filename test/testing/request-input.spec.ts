import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageRequestInit } from '../../lib/testing/index.js';
import { withPolluted } from '../support/polluted-prototype.js';
import { allowing, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const API = 'https://api.example.com';

/** A server that lets everything through. */
function open() {
  return cannedServer(() =>
    allowing('*', { 'Access-Control-Allow-Methods': '*', 'Access-Control-Allow-Headers': '*' }),
  );
}

function streamOf(...chunks: unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
      }
      controller.close();
    },
  });
}

describe('a Request as the first argument', () => {
  it('is sent as it is', async () => {
    const { server, asked } = open();
    const page = pageAt(PAGE);
    page.cookies.set('sid=1; SameSite=None; Secure', API);
    const request = new Request(`${API}/cats/1`, {
      method: 'put',
      headers: { 'X-A': '1', Cookie: 'mine=1' },
      body: '{}',
      referrer: 'about:client',
      referrerPolicy: 'no-referrer',
      cache: 'no-cache',
    } as RequestInit);
    const { transcript } = await page.fetch(server, request);
    expect(transcript.map(({ request: { method, url } }) => `${method} ${url}`)).toEqual([
      `OPTIONS ${API}/cats/1`,
      `PUT ${API}/cats/1`,
    ]);
    expect(asked.at(-1)).toMatchObject({
      method: 'PUT',
      url: '/cats/1',
      body: '{}',
      headers: { 'x-a': '1', 'content-type': 'text/plain;charset=UTF-8', 'cache-control': 'max-age=0' },
    });
    expect(asked.at(-1)?.headers).not.toHaveProperty('cookie');
    expect(asked.at(-1)?.headers).not.toHaveProperty('referer');
    expect(request.bodyUsed).toBe(true);
  });

  it('may be changed by the second', async () => {
    const { server, asked } = open();
    const request = new Request(`${API}/cats/1`, { method: 'POST', headers: { 'X-A': '1' }, body: 'old' });
    await pageAt(PAGE).fetch(server, request, { method: 'PATCH', headers: { 'X-B': '2' }, body: 'new' });
    expect(asked.at(-1)).toMatchObject({ method: 'PATCH', body: 'new', headers: { 'x-b': '2' } });
    expect(asked.at(-1)?.headers).not.toHaveProperty('x-a');
    expect(request.bodyUsed).toBe(false);
  });

  it('loses its referrer where anything is changed', async () => {
    const { server, asked } = open();
    const request = new Request(`${API}/`, { referrerPolicy: 'no-referrer' });
    await pageAt(PAGE).fetch(server, request, { credentials: 'omit' });
    expect(asked[0]?.headers).toMatchObject({ referer: `${PAGE}/` });
  });

  it('can be cloned, and used once', async () => {
    const { server, asked } = open();
    const request = new Request(`${API}/`, { method: 'POST', body: 'x' });
    await pageAt(PAGE).fetch(server, request.clone());
    await pageAt(PAGE).fetch(server, request);
    expect(asked.map(({ body }) => body)).toEqual(['x', 'x']);
    await expect(pageAt(PAGE).fetch(server, request)).rejects.toThrow(/has already been read/);
    expect(asked).toHaveLength(2);
  });

  it('may be one of a package', async () => {
    const { server, asked } = open();
    const foreign = {
      url: `${API}/cats`,
      method: 'POST',
      headers: { 'X-A': '1' },
      mode: null,
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode('{}').buffer),
    };
    await pageAt(PAGE).fetch(server, foreign as unknown as Request);
    expect(asked.at(-1)).toMatchObject({ method: 'POST', url: '/cats', body: '{}', headers: { 'x-a': '1' } });
  });

  it('ends with its signal, or with that of the second argument', async () => {
    const reasons: unknown[] = [];
    for (const [own, other] of [
      [AbortSignal.abort('own'), undefined],
      [AbortSignal.abort('own'), AbortSignal.abort('other')],
      [AbortSignal.abort('own'), null],
    ] as const) {
      const { server } = open();
      const call = pageAt(PAGE).fetch(server, new Request(API, { signal: own }), { signal: other });
      reasons.push(
        await call.then(
          () => 'sent',
          (reason: unknown) => reason,
        ),
      );
    }
    expect(reasons).toEqual(['own', 'other', 'sent']);
  });

  it('may be the second argument, too', async () => {
    const { server, asked } = open();
    const init = new Request('https://other.example/', { method: 'PUT', headers: { 'X-A': '1' } });
    await pageAt(PAGE).fetch(server, '/cats', init as unknown as PageRequestInit);
    expect(asked.at(-1)).toMatchObject({ method: 'PUT', url: '/cats', headers: { 'x-a': '1' } });
  });

  it.each([
    [
      new Request(`${API}/`, { method: 'POST', body: 'x' }),
      { method: 'GET' },
      'fetch() does not accept a body with GET',
    ],
    [new Request('data:,x'), {}, 'fetch() sends requests to http(s) URLs only: data:,x'],
    [
      new Request('blob:https://app.example.com/1'),
      {},
      'fetch() sends requests to http(s) URLs only: blob:https://app.example.com/1',
    ],
  ])('is refused where a URL would be: %#', async (request, init, message) => {
    await expect(pageAt(PAGE).fetch(open().server, request, init)).rejects.toEqual(new TypeError(message));
  });
});

describe('a URL as the first argument', () => {
  it('may be a URL object', async () => {
    const { server, asked } = open();
    const { url } = await pageAt(PAGE).fetch(server, new URL('/cats#', API));
    expect(url).toBe(`${API}/cats`);
    expect(asked[0]?.url).toBe('/cats');
  });

  it.each(['/cats#', '/cats#paw', '/cats'])('has no fragment in the response: %s', async (path) => {
    expect((await pageAt(PAGE).fetch(open().server, path)).url).toBe(`${API}/cats`);
  });

  it('keeps an empty fragment over a redirect', async () => {
    const { server } = cannedServer(({ url }) => ({
      ...allowing('*', { Location: '/next#' }),
      status: url === '/' ? 302 : 200,
    }));
    const { url, transcript } = await pageAt(PAGE).fetch(server, '/#paw');
    expect(url).toBe(`${API}/next`);
    expect(transcript.at(-1)?.request.url).toBe(`${API}/next#`);
  });

  it.each(['http://[', 'https://'])('is refused where it is none: %s', async (path) => {
    await expect(pageAt(PAGE).fetch(open().server, path)).rejects.toEqual(
      new TypeError(`fetch() does not accept ${JSON.stringify(path)}: it is not a URL`),
    );
  });

  it.each(['https://api.example.com:6000/', 'http://localhost:10080/'])(
    'has no port that browsers block: %s',
    async (url) => {
      const { server, asked } = open();
      await expect(pageAt(PAGE).fetch(server, url)).rejects.toThrow(/^Browsers block the port/);
      expect(asked).toEqual([]);
    },
  );
});

describe('the second argument', () => {
  it.each<[object, RegExp]>([
    [{ mode: null }, /^mode must be one of/],
    [{ credentials: null }, /^credentials must be one of/],
    [{ redirect: 'x' }, /^redirect must be one of/],
    [{ cache: 'x' }, /^cache must be one of/],
    [{ priority: 'x' }, /^priority must be one of/],
    [{ cache: 'only-if-cached' }, /^cache "only-if-cached" requires mode "same-origin"/],
    [{ signal: {} }, /^signal must be an AbortSignal/],
    [{ window: {} }, /^window must be null/],
    [{ headers: 'X-A: 1' }, /^headers must be a record, pairs or a Headers/],
    [{ headers: null }, /^headers must be a record, pairs or a Headers/],
    [{ headers: [['X-A']] }, /^Each header must be a pair/],
    [{ headers: [['X-A', '1', '2']] }, /^Each header must be a pair/],
    [{ headers: ['xy'] }, /^Each header must be a pair/],
    [{ method: 'POST', body: (async function* () {})() }, /^fetch\(\) does not accept an async iterable/],
  ])('is refused with a TypeError, never ignored: %#', async (init, message) => {
    const { server, asked } = open();
    const failure: unknown = await pageAt(PAGE)
      .fetch(server, '/', init)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toHaveProperty('message', expect.stringMatching(message));
    expect(asked).toEqual([]);
  });

  it('is an object', async () => {
    await expect(pageAt(PAGE).fetch(open().server, '/', 'PUT' as PageRequestInit)).rejects.toThrow(
      new TypeError('The second argument of fetch() must be an object'),
    );
  });

  it('says what its values say as strings', async () => {
    const { server, asked } = open();
    const init = {
      method: 'POST',
      headers: { 'X-A': 5 },
      body: { cat: 1 },
      integrity: null,
      window: null,
      signal: null,
    };
    await pageAt(PAGE).fetch(server, '/', init as unknown as PageRequestInit);
    expect(asked.at(-1)).toMatchObject({ body: '[object Object]', headers: { 'x-a': '5' } });
  });

  it.each<[PageRequestInit, string | undefined, string | undefined]>([
    [{ cache: 'default' }, undefined, undefined],
    [{ cache: 'force-cache' }, undefined, undefined],
    [{ cache: 'no-cache' }, 'max-age=0', undefined],
    [{ cache: 'no-store' }, 'no-cache', 'no-cache'],
    [{ cache: 'reload' }, 'no-cache', 'no-cache'],
    [{ cache: 'reload', headers: { 'Cache-Control': 'x' } }, 'x', 'no-cache'],
    [{ cache: 'force-cache', headers: { 'If-None-Match': '"1"' } }, undefined, undefined],
  ])('tells caches on the way what it wants: %j', async (init, control, pragma) => {
    const { server, asked } = open();
    await pageAt(PAGE, { api: PAGE }).fetch(server, '/', init);
    expect([asked[0]?.headers['cache-control'], asked[0]?.headers['pragma']]).toEqual([control, pragma]);
  });

  it('finds nothing in a cache', async () => {
    const { server, asked } = open();
    const call = pageAt(PAGE, { api: PAGE }).fetch(server, '/', { cache: 'only-if-cached', mode: 'same-origin' });
    await expect(call).rejects.toThrow(/there is no HTTP cache here/);
    expect(asked).toEqual([]);
  });

  it('keeps 64 KiB alive, together with what is on its way', async () => {
    const { server, asked } = open();
    const page = pageAt(PAGE);
    const send = (size: number) =>
      page.fetch(server, '/', { method: 'POST', keepalive: true, body: 'x'.repeat(size) }).then(
        ({ status }) => status,
        (error: unknown) => error,
      );
    const tooMuch = (size: number) =>
      new TypeError(`POST ${API}/: all requests with keepalive may have 65536 bytes together, and these have ${size}`);
    expect(await send(65_537)).toEqual(tooMuch(65_537));
    expect(await Promise.all([send(40_000), send(30_000), send(20_000)])).toEqual([200, tooMuch(70_000), 200]);
    expect(await send(65_536)).toBe(200);
    expect(asked).toHaveLength(3);
  });
});

describe('what is on Object.prototype', () => {
  it.each<[string, unknown, object]>([
    ['credentials', 'include', { cookie: undefined }],
    ['method', 'POST', { method: 'GET' }],
    ['headers', { 'X-Evil': '1' }, { evil: undefined }],
    ['referrerPolicy', 'no-referrer', { referer: `${PAGE}/` }],
    ['mode', 'no-cors', { mode: 'cors' }],
    ['body', 'x', { body: '' }],
    ['withCredentials', true, { cookie: undefined }],
  ])('is said by no page: %s', async (key, value, expected) => {
    const { server, asked } = open();
    const page = pageAt(PAGE);
    page.cookies.set('sid=1; Secure; SameSite=None', API);
    const started = withPolluted(key, value, () => {
      const source = page.eventSource(server, '/');
      const answered = new Promise((resolve) => source.addEventListener('error', resolve)).then(() => source.close());
      const fetch = page.fetchFor(server);
      return [answered, page.fetch(server, '/'), page.fetch(server, '/', {}), fetch(new Request(API)), fetch(API, {})];
    });
    await Promise.all(started);
    expect(asked).toHaveLength(5);
    for (const { method, headers, body } of asked) {
      const { cookie, referer, 'x-evil': evil, 'sec-fetch-mode': mode } = headers;
      expect({ method, cookie, referer, evil, mode, body }).toMatchObject(expected);
    }
  });

  it.each<[string, unknown]>([
    ['method', 'POST'],
    ['body', { to: 'mallory' }],
  ])('is sent with no form: %s', async (key, value) => {
    const { server, asked } = open();
    await withPolluted(key, value, () => pageAt(PAGE).submit(server, '/'));
    expect(asked).toMatchObject([{ method: 'GET', url: '/', body: '' }]);
  });
});

describe('the names of headers', () => {
  /** As they are on the wire, but those that Node adds. */
  async function wireNames(headers: PageRequestInit['headers'], method = 'GET'): Promise<string[]> {
    const names: string[] = [];
    const server = createServer((req, res) => {
      if (req.method !== 'OPTIONS') {
        names.push(...req.rawHeaders.filter((_, i) => i % 2 === 0));
      }
      res.setHeader('Access-Control-Allow-Methods', '*').setHeader('Access-Control-Allow-Headers', '*');
      res.setHeader('Access-Control-Allow-Origin', '*').end();
    });
    await pageAt(PAGE).fetch(server, '/', { headers: headers ?? {}, method });
    return names;
  }

  it('go out as the page wrote them, and as browsers write their own', async () => {
    expect(
      (await wireNames({ 'X-cAt': '1', ACCEPT: 'x', 'content-TYPE': 'y', __proto__x: '1' }, 'POST')).toSorted(),
    ).toEqual(
      [
        'Host',
        'Connection',
        'X-cAt',
        'ACCEPT',
        'content-TYPE',
        '__proto__x',
        'Content-Length',
        'Origin',
        'Sec-Fetch-Site',
        'Sec-Fetch-Mode',
        'Sec-Fetch-Dest',
        'Referer',
        'User-Agent',
        'Accept-Language',
        'Accept-Encoding',
      ].toSorted(),
    );
  });

  it('are those of the first of several', async () => {
    const names = await wireNames([
      ['X-cAt', '1'],
      ['x-CAT', '2'],
    ]);
    expect(names.filter((name) => /^x-cat$/i.test(name))).toEqual(['X-cAt']);
  });
});

describe('a stream as body', () => {
  const init = (more: object = {}): PageRequestInit => ({
    method: 'POST',
    body: streamOf('mi', 'au'),
    duplex: 'half',
    ...more,
  });

  it('is asked about, and sent in pieces', async () => {
    const { server, asked } = open();
    const { transcript } = await pageAt(PAGE).fetch(server, '/', init());
    expect(transcript.map(({ kind }) => kind)).toEqual(['preflight', 'request']);
    expect(asked.at(-1)).toMatchObject({ body: 'miau', headers: { 'transfer-encoding': 'chunked' } });
    expect(asked.at(-1)?.headers).not.toHaveProperty('content-length');
    expect(asked.at(-1)?.headers).not.toHaveProperty('content-type');
    expect(asked[0]?.headers['access-control-request-method']).toBe('POST');
  });

  it('may be long, and is left where the server has answered', async () => {
    const warnings: unknown[] = [];
    const warn = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', warn);
    for (const reads of [true, false]) {
      const server = createServer((req, res) => {
        res.setHeader('Access-Control-Allow-Origin', '*');
        if (req.method === 'OPTIONS' || !reads) {
          res.end('done');
        } else {
          req.resume().on('end', () => res.end('done'));
        }
      });
      let left = 200;
      const body = new ReadableStream({
        pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(65_536)) : controller.close()),
      });
      const response = await pageAt(PAGE).fetch(server, '/', init({ body }));
      expect(await response.text()).toBe('done');
    }
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('is asked about once, until the answer is old', async () => {
    const { server } = cannedServer(() => allowing('*'));
    const page = pageAt(PAGE);
    const kinds = async () => (await page.fetch(server, '/', init())).transcript.map(({ fromCache }) => fromCache);
    expect([await kinds(), await kinds()]).toEqual([
      [false, false],
      [true, false],
    ]);
  });

  it('is blocked where the preflight is', async () => {
    const { server, asked } = cannedServer(({ method }) => (method === 'OPTIONS' ? {} : allowing('*')));
    await expect(pageAt(PAGE).fetch(server, '/', init())).rejects.toMatchObject({ step: 'preflight-origin' });
    expect(asked.map(({ method }) => method)).toEqual(['OPTIONS']);
  });

  it('may be in a Request, where nobody sees it', async () => {
    const { server, asked } = open();
    const request = new Request(`${API}/`, init() as RequestInit);
    const { transcript } = await pageAt(PAGE).fetch(server, request);
    expect(transcript.map(({ kind }) => kind)).toEqual(['preflight', 'request']);
    expect(asked.at(-1)?.body).toBe('miau');
    expect(request.bodyUsed).toBe(true);
  });

  it('is no stream where a Request has bytes', async () => {
    const { server, asked } = open();
    for (const body of ['miau', new URLSearchParams({ a: '1' }), new Blob(['miau'])]) {
      const first = new Request(`${API}/`, { method: 'POST', body });
      await pageAt(PAGE).fetch(server, new Request(first).clone());
    }
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  });

  it.each<[object, string, RegExp]>([
    [{ duplex: undefined }, API, /requires duplex: 'half'/],
    [{ keepalive: true }, API, /keepalive/],
    [{ mode: 'no-cors' }, API, /no-cors/],
    [{ method: 'GET' }, API, /does not accept a body with GET/],
    [{ body: lockedStream() }, API, /is already locked/],
    [{ body: streamOf('text', 5) }, API, /got no answer/],
    [{}, 'http://localhost', /HTTP\/2 only/],
  ])('is refused with a TypeError: %j to %s', async (more, api, message) => {
    const failure: unknown = await pageAt(PAGE, { api })
      .fetch(open().server, '/', init(more))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toHaveProperty('message', expect.stringMatching(message));
  });

  it.each([
    [303, 'sent'],
    [307, 'TypeError'],
    [302, 'TypeError'],
  ])('cannot be sent again after a %i: %s', async (status, outcome) => {
    const { server } = cannedServer(({ url, method }) => ({
      ...allowing('*', { Location: '/next' }),
      status: url === '/' && method !== 'OPTIONS' ? status : 200,
    }));
    const call = pageAt(PAGE).fetch(server, '/', init());
    expect(
      await call.then(
        () => 'sent',
        (error: Error) => error.name,
      ),
    ).toBe(outcome);
  });

  it('is cancelled where the call is aborted', async () => {
    const cancelled: unknown[] = [];
    const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
    const call = pageAt(PAGE).fetch(open().server, '/', init({ body, signal: AbortSignal.abort('no time') }));
    await expect(call).rejects.toBe('no time');
    expect(cancelled).toEqual(['no time']);
  });

  it('fails with what the stream fails with', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('no milk')) });
    await expect(pageAt(PAGE).fetch(open().server, '/', init({ body }))).rejects.toMatchObject({
      name: 'TypeError',
      cause: new Error('no milk'),
    });
  });
});

function lockedStream(): ReadableStream {
  const stream = streamOf('x');
  stream.getReader();
  return stream;
}
