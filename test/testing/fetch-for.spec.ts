import { describe, expect, it } from '@jest/globals';
import { CorsBlockedError, type FetchTarget, pageAt } from '../../lib/testing/index.js';
import { allowing, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const API = 'https://api.example.com';

describe("a page's fetch", () => {
  it('fits where the global one does', async () => {
    const { server } = cannedServer(() => ({ ...allowing('*'), body: '{"cat":1}' }));
    const fetch: typeof globalThis.fetch = pageAt(PAGE).fetchFor(server);
    const request = new Request(`${API}/cats`);
    for (const input of [`${API}/cats`, new URL('/cats', API), request]) {
      const response: Response = await fetch(input, { headers: { Accept: 'application/json' } });
      expect(response).toBeInstanceOf(Response);
      expect(await response.clone().json()).toEqual({ cat: 1 });
      expect(response.url).toBe(`${API}/cats`);
    }
  });

  it('rejects with a TypeError that says why', async () => {
    const { server } = cannedServer(() => ({}));
    const failure: unknown = await pageAt(PAGE)
      .fetchFor(server)(API)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toBeInstanceOf(CorsBlockedError);
    expect(failure).toMatchObject({ step: 'origin', transcript: [{ kind: 'request' }] });
  });

  it('resolves relative URLs against the address of the page', async () => {
    const { server, asked } = cannedServer(() => ({}));
    const page = pageAt(PAGE);
    const fetch = page.fetchFor(server);
    await fetch('cats');
    page.goto('/admin/users?x=1#y');
    await fetch('cats');
    await fetch('/cats');
    await fetch('?y=2');
    expect(
      asked.map(({ url, headers }) => [headers['host'], url, headers['referer'], headers['sec-fetch-site']]),
    ).toEqual([
      ['app.example.com', '/cats', `${PAGE}/`, 'same-origin'],
      ['app.example.com', '/admin/cats', `${PAGE}/admin/users?x=1`, 'same-origin'],
      ['app.example.com', '/cats', `${PAGE}/admin/users?x=1`, 'same-origin'],
      ['app.example.com', '/admin/users?y=2', `${PAGE}/admin/users?x=1`, 'same-origin'],
    ]);
  });

  it('resolves none where the page has no address', async () => {
    const { server } = cannedServer(() => allowing('*'));
    const fetch = pageAt('null').fetchFor(server);
    await expect(fetch('/cats')).rejects.toEqual(
      new TypeError(
        'fetch() does not accept "/cats": it is not a URL, and a sandboxed page has no address to resolve it against',
      ),
    );
    expect((await fetch(API)).type).toBe('cors');
  });

  it('asks the servers that the page knows, and its target for all others', async () => {
    const app = cannedServer(() => allowing('*'));
    const auth = cannedServer(() => allowing('*'));
    const fetch = pageAt(PAGE, { servers: { 'https://auth.example.com': auth.server } }).fetchFor(app.server);
    await fetch(`${API}/cats`);
    await fetch('https://auth.example.com/token');
    await fetch('https://other.example/');
    expect(app.asked.map(({ headers }) => headers['host'])).toEqual(['api.example.com', 'other.example']);
    expect(auth.asked.map(({ headers }) => headers['host'])).toEqual(['auth.example.com']);
  });

  it('shares cookies and preflights with the page', async () => {
    const { server, asked } = cannedServer(() => ({
      headers: {
        'Access-Control-Allow-Origin': PAGE,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'PUT',
        'Set-Cookie': 'sid=1; Secure; SameSite=None',
      },
    }));
    const page = pageAt(PAGE);
    await page.fetch(server, `${API}/cats`, { method: 'PUT', credentials: 'include' });
    await page.fetchFor(server)(`${API}/cats`, { method: 'PUT', credentials: 'include' });
    expect(asked.map(({ method, headers }) => [method, headers['cookie']])).toEqual([
      ['OPTIONS', undefined],
      ['PUT', undefined],
      ['PUT', 'sid=1'],
    ]);
  });

  it('stands by itself', async () => {
    const { server } = cannedServer(() => allowing('*'));
    const { fetchFor, fetch } = pageAt(PAGE);
    expect((await fetchFor(server)(API)).status).toBe(200);
    expect((await fetch(server, '/')).status).toBe(200);
  });

  it.each([[undefined], [{}], [42]])('has a target: not %j', (target) => {
    expect(() => pageAt(PAGE).fetchFor(target as unknown as FetchTarget)).toThrow(TypeError);
  });

  it('never throws, but rejects', async () => {
    const { server } = cannedServer(() => ({}));
    const fetch = pageAt(PAGE).fetchFor(server);
    for (const input of ['http://[', 'data:,x', 'https://user@api.example.com']) {
      const call = fetch(input);
      expect(call).toBeInstanceOf(Promise);
      await expect(call).rejects.toMatchObject({ name: 'TypeError' });
    }
  });
});
