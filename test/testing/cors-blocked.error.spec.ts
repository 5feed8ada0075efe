import { describe, expect, it } from '@jest/globals';
import { CorsBlockedError, pageAt, type PageOptions, type PageRequestInit } from '../../lib/testing/index.js';
import { blocked } from './blocked.js';
import { allowing, type Canned, cannedServer, twoAnswers } from './canned-server.js';

const PAGE = 'https://app.example.com';
const PUT: PageRequestInit = { method: 'PUT' };
const INCLUDE: PageRequestInit = { credentials: 'include' };

interface Call {
  readonly page?: string;
  readonly options?: PageOptions;
  readonly url?: string;
  readonly init?: PageRequestInit;
  readonly preflight?: Canned;
  readonly answer?: Canned;
}

function call({ page = PAGE, options = {}, url = '/cats', init = {}, preflight = {}, answer = {} }: Call) {
  const { server } = cannedServer(twoAnswers(preflight, answer));
  return blocked(pageAt(page, { servers: { 'https://cdn.example.com': server }, ...options }).fetch(server, url, init));
}

describe('the error of a blocked call', () => {
  it('is the TypeError that fetch() throws, and says everything else too', async () => {
    const preflight = { status: 204, ...allowing(PAGE, { 'Access-Control-Allow-Methods': 'GET,POST' }) };
    const error = await call({ init: PUT, preflight });
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toBeInstanceOf(CorsBlockedError);
    expect(error.name).toBe('CorsBlockedError');
    expect(error.message).toBe(
      [
        'PUT https://api.example.com/cats is blocked for https://app.example.com [preflight-method]',
        '  The answer to the preflight does not allow the method.',
        '  Access-Control-Allow-Methods: "GET,POST" (expected: "PUT"), with status 204',
        "  @Cors({ methods: ['PUT'] }), in addition to those it already allows",
      ].join('\n'),
    );
    expect(error.fix).toBe("@Cors({ methods: ['PUT'] }), in addition to those it already allows");
    expect(error.transcript.map(({ kind }) => kind)).toEqual(['preflight']);
  });

  it.each<[string, Call, string, string]>([
    [
      'what was missing',
      {},
      'The answer does not allow the origin of the page.',
      'Access-Control-Allow-Origin: missing (expected: "https://app.example.com"), with status 200',
    ],
    [
      'the status',
      { init: PUT, preflight: { status: 500, ...allowing(PAGE) } },
      'The preflight was not answered with success.',
      'Found: "500" (expected: "200 to 299")',
    ],
    [
      'what was never sent',
      { init: { mode: 'same-origin' } },
      'The page said mode "same-origin", and the URL is on another origin.',
      'Found: "https://api.example.com/cats" (expected: "a URL of https://app.example.com")',
    ],
    [
      'the credentials of a preflight',
      { init: { ...PUT, ...INCLUDE }, preflight: allowing(PAGE) },
      'The answer to the preflight does not allow credentials.',
      'Access-Control-Allow-Credentials: missing (expected: "true"), with status 200',
    ],
    [
      'the origin of a preflight',
      { init: PUT },
      'The answer to the preflight does not allow the origin of the page.',
      'Access-Control-Allow-Origin: missing (expected: "https://app.example.com"), with status 200',
    ],
    [
      'a broken list',
      { init: PUT, preflight: allowing(PAGE, { 'Access-Control-Allow-Methods': '?' }) },
      'The answer to the preflight has a list that cannot be read.',
      'Access-Control-Allow-Methods: "?" (expected: "names, separated by commas"), with status 200',
    ],
    [
      'the headers',
      { init: { headers: { 'x-a': '1' } }, preflight: allowing(PAGE) },
      'The answer to the preflight does not allow every request header.',
      'Access-Control-Allow-Headers: missing (expected: "x-a"), with status 200',
    ],
    [
      'the credentials',
      { init: INCLUDE, answer: allowing(PAGE) },
      'The answer does not allow credentials.',
      'Access-Control-Allow-Credentials: missing (expected: "true"), with status 200',
    ],
    [
      'mixed content',
      { options: { api: 'http://api.example.com' } },
      'An https page may not request an http URL.',
      'Found: "http://api.example.com/cats" (expected: "an https URL")',
    ],
    [
      'a mode',
      { init: { mode: 'no-cors', redirect: 'manual' } },
      'Under mode "no-cors" the page must leave redirects to the browser.',
      `Found: "https://api.example.com/cats" (expected: "redirect: 'follow'")`,
    ],
    [
      'a resource policy',
      { init: { mode: 'no-cors' }, answer: { headers: { 'Cross-Origin-Resource-Policy': 'same-origin' } } },
      'The answer does not allow pages of other origins to read it (Cross-Origin-Resource-Policy).',
      'Cross-Origin-Resource-Policy: "same-origin" (expected: "cross-origin"), with status 200',
    ],
    [
      'a redirect',
      { init: { redirect: 'error' }, answer: { status: 302, ...allowing('*', { Location: '/x' }) } },
      'The page said redirect "error", and the answer is a redirect.',
      'Location: "/x" (expected: "no redirect"), with status 302',
    ],
    [
      'a redirect to nowhere',
      { answer: { status: 302, ...allowing('*', { Location: 'data:,x' }) } },
      'The answer redirects to something that is not an http(s) URL.',
      'Location: "data:,x" (expected: "an http(s) URL"), with status 302',
    ],
    [
      'a redirect with a name',
      { answer: { status: 302, ...allowing('*', { Location: '//u@x.example' }) } },
      'The answer redirects to a URL with credentials in it.',
      'Location: "//u@x.example" (expected: "a URL without user name and password"), with status 302',
    ],
    [
      'a circle',
      { answer: { status: 302, ...allowing('*', { Location: '/cats' }) } },
      'The answers redirect in circles.',
      'Location: "/cats" (expected: "at most 20 redirects"), with status 302',
    ],
  ])('names %s', async (_what, blockedCall, sentence, found) => {
    const { message } = await call(blockedCall);
    expect(message.split('\n').slice(1, 3)).toEqual([`  ${sentence}`, `  ${found}`]);
  });

  const sandboxed = "Give it an origin; only @Cors({ origin: '*' }) without credentials allows such a page";
  const ORIGIN = `@Cors({ origin: '${PAGE}' })`;
  const withMethods = (methods: string): Canned => allowing(PAGE, { 'Access-Control-Allow-Methods': methods });
  const withHeaders = (headers: string): Canned => allowing(PAGE, { 'Access-Control-Allow-Headers': headers });
  const X = { headers: { 'x-a': '1', 'x-b': '2' } };

  it.each<[string, Call, string]>([
    ['no origin', {}, `${ORIGIN} on the handler that answers GET /cats`],
    ['another origin', { answer: allowing('https://x.example') }, `${ORIGIN} on the handler that answers GET /cats`],
    [
      'no origin, with credentials',
      { init: INCLUDE },
      `@Cors({ origin: '${PAGE}', credentials: true }) on the handler that answers GET /cats`,
    ],
    [
      '* with credentials',
      { init: INCLUDE, answer: allowing('*') },
      `'*' does not go with credentials. @Cors({ origin: '${PAGE}', credentials: true }), or fetch without credentials: 'include'`,
    ],
    [
      'two origins',
      { answer: { headers: { 'Access-Control-Allow-Origin': [PAGE, '*'] } } },
      'Two places set this header. Leave it to @Cors(), and remove app.enableCors() or the setHeader() call',
    ],
    ['a sandboxed page', { page: 'null', answer: allowing(PAGE) }, `The page is sandboxed. ${sandboxed}`],
    [
      'a tainted origin',
      { answer: { status: 302, ...allowing(PAGE, { Location: 'https://cdn.example.com/' }) } },
      "A redirect led from one foreign origin to another, so the browser sent Origin: null. Answer without a redirect; only @Cors({ origin: '*' }) without credentials allows such a request",
    ],
    [
      'no credentials',
      { init: INCLUDE, answer: allowing(PAGE) },
      "@Cors({ credentials: true }), or fetch without credentials: 'include'",
    ],
    [
      'no credentials on a preflight',
      { init: { ...INCLUDE, ...PUT }, preflight: allowing(PAGE) },
      "@Cors({ credentials: true }), or fetch without credentials: 'include'",
    ],
    ['a bare preflight', { init: PUT }, `${ORIGIN} on the handler that answers PUT /cats`],
    [
      'a preflight for another origin',
      { init: PUT, preflight: { status: 404, ...allowing('https://x.example') } },
      `${ORIGIN} on the handler that answers PUT /cats`,
    ],
    [
      'a preflight that finds nobody',
      { init: PUT, preflight: { status: 404 } },
      `Nothing answers OPTIONS at this URL: is CorsModule imported? ${ORIGIN} on the handler that answers PUT /cats`,
    ],
    [
      'a preflight that nobody takes',
      { init: PUT, preflight: { status: 405 } },
      `Nothing answers OPTIONS at this URL: is CorsModule imported? ${ORIGIN} on the handler that answers PUT /cats`,
    ],
    [
      'a preflight without a login',
      { init: PUT, preflight: { status: 401 } },
      `Preflights carry no credentials: answer them before authentication, as CorsModule does. ${ORIGIN} on the handler that answers PUT /cats`,
    ],
    [
      'a redirected preflight',
      { init: PUT, preflight: { status: 302 } },
      `Browsers do not follow a redirect of a preflight: fetch the URL it leads to. ${ORIGIN} on the handler that answers PUT /cats`,
    ],
    [
      'an allowed preflight with status 404',
      { init: PUT, preflight: { status: 404, ...allowing(PAGE) } },
      'Nothing answers OPTIONS at this URL: is CorsModule imported? ',
    ],
    [
      'an allowed preflight with status 300',
      { init: PUT, preflight: { status: 300, ...allowing(PAGE) } },
      'Browsers do not follow a redirect of a preflight: fetch the URL it leads to. ',
    ],
    [
      'an allowed preflight with status 399',
      { init: PUT, preflight: { status: 399, ...allowing(PAGE) } },
      'Browsers do not follow a redirect of a preflight: fetch the URL it leads to. ',
    ],
    [
      'an allowed preflight with status 400',
      { init: PUT, preflight: { status: 400, ...allowing(PAGE) } },
      'Answer preflights with 200 to 299: @Cors({ optionsSuccessStatus: 204 })',
    ],
    [
      'a broken list',
      { init: PUT, preflight: withMethods('?') },
      'Send names separated by commas in Access-Control-Allow-Methods, and nothing else',
    ],
    [
      'a method',
      { init: PUT, preflight: withMethods('GET') },
      "@Cors({ methods: ['PUT'] }), in addition to those it already allows",
    ],
    [
      'a method in small letters',
      { init: { method: 'patch' }, preflight: withMethods('PATCH') },
      "Methods are case-sensitive, and browsers send this one as it is written: fetch with method: 'PATCH'",
    ],
    ['headers', { init: X, preflight: allowing(PAGE) }, "@Cors({ allowedHeaders: { add: ['x-a', 'x-b'] } })"],
    ['a header', { init: X, preflight: withHeaders('x-a') }, "@Cors({ allowedHeaders: { add: ['x-b'] } })"],
    [
      'Authorization',
      { init: { headers: { Authorization: 'x' } }, preflight: withHeaders('*') },
      "'*' does not cover Authorization, and covers nothing with credentials: @Cors({ allowedHeaders: { add: ['authorization'] } })",
    ],
    [
      'mixed content',
      { options: { api: 'http://api.example.com' } },
      'Serve the API by https, also where a redirect leads',
    ],
    ['same-origin', { init: { mode: 'same-origin' } }, "Fetch with mode: 'cors'"],
    [
      'no-cors',
      { init: { mode: 'no-cors', redirect: 'error' } },
      "Fetch with redirect: 'follow', or with mode: 'cors'",
    ],
    [
      'a resource policy',
      { init: { mode: 'no-cors' }, answer: { headers: { 'Cross-Origin-Resource-Policy': 'same-origin' } } },
      "Send Cross-Origin-Resource-Policy: cross-origin (helmet sends same-origin), or fetch with mode: 'cors'",
    ],
    [
      'a redirect',
      { init: { redirect: 'error' }, answer: { status: 302, ...allowing('*', { Location: '/x' }) } },
      "Answer without a redirect, or fetch with redirect: 'follow'",
    ],
    [
      'a redirect to nowhere',
      { answer: { status: 302, ...allowing('*', { Location: 'data:,x' }) } },
      'Answer without this redirect',
    ],
    [
      'a redirect with a name',
      { answer: { status: 302, ...allowing('*', { Location: '//u@x.example' }) } },
      'Answer without this redirect',
    ],
    ['a circle', { answer: { status: 302, ...allowing('*', { Location: '/cats' }) } }, 'Answer without this redirect'],
  ])('says what helps against %s', async (_what, blockedCall, fix) => {
    expect((await call(blockedCall)).fix).toBe(fix.trimEnd());
  });
});
