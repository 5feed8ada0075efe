import { describe, expect, it } from '@jest/globals';
import { pageAt, type Page, type PageOptions, type PageRequestInit } from '../../lib/testing/index.js';
import { blocked } from './blocked.js';
import { cannedServer, twoAnswers } from './canned-server.js';

const PAGE = 'https://app.example.com';

/** A browser with a clock to turn, and a server that allows what it is told to. */
function set(headers: Readonly<Record<string, string>>, options: PageOptions = {}) {
  const clock = { now: 1_000_000 };
  const common: Record<string, string> = {
    'Access-Control-Allow-Origin': PAGE,
    'Access-Control-Allow-Credentials': 'true',
  };
  const answers = { preflight: { headers: { ...common, ...headers } }, request: { headers: common } };
  const { server, asked } = cannedServer((question) => twoAnswers(answers.preflight, answers.request)(question));
  const page = pageAt(PAGE, { now: () => clock.now, ...options });
  /** Whether the call asked first, `cached` if the cache had the answer, `simple` if there was no need. */
  const ask = async (init: PageRequestInit, url = '/cats', by: Page = page): Promise<string> => {
    const { transcript } = await by.fetch(server, url, init);
    const preflight = transcript.find(({ kind }) => kind === 'preflight');
    if (preflight === undefined) {
      return 'simple';
    }
    expect(preflight.response === null).toBe(preflight.fromCache);
    return preflight.fromCache ? 'cached' : 'asked';
  };
  return { clock, page, ask, asked, answers, server };
}

const PUT = { method: 'PUT' };
const INCLUDE = { credentials: 'include' } as const;

