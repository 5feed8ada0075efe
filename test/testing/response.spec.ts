import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageRequestInit } from '../../lib/testing/index.js';
import { blocked, finding } from './blocked.js';
import { allowing, type Canned, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const ACAO = 'Access-Control-Allow-Origin';
const ACAC = 'Access-Control-Allow-Credentials';
const INCLUDE = { credentials: 'include' } as const;

/** What the page sees when the server answers like that; `Date` and `Connection` are Node's own. */
async function visible(answer: Canned, init: PageRequestInit = {}, api = 'https://api.example.com'): Promise<string[]> {
  const { server } = cannedServer(() => answer);
  const { headers } = await pageAt(PAGE, { api }).fetch(server, '/cats', init);
  return [...headers.keys()].filter((name) => !['date', 'connection', 'keep-alive'].includes(name));
}

const MANY = {
  'Cache-Control': 'no-store',
  'Content-Language': 'de',
  'Content-Length': '4',
  'Content-Type': 'text/plain',
  Expires: '0',
  'Last-Modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
  Pragma: 'no-cache',
  ETag: '"1"',
  'X-A': '1',
  'X-B': '2',
  'Set-Cookie': 'sid=1',
  'Set-Cookie2': 'sid=1',
};
const SAFELISTED = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];
const answer = (headers: Readonly<Record<string, string>>): Canned => ({
  body: 'miau',
  headers: { ...MANY, ...headers },
});

describe('the CORS check', () => {
  it.each<[string, PageRequestInit, Readonly<Record<string, string>>]>([
    ['the origin', {}, { [ACAO]: PAGE }],
    ['any origin', {}, { [ACAO]: '*' }],
    ['the origin with credentials', INCLUDE, { [ACAO]: PAGE, [ACAC]: 'true' }],
    ['any origin, and credentials that nobody sends', { credentials: 'omit' }, { [ACAO]: '*', [ACAC]: 'true' }],
  ])('passes %s', async (_what, init, headers) => {
    const { server } = cannedServer(() => ({ status: 404, headers, body: 'gone' }));
    const response = await pageAt(PAGE).fetch(server, '/cats', init);
    expect(response).toMatchObject({
      type: 'cors',
      status: 404,
      ok: false,
      statusText: 'Not Found',
      redirected: false,
    });
    expect(response.url).toBe('https://api.example.com/cats');
    expect(await response.text()).toBe('gone');
  });

  it.each<[string, PageRequestInit, Readonly<Record<string, string>>, string, string, string | null, string]>([
    ['nothing', {}, {}, 'origin', ACAO, null, PAGE],
    ['another origin', {}, { [ACAO]: `${PAGE}/` }, 'origin', ACAO, `${PAGE}/`, PAGE],
    ['null', {}, { [ACAO]: 'null' }, 'origin', ACAO, 'null', PAGE],
    ['* with credentials', INCLUDE, { [ACAO]: '*', [ACAC]: 'true' }, 'origin', ACAO, '*', PAGE],
    ['no credentials', INCLUDE, { [ACAO]: PAGE }, 'credentials', ACAC, null, 'true'],
    ['credentials of another spelling', INCLUDE, { [ACAO]: PAGE, [ACAC]: 'TRUE' }, 'credentials', ACAC, 'TRUE', 'true'],
  ])('blocks %s', async (_what, init, headers, step, header, actual, expected) => {
    const { server, asked } = cannedServer(() => ({ headers }));
    const error = await blocked(pageAt(PAGE).fetch(server, '/cats', init));
    expect(finding(error)).toEqual({ step, header, actual, expected });
    expect(error.transcript).toHaveLength(1);
    expect(asked[0]?.headers['origin']).toBe(PAGE);
  });

  it.each([
    ['null', true],
    ['*', true],
    [PAGE, false],
  ])('lets a sandboxed page in by %s: %s', async (allowed, passes) => {
    const { server, asked } = cannedServer(() => allowing(allowed));
    const outcome = await pageAt('null')
      .fetch(server, '/')
      .then(
        () => true,
        () => false,
      );
    expect(outcome).toBe(passes);
    expect(asked[0]?.headers).toMatchObject({ origin: 'null', 'sec-fetch-site': 'cross-site' });
    expect(asked[0]?.headers).not.toHaveProperty('referer');
  });
});

