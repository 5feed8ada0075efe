import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageRequestInit, type PageResponse } from '../../lib/testing/index.js';
import { blocked, finding } from './blocked.js';
import { type Asked, type Canned, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const API = 'https://api.example.com';
const CDN = 'https://cdn.example.net';
const ACAO = 'Access-Control-Allow-Origin';
const OPEN = { [ACAO]: '*', 'Access-Control-Allow-Methods': '*', 'Access-Control-Allow-Headers': '*, authorization' };

/** `/to?…` redirects there, with the status that `/301/to?…` names; every other path answers 200. */
function redirecting({ method, url }: Asked): Canned {
  const match = /^\/(\d*)\/?to\?(.*)$/.exec(url);
  if (match === null || method === 'OPTIONS') {
    return { headers: OPEN, body: 'there' };
  }
  return { status: Number(match[1] || 302), headers: { ...OPEN, Location: match[2] ?? '' }, body: 'elsewhere' };
}

/** One server for three origins. */
function world(answer: (asked: Asked) => Canned = redirecting) {
  const { server, asked } = cannedServer(answer);
  const page = pageAt(PAGE, { servers: { [CDN]: server, [PAGE]: server, [API]: server } });
  const fetch = (url: string, init?: PageRequestInit): Promise<PageResponse> => page.fetch(server, url, init);
  const trace = (): string[] => asked.map(({ method, headers, url }) => `${method} ${headers['host']}${url}`);
  return { page, fetch, asked, trace };
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i is followed', async (status) => {
    const { fetch, trace } = world();
    const response = await fetch(`/${status}/to?/cats?x=1`);
    expect(response).toMatchObject({ status: 200, type: 'cors', redirected: true, url: `${API}/cats?x=1` });
    expect(await response.text()).toBe('there');
    expect(trace()).toEqual([`GET api.example.com/${status}/to?/cats?x=1`, 'GET api.example.com/cats?x=1']);
    expect(response.transcript.map(({ response: answer }) => answer?.status)).toEqual([status, 200]);
  });

  it.each([300, 304, 305, 306, 309])('is not what status %i says', async (status) => {
    const { fetch } = world();
    expect(await fetch(`/${status}/to?/cats`)).toMatchObject({ status, redirected: false });
  });

  it('without Location is an answer like any other', async () => {
    const { fetch } = world(() => ({ status: 302, headers: OPEN, body: 'where?' }));
    const response = await fetch('/');
    expect(response).toMatchObject({ status: 302, type: 'cors', redirected: false });
    expect(await response.text()).toBe('where?');
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [303, 'HEAD', 'HEAD'],
    [303, 'GET', 'GET'],
    [302, 'HEAD', 'HEAD'],
  ])('%i of %s is followed by %s', async (status, method, next) => {
    const { fetch, asked } = world();
    const body = method === 'GET' || method === 'HEAD' ? null : '{}';
    const headers = {
      'Content-Type': 'application/json',
      'Content-Language': 'de',
      'X-A': '1',
      'Content-Encoding': 'x',
      'Content-Location': 'y',
    };
    const init: PageRequestInit = { method, headers, body };
    await fetch(`/${status}/to?/cats`, init);
    const last = asked.at(-1);
    const isKept = next === method;
    expect(last).toMatchObject({ method: next, body: isKept ? (body ?? '') : '' });
    expect(last?.headers['x-a']).toBe('1');
    for (const name of ['content-type', 'content-language', 'content-encoding', 'content-location']) {
      expect([name, name in (last?.headers ?? {})]).toEqual([name, isKept]);
    }
    expect(last?.headers['content-length']).toBe(isKept && body !== null ? '2' : undefined);
  });

  it('keeps the fragment, which the page does not see', async () => {
    const { fetch } = world();
    expect((await fetch('/to?/cats#paw')).url).toBe(`${API}/cats`);
    const { fetch: other } = world(({ url }) =>
      url === '/' ? { status: 302, headers: { ...OPEN, Location: '/a#b' } } : { headers: OPEN },
    );
    const { transcript } = await other('/#paw');
    expect(transcript.map(({ request }) => request.url)).toEqual([`${API}/#paw`, `${API}/a#b`]);
    const { transcript: kept } = await world().fetch('/to?/a#paw');
    expect(kept.map(({ request }) => request.url)).toEqual([`${API}/to?/a#paw`, `${API}/a#paw`]);
  });

  it('is put to the CORS check itself', async () => {
    const { fetch } = world(() => ({ status: 302, headers: { Location: '/cats' } }));
    expect((await blocked(fetch('/'))).step).toBe('origin');
  });

  it('may come twenty times', async () => {
    const times =
      (most: number) =>
      (question: Asked): Canned => {
        const n = Number(question.url.slice(1));
        return n < most ? { status: 302, headers: { ...OPEN, Location: `/${n + 1}` } } : { headers: OPEN };
      };
    expect((await world(times(20)).fetch('/0')).url).toBe(`${API}/20`);
    const error = await blocked(world(times(21)).fetch('/0'));
    const expected = 'at most 20 redirects';
    expect(finding(error)).toEqual({ step: 'redirect-limit', header: 'Location', actual: '/21', expected });
    expect(error.transcript).toHaveLength(21);
  });

  it('is an error under redirect: error, with or without Location', async () => {
    const error = await blocked(world().fetch('/to?/cats', { redirect: 'error' }));
    expect(finding(error)).toEqual({
      step: 'redirect-mode',
      header: 'Location',
      actual: '/cats',
      expected: 'no redirect',
    });
    const { fetch } = world(() => ({ status: 302, headers: OPEN }));
    expect(finding(await blocked(fetch('/', { redirect: 'error' })))).toMatchObject({
      step: 'redirect-mode',
      actual: null,
    });
  });

  it('is handed over unread under redirect: manual', async () => {
    const { fetch, trace } = world();
    const response = await fetch('/to?/cats', { redirect: 'manual' });
    expect(response).toMatchObject({
      type: 'opaqueredirect',
      status: 0,
      ok: false,
      statusText: '',
      body: null,
      redirected: false,
    });
    expect(response.url).toBe(`${API}/to?/cats`);
    expect([...response.headers]).toEqual([]);
    expect(trace()).toHaveLength(1);
    expect(await fetch('/cats', { redirect: 'manual' })).toMatchObject({ type: 'cors', status: 200 });
  });

  it.each([
    ['', 'data:,x'],
    ['', 'ftp://api.example.com/'],
    ['', 'web+https://api.example.com/'],
    ['', 'http://[broken'],
  ])('%s to %s leads nowhere', async (_none, location) => {
    const error = await blocked(world().fetch(`/to?${location}`));
    expect(finding(error)).toEqual({
      step: 'redirect-location',
      header: 'Location',
      actual: location,
      expected: 'an http(s) URL',
    });
  });

  it('from https to http is mixed content', async () => {
    const error = await blocked(world().fetch('/to?http://api.example.com/cats'));
    expect(error.step).toBe('mixed-content');
    expect(error.message).toMatch(/^GET http:\/\/api\.example\.com\/cats is blocked/);
  });

  it.each<[string, string, PageRequestInit, boolean]>([
    [API, 'https://user@api.example.com/', {}, true],
    [API, 'https://:secret@api.example.com/', {}, true],
    [PAGE, 'https://user@api.example.com/', {}, true],
    [API, 'https://user@app.example.com/', {}, true],
    [PAGE, 'https://user@app.example.com/', {}, false],
    [API, 'https://user@api.example.com/', { mode: 'no-cors' }, false],
  ])('from %s to %s with %j is refused: %s', async (from, to, init, refused) => {
    const call = world().fetch(`${from}/to?${to}`, init);
    if (!refused) {
      expect((await call).transcript).toHaveLength(2);
      return;
    }
    const expected = 'a URL without user name and password';
    expect(finding(await blocked(call))).toEqual({
      step: 'redirect-url-credentials',
      header: 'Location',
      actual: to,
      expected,
    });
  });

  it("leaves the page's own origin only in mode cors or no-cors", async () => {
    expect((await blocked(world().fetch(`${PAGE}/to?${API}/`, { mode: 'same-origin' }))).step).toBe('same-origin-mode');
    expect((await world().fetch(`${PAGE}/to?/x`, { mode: 'same-origin' })).type).toBe('basic');
    const opaque = await world().fetch(`${PAGE}/to?${API}/`, { mode: 'no-cors' });
    // Nor does the page learn where it went, or that it did.
    expect(opaque).toMatchObject({ type: 'opaque', redirected: false, url: '' });
    expect((await world().fetch(`${PAGE}/to?${API}/`)).type).toBe('cors');
  });

  it('goes to a server that the test names, or fails', async () => {
    const error: unknown = await world()
      .fetch('/to?https://elsewhere.example/')
      .catch((reason: unknown) => reason);
    expect(error).toEqual(
      new TypeError(
        "Nothing in this test serves https://elsewhere.example: name it in pageAt(…, { servers: { 'https://elsewhere.example': app } })",
      ),
    );
  });
});

