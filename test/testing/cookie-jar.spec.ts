import { describe, expect, it } from '@jest/globals';
import { CookieJar } from '../../lib/testing/cookie-jar.js';
import { parseSetCookie } from '../../lib/testing/cookie.js';
import type { RequestSite } from '../../lib/testing/fetch-request.js';
import { pageAt, type PageCredentials } from '../../lib/testing/index.js';
import { cannedServer } from './canned-server.js';

const NOW = 1_000_000_000_000;
const API = new URL('https://api.example.com/cats/1');

describe('a Set-Cookie line', () => {
  const plain = {
    name: 'sid',
    value: '1',
    domain: 'api.example.com',
    hostOnly: true,
    path: '/cats',
    secure: false,
    sameSite: 'lax',
    isLaxByDefault: true,
    created: NOW,
    expires: Infinity,
  };

  it.each<[string, object]>([
    ['sid=1', {}],
    [' sid = 1 ;HttpOnly', {}],
    ['sid=a=b', { value: 'a=b' }],
    ['sid=', { value: '' }],
    ['=1', { name: '', value: '1' }],
    ['1', { name: '', value: '1' }],
    ['sid=1; Path=/', { path: '/' }],
    ['sid=1; path=/a/b', { path: '/a/b' }],
    ['sid=1; Path=a', {}],
    ['sid=1; Path=/a; Path=/b', { path: '/b' }],
    ['sid=1; Path = /a ', { path: '/a' }],
    ['sid=1; Path=/a=b', { path: '/a=b' }],
    ['sid=1; Domain=example.com', { domain: 'example.com', hostOnly: false }],
    ['sid=1; Domain=.Example.com', { domain: 'example.com', hostOnly: false }],
    ['sid=1; Domain=api.example.com', { hostOnly: false }],
    ['sid=1; Domain=', {}],
    ['sid=1; Secure', { secure: true }],
    ['sid=1; SECURE=x; SameSite=NONE', { secure: true, sameSite: 'none', isLaxByDefault: false }],
    ['sid=1; SameSite=Strict', { sameSite: 'strict', isLaxByDefault: false }],
    ['sid=1; SameSite=Lax', { isLaxByDefault: false }],
    ['sid=1; SameSite=other', {}],
    ['sid=1; Max-Age=60', { expires: NOW + 60_000 }],
    ['sid=1; Max-Age=-1', { expires: NOW - 1000 }],
    ['sid=1; Max-Age=1x; Expires=x', {}],
    ['sid=1; Max-Age=x1', {}],
    ['sid=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT', { expires: 1000 }],
    ['sid=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=60', { expires: NOW + 60_000 }],
    // No dates, so that the cookie stays; Chromium agrees, and Firefox does but for some without a time.
    ...['0', '-1', '', 'x', '2000', '2000-01-01', '2000-01-01T00:00:00Z', '1/1/2000', '01 Jan 2000'].map(
      (date): [string, object] => [`sid=1; Expires=${date}`, {}],
    ),
    ...['31 Feb 2000 00:00:00', '32 Jan 2000 00:00:00', 'Sat, 01 Jan 2000 24:00:00', '01 Jan 2000 00:60:00'].map(
      (date): [string, object] => [`sid=1; Expires=${date}`, {}],
    ),
    ...[
      'Sat, 01-Jan-00 00:00:00 GMT',
      'Sat Jan 1 00:00:00 2000',
      '1 January 2000 0:0:0 +0500',
      '"Sat, 01 Jan 2000 00:00:00 GMT"',
      '00:00:00,2000 JANUARY_01',
    ].map((date): [string, object] => [`sid=1; Expires=${date}`, { expires: Date.UTC(2000, 0, 1) }]),
    ['sid=1; Expires=Sat, 01-Jan-69 00:00:00 GMT', { expires: Date.UTC(2069, 0, 1) }],
    ['sid=1; Expires=Sat, 01-Jan-70 00:00:00 GMT', { expires: 0 }],
    ['sid=1; Expires=Fri, 31 Dec 1999 23:59:59 GMT', { expires: Date.UTC(1999, 11, 31, 23, 59, 59) }],
    ['sid=1; Expires=Mon, 01 Jan 0001 00:00:00 GMT', { expires: Date.UTC(2001, 0, 1) }],
    ['sid=1; Expires=Fri, 01 Jan 1600 00:00:00 GMT', { expires: Date.UTC(1600, 0, 1) }],
    [`sid=${'x'.repeat(4093)}`, { value: 'x'.repeat(4093) }],
    [`sid=1; Path=/${'x'.repeat(1024)}`, {}],
    [`sid=1; Path=/${'x'.repeat(1023)}`, { path: `/${'x'.repeat(1023)}` }],
    ['sid=1; Secure; Partitioned', { secure: true }],
    ['__Http-sid=1; Secure; HttpOnly', { name: '__Http-sid', secure: true }],
    ['__Host-Http-sid=1; Secure; HttpOnly; Path=/', { name: '__Host-Http-sid', secure: true, path: '/' }],
    ['__Secure-sid=1; Secure', { name: '__Secure-sid', secure: true }],
    ['__Host-sid=1; Secure; Path=/', { name: '__Host-sid', secure: true, path: '/' }],
    ['x__Host-sid=1', { name: 'x__Host-sid' }],
    ['x__Secure-sid=1', { name: 'x__Secure-sid' }],
  ])('is read: %s', (line, expected) => {
    expect(parseSetCookie(line, API, NOW)).toEqual({ ...plain, ...expected });
  });

  it.each([
    ['https://a.example/', '/'],
    ['https://a.example/cats', '/'],
    ['https://a.example/cats/', '/cats'],
    ['https://a.example/cats/1/x', '/cats/1'],
  ])('without a path is for the folder of %s: %s', (url, path) => {
    expect(parseSetCookie('a=1', new URL(url), NOW)).toMatchObject({ path });
  });

  it.each([
    ['', API.href, 'it has neither name nor value'],
    ['=', API.href, 'it has neither name nor value'],
    ['; Secure', API.href, 'it has neither name nor value'],
    ['a=1; SameSite=None', API.href, 'SameSite=None needs Secure'],
    ['a=1; Secure', 'http://api.example.com/', 'Secure needs https'],
    ['__Secure-a=1', API.href, '__Secure- needs Secure'],
    ['=__Secure-a=1; Secure', API.href, '__Secure- needs a name'],
    ['__Host-a; Secure; Path=/', API.href, '__Host- needs a name'],
    ['__Http-a=1; Secure', API.href, '__Http- needs Secure and HttpOnly'],
    ['__Http-a=1; HttpOnly', API.href, '__Http- needs Secure and HttpOnly'],
    ['__Host-Http-a=1; Secure; Path=/', API.href, '__Host-Http- needs Secure, HttpOnly, Path=/ and no Domain'],
    ['__Host-Http-a=1; Secure; HttpOnly', API.href, '__Host-Http- needs Secure, HttpOnly, Path=/ and no Domain'],
    ['a=1; Partitioned', API.href, 'Partitioned needs Secure'],
    [`sid=${'x'.repeat(4094)}`, API.href, 'name and value have more than 4096 bytes together'],
    ['__secure-a=1', API.href, '__Secure- needs Secure'],
    ['__Host-a=1; Path=/', API.href, '__Host- needs Secure, Path=/ and no Domain'],
    ['__host-a=1; Secure; Path=/cats', API.href, '__Host- needs Secure, Path=/ and no Domain'],
    ['__Host-a=1; Secure', 'https://api.example.com/', '__Host- needs Secure, Path=/ and no Domain'],
    ['__Host-a=1; Secure; Path=/; Domain=example.com', API.href, '__Host- needs Secure, Path=/ and no Domain'],
    ['a=1; Domain=other.example.com', API.href, 'its Domain is not a site that api.example.com belongs to'],
    ['a=1; Domain=pi.example.com', API.href, 'its Domain is not a site that api.example.com belongs to'],
    ['a=1; Domain=v1.api.example.com', API.href, 'its Domain is not a site that api.example.com belongs to'],
    ['a=1; Domain=com', API.href, 'its Domain is not a site that api.example.com belongs to'],
    ['a=1; Domain=github.io', 'https://a.github.io/', 'its Domain is not a site that a.github.io belongs to'],
    ['a=1; Domain=0.0.1', 'http://127.0.0.1/', 'its Domain is not a site that 127.0.0.1 belongs to'],
  ])('is refused: %s from %s: %s', (line, url, why) => {
    expect(parseSetCookie(line, new URL(url), NOW)).toBe(why);
  });

  it('may be Secure on loopback', () => {
    expect(parseSetCookie('a=1; Secure', new URL('http://localhost:3000/'), NOW)).toMatchObject({ secure: true });
  });

  it('for a public suffix is for that host alone', () => {
    const url = new URL('https://github.io/');
    expect(parseSetCookie('a=1; Domain=github.io', url, NOW)).toMatchObject({ domain: 'github.io', hostOnly: true });
  });
});

