import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageReferrerPolicy, type PageRequestInit } from '../../lib/testing/index.js';
import { allowing, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const ADDRESS = `${PAGE}/cats/1?edit`;

async function askedBy(init: PageRequestInit, api: string, page = PAGE) {
  const { server, asked } = cannedServer(() => allowing('*'));
  await pageAt(page, { api }).goto('/cats/1?edit#name').fetch(server, '/', init);
  return asked[0]?.headers ?? {};
}

describe('the Referer of a page', () => {
  const OTHER = 'https://api.example.com';
  const PLAIN = 'http://localhost';

  it.each<[PageReferrerPolicy | '', string | undefined, string | undefined]>([
    ['', ADDRESS, `${PAGE}/`],
    ['no-referrer', undefined, undefined],
    ['origin', `${PAGE}/`, `${PAGE}/`],
    ['strict-origin', `${PAGE}/`, `${PAGE}/`],
    ['same-origin', ADDRESS, undefined],
    ['origin-when-cross-origin', ADDRESS, `${PAGE}/`],
    ['strict-origin-when-cross-origin', ADDRESS, `${PAGE}/`],
    ['no-referrer-when-downgrade', ADDRESS, ADDRESS],
    ['unsafe-url', ADDRESS, ADDRESS],
  ])('is, under %j, %s to its own origin and %s to another', async (referrerPolicy, own, other) => {
    expect((await askedBy({ referrerPolicy }, PAGE))['referer']).toBe(own);
    expect((await askedBy({ referrerPolicy }, OTHER))['referer']).toBe(other);
  });

  it.each<[PageReferrerPolicy, string | undefined]>([
    ['strict-origin', undefined],
    ['strict-origin-when-cross-origin', undefined],
    ['no-referrer-when-downgrade', undefined],
    ['origin', 'http://localhost:1/'],
    ['origin-when-cross-origin', 'http://localhost:1/'],
    ['unsafe-url', 'http://localhost:1/cats/1?edit'],
  ])('is, under %j, %s to a URL that others can read on the way', async (referrerPolicy, referer) => {
    const headers = await askedBy({ referrerPolicy }, 'http://api.example.com', 'http://localhost:1');
    expect(headers['referer']).toBe(referer);
  });

  it.each([
    ['', undefined],
    ['about:client', ADDRESS],
    ['/dogs#paw', `${PAGE}/dogs`],
    ['dogs', `${PAGE}/cats/dogs`],
    ['https://user:secret@app.example.com/', `${PAGE}/`],
    ['https://other.example/', ADDRESS],
  ])('is what the page says, if it is its own: %j is %s', async (referrer, referer) => {
    expect((await askedBy({ referrer }, PAGE))['referer']).toBe(referer);
  });

  it('is cut to the origin where it is long', async () => {
    const long = await askedBy({ referrer: `/${'x'.repeat(4096)}`, referrerPolicy: 'unsafe-url' }, PAGE);
    expect(long['referer']).toBe(`${PAGE}/`);
  });

  it.each<[PageRequestInit, string]>([
    [{ referrer: 'http://[' }, 'referrer "http://[" is not a URL'],
    [
      { referrerPolicy: 'never' as PageReferrerPolicy },
      'referrerPolicy must be one of no-referrer, origin, unsafe-url, same-origin, strict-origin, no-referrer-when-downgrade, origin-when-cross-origin, strict-origin-when-cross-origin, not "never"',
    ],
  ])('cannot be %j', async (init, message) => {
    await expect(askedBy(init, PAGE)).rejects.toEqual(new TypeError(message));
  });

  it.each<[PageReferrerPolicy, string, string]>([
    ['no-referrer', OTHER, 'null'],
    ['no-referrer', PAGE, 'null'],
    ['same-origin', OTHER, 'null'],
    ['same-origin', PAGE, PAGE],
    ['strict-origin', PLAIN, 'null'],
    ['no-referrer-when-downgrade', PLAIN, 'null'],
    ['origin', PLAIN, PAGE],
    ['unsafe-url', PLAIN, PAGE],
  ])('takes the Origin with it where CORS does not need it: %s to %s says %s', async (referrerPolicy, api, origin) => {
    const mode = api === PAGE ? 'same-origin' : 'no-cors';
    expect((await askedBy({ referrerPolicy, method: 'POST', mode }, api))['origin']).toBe(origin);
    expect((await askedBy({ referrerPolicy, method: 'POST', mode: 'cors' }, api))['origin']).toBe(PAGE);
  });

  /** What `Referer` said on the way over these origins, each of which redirects to the next. */
  async function onTheWay(origins: readonly string[], named: string, init: PageRequestInit = {}) {
    const { server, asked } = cannedServer(({ url }) => {
      const next = origins[Number(url.slice(1)) + 1];
      return next === undefined
        ? allowing('*')
        : {
            ...allowing('*', { Location: `${next}/${Number(url.slice(1)) + 1}`, 'Referrer-Policy': named }),
            status: 302,
          };
    });
    const servers = Object.fromEntries(origins.map((origin) => [origin, server]));
    await pageAt(PAGE, { servers }).goto('/cats/1?edit').fetch(server, `${origins[0]}/0`, init);
    return asked.map(({ headers }) => headers['referer']);
  }

  it('is told by the policy that a redirect names', async () => {
    expect(await onTheWay([PAGE, OTHER], 'x, unsafe-url, y')).toEqual([ADDRESS, ADDRESS]);
    expect(await onTheWay([PAGE, OTHER], 'no-referrer')).toEqual([ADDRESS, undefined]);
  });

  it('never tells more after a redirect than before', async () => {
    expect(await onTheWay([OTHER, OTHER], 'unsafe-url')).toEqual([`${PAGE}/`, `${PAGE}/`]);
    expect(await onTheWay([OTHER, PAGE], '')).toEqual([`${PAGE}/`, `${PAGE}/`]);
    expect(await onTheWay([PAGE, OTHER, PAGE], '')).toEqual([ADDRESS, `${PAGE}/`, `${PAGE}/`]);
    const none = [undefined, undefined];
    expect(await onTheWay([OTHER, OTHER], 'unsafe-url', { referrerPolicy: 'no-referrer' })).toEqual(none);
  });

  it('is that of a preflight, too', async () => {
    const { server, asked } = cannedServer(() => allowing('*', { 'Access-Control-Allow-Methods': '*' }));
    await pageAt(PAGE).goto('/cats').fetch(server, '/', { method: 'PUT', referrerPolicy: 'unsafe-url' });
    expect(asked.map(({ headers }) => headers['referer'])).toEqual([`${PAGE}/cats`, `${PAGE}/cats`]);
  });
});

describe('goto()', () => {
  it('goes from one address of the origin to the next', async () => {
    const { server, asked } = cannedServer(() => ({}));
    const page = pageAt(PAGE, { api: PAGE });
    for (const path of ['/a/b', 'c?x=1', '?y=2', `${PAGE}/d`]) {
      expect(page.goto(path)).toBe(page);
      await page.fetch(server, '/');
    }
    expect(asked.map(({ headers }) => headers['referer'])).toEqual([
      `${PAGE}/a/b`,
      `${PAGE}/a/c?x=1`,
      `${PAGE}/a/c?y=2`,
      `${PAGE}/d`,
    ]);
  });

  it.each([
    [
      PAGE,
      'https://other.example/',
      "goto() stays within https://app.example.com: open another page with page.open('https://other.example')",
    ],
    [
      PAGE,
      'http://app.example.com/',
      "goto() stays within https://app.example.com: open another page with page.open('http://app.example.com')",
    ],
    [PAGE, 'http://[', 'goto() does not accept "http://["'],
    ['null', '/', 'A sandboxed page has no address'],
  ])('from %s stays at its origin: %s', (origin, path, message) => {
    expect(() => pageAt(origin).goto(path)).toThrow(new TypeError(message));
  });

  it('is for pages of every scheme', () => {
    const page = pageAt('capacitor://localhost');
    expect(page.goto('/tabs/cats')).toBe(page);
  });
});
