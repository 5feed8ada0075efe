/** Calls that fail, each for one reason: what the page sends, and what the server answers. */
import { APP, type Answers } from './console-stage.js';

export interface ConsoleCase {
  /** Also the path of the request. */
  readonly name: string;
  /** The arguments of `fetch()` after the URL, as code of the page; or another expression that gets `url`. */
  readonly init?: string;
  readonly expression?: string;
  /** Left out: nothing listens there. */
  readonly answers?: Answers;
}

const PUT = `{ method: 'PUT' }`;
const WITH_COOKIES = `{ credentials: 'include' }`;

/** The preflight is answered; the request itself is not sent, or answered with `{}`. */
function preflight(status: number, headers: Record<string, string>): Answers {
  return { OPTIONS: { status, headers }, PUT: { status: 200, headers: {} } };
}

function request(headers: Record<string, string | string[]>): Answers {
  return { GET: { status: 200, headers } };
}

export const CONSOLE_CASES: readonly ConsoleCase[] = [
  { name: 'no-origin', answers: request({}) },
  {
    name: 'by-xhr',
    expression: `new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open('GET', url);
      request.onerror = resolve;
      request.send();
    })`,
    answers: request({}),
  },
  { name: 'by-import', expression: `import(url)`, answers: request({ 'Content-Type': 'text/javascript' }) },
  { name: 'bad-gateway', answers: { GET: { status: 502, headers: {} } } },
  { name: 'other-origin', answers: request({ 'Access-Control-Allow-Origin': 'https://other.example' }) },
  { name: 'invalid-origin', answers: request({ 'Access-Control-Allow-Origin': 'app.example.com' }) },
  { name: 'two-origins', answers: request({ 'Access-Control-Allow-Origin': [APP, '*'] }) },
  { name: 'any-origin-with-cookies', init: WITH_COOKIES, answers: request({ 'Access-Control-Allow-Origin': '*' }) },
  { name: 'no-credentials', init: WITH_COOKIES, answers: request({ 'Access-Control-Allow-Origin': APP }) },
  { name: 'preflight-refused', init: PUT, answers: preflight(403, {}) },
  { name: 'preflight-unanswered', init: PUT, answers: preflight(404, { 'Access-Control-Allow-Origin': APP }) },
  { name: 'preflight-no-origin', init: PUT, answers: preflight(204, {}) },
  {
    name: 'preflight-no-credentials',
    init: `{ method: 'PUT', credentials: 'include' }`,
    answers: preflight(204, { 'Access-Control-Allow-Origin': APP, 'Access-Control-Allow-Methods': 'PUT' }),
  },
  {
    name: 'preflight-redirected',
    init: PUT,
    answers: preflight(307, { 'Access-Control-Allow-Origin': APP, Location: '/login' }),
  },
  {
    name: 'preflight-method',
    init: PUT,
    answers: preflight(204, { 'Access-Control-Allow-Origin': APP, 'Access-Control-Allow-Methods': 'GET' }),
  },
  {
    name: 'preflight-header',
    init: `{ method: 'PUT', headers: { 'X-Trace': '1' } }`,
    answers: preflight(204, {
      'Access-Control-Allow-Origin': APP,
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Headers': 'Content-Type',
    }),
  },
  {
    name: 'resource-policy',
    init: `{ mode: 'no-cors' }`,
    answers: request({ 'Cross-Origin-Resource-Policy': 'same-origin' }),
  },
  // WebKit says nothing of it, so it is not the last one.
  { name: 'server-down' },
  {
    name: 'socket-refused',
    expression: `new Promise((resolve) => { new WebSocket(url.replace('http', 'ws')).onerror = resolve; })`,
    answers: { GET: { status: 403, headers: {} } },
  },
];
