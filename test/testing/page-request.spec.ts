import { describe, expect, it } from '@jest/globals';
import type { FetchRequest } from '../../lib/testing/fetch-request.js';
import { frontPage } from '../../lib/testing/page-address.js';
import type { PageBody } from '../../lib/testing/page-body.js';
import { createRequest, type PageRequestInit } from '../../lib/testing/page-request.js';

const PAGE = 'https://app.example.com';

async function create(init: PageRequestInit = {}, url = 'https://api.example.com/cats'): Promise<FetchRequest> {
  return (await createRequest(frontPage(PAGE), url, init, undefined)).request;
}

describe('a request of a page', () => {
  it('has the defaults of fetch()', async () => {
    expect(await create()).toEqual({
      origin: PAGE,
      method: 'GET',
      url: new URL('https://api.example.com/cats'),
      earlierUrls: [],
      headers: [['Accept', '*/*']],
      body: null,
      mode: 'cors',
      credentials: 'same-origin',
      redirect: 'follow',
      tainting: 'basic',
      cache: 'default',
      integrity: '',
      keepalive: false,
      referrer: new URL(`${PAGE}/`),
      referrerPolicy: 'strict-origin-when-cross-origin',
      unsafeRequest: true,
    });
  });

  it.each([
    ['get', 'GET'],
    ['Delete', 'DELETE'],
    ['head', 'HEAD'],
    ['options', 'OPTIONS'],
    ['post', 'POST'],
    ['put', 'PUT'],
    ['patch', 'patch'],
    ['Patch', 'Patch'],
    ['PATCH', 'PATCH'],
    ['xget', 'xget'],
    ['gets', 'gets'],
  ])('says the method %s as %s', async (method, sent) => {
    expect((await create({ method })).method).toBe(sent);
  });

  it.each(['CONNECT', 'TRACE', 'TRACK', 'trace'])('cannot have the method %s', async (method) => {
    await expect(create({ method })).rejects.toThrow(new TypeError(`fetch() does not accept the method ${method}`));
  });

  it.each(['TRACES', 'XTRACE'])('can have the method %s', async (method) => {
    expect((await create({ method })).method).toBe(method);
  });

  it.each(['', 'a b', 'PUT\n', 'é'])('cannot have what is no method: %j', async (method) => {
    await expect(create({ method })).rejects.toThrow(new TypeError(`${JSON.stringify(method)} is not a method`));
  });

  it.each([
    ['https://user@api.example.com/', 'fetch() does not accept a URL with credentials: https://user@api.example.com/'],
    [
      'https://:secret@api.example.com/',
      'fetch() does not accept a URL with credentials: https://:secret@api.example.com/',
    ],
    ['ftp://api.example.com/', 'fetch() sends requests to http(s) URLs only: ftp://api.example.com/'],
    ['xhttp://api.example.com/', 'fetch() sends requests to http(s) URLs only: xhttp://api.example.com/'],
    ['https+x://api.example.com/', 'fetch() sends requests to http(s) URLs only: https+x://api.example.com/'],
    ['data:,x', 'fetch() sends requests to http(s) URLs only: data:,x'],
  ])('cannot go to %s', async (url, message) => {
    await expect(create({}, url)).rejects.toThrow(new TypeError(message));
  });

  it('can go to http and https', async () => {
    expect((await create({}, 'http://api.example.com/')).url.href).toBe('http://api.example.com/');
    expect((await create({}, 'https://api.example.com/')).url.href).toBe('https://api.example.com/');
  });

  it.each([
    [{ mode: 'navigate' }, 'mode must be one of cors, same-origin, no-cors, not "navigate"'],
    [{ credentials: 'yes' }, 'credentials must be one of omit, same-origin, include, not "yes"'],
    [{ redirect: 'no' }, 'redirect must be one of follow, error, manual, not "no"'],
    [{ mode: 'no-cors', method: 'PUT' }, 'mode "no-cors" allows GET, HEAD and POST, not PUT'],
    [{ method: 'GET', body: 'x' }, 'fetch() does not accept a body with GET'],
    [{ method: 'head', body: 'x' }, 'fetch() does not accept a body with HEAD'],
  ])('cannot say %j', async (init, message) => {
    await expect(create(init as PageRequestInit)).rejects.toThrow(new TypeError(message));
  });

  it.each([
    [{ mode: 'cors' }],
    [{ mode: 'same-origin' }],
    [{ mode: 'no-cors', method: 'post' }],
    [{ credentials: 'omit' }],
    [{ credentials: 'include' }],
    [{ redirect: 'error' }],
    [{ redirect: 'manual' }],
  ] as const)('can say %j', async (init) => {
    const { mode = 'cors', credentials = 'same-origin', redirect = 'follow' } = init as PageRequestInit;
    expect(await create(init)).toMatchObject({ mode, credentials, redirect });
  });
});

