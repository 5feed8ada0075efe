import { describe, expect, it } from '@jest/globals';
import { tell } from '../../page/picture/story.js';
import type { Asked, Diagnosis, Exchange, HeaderLine, Outcome, Story } from '../../page/picture/types.js';

const ORIGIN = 'http://localhost:8080';
const GET: Asked = { method: 'GET', path: '/data/' };
const COOKIE: Asked = { ...GET, credentials: true };
const POST: Asked = { method: 'POST', path: '/data/', headers: { 'X-PINGOTHER': 'pingpong' } };

const READ: Outcome = { read: true, status: '200 OK', headers: [], body: 'hello' };
const REFUSED: Outcome = { read: false, error: 'TypeError: Failed to fetch' };

const ALLOW: HeaderLine = ['Access-Control-Allow-Origin', ORIGIN];
const ANY: HeaderLine = ['Access-Control-Allow-Origin', '*'];
const CREDENTIALS: HeaderLine = ['Access-Control-Allow-Credentials', 'true'];
const HEADERS: HeaderLine = ['Access-Control-Allow-Headers', 'x-pingother'];

function exchange(method: string, ...headers: HeaderLine[]): Exchange {
  return { method, headers: [['Origin', ORIGIN]], answer: { status: 200, reason: 'OK', headers } };
}

function story(asked: Asked, outcome: Outcome, ...exchanges: Exchange[]): Story {
  return tell({ asked, origin: ORIGIN, exchanges, outcome });
}

/** The story as a drawing of one line for each arrow. */
function arrows({ steps }: Story): string[] {
  return steps.flatMap((step) => (step.kind === 'message' ? [`${step.from}-${step.to} ${step.title}`] : []));
}

describe('the reason why a page may read an answer', () => {
  it.each([
    [
      'for everyone',
      GET,
      READ,
      exchange('GET', ANY),
      'The answer is for pages of any origin, so the page may read it.',
    ],
    ['by name', GET, READ, exchange('GET', ALLOW), 'The answer names the page’s origin, so the page may read it.'],
    [
      'with credentials',
      COOKIE,
      READ,
      exchange('GET', ALLOW, CREDENTIALS),
      'The answer names the page’s origin and allows credentials, so the page may read it.',
    ],
  ])('%s', (_title, asked, outcome, answer, why) => {
    expect(story(asked, outcome, answer)).toMatchObject({ read: true, why });
  });

  it('after a preflight', () => {
    expect(story(POST, READ, exchange('OPTIONS', ALLOW, HEADERS), exchange('POST', ALLOW)).why).toBe(
      'The answer to the preflight allows POST with X-PINGOTHER, and the answer to the POST names the page’s origin.',
    );
  });

  it('without a preflight, because one was answered before', () => {
    expect(story(POST, READ, exchange('POST', ALLOW)).why).toBe(
      'The browser remembered the answer to the preflight, and this answer names the page’s origin.',
    );
  });
});

describe('the reason why it may not', () => {
  it.each([
    ['no origin is named', GET, exchange('GET'), `does not name ${ORIGIN}`],
    [
      'another is named',
      GET,
      exchange('GET', ['Access-Control-Allow-Origin', 'https://a.example']),
      'names https://a.example, which is another origin',
    ],
    [
      '“*” with credentials',
      COOKIE,
      exchange('GET', ANY),
      'says “*”, which is not enough for a request with credentials',
    ],
    ['credentials are not allowed', COOKIE, exchange('GET', ALLOW), 'does not allow credentials'],
  ])('%s', (_title, asked, answer, why) => {
    expect(story(asked, REFUSED, answer)).toMatchObject({
      read: false,
      why: `The answer ${why}, so the browser kept it from the page.`,
    });
  });

  it.each([
    ['no origin is named', exchange('OPTIONS'), `does not name ${ORIGIN}`],
    ['a header is not allowed', exchange('OPTIONS', ALLOW), 'does not allow X-PINGOTHER'],
    [
      'the status is no success',
      { ...exchange('OPTIONS'), answer: { status: 403, reason: 'Forbidden', headers: [ALLOW, HEADERS] } },
      'has the status 403',
    ],
  ])('at the preflight: %s', (_title, preflight, why) => {
    expect(story(POST, REFUSED, preflight)).toMatchObject({
      read: false,
      why: `The answer to the preflight ${why}, so the browser never sent the POST.`,
    });
  });

  it('says that a refused request arrived, where its answer set a cookie', () => {
    expect(story(COOKIE, REFUSED, exchange('GET', ['Set-Cookie', 'pageAccess=3'])).why).toMatch(
      /The visit was counted all the same: CORS decides who may read, not who may send\.$/,
    );
  });

  it('tells the error of a proxy, and nothing else, as one', () => {
    const bad = (status: number, ...headers: HeaderLine[]): Exchange => ({
      ...exchange('GET'),
      answer: { status, reason: '', headers },
    });
    expect(story(GET, REFUSED, bad(502)).why).toMatch(/A 502 without these headers comes from a proxy/);
    expect(story(GET, REFUSED, bad(500)).why).not.toContain('proxy');
    expect(story(GET, REFUSED, bad(502, ['Vary', 'Origin'])).why).not.toContain('proxy');
  });

  it('is the API’s own where it has said one, with the line to change', () => {
    const diagnosis: Diagnosis = {
      step: 'headers',
      text: 'PeopleController.add does not allow the request header x-pingother.',
      cures: [{ how: 'decorate', place: 'PeopleController.add', code: '@Cors({})' }],
    };
    const preflight: Exchange = {
      method: 'OPTIONS',
      headers: [
        ['Origin', ORIGIN],
        ['Access-Control-Request-Headers', 'x-pingother'],
      ],
      answer: { status: 403, reason: 'Forbidden', headers: [['Vary', 'Origin']] },
    };
    const told = tell({ asked: POST, origin: ORIGIN, exchanges: [preflight], outcome: REFUSED, diagnosis });
    expect(told.why).toBe(`The preflight is refused, so the browser never sent the POST. ${diagnosis.text}`);
    expect(told.cures).toEqual(diagnosis.cures);
    expect(told.steps).toContainEqual({ kind: 'note', text: 'The API refuses a header.', tone: 'bad' });
    expect(told.steps[2]).toMatchObject({
      headers: [
        { name: 'Origin', value: ORIGIN },
        { name: 'Access-Control-Request-Headers', value: 'x-pingother', tone: 'bad' },
      ],
    });
    expect(story(POST, REFUSED, preflight).cures).toEqual([]);
  });

  it('is the browser’s where the API answers the preflight without allowing credentials', () => {
    const diagnosis: Diagnosis = {
      step: 'credentials',
      text: 'PeopleController.add allows no credentials.',
      cures: [],
    };
    const facts = { asked: { ...POST, credentials: true }, origin: ORIGIN, outcome: REFUSED, diagnosis } as const;
    expect(tell({ ...facts, exchanges: [exchange('OPTIONS', ALLOW, HEADERS)] }).why).toBe(
      `The answer to the preflight does not allow credentials, so the browser never sent the POST. ${diagnosis.text}`,
    );
  });

  it('does not explain what it cannot', () => {
    expect(story(GET, REFUSED).why).toBe('No request reached the API. Is it still running?');
    expect(story(GET, REFUSED, exchange('GET', ANY)).why).toContain('something else interfered');
    expect(story(GET, REFUSED, { method: 'GET', headers: [] }).why).toBe(
      'The API closed the connection before it answered.',
    );
  });
});