describe('the origin of a redirected request', () => {
  const origins = async (first: string, init?: PageRequestInit): Promise<(string | undefined)[]> => {
    const { fetch, asked } = world();
    await fetch(first, init).catch(() => null);
    return asked.map(({ headers }) => headers['origin']);
  };

  it.each([
    ['within the API', `${API}/to?/cats`, [PAGE, PAGE]],
    ['from the API to a third origin', `${API}/to?${CDN}/cats`, [PAGE, 'null']],
    ['from the API back to the page', `${API}/to?${PAGE}/cats`, [PAGE, 'null']],
    ['from the page to the API', `${PAGE}/to?${API}/cats`, [undefined, PAGE]],
    ['from the page to the API and on', `${PAGE}/to?${API}/to?${CDN}/cats`, [undefined, PAGE, 'null']],
    ['from the API to a third origin and back', `${API}/to?${CDN}/to?${API}/cats`, [PAGE, 'null', 'null']],
    ['within the page', `${PAGE}/to?/cats`, [undefined, undefined]],
  ])('%s', async (_way, first, expected) => {
    expect(await origins(first)).toEqual(expected);
  });

  it('is what the CORS check asks for', async () => {
    const answer =
      (allowed: string) =>
      ({ headers: { host } }: Asked): Canned =>
        host === 'cdn.example.net'
          ? { headers: { [ACAO]: allowed } }
          : { status: 302, headers: { ...OPEN, Location: `${CDN}/cats` } };
    expect((await world(answer('null')).fetch('/')).status).toBe(200);
    const error = await blocked(world(answer(PAGE)).fetch('/'));
    expect(finding(error)).toEqual({ step: 'origin', header: ACAO, actual: PAGE, expected: 'null' });
  });

  it("once foreign, the page's own origin needs CORS too", async () => {
    const { fetch } = world();
    expect(await fetch(`${API}/to?${PAGE}/cats`)).toMatchObject({ type: 'cors', redirected: true });
  });

  it('shows in Sec-Fetch-Site, for the whole chain', async () => {
    const sites = async (first: string): Promise<(string | undefined)[]> => {
      const { fetch, asked } = world();
      await fetch(first);
      return asked.map(({ headers }) => headers['sec-fetch-site']);
    };
    expect(await sites(`${PAGE}/to?${API}/to?${CDN}/to?${API}/cats`)).toEqual([
      'same-origin',
      'same-site',
      'cross-site',
      'cross-site',
    ]);
    expect(await sites(`${API}/to?${PAGE}/cats`)).toEqual(['same-site', 'same-site']);
  });
});