/** What a page asks for by itself. */
const from = (page: string): RequestSite => ({ page, navigation: undefined });

describe('the cookie jar', () => {
  /** Cookies as a first visit left them, and what goes to a URL from a page. */
  function jar(lines: readonly (readonly [url: string, line: string])[], thirdParty = true) {
    const clock = { now: NOW };
    const cookies = new CookieJar(() => clock.now, thirdParty);
    for (const [url, line] of lines) {
      expect(cookies.store(line, new URL(url), from(new URL(url).origin))).toBeNull();
    }
    const sent = (url: string, page = new URL(url).origin): string => cookies.headerFor(new URL(url), from(page));
    return { clock, cookies, sent };
  }

  it('sends a cookie to the host that set it', () => {
    const { sent } = jar([['https://a.example.com/', 'a=1']]);
    expect(sent('https://a.example.com/x')).toBe('a=1');
    expect(sent('https://a.example.com:8443/')).toBe('a=1');
    expect(sent('http://a.example.com/')).toBe('a=1');
    expect(sent('https://example.com/')).toBe('');
    expect(sent('https://b.a.example.com/')).toBe('');
    expect(sent('https://xa.example.com/')).toBe('');
  });

  it('sends a cookie of a domain to every name below it', () => {
    const { sent } = jar([['https://a.example.com/', 'a=1; Domain=example.com']]);
    expect(sent('https://example.com/')).toBe('a=1');
    expect(sent('https://c.b.example.com/')).toBe('a=1');
    expect(sent('https://badexample.com/')).toBe('');
    expect(sent('https://example.com.evil.example/')).toBe('');
  });

  it.each([
    ['/cats', '/cats', true],
    ['/cats', '/cats/', true],
    ['/cats', '/cats/1', true],
    ['/cats/', '/cats/1', true],
    ['/cats/', '/cats', false],
    ['/cats', '/catsanddogs', false],
    ['/cats', '/', false],
    ['/', '/cats', true],
  ])('sends a cookie of path %s to %s: %s', (path, to, isSent) => {
    const { sent } = jar([['https://a.example/', `a=1; Path=${path}`]]);
    expect(sent(`https://a.example${to}`)).toBe(isSent ? 'a=1' : '');
  });

  it('sends Secure cookies to https and loopback only', () => {
    expect(jar([['https://a.example/', 'a=1; Secure']]).sent('http://a.example/')).toBe('');
    expect(jar([['https://a.example/', 'a=1; Secure']]).sent('https://a.example/')).toBe('a=1');
    expect(jar([['http://localhost/', 'a=1; Secure']]).sent('http://localhost/')).toBe('a=1');
  });

  it('sends longer paths first, then in the order in which they came', () => {
    const { sent } = jar([
      ['https://a.example/', 'a=1; Path=/'],
      ['https://a.example/', 'b=1; Path=/'],
      ['https://a.example/', 'c=1; Path=/cats'],
      ['https://a.example/', 'only-a-value; Path=/'],
      ['https://a.example/', 'a=2; Path=/'],
    ]);
    expect(sent('https://a.example/cats')).toBe('c=1; a=2; b=1; only-a-value');
  });

  it('keeps cookies of one name apart by domain and path', () => {
    const { sent } = jar([
      ['https://a.example.com/', 'a=host'],
      ['https://a.example.com/', 'a=domain; Domain=example.com'],
      ['https://a.example.com/', 'a=path; Path=/cats'],
    ]);
    expect(sent('https://a.example.com/cats')).toBe('a=path; a=host; a=domain');
  });

  it('keeps the cookie of a host apart from that of the domain of the same name', () => {
    const { sent } = jar([
      ['https://api.example.com/', 'a=host'],
      ['https://api.example.com/', 'a=domain; Domain=api.example.com'],
    ]);
    expect(sent('https://api.example.com/')).toBe('a=host; a=domain');
    expect(sent('https://v1.api.example.com/')).toBe('a=domain');
  });

  it('does not let http replace a Secure cookie, nor shadow it by another domain or path', () => {
    const why = 'it would replace a Secure cookie, and needs https for that';
    const { cookies, sent } = jar([['https://api.example.com/', 'a=1; Secure; Path=/cats']]);
    const url = new URL('http://api.example.com/cats/1');
    for (const line of ['a=2', 'a=2; Path=/cats/1', 'a=2; Domain=example.com']) {
      expect(cookies.store(line, url, from(url.origin))).toBe(why);
    }
    expect(cookies.store('a=2; Path=/', url, from(url.origin))).toBeNull();
    expect(cookies.store('b=2', url, from(url.origin))).toBeNull();
    expect(
      cookies.store('a=3; Path=/cats', new URL('https://api.example.com'), from('https://api.example.com')),
    ).toBeNull();
    expect(sent('https://api.example.com/cats')).toBe('a=3; b=2; a=2');
    const local = jar([['http://localhost/', 'a=1; Secure']]).cookies;
    expect(local.store('a=2', new URL('http://localhost/'), from('http://localhost'))).toBeNull();
  });

  it('takes a cookie that comes after the end of one of its name for a new one', () => {
    const { clock, cookies, sent } = jar([
      ['https://a.example/', 'a=1; Max-Age=10'],
      ['https://a.example/', 'b=1'],
    ]);
    clock.now += 600_000;
    cookies.store('a=2', new URL('https://a.example/'), from('https://a.example'));
    expect(sent('https://a.example/')).toBe('b=1; a=2');
    const form: RequestSite = { page: 'https://evil.example', navigation: 'POST' };
    expect(cookies.headerFor(new URL('https://a.example/'), form)).toBe('a=2');
  });

  it('lets go of a cookie when its time has come', () => {
    const { clock, sent } = jar([['https://a.example/', 'a=1; Max-Age=10']]);
    clock.now += 9999;
    expect(sent('https://a.example/')).toBe('a=1');
    clock.now += 1;
    expect(sent('https://a.example/')).toBe('');
  });

  it('lets go of a cookie that is set anew with an end in the past', () => {
    const { sent } = jar([
      ['https://a.example/', 'a=1'],
      ['https://a.example/', 'a=; Max-Age=0'],
    ]);
    expect(sent('https://a.example/')).toBe('');
  });

  const THREE = [
    ['https://api.example.com/', 'strict=1; SameSite=Strict'],
    ['https://api.example.com/', 'lax=1'],
    ['https://api.example.com/', 'none=1; SameSite=None; Secure'],
  ] as const;

  it.each([
    ['https://api.example.com', 'strict=1; lax=1; none=1'],
    ['https://app.example.com', 'strict=1; lax=1; none=1'],
    ['https://app.example.org', 'none=1'],
    ['http://app.example.com', 'none=1'],
    ['null', 'none=1'],
  ])('sends to another site what is SameSite=None: from %s %s', (page, expected) => {
    expect(jar(THREE).sent('https://api.example.com/', page)).toBe(expected);
  });

  it('sends nothing to another site where the browser blocks third parties', () => {
    const { sent } = jar(THREE, false);
    expect(sent('https://api.example.com/', 'https://app.example.org')).toBe('');
    expect(sent('https://api.example.com/', 'https://app.example.com')).toBe('strict=1; lax=1; none=1');
  });

  it('takes from another site what is SameSite=None', () => {
    const { cookies, sent } = jar([]);
    const why = 'it came from another site than the page';
    expect(cookies.store('a=1', API, from('https://app.example.org'))).toBe(why);
    expect(cookies.store('b=1; SameSite=None; Secure', API, from('https://app.example.org'))).toBeNull();
    expect(sent(API.href)).toBe('b=1');
    expect(jar([], false).cookies.store('b=1; SameSite=None; Secure', API, from('https://app.example.org'))).toBe(why);
  });
});

