import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageRequestInit } from '../../lib/testing/index.js';
import { blocked, finding } from './blocked.js';
import { allowing, type Canned, cannedServer, rawServer, twoAnswers } from './canned-server.js';

const PAGE = 'https://app.example.com';
const ACAO = 'Access-Control-Allow-Origin';
const ACAC = 'Access-Control-Allow-Credentials';
const ACAM = 'Access-Control-Allow-Methods';
const ACAH = 'Access-Control-Allow-Headers';

/** What the server was asked when the page fetched `/cats`, whatever came of it. */
async function methodsSent(init: PageRequestInit): Promise<string[]> {
  const { server, asked } = cannedServer(() => ({}));
  await pageAt(PAGE)
    .fetch(server, '/cats', init)
    .catch(() => null);
  return asked.map(({ method }) => method);
}

describe('a preflight', () => {
  it.each<PageRequestInit>([
    {},
    { method: 'head' },
    { method: 'POST', body: 'miau' },
    { method: 'POST', body: new URLSearchParams({ a: '1' }) },
    { headers: { Range: 'bytes=0-' } },
    { headers: { Accept: 'text/html', 'Accept-Language': 'de', 'Content-Language': 'de' } },
    { credentials: 'include' },
    { headers: { Cookie: 'dropped=1' } },
  ])('is not sent for %j', async (init) => {
    expect(await methodsSent(init)).toEqual([init.method?.toUpperCase() ?? 'GET']);
  });

  it.each<PageRequestInit>([
    { method: 'PUT' },
    { method: 'OPTIONS' },
    { method: 'PATCH' },
    { method: 'QUERY' },
    { headers: { 'X-A': '1' } },
    { headers: { Authorization: 'Bearer x' } },
    { headers: { Range: 'bytes=-5' } },
    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' },
    { headers: { Accept: 'a'.repeat(129) } },
  ])('is sent alone, and the request is not, if it fails for %j', async (init) => {
    expect(await methodsSent(init)).toEqual(['OPTIONS']);
  });

  it('asks as browsers ask, and carries nothing else', async () => {
    const { server, asked } = cannedServer(() => ({ status: 404 }));
    const page = pageAt(PAGE);
    page.cookies.set('sid=1; Secure; SameSite=None', 'https://api.example.com');
    const call = page.fetch(server, '/cats/1?x=1#paw', {
      method: 'put',
      headers: { 'X-b': '1', 'x-A': '2', Authorization: 'Bearer x', Accept: 'text/html' },
      body: new Blob(['{}'], { type: 'application/json' }),
      credentials: 'include',
    });
    await blocked(call);
    expect(asked).toEqual([
      {
        method: 'OPTIONS',
        url: '/cats/1?x=1',
        body: '',
        headers: {
          host: 'api.example.com',
          connection: 'close',
          accept: '*/*',
          'accept-encoding': 'identity',
          'accept-language': 'en',
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization,content-type,x-a,x-b',
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

  it('announces no header list where there is nothing to announce', async () => {
    const { server, asked } = cannedServer(() => ({}));
    await blocked(pageAt(PAGE).fetch(server, '/', { method: 'DELETE' }));
    expect(asked[0]?.headers).not.toHaveProperty('access-control-request-headers');
  });

  const OK = { [ACAO]: PAGE };
  const withCredentials: PageRequestInit = { credentials: 'include' };
  const withHeader: PageRequestInit = { headers: { 'X-A': '1', 'X-B': '2' } };
  const withAuthorization: PageRequestInit = { headers: { Authorization: 'x' } };

  it.each<[string, PageRequestInit, Canned]>([
    ['the method', { method: 'PUT' }, { headers: { ...OK, [ACAM]: 'PUT' } }],
    ['the method among others', { method: 'PUT' }, { headers: { ...OK, [ACAM]: ' GET ,, \tPUT,DELETE' } }],
    ['the method in a second line', { method: 'PUT' }, { headers: { ...OK, [ACAM]: ['GET', 'PUT'] } }],
    ['any method', { method: 'PUT' }, { headers: { [ACAO]: '*', [ACAM]: '*' } }],
    ['a safelisted method unnamed', { ...withHeader, method: 'POST' }, { headers: { ...OK, [ACAM]: '', [ACAH]: '*' } }],
    ['the headers', withHeader, { headers: { ...OK, [ACAH]: 'x-a, X-B' } }],
    ['any header', withHeader, { headers: { ...OK, [ACAH]: 'x-c, *' } }],
    ['Authorization by name', withAuthorization, { headers: { ...OK, [ACAH]: 'authorization' } }],
    ['Authorization by any name', withAuthorization, { headers: { ...OK, [ACAH]: '*, Authorization' } }],
    ['status 200', { method: 'PUT' }, { status: 200, headers: { ...OK, [ACAM]: 'PUT' } }],
    ['status 204', { method: 'PUT' }, { status: 204, headers: { ...OK, [ACAM]: 'PUT' } }],
    ['status 299', { method: 'PUT' }, { status: 299, headers: { ...OK, [ACAM]: 'PUT' } }],
    ['credentials', { ...withCredentials, method: 'PUT' }, { headers: { ...OK, [ACAC]: 'true', [ACAM]: 'PUT' } }],
    [
      'credentials and a header',
      { ...withCredentials, ...withHeader },
      { headers: { ...OK, [ACAC]: 'true', [ACAH]: 'x-b,x-a' } },
    ],
  ])('allows %s', async (_what, init, preflight) => {
    const { server, asked } = cannedServer(twoAnswers(preflight, { headers: { [ACAO]: PAGE, [ACAC]: 'true' } }));
    await pageAt(PAGE).fetch(server, '/cats', init);
    expect(asked.map(({ method }) => method)).toEqual(['OPTIONS', init.method ?? 'GET']);
  });

  it.each<[PageRequestInit, string]>([
    [{ method: 'patch' }, 'patch'],
    [{ method: '*', credentials: 'include' }, '*'],
  ])('allows %j by its very name, and the request says that name', async (init, allowed) => {
    const { server, lines } = rawServer([
      `Access-Control-Allow-Origin: ${PAGE}`,
      'Access-Control-Allow-Credentials: true',
      `Access-Control-Allow-Methods: ${allowed}`,
    ]);
    await pageAt(PAGE).fetch(server, '/cats', init);
    expect(lines).toEqual(['OPTIONS /cats HTTP/1.1', `${init.method} /cats HTTP/1.1`]);
  });

  it.each<[string, PageRequestInit, Canned, string, string | null, string | null, string]>([
    ['no origin', { method: 'PUT' }, {}, 'preflight-origin', ACAO, null, PAGE],
    [
      'another origin',
      { method: 'PUT' },
      { headers: { [ACAO]: 'https://x.example', [ACAM]: 'PUT' } },
      'preflight-origin',
      ACAO,
      'https://x.example',
      PAGE,
    ],
    [
      'another case',
      { method: 'PUT' },
      { headers: { [ACAO]: 'HTTPS://app.example.com' } },
      'preflight-origin',
      ACAO,
      'HTTPS://app.example.com',
      PAGE,
    ],
    [
      'two origins',
      { method: 'PUT' },
      { headers: { [ACAO]: [PAGE, PAGE] } },
      'preflight-origin',
      ACAO,
      `${PAGE}, ${PAGE}`,
      PAGE,
    ],
    [
      'any origin, with credentials',
      { ...withCredentials, method: 'PUT' },
      { headers: { [ACAO]: '*', [ACAC]: 'true' } },
      'preflight-origin',
      ACAO,
      '*',
      PAGE,
    ],
    [
      'no credentials',
      { ...withCredentials, method: 'PUT' },
      { headers: OK },
      'preflight-credentials',
      ACAC,
      null,
      'true',
    ],
    [
      'other credentials',
      { ...withCredentials, method: 'PUT' },
      { headers: { ...OK, [ACAC]: 'True' } },
      'preflight-credentials',
      ACAC,
      'True',
      'true',
    ],
    [
      'status 199 to 300',
      { method: 'PUT' },
      { status: 300, headers: { ...OK, [ACAM]: 'PUT' } },
      'preflight-status',
      null,
      '300',
      '200 to 299',
    ],
    [
      'a redirect',
      { method: 'PUT' },
      { status: 307, headers: { ...OK, [ACAM]: 'PUT', Location: '/' } },
      'preflight-status',
      null,
      '307',
      '200 to 299',
    ],
    [
      'a refusal',
      { method: 'PUT' },
      { status: 403, headers: { ...OK, [ACAM]: 'PUT' } },
      'preflight-status',
      null,
      '403',
      '200 to 299',
    ],
    [
      'no list of methods',
      { method: 'PUT' },
      { headers: { ...OK, [ACAM]: 'PUT;GET' } },
      'preflight-syntax',
      ACAM,
      'PUT;GET',
      'names, separated by commas',
    ],
    [
      'no list of headers',
      { method: 'PUT' },
      { headers: { ...OK, [ACAM]: 'PUT', [ACAH]: 'x a' } },
      'preflight-syntax',
      ACAH,
      'x a',
      'names, separated by commas',
    ],
    ['no methods', { method: 'PUT' }, { headers: OK }, 'preflight-method', ACAM, null, 'PUT'],
    [
      'other methods',
      { method: 'PUT' },
      { headers: { ...OK, [ACAM]: 'GET, put' } },
      'preflight-method',
      ACAM,
      'GET, put',
      'PUT',
    ],
    [
      'any method, with credentials',
      { ...withCredentials, method: 'PUT' },
      { headers: { ...OK, [ACAC]: 'true', [ACAM]: '*' } },
      'preflight-method',
      ACAM,
      '*',
      'PUT',
    ],
    [
      'patch where PATCH is allowed',
      { method: 'patch' },
      { headers: { ...OK, [ACAM]: 'PATCH' } },
      'preflight-method',
      ACAM,
      'PATCH',
      'patch',
    ],
    ['no headers', withHeader, { headers: OK }, 'preflight-headers', ACAH, null, 'x-a, x-b'],
    ['one header of two', withHeader, { headers: { ...OK, [ACAH]: 'X-A' } }, 'preflight-headers', ACAH, 'X-A', 'x-b'],
    [
      'any header, but Authorization',
      withAuthorization,
      { headers: { ...OK, [ACAH]: '*' } },
      'preflight-headers',
      ACAH,
      '*',
      'authorization',
    ],
    [
      'any header, with credentials',
      { ...withCredentials, ...withHeader },
      { headers: { ...OK, [ACAC]: 'true', [ACAH]: '*' } },
      'preflight-headers',
      ACAH,
      '*',
      'x-a, x-b',
    ],
    [
      'methods before headers',
      { ...withHeader, method: 'PUT' },
      { headers: OK },
      'preflight-method',
      ACAM,
      null,
      'PUT',
    ],
    ['origin before status', { method: 'PUT' }, { status: 500 }, 'preflight-origin', ACAO, null, PAGE],
    [
      'status before syntax',
      { method: 'PUT' },
      { status: 400, headers: { ...OK, [ACAM]: '?' } },
      'preflight-status',
      null,
      '400',
      '200 to 299',
    ],
  ])('blocks on %s', async (_what, init, preflight, step, header, actual, expected) => {
    const { server, asked } = cannedServer(twoAnswers(preflight, allowing(PAGE)));
    const error = await blocked(pageAt(PAGE).fetch(server, '/cats', init));
    expect(finding(error)).toEqual({ step, header, actual, expected });
    expect(asked).toHaveLength(1);
  });

  it('is in the transcript with all that was sent and received', async () => {
    const { server } = cannedServer(
      twoAnswers({ status: 204, headers: { [ACAO]: '*', [ACAM]: 'PUT', 'X-Seen': '1' } }, allowing('*')),
    );
    const { transcript } = await pageAt(PAGE).fetch(server, '/cats', { method: 'PUT' });
    expect(
      transcript.map(({ kind, fromCache, request, response }) => [kind, fromCache, request.method, response?.status]),
    ).toEqual([
      ['preflight', false, 'OPTIONS', 204],
      ['request', false, 'PUT', 200],
    ]);
    expect(transcript[0]?.request.url).toBe('https://api.example.com/cats');
    expect(transcript[0]?.request.headers.get('access-control-request-method')).toBe('PUT');
    expect(transcript[0]?.response?.headers.get('x-seen')).toBe('1');
  });

  it("is not needed within the page's own origin", async () => {
    const { server, asked } = cannedServer(() => ({}));
    const response = await pageAt(PAGE, { api: PAGE }).fetch(server, '/cats', {
      method: 'PUT',
      headers: { 'X-A': '1' },
    });
    expect(asked.map(({ method }) => method)).toEqual(['PUT']);
    expect(response.type).toBe('basic');
  });
});
