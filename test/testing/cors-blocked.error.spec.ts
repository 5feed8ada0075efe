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

describe('the error of a blocked call to a server that nobody knows', () => {
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
      ].join('\n'),
    );
    expect([error.fix, error.diagnosis]).toEqual([undefined, undefined]);
    expect(error.transcript.map(({ kind }) => kind)).toEqual(['preflight']);
  });

  it.each<[string, Call, string, string]>([
    [
      'what was missing',
      {},
      'The request was answered with status 200, without CORS headers.',
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
      'The page used mode "same-origin", but the URL has another origin.',
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
      'The preflight was answered with status 200, without CORS headers.',
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
      'The page used redirect "error", but the answer is a redirect.',
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

  const sandboxed = 'Give it an origin; only Access-Control-Allow-Origin: * without credentials allows such a page';
  const CREDENTIALS =
    "Send Access-Control-Allow-Credentials: true, or fetch without credentials: 'include' if the request needs no cookies";
  it.each([
    [403, 'The preflight was refused without a reason: 403 without CORS headers.'],
    [
      502,
      'The preflight was refused without a reason: 502 without CORS headers, as a proxy answers that does not reach the application.',
    ],
    [505, 'The preflight was refused without a reason: 505 without CORS headers.'],
  ])('says of status %s what it saw, and no more', async (status, sentence) => {
    const { message, fix } = await call({ init: PUT, preflight: { status } });
    expect([message.split('\n  ')[1], fix]).toEqual([sentence, undefined]);
  });

  const withMethods = (methods: string): Canned => allowing(PAGE, { 'Access-Control-Allow-Methods': methods });
  const withHeaders = (headers: string): Canned => allowing(PAGE, { 'Access-Control-Allow-Headers': headers });
  const X = { headers: { 'x-a': '1', 'x-b': '2' } };

  it.each<[string, Call, string | undefined]>([
    ['no origin', {}, undefined],
    ['another origin', { answer: allowing('https://x.example') }, undefined],
    [
      '* with credentials',
      { init: INCLUDE, answer: allowing('*') },
      "'*' does not go with credentials: name the origin, or fetch without credentials: 'include'",
    ],
    [
      'two origins',
      { answer: { headers: { 'Access-Control-Allow-Origin': [PAGE, '*'] } } },
      'Two places set this header: app.enableCors(), a setHeader() call, or a proxy in front of the application. Leave it to one of them',
    ],
    ['a sandboxed page', { page: 'null', answer: allowing(PAGE) }, `The page is sandboxed. ${sandboxed}`],
    [
      'a tainted origin',
      { answer: { status: 302, ...allowing(PAGE, { Location: 'https://cdn.example.com/' }) } },
      'A redirect led from one foreign origin to another, so the browser sent Origin: null. Answer without a redirect; only Access-Control-Allow-Origin: * without credentials allows such a request',
    ],
    ['no credentials', { init: INCLUDE, answer: allowing(PAGE) }, CREDENTIALS],
    ['no credentials on a preflight', { init: { ...INCLUDE, ...PUT }, preflight: allowing(PAGE) }, CREDENTIALS],
    ['a bare preflight', { init: PUT }, undefined],
    [
      'a preflight for another origin',
      { init: PUT, preflight: { status: 404, ...allowing('https://x.example') } },
      undefined,
    ],
    ['a preflight that finds nobody', { init: PUT, preflight: { status: 404 } }, 'Nothing answers OPTIONS at this URL'],
    ['a preflight that nobody takes', { init: PUT, preflight: { status: 405 } }, 'Nothing answers OPTIONS at this URL'],
    [
      'a preflight without a login',
      { init: PUT, preflight: { status: 401 } },
      'Preflights carry no credentials: answer them before authentication',
    ],
    [
      'a redirected preflight',
      { init: PUT, preflight: { status: 302 } },
      'Browsers do not follow a redirect of a preflight: fetch the URL it leads to',
    ],
    [
      'an allowed preflight with status 404',
      { init: PUT, preflight: { status: 404, ...allowing(PAGE) } },
      'Nothing answers OPTIONS at this URL',
    ],
    [
      'an allowed preflight with status 300',
      { init: PUT, preflight: { status: 300, ...allowing(PAGE) } },
      'Browsers do not follow a redirect of a preflight: fetch the URL it leads to',
    ],
    [
      'an allowed preflight with status 399',
      { init: PUT, preflight: { status: 399, ...allowing(PAGE) } },
      'Browsers do not follow a redirect of a preflight: fetch the URL it leads to',
    ],
    [
      'an allowed preflight with status 400',
      { init: PUT, preflight: { status: 400, ...allowing(PAGE) } },
      'Answer preflights with 200 to 299',
    ],
    [
      'a broken list',
      { init: PUT, preflight: withMethods('?') },
      'Send names separated by commas in Access-Control-Allow-Methods, and nothing else',
    ],
    ['a method', { init: PUT, preflight: withMethods('GET') }, undefined],
    [
      'a method in small letters',
      { init: { method: 'patch' }, preflight: withMethods('PATCH') },
      "Methods are case-sensitive, and browsers send this one as it is written: fetch with method: 'PATCH'",
    ],
    [
      'a method in small letters, where the list has more',
      { init: { method: 'patch' }, preflight: withMethods('PUT, PATCH') },
      "Methods are case-sensitive, and browsers send this one as it is written: fetch with method: 'PATCH'",
    ],
    [
      'a method in small letters that capitals would not help',
      { init: { method: 'patch' }, preflight: withMethods('PUT,DELETE') },
      undefined,
    ],
    ['a method in small letters, without a list', { init: { method: 'patch' }, preflight: allowing(PAGE) }, undefined],
    ['headers', { init: X, preflight: allowing(PAGE) }, undefined],
    ['a header', { init: X, preflight: withHeaders('x-a') }, undefined],
    [
      'Authorization',
      { init: { headers: { Authorization: 'x' } }, preflight: withHeaders('*') },
      "'*' does not cover Authorization, and covers nothing with credentials: name the headers",
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
  ])('says what helps against %s, as far as a stranger can be helped', async (_what, blockedCall, fix) => {
    const error = await call(blockedCall);
    expect(error.fix).toBe(fix);
    expect(error.message.endsWith(`\n  ${fix}`)).toBe(fix !== undefined);
    expect(error.message).not.toContain('@Cors');
  });
});