describe('the cookies of a page', () => {
  const PAGE = 'https://app.example.com';
  const ANSWER = { 'Access-Control-Allow-Origin': PAGE, 'Access-Control-Allow-Credentials': 'true' };

  it.each<[PageCredentials, string, string | undefined]>([
    ['include', 'https://api.example.com', 'sid=1'],
    ['same-origin', 'https://api.example.com', undefined],
    ['omit', 'https://api.example.com', undefined],
    ['include', PAGE, 'sid=1'],
    ['same-origin', PAGE, 'sid=1'],
    ['omit', PAGE, undefined],
  ])('travel with credentials %s to %s: %s', async (credentials, api, cookie) => {
    const { server, asked } = cannedServer(() => ({
      headers: { ...ANSWER, 'Set-Cookie': ['new=1; Path=/', 'more=1'] },
    }));
    const page = pageAt(PAGE, { api });
    page.cookies.set('sid=1', api);
    await page.fetch(server, '/', { credentials });
    expect(asked[0]?.headers['cookie']).toBe(cookie);
    // What does not go out does not come in either.
    expect(page.cookies.get(api)).toBe(cookie === undefined ? 'sid=1' : 'sid=1; new=1; more=1');
  });

  it('come in with an answer that the page may not read', async () => {
    const { server } = cannedServer(() => ({ headers: { 'Set-Cookie': 'sid=1' } }));
    const page = pageAt(PAGE);
    await expect(page.fetch(server, '/', { credentials: 'include' })).rejects.toMatchObject({ step: 'origin' });
    expect(page.cookies.get('https://api.example.com')).toBe('sid=1');
  });

  it('never come in with a preflight', async () => {
    const { server } = cannedServer(() => ({ headers: { ...ANSWER, 'Set-Cookie': 'sid=1' } }));
    const page = pageAt(PAGE);
    const call = page.fetch(server, '/', { method: 'PUT', credentials: 'include' });
    await expect(call).rejects.toMatchObject({ step: 'preflight-method' });
    expect(page.cookies.get('https://api.example.com')).toBe('');
  });

  it('are those of its browser', async () => {
    const page = pageAt(PAGE);
    page.cookies.set('sid=1', 'https://api.example.com');
    expect(page.open('https://other.example').cookies.get('https://api.example.com')).toBe('sid=1');
    expect(pageAt(PAGE).cookies.get('https://api.example.com')).toBe('');
  });

  it.each([
    [undefined, 'sid=1'],
    [true, 'sid=1'],
    [false, undefined],
  ])('travel between sites as the browser says: %s', async (thirdPartyCookies, cookie) => {
    const { server, asked } = cannedServer(() => ({ headers: ANSWER }));
    const page = pageAt('https://app.example.org', { thirdPartyCookies });
    page.cookies.set('sid=1; SameSite=None; Secure', 'https://api.example.com');
    await page.fetch(server, '/', { credentials: 'include' }).catch(() => null);
    expect(asked[0]?.headers['cookie']).toBe(cookie);
  });

  it('end by the clock of the browser', () => {
    const clock = { now: 0 };
    const page = pageAt(PAGE, { now: () => clock.now });
    page.cookies.set('sid=1; Max-Age=1', 'https://api.example.com');
    clock.now = 1000;
    expect(page.cookies.get('https://api.example.com')).toBe('');
  });

  it('are refused with the reason', () => {
    expect(() => pageAt(PAGE).cookies.set('sid=1; SameSite=None', 'https://api.example.com')).toThrow(
      new TypeError('A browser refuses the cookie "sid=1; SameSite=None": SameSite=None needs Secure'),
    );
  });
});

describe('a host with a trailing dot', () => {
  it('has cookies of its own', () => {
    const page = pageAt('https://app.example.com');
    page.cookies.set('a=1; Domain=example.com; Secure; SameSite=None', 'https://api.example.com');
    page.cookies.set('b=1; Secure; SameSite=None', 'https://api.example.com.');
    expect(page.cookies.get('https://api.example.com/')).toBe('a=1');
    expect(page.cookies.get('https://api.example.com./')).toBe('b=1');
    expect(() => page.cookies.set('c=1; Domain=com.', 'https://api.example.com.')).toThrow(TypeError);
  });

  it('is another site, to which only SameSite=None travels', () => {
    const page = pageAt('https://app.example.com');
    page.cookies.set('a=1; Secure', 'https://api.example.com.');
    page.cookies.set('b=1; Secure; SameSite=None', 'https://api.example.com.');
    expect(page.headersFor('https://api.example.com./')).toEqual({
      Origin: 'https://app.example.com',
      Cookie: 'b=1',
      'Sec-Fetch-Site': 'cross-site',
    });
  });
});