describe('a page sees', () => {
  it('the safelisted headers of another origin', async () => {
    expect(await visible(answer({ [ACAO]: PAGE }))).toEqual(SAFELISTED);
  });

  it('what is exposed to it as well, in any case', async () => {
    const exposed = { [ACAO]: PAGE, 'Access-Control-Expose-Headers': 'x-A, ETAG,x-absent' };
    expect(await visible(answer(exposed))).toEqual([...SAFELISTED, 'etag', 'x-a'].toSorted());
  });

  it('everything but cookies if everything is exposed', async () => {
    const exposed = { [ACAO]: PAGE, 'Access-Control-Expose-Headers': 'x-b, *' };
    const cors = ['access-control-allow-origin', 'access-control-expose-headers'];
    expect(await visible(answer(exposed))).toEqual([...cors, ...SAFELISTED, 'etag', 'x-a', 'x-b'].toSorted());
  });

  it('* as a name like any other with credentials', async () => {
    const exposed = { [ACAO]: PAGE, [ACAC]: 'true', 'Access-Control-Expose-Headers': 'x-b, *' };
    expect(await visible(answer(exposed), INCLUDE)).toEqual([...SAFELISTED, 'x-b'].toSorted());
  });

  it('no cookie, even if it is exposed', async () => {
    const exposed = { [ACAO]: PAGE, 'Access-Control-Expose-Headers': 'Set-Cookie, Set-Cookie2, x-a' };
    expect(await visible(answer(exposed))).toEqual([...SAFELISTED, 'x-a'].toSorted());
  });

  it('the safelisted headers alone if the list of the others cannot be read', async () => {
    const exposed = { [ACAO]: PAGE, 'Access-Control-Expose-Headers': 'x-a; x-b' };
    expect(await visible(answer(exposed))).toEqual(SAFELISTED);
  });

  it('everything but cookies of its own origin', async () => {
    expect(await visible(answer({}), {}, PAGE)).toEqual([...SAFELISTED, 'etag', 'x-a', 'x-b'].toSorted());
  });
});

