import { beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import { createApp, rootModule } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';
import { type Page, pageAt, type PageForm } from '../../lib/testing/index.js';
import { type Asked, type Canned, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const EVIL = 'https://evil.example';
const API = 'https://api.example.com';

@Controller('transfer')
@Cors({ origin: PAGE, credentials: true, enforce: true })
class TransferController {
  @Get() form(): string {
    return reach('form');
  }

  @Post() send(@Body() _fields: unknown): string {
    return reach('send');
  }
}

describe.each(EVERY_WAY)('submit(), on %s', (_, way) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await createApp(way, rootModule({ controllers: [TransferController] }));
    await app.init();
  });

  it('reaches an enforced route from an allowed page, and from no other', async () => {
    const form = { method: 'POST', body: { to: 'mallory' } } as const;
    const own = await pageAt(PAGE).submit(app, '/transfer', form);
    expect([own.status, await own.text()]).toEqual([201, 'send']);
    const same = await pageAt(API).submit(app, '/transfer', form);
    expect(same.status).toBe(201);
    expect(reached).toEqual(['send', 'send']);
    for (const origin of [EVIL, 'null']) {
      expect((await pageAt(origin).submit(app, '/transfer', form)).status).toBe(403);
    }
    expect(reached).toHaveLength(2);
  });
});

/** What comes to a server, and the page that sends it. */
function sending(origin = EVIL, answer: (asked: Asked) => Canned = () => ({ body: 'shown' })) {
  const { server, asked } = cannedServer(answer);
  const page = pageAt(origin);
  const submit = (form?: PageForm, url = '/transfer?old=1#top') => page.submit(server, url, form);
  return { page, asked, submit, server };
}

describe('a form', () => {
  it('is sent as a navigation, without a preflight', async () => {
    const { submit, asked, page } = sending();
    page.goto('/cats/1');
    const { transcript } = await submit({ method: 'POST', body: { to: 'Miö & Mau', 'a b': '1' } });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/transfer?old=1',
        body: 'to=Mi%C3%B6+%26+Mau&a+b=1',
        headers: {
          host: 'api.example.com',
          connection: 'close',
          accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
          'accept-encoding': 'identity',
          'accept-language': 'en',
          'content-length': '25',
          'content-type': 'application/x-www-form-urlencoded',
          origin: EVIL,
          referer: `${EVIL}/`,
          'sec-fetch-dest': 'document',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-site': 'cross-site',
          'upgrade-insecure-requests': '1',
          'user-agent': 'Mozilla/5.0 (nestjs-cors/testing)',
        },
      },
    ]);
    expect(transcript).toHaveLength(1);
  });

  it('has its fields in the query under GET, and no Origin', async () => {
    const { submit, asked } = sending();
    await submit({ body: { q: 'Miö' } });
    await submit({ method: 'get', body: new URLSearchParams('a=1&a=2') });
    await submit();
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /transfer?q=Mi%C3%B6',
      'GET /transfer?a=1&a=2',
      'GET /transfer?old=1',
    ]);
    for (const { headers, body } of asked) {
      expect(headers).not.toHaveProperty('origin');
      expect(headers).not.toHaveProperty('content-type');
      expect(body).toBe('');
    }
  });

  it('has the encoding of what it sends', async () => {
    const { submit, asked } = sending();
    const form = new FormData();
    form.set('file', new File(['miau'], 'cat.txt', { type: 'text/plain' }));
    await submit({ method: 'POST', body: form });
    await submit({ method: 'post', body: '{"to":"mallory"}' });
    await submit({ method: 'POST' });
    await submit({ body: form });
    const types = asked.map(({ headers, body }) => [headers['content-type'], headers['content-length'], body]);
    expect(types).toEqual([
      [expect.stringMatching(/^multipart\/form-data; boundary=/), expect.any(String), expect.stringContaining('miau')],
      ['text/plain', '16', '{"to":"mallory"}'],
      ['application/x-www-form-urlencoded', '0', ''],
      [undefined, undefined, ''],
    ]);
    expect(asked.at(-1)?.url).toBe('/transfer?file=cat.txt');
  });

  it.each<[string, string, string, string | undefined]>([
    [PAGE, API, 'same-site', PAGE],
    [API, API, 'same-origin', API],
    ['null', API, 'cross-site', 'null'],
    [EVIL, 'http://localhost', 'cross-site', 'null'],
    ['http://evil.example', 'http://localhost', 'cross-site', 'http://evil.example'],
  ])('from %s to %s says it is %s, of the Origin %s', async (origin, api, site, sent) => {
    const { server, asked } = cannedServer(() => ({}));
    await pageAt(origin, { api }).submit(server, '/', { method: 'POST' });
    expect([asked[0]?.headers['sec-fetch-site'], asked[0]?.headers['origin']]).toEqual([site, sent]);
  });

  it('may go from an https page to an http URL, unlike fetch()', async () => {
    const { server, asked } = cannedServer(() => ({}));
    await pageAt(EVIL, { api: 'http://api.example.com' }).submit(server, '/', { method: 'POST' });
    expect(asked[0]?.headers).not.toHaveProperty('sec-fetch-site');
    expect(asked[0]?.headers).not.toHaveProperty('referer');
  });

  it('shows the user whatever comes back', async () => {
    const headers = { 'X-Secret': '1', 'Set-Cookie': 'sid=1', 'Cross-Origin-Resource-Policy': 'same-origin' };
    const response = await sending(EVIL, () => ({ status: 422, headers, body: 'no' })).submit({ method: 'POST' });
    expect(response).toMatchObject({ type: 'basic', status: 422, redirected: false, url: `${API}/transfer?old=1` });
    expect(response.headers.get('x-secret')).toBe('1');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await response.text()).toBe('no');
  });

  it('follows redirects, from POST to GET', async () => {
    const { submit, asked } = sending(EVIL, ({ url }) =>
      url === '/done' ? { body: 'done' } : { status: 302, headers: { Location: '/done' } },
    );
    const response = await submit({ method: 'POST', body: { to: 'mallory' } });
    expect(response).toMatchObject({ redirected: true, url: `${API}/done` });
    expect(asked.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'to=mallory'],
      ['GET', ''],
    ]);
    expect(asked[1]?.headers).not.toHaveProperty('content-type');
    expect(asked[1]?.headers['sec-fetch-mode']).toBe('navigate');
  });

  it('has an opaque Origin once a redirect led it on', async () => {
    const { server, asked } = cannedServer(({ headers }) =>
      headers['host'] === 'api.example.com' ? { status: 307, headers: { Location: 'https://cdn.example/' } } : {},
    );
    const page = pageAt(PAGE, { servers: { 'https://cdn.example': server } });
    await page.submit(server, '/', { method: 'POST', body: { a: '1' } });
    expect(asked.map(({ headers, body }) => [headers['origin'], headers['sec-fetch-site'], body])).toEqual([
      [PAGE, 'same-site', 'a=1'],
      ['null', 'cross-site', 'a=1'],
    ]);
  });

  it.each<[object, string, string]>([
    [{ method: 'PUT' }, '/', 'The method of a form must be GET or POST, not "PUT"'],
    [{ method: 'dialog' }, '/', 'The method of a form must be GET or POST, not "dialog"'],
    [{ body: 'text' }, '/', 'The body of a form with the method GET must be a record, URLSearchParams or FormData'],
    [{}, 'http://[', 'submit() does not accept "http://[": it is not a URL'],
    [{}, 'mailto:cat@example.com', 'submit() sends requests to http(s) URLs only: mailto:cat@example.com'],
  ])('is refused: %j to %s', async (form, url, message) => {
    const { submit, asked } = sending();
    await expect(submit(form, url)).rejects.toEqual(new TypeError(message));
    expect(asked).toEqual([]);
  });

  it('goes nowhere if nobody answers', async () => {
    const { server } = cannedServer(() => ({ status: 302, headers: { Location: 'https://nowhere.example/' } }));
    await expect(pageAt(EVIL).submit(server, '/')).rejects.toThrow(
      /^Nothing in this test serves https:\/\/nowhere\.example/,
    );
  });
});