describe('a redirected request with a preflight', () => {
  it('asks again at the next URL', async () => {
    const { fetch, trace } = world();
    await fetch('/307/to?/cats', { method: 'PUT' });
    expect(trace()).toEqual([
      'OPTIONS api.example.com/307/to?/cats',
      'PUT api.example.com/307/to?/cats',
      'OPTIONS api.example.com/cats',
      'PUT api.example.com/cats',
    ]);
  });

  it('asks with the opaque origin where the redirect made it so', async () => {
    const { fetch, asked } = world();
    await fetch(`/307/to?${CDN}/cats`, { method: 'PUT' });
    expect(asked.map(({ method, headers }) => `${method} ${headers['origin']}`)).toEqual([
      `OPTIONS ${PAGE}`,
      `PUT ${PAGE}`,
      'OPTIONS null',
      'PUT null',
    ]);
  });

  it('does not ask when nothing is left to ask for', async () => {
    const { fetch, trace } = world();
    await fetch('/303/to?/cats', { method: 'PUT', body: 'x' });
    expect(trace().slice(2)).toEqual(['GET api.example.com/cats']);
  });

  it('tells Authorization to nobody else', async () => {
    const { fetch, asked } = world();
    await fetch(`/to?/to?${CDN}/cats`, { headers: { Authorization: 'Bearer x', 'X-A': '1' } });
    const seen = asked.map(({ method, headers }) => [
      method,
      headers['authorization'],
      headers['access-control-request-headers'],
      headers['x-a'],
    ]);
    expect(seen).toEqual([
      ['OPTIONS', undefined, 'authorization,x-a', undefined],
      ['GET', 'Bearer x', undefined, '1'],
      ['OPTIONS', undefined, 'authorization,x-a', undefined],
      ['GET', 'Bearer x', undefined, '1'],
      ['OPTIONS', undefined, 'x-a', undefined],
      ['GET', undefined, undefined, '1'],
    ]);
  });
});