describe('the headers of a request', () => {
  it('come from a record, from pairs and from Headers', async () => {
    const expected = [
      ['X-A', '1'],
      ['Accept', 'text/html'],
    ];
    expect((await create({ headers: { 'X-A': '1', Accept: ' text/html\t' } })).headers).toEqual(expected);
    const pairs = [['X-A', '1'] as const, ['Accept', 'text/html'] as const];
    expect((await create({ headers: pairs })).headers).toEqual(expected);
    const headers = new Headers({ Accept: 'text/html', 'X-A': '1' });
    expect((await create({ headers })).headers).toEqual([
      ['accept', 'text/html'],
      ['x-a', '1'],
    ]);
  });

  it('keep repeated names apart', async () => {
    const headers = [['x-a', '1'] as const, ['x-a', '2'] as const];
    expect((await create({ headers })).headers).toEqual([...headers, ['Accept', '*/*']]);
  });

  it.each([
    'Accept-Charset',
    'Accept-Encoding',
    'Access-Control-Request-Headers',
    'Access-Control-Request-Method',
    'Connection',
    'Content-Length',
    'Cookie',
    'Cookie2',
    'Date',
    'DNT',
    'Expect',
    'Host',
    'Keep-Alive',
    'Origin',
    'Referer',
    'Set-Cookie',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Via',
    'Proxy-Authorization',
    'Sec-Fetch-Site',
    'Sec-Anything',
  ])('are without %s, which no page can set', async (name) => {
    expect((await create({ headers: { [name]: 'x' } })).headers).toEqual([['Accept', '*/*']]);
  });

  it.each(['X-HTTP-Method', 'X-HTTP-Method-Override', 'X-Method-Override'])(
    'have %s only for methods that are not forbidden',
    async (name) => {
      expect((await create({ headers: { [name]: 'PUT' } })).headers).toHaveLength(2);
      expect((await create({ headers: { [name]: 'PUT, trace' } })).headers).toHaveLength(1);
    },
  );

  it.each(['X-Sec', 'Proxyx', 'User-Agent', 'X-Proxy-A', 'Cookies'])('may have %s', async (name) => {
    expect((await create({ headers: { [name]: 'TRACE' } })).headers[0]).toEqual([name, 'TRACE']);
  });

  it.each([
    ['a b', 'x'],
    ['', 'x'],
    ['x', 'a\nb'],
    ['x', '\u{1F600}'],
  ])('cannot have what is none: %j: %j', async (name, value) => {
    await expect(create({ headers: [[name, value]] })).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('are the safelisted ones under no-cors, judged with what the name already has', async () => {
    const headers = [
      ['x-a', '1'],
      ['accept', 'a'.repeat(100)],
      ['accept', 'b'.repeat(100)],
      ['range', 'bytes=0-'],
      ['content-type', 'application/json'],
      ['accept-language', 'de'],
      ['accept', 'b'],
    ] as const;
    expect((await create({ mode: 'no-cors', headers })).headers).toEqual([headers[1], headers[5], headers[6]]);
  });
});

describe('two headers of one name under no-cors', () => {
  const LANGUAGE = ['accept-language', 'e'.repeat(128)] as const;

  it.each([
    [63, 3],
    [64, 2],
  ])('have 128 bytes together, with comma and blank: 63 and %i', async (length, count) => {
    const headers = [LANGUAGE, ['accept', 'a'.repeat(63)], ['accept', 'a'.repeat(length)]] as const;
    expect((await create({ mode: 'no-cors', headers })).headers).toEqual(headers.slice(0, count));
  });
});

describe('the body of a request', () => {
  const form = new FormData();
  form.set('a', '1');
  const cases: readonly (readonly [string, PageBody, RegExp | null, RegExp])[] = [
    ['a string', 'miau', /^text\/plain;charset=UTF-8$/, /^miau$/],
    ['a query', new URLSearchParams({ a: '1' }), /^application\/x-www-form-urlencoded;charset=UTF-8$/, /^a=1$/],
    ['a form', form, /^multipart\/form-data; boundary=/, /name="a"/],
    ['a blob', new Blob(['{}'], { type: 'application/json' }), /^application\/json$/, /^\{\}$/],
    ['bytes', new TextEncoder().encode('miau'), null, /^miau$/],
    ['a buffer', new TextEncoder().encode('miau').buffer, null, /^miau$/],
  ];

  it.each(cases)('is %s, and says its type', async (_kind, body, type, text) => {
    const request = await create({ method: 'POST', body });
    const contentType = request.headers.find(([name]) => name === 'Content-Type')?.[1];
    expect(await new Response(request.body).text()).toMatch(text);
    if (type === null) {
      expect(contentType).toBeUndefined();
    } else {
      expect(contentType).toMatch(type);
    }
  });

  it('has the type that the page gives it', async () => {
    const { headers } = await create({ method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } });
    expect(headers).toEqual([
      ['content-type', 'application/json'],
      ['Accept', '*/*'],
    ]);
  });

  it('loses a type that no-cors does not allow', async () => {
    const body = new Blob(['{}'], { type: 'application/json' });
    expect((await create({ mode: 'no-cors', method: 'POST', body })).headers).toEqual([['Accept', '*/*']]);
  });
});