describe('the cookies of a form', () => {
  const clock = { now: 1_000_000_000_000 };
  const visited = (page: Page): Page => {
    for (const cookie of ['strict=1; SameSite=Strict', 'lax=1; SameSite=Lax', 'none=1; SameSite=None', 'unsaid=1']) {
      page.cookies.set(`${cookie}; Secure`, API);
    }
    return page;
  };

  // As Chromium sent them to a server that recorded it: a cookie without SameSite travels with POST for two minutes.
  it.each<[string, 'GET' | 'POST', number, string]>([
    [EVIL, 'GET', 0, 'lax=1; none=1; unsaid=1'],
    [EVIL, 'POST', 0, 'none=1; unsaid=1'],
    [EVIL, 'POST', 120_000, 'none=1; unsaid=1'],
    [EVIL, 'POST', 120_001, 'none=1'],
    [EVIL, 'GET', 120_001, 'lax=1; none=1; unsaid=1'],
    ['null', 'POST', 120_001, 'none=1'],
    [PAGE, 'POST', 120_001, 'strict=1; lax=1; none=1; unsaid=1'],
    [PAGE, 'GET', 0, 'strict=1; lax=1; none=1; unsaid=1'],
  ])('travel by SameSite: from %s by %s after %i ms', async (origin, method, age, expected) => {
    clock.now = 1_000_000_000_000;
    const { server, asked } = cannedServer(() => ({}));
    const page = visited(pageAt(origin, { now: () => clock.now }));
    clock.now += age;
    await page.submit(server, '/', { method });
    expect(asked[0]?.headers['cookie']).toBe(expected);
  });

  it('travel where third-party cookies are blocked: the user goes there', async () => {
    const { server, asked } = cannedServer(() => ({}));
    const page = visited(pageAt(EVIL, { thirdPartyCookies: false }));
    await page.submit(server, '/');
    await page.fetch(server, '/', { mode: 'no-cors', credentials: 'include' });
    expect(asked.map(({ headers }) => headers['cookie'])).toEqual(['lax=1; none=1; unsaid=1', undefined]);
  });

  it('are set by what comes back, whatever their SameSite', async () => {
    const { server } = cannedServer(() => ({ headers: { 'Set-Cookie': ['a=1; SameSite=Strict', 'b=1'] } }));
    const page = pageAt(EVIL);
    await page.submit(server, '/', { method: 'POST' });
    expect(page.cookies.get(API)).toBe('a=1; b=1');
    const other = pageAt(EVIL);
    await other.fetch(server, '/', { mode: 'no-cors', credentials: 'include' });
    expect(other.cookies.get(API)).toBe('');
  });

  it('are as old as their first setting', async () => {
    clock.now = 1_000_000_000_000;
    const { server, asked } = cannedServer(() => ({}));
    const page = pageAt(EVIL, { now: () => clock.now });
    page.cookies.set('unsaid=1; Secure', API);
    clock.now += 100_000;
    page.cookies.set('unsaid=2; Secure', API);
    clock.now += 100_000;
    await page.submit(server, '/', { method: 'POST' });
    expect(asked[0]?.headers).not.toHaveProperty('cookie');
  });
});