describe('a preflight', () => {
  it.each([
    ['a method that no form can send', { ...GET, method: 'PUT' }],
    ['a header of one’s own', { ...GET, headers: { 'X-Trace': '1' } }],
    ['a body that no form can send', { ...GET, method: 'POST', headers: { 'Content-Type': 'application/json' } }],
  ])('is called for by %s', (_title, asked) => {
    const told = story(asked, REFUSED, exchange('OPTIONS'));
    expect(told.steps[1]).toEqual({ kind: 'note', text: 'Not a simple request: ask first.' });
  });

  it('is not called for by what a form can send', () => {
    const asked = { ...GET, method: 'POST', headers: { 'Content-Type': 'text/plain;charset=utf-8', Accept: '*/*' } };
    expect(story(asked, READ, exchange('POST', ALLOW)).steps[1]).toEqual({
      kind: 'note',
      text: 'A simple request: send it at once.',
    });
  });

  it.each([
    ['the method is listed', { ...GET, method: 'PUT' }, 'PUT, DELETE', true],
    ['the method is not listed', { ...GET, method: 'PUT' }, 'DELETE', false],
    ['every method is', { ...GET, method: 'PUT' }, '*', true],
    ['“*” is a name like any other, with credentials', { ...COOKIE, method: 'PUT' }, '*', false],
  ])('%s', (_title, asked, methods, passes) => {
    const preflight = exchange('OPTIONS', ALLOW, CREDENTIALS, ['Access-Control-Allow-Methods', methods]);
    const told = story(asked, REFUSED, preflight);
    expect(told.steps.filter(({ kind }) => kind === 'note')[1]).toMatchObject({
      text: passes ? 'All of it is allowed: send it.' : 'The method is not allowed.',
      tone: passes ? 'good' : 'bad',
    });
  });
});

describe('the picture', () => {
  it('shows the preflight and the actual request in their order', () => {
    expect(arrows(story(POST, READ, exchange('OPTIONS', ALLOW, HEADERS), exchange('POST', ALLOW)))).toEqual([
      'page-browser fetch()',
      'browser-api OPTIONS /data/',
      'api-browser 200 OK',
      'browser-api POST /data/',
      'api-browser 200 OK',
      'browser-page 200 OK',
    ]);
  });

  it('shows what was never sent, and the error in the place of an answer', () => {
    expect(arrows(story(POST, REFUSED, exchange('OPTIONS')))).toEqual([
      'page-browser fetch()',
      'browser-api OPTIONS /data/',
      'api-browser 200 OK',
      'browser-api POST: never sent',
      'browser-page TypeError',
    ]);
  });

  it('marks the header that decided, or the gap where it is missing', () => {
    const marked = (told: Story) =>
      told.steps.flatMap((step) => (step.kind === 'message' ? (step.headers ?? []).filter(({ tone }) => tone) : []));

    expect(marked(story(COOKIE, READ, exchange('GET', ['Vary', 'Origin'], ALLOW, CREDENTIALS)))).toEqual([
      { name: ALLOW[0], value: ORIGIN, tone: 'good' },
      { name: CREDENTIALS[0], value: 'true', tone: 'good' },
    ]);
    expect(marked(story(GET, REFUSED, exchange('GET', ['Vary', 'Origin'])))).toEqual([
      { name: ALLOW[0], value: undefined, tone: 'bad' },
    ]);
  });
});