describe('the preflight cache', () => {
  it('keeps a preflight for five seconds where the server says nothing', async () => {
    const { clock, ask } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    expect(await ask(PUT)).toBe('asked');
    clock.now += 4999;
    expect(await ask(PUT)).toBe('cached');
    clock.now += 1;
    expect(await ask(PUT)).toBe('asked');
  });

  it.each([
    ['60', 60],
    ['0', 0],
    ['7200', 7200],
    ['86400', 7200],
    ['-1', 5],
    ['60.5', 5],
    ['60s', 5],
    ['x60', 5],
    ['', 5],
  ])('reads Access-Control-Max-Age: %s as %i seconds', async (maxAge, seconds) => {
    const { clock, ask } = set({ 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': maxAge });
    await ask(PUT);
    clock.now += seconds * 1000;
    expect(await ask(PUT)).toBe('asked');
    if (seconds === 0) {
      return;
    }
    clock.now += seconds * 1000 - 1;
    expect(await ask(PUT)).toBe('cached');
  });

  it('caps the age as the engine does', async () => {
    const answer = { 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': '86400' };
    const { clock, ask } = set(answer, { preflightMaxAge: 600 });
    await ask(PUT);
    clock.now += 599_999;
    expect(await ask(PUT)).toBe('cached');
    clock.now += 1;
    expect(await ask(PUT)).toBe('asked');
  });

  it('records what would have been asked', async () => {
    const { page, server, ask, asked } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    await ask(PUT);
    const { transcript } = await page.fetch(server, '/cats', PUT);
    expect(transcript[0]).toMatchObject({ kind: 'preflight', fromCache: true, response: null });
    expect(transcript[0]?.request.headers.get('access-control-request-method')).toBe('PUT');
    expect(asked.map(({ method }) => method)).toEqual(['OPTIONS', 'PUT', 'PUT']);
  });

  it('learns every method and every header name of an answer', async () => {
    const { ask } = set({ 'Access-Control-Allow-Methods': 'PUT, DELETE', 'Access-Control-Allow-Headers': 'X-A, x-b' });
    expect(await ask(PUT)).toBe('asked');
    expect(await ask({ method: 'DELETE', headers: { 'x-A': '1', 'X-B': '2' } })).toBe('cached');
    expect(await ask({ headers: { 'X-B': '1' } })).toBe('cached');
    expect(await ask({ headers: {} })).toBe('simple');
  });

  it('asks again for what it has not learned', async () => {
    const { ask, answers } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    await ask(PUT);
    answers.preflight.headers = {
      ...answers.preflight.headers,
      'Access-Control-Allow-Methods': 'PUT, DELETE',
      'Access-Control-Allow-Headers': 'x-a',
    };
    expect(await ask({ method: 'DELETE' })).toBe('asked');
    expect(await ask({ ...PUT, headers: { 'x-b': '1' } }).catch(() => 'blocked')).toBe('blocked');
    expect(await ask({ ...PUT, headers: { 'x-a': '1' } })).toBe('asked');
    expect(await ask({ method: 'DELETE', headers: { 'x-a': '1' } })).toBe('cached');
  });

  it('does not take a method for a header name, nor the other way round', async () => {
    const { ask, answers } = set({ 'Access-Control-Allow-Methods': 'QUERY', 'Access-Control-Allow-Headers': 'put' });
    expect(await ask({ headers: { put: '1' } })).toBe('asked');
    answers.preflight.headers = { ...answers.preflight.headers, 'Access-Control-Allow-Headers': '*' };
    expect(await ask({ headers: { query: '1' } })).toBe('asked');
  });

  it('lets * stand for every method and header but Authorization', async () => {
    const { ask } = set({ 'Access-Control-Allow-Methods': '*', 'Access-Control-Allow-Headers': '*, authorization' });
    expect(await ask(PUT)).toBe('asked');
    expect(await ask({ method: 'DELETE', headers: { 'x-a': '1' } })).toBe('cached');
    expect(await ask({ headers: { authorization: '1' } })).toBe('cached');
    const other = set({ 'Access-Control-Allow-Methods': '*', 'Access-Control-Allow-Headers': '*' });
    expect(await other.ask(PUT)).toBe('asked');
    const error = await blocked(other.ask({ headers: { authorization: '1' } }));
    expect(error.step).toBe('preflight-headers');
  });

  it('takes * from an answer with credentials literally', async () => {
    const { ask } = set({ 'Access-Control-Allow-Methods': '*, PUT', 'Access-Control-Allow-Headers': '*' });
    expect(await ask({ ...PUT, ...INCLUDE })).toBe('asked');
    expect((await blocked(ask({ method: 'DELETE', ...INCLUDE }))).step).toBe('preflight-method');
    const other = set({ 'Access-Control-Allow-Methods': '*, PUT' });
    await other.ask({ ...PUT, ...INCLUDE });
    expect(await other.ask({ method: 'DELETE' })).toBe('asked');
  });

  it('uses what it learned with credentials without them, and not the other way round', async () => {
    const first = set({ 'Access-Control-Allow-Methods': 'PUT' });
    expect(await first.ask({ ...PUT, ...INCLUDE })).toBe('asked');
    expect(await first.ask(PUT)).toBe('cached');
    const second = set({ 'Access-Control-Allow-Methods': 'PUT' });
    expect(await second.ask(PUT)).toBe('asked');
    expect(await second.ask({ ...PUT, ...INCLUDE })).toBe('asked');
    expect(await second.ask({ ...PUT, ...INCLUDE })).toBe('cached');
  });

  it('is kept per URL with its query, without its fragment', async () => {
    const { ask } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    expect(await ask(PUT, '/cats?a=1#x')).toBe('asked');
    expect(await ask(PUT, '/cats?a=1#y')).toBe('cached');
    expect(await ask(PUT, '/cats?a=2')).toBe('asked');
    expect(await ask(PUT, '/dogs?a=1')).toBe('asked');
    expect(await ask(PUT, 'https://api2.example.com/cats?a=1')).toBe('asked');
  });

  it('is shared by the pages of a browser, and kept per origin', async () => {
    const { ask, page, answers } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    answers.preflight.headers = { ...answers.preflight.headers, 'Access-Control-Allow-Origin': '*' };
    answers.request.headers = { ...answers.request.headers, 'Access-Control-Allow-Origin': '*' };
    expect(await ask(PUT)).toBe('asked');
    expect(await ask(PUT, '/cats', page.open(PAGE))).toBe('cached');
    expect(await ask(PUT, '/cats', page.open('https://other.example.com'))).toBe('asked');
    expect(await ask(PUT, '/cats', pageAt(PAGE))).toBe('asked');
  });

  it('renews what it is told again', async () => {
    const { clock, ask, answers } = set({ 'Access-Control-Allow-Headers': 'x-a' });
    await ask({ headers: { 'x-a': '1' } });
    clock.now += 4000;
    answers.preflight.headers = { ...answers.preflight.headers, 'Access-Control-Allow-Methods': 'PUT' };
    expect(await ask({ ...PUT, headers: { 'x-a': '1' } })).toBe('asked');
    clock.now += 4000;
    expect(await ask({ headers: { 'x-a': '1' } })).toBe('cached');
  });

  it('shortens what it is told to forget', async () => {
    const { ask, answers } = set({ 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': '60' });
    await ask(PUT);
    const { headers } = answers.preflight;
    answers.preflight.headers = { ...headers, 'Access-Control-Allow-Headers': 'x-a', 'Access-Control-Max-Age': '0' };
    expect(await ask({ ...PUT, headers: { 'x-a': '1' } })).toBe('asked');
    expect(await ask(PUT)).toBe('asked');
  });

  it('forgets a URL, and no other, when a preflighted request fails there', async () => {
    const { ask, answers, page } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    const { headers } = answers.request;
    const other = page.open('https://other.example.com');
    await ask(PUT);
    await ask(PUT, '/dogs');
    answers.preflight.headers = { ...answers.preflight.headers, 'Access-Control-Allow-Origin': '*' };
    answers.request.headers = { ...headers, 'Access-Control-Allow-Origin': '*' };
    await ask(PUT, '/cats', other);
    answers.request.headers = { ...headers, 'Access-Control-Allow-Origin': 'https://x.example' };
    expect((await blocked(ask(PUT))).step).toBe('origin');
    answers.request.headers = { ...headers, 'Access-Control-Allow-Origin': '*' };
    expect(await ask(PUT)).toBe('asked');
    expect(await ask(PUT, '/dogs')).toBe('cached');
    expect(await ask(PUT, '/cats', other)).toBe('cached');
  });

  it('keeps a URL when a simple request fails there', async () => {
    const { ask, answers } = set({ 'Access-Control-Allow-Methods': 'PUT' });
    const { headers } = answers.request;
    await ask(PUT);
    answers.request.headers = { ...headers, 'Access-Control-Allow-Origin': 'https://x.example' };
    expect((await blocked(ask({}))).step).toBe('origin');
    answers.request.headers = headers;
    expect(await ask(PUT)).toBe('cached');
  });
});