describe('a request', () => {
  it('says where it comes from, and what fetch() always says', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    await pageAt(PAGE).fetch(server, '/cats?x=1#paw', { headers: { 'accept-language': 'de' } });
    expect(asked).toEqual([
      {
        method: 'GET',
        url: '/cats?x=1',
        body: '',
        headers: {
          host: 'api.example.com',
          connection: 'close',
          accept: '*/*',
          'accept-encoding': 'identity',
          'accept-language': 'de',
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

  it.each([
    ['If-Modified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['If-None-Match', '"1"'],
    ['If-Unmodified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['If-Match', '"1"'],
    ['If-Range', '"1"'],
  ])('with %s asks no cache', async (name, value) => {
    const { server, asked } = cannedServer(() => ({}));
    const page = pageAt(PAGE, { api: PAGE });
    await page.fetch(server, '/', { headers: { [name]: value } });
    await page.fetch(server, '/', { headers: { [name]: value, 'Cache-Control': 'max-age=60', Pragma: 'other' } });
    await page.fetch(server, '/', { headers: { 'X-Id': value } });
    expect(asked.map(({ headers }) => [headers['cache-control'], headers['pragma']])).toEqual([
      ['no-cache', 'no-cache'],
      ['max-age=60', 'other'],
      [undefined, undefined],
    ]);
  });

  it.each<[string, string, PageRequestInit, string | undefined]>([
    [PAGE, PAGE, {}, undefined],
    [PAGE, PAGE, { method: 'HEAD' }, undefined],
    [PAGE, PAGE, { method: 'POST' }, PAGE],
    [PAGE, PAGE, { method: 'DELETE', mode: 'same-origin' }, PAGE],
    [PAGE, 'https://api.example.com', { mode: 'no-cors' }, undefined],
    [PAGE, 'https://api.example.com', { mode: 'no-cors', method: 'POST' }, PAGE],
    [PAGE, 'http://localhost', { mode: 'no-cors', method: 'POST' }, 'null'],
    [PAGE, 'http://localhost', { method: 'POST' }, PAGE],
    ['http://app.example.com', 'http://api.example.com', { mode: 'no-cors', method: 'POST' }, 'http://app.example.com'],
    ['null', 'https://api.example.com', {}, 'null'],
  ])('from %s to %s with %j has the Origin %s', async (page, api, init, origin) => {
    const { server, asked } = cannedServer(() => allowing('*'));
    await pageAt(page, { api }).fetch(server, '/', init);
    expect(asked[0]?.headers['origin']).toBe(origin);
  });

  it.each<[string, string, PageRequestInit, string | undefined, string | undefined]>([
    [PAGE, PAGE, {}, 'same-origin', 'cors'],
    [PAGE, PAGE, { mode: 'same-origin' }, 'same-origin', 'same-origin'],
    [PAGE, 'https://api.example.com', { mode: 'no-cors' }, 'same-site', 'no-cors'],
    [PAGE, 'https://example.com:8443', {}, 'same-site', 'cors'],
    [PAGE, 'https://api.example.org', {}, 'cross-site', 'cors'],
    ['http://app.example.com', 'https://api.example.com', {}, 'cross-site', 'cors'],
    ['http://app.example.com', 'http://api.example.com', {}, undefined, undefined],
    ['http://localhost:1', 'http://localhost:2', {}, 'same-site', 'cors'],
    ['http://localhost:1', 'http://127.0.0.1:2', {}, 'cross-site', 'cors'],
    ['capacitor://localhost', 'https://api.example.com', {}, 'cross-site', 'cors'],
  ])('from %s to %s with %j has Sec-Fetch-Site %s and -Mode %s', async (page, api, init, site, mode) => {
    const { server, asked } = cannedServer(() => allowing('*'));
    await pageAt(page, { api }).fetch(server, '/', init);
    expect(asked[0]?.headers['sec-fetch-site']).toBe(site);
    expect(asked[0]?.headers['sec-fetch-mode']).toBe(mode);
    expect(asked[0]?.headers['sec-fetch-dest']).toBe(site && 'empty');
  });

  it.each([
    [PAGE, 'https://api.example.com', `${PAGE}/`],
    ['http://app.example.com', 'http://api.example.com', 'http://app.example.com/'],
    ['http://app.example.com', 'https://api.example.com', 'http://app.example.com/'],
    ['http://localhost:4200', 'http://api.example.com', undefined],
    ['capacitor://localhost', 'https://api.example.com', undefined],
    ['chrome-extension://abc', 'https://api.example.com', undefined],
  ])('from %s to %s has the Referer %s', async (page, api, referer) => {
    const { server, asked } = cannedServer(() => allowing('*'));
    await pageAt(page, { api }).fetch(server, '/');
    expect(asked[0]?.headers['referer']).toBe(referer);
  });

  it.each<[PageRequestInit, string | undefined]>([
    [{}, undefined],
    [{ method: 'DELETE' }, undefined],
    [{ method: 'PATCH' }, undefined],
    [{ method: 'POST' }, '0'],
    [{ method: 'PUT' }, '0'],
    [{ method: 'POST', body: 'miäu' }, '5'],
    [{ method: 'DELETE', body: '' }, '0'],
  ])('with %j has the Content-Length %s, and is never chunked', async (init, length) => {
    const { server, asked } = cannedServer(() => ({}));
    await pageAt(PAGE, { api: PAGE }).fetch(server, '/', init);
    expect(asked[0]?.headers['content-length']).toBe(length);
    expect(asked[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect(asked[0]?.body).toBe(init.body ?? '');
  });

  it('joins what the page said twice', async () => {
    const { server, asked } = cannedServer(() => ({}));
    const headers = [['x-a', '1'] as const, ['x-a', '2'] as const];
    await pageAt(PAGE, { api: PAGE }).fetch(server, '/', { headers });
    expect(asked[0]?.headers['x-a']).toBe('1, 2');
  });
});

describe('a mode', () => {
  it.each([
    [PAGE, 'http://api.example.com'],
    ['https://localhost', 'http://api.example.com'],
  ])('does not matter where an https page asks for an http URL: %s, %s', async (page, api) => {
    const { server, asked } = cannedServer(() => allowing('*'));
    const error = await blocked(pageAt(page, { api }).fetch(server, '/', { mode: 'no-cors' }));
    expect(finding(error)).toEqual({
      step: 'mixed-content',
      header: null,
      actual: `${api}/`,
      expected: 'an https URL',
    });
    expect(error.transcript).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('of same-origin asks no other origin', async () => {
    const { server, asked } = cannedServer(() => allowing('*'));
    const error = await blocked(pageAt(PAGE).fetch(server, '/', { mode: 'same-origin' }));
    const actual = 'https://api.example.com/';
    expect(finding(error)).toEqual({ step: 'same-origin-mode', header: null, actual, expected: `a URL of ${PAGE}` });
    expect(asked).toEqual([]);
  });

  it('of no-cors sends, and shows nothing', async () => {
    const { server, asked } = cannedServer(() => ({
      status: 201,
      headers: { 'Content-Type': 'text/plain' },
      body: 'miau',
    }));
    const response = await pageAt(PAGE).fetch(server, '/', { mode: 'no-cors', method: 'POST', body: 'x' });
    expect(asked.map(({ method, body }) => [method, body])).toEqual([['POST', 'x']]);
    expect(response).toMatchObject({
      type: 'opaque',
      status: 0,
      statusText: '',
      ok: false,
      url: '',
      redirected: false,
    });
    expect([...response.headers]).toEqual([]);
    expect(response.body).toBeNull();
    expect(await response.text()).toBe('');
    expect(response.transcript[0]?.response?.status).toBe(201);
  });

  it.each(['error', 'manual'] as const)('of no-cors does not go with redirect: %s', async (redirect) => {
    const { server } = cannedServer(() => ({}));
    const error = await blocked(pageAt(PAGE).fetch(server, '/', { mode: 'no-cors', redirect }));
    expect(finding(error)).toMatchObject({ step: 'no-cors-redirect', header: null, expected: "redirect: 'follow'" });
  });

  it.each([
    ['same-origin', PAGE, 'https://api.example.com', true],
    ['same-origin', 'null', 'https://api.example.com', true],
    ['same-site', PAGE, 'https://api.example.org', true],
    ['same-site', 'http://app.example.com', 'https://api.example.com', true],
    ['same-site', PAGE, 'https://api.example.com', false],
    ['cross-origin', PAGE, 'https://api.example.org', false],
    ['Same-Origin', PAGE, 'https://api.example.org', false],
  ])('of no-cors heeds Cross-Origin-Resource-Policy: %s from %s to %s: %s', async (policy, page, api, refused) => {
    const { server } = cannedServer(() => ({ headers: { 'Cross-Origin-Resource-Policy': policy } }));
    const call = pageAt(page, { api }).fetch(server, '/', { mode: 'no-cors' });
    if (!refused) {
      expect((await call).type).toBe('opaque');
      return;
    }
    const header = 'Cross-Origin-Resource-Policy';
    expect(finding(await blocked(call))).toEqual({
      step: 'resource-policy',
      header,
      actual: policy,
      expected: 'cross-origin',
    });
  });

  it('of cors does not', async () => {
    const { server } = cannedServer(() => allowing(PAGE, { 'Cross-Origin-Resource-Policy': 'same-origin' }));
    expect((await pageAt(PAGE).fetch(server, '/')).type).toBe('cors');
  });
});

describe('a body', () => {
  it('can be read as text, as JSON and as bytes, once', async () => {
    const { server } = cannedServer(() => ({ headers: { [ACAO]: '*' }, body: '{"cat":"Miö"}' }));
    const page = pageAt(PAGE);
    expect(await (await page.fetch(server, '/')).text()).toBe('{"cat":"Miö"}');
    expect(await (await page.fetch(server, '/')).json()).toEqual({ cat: 'Miö' });
    const response = await page.fetch(server, '/');
    expect((await response.arrayBuffer()).byteLength).toBe(14);
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('comes whole if it is long', async () => {
    const { server } = cannedServer(() => ({ headers: { [ACAO]: '*' }, body: 'x'.repeat(3_000_000) }));
    const response = await pageAt(PAGE).fetch(server, '/');
    expect((await response.text()).length).toBe(3_000_000);
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 205],
    ['GET', 304],
  ])('is not there for %s and status %i', async (method, status) => {
    const { server } = cannedServer(() => ({ status, headers: { [ACAO]: '*' } }));
    const response = await pageAt(PAGE).fetch(server, '/', { method });
    expect(response).toMatchObject({ status, ok: status < 300, body: null });
    expect(await response.text()).toBe('');
  });

  it.each([
    [200, true],
    [299, true],
    [300, false],
    [500, false],
  ])('of status %i is ok: %s', async (status, ok) => {
    const { server } = cannedServer(() => ({ status, headers: { [ACAO]: '*' } }));
    expect(await pageAt(PAGE).fetch(server, '/')).toMatchObject({ status, ok });
  });
});
