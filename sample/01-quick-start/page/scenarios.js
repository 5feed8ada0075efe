/** The three scenarios of MDN's article on CORS, each with what the article says beside it, and what people meet besides. */

/** @import { Asked, Scenario } from './types.js' */

/** @type {Asked} */
const publicData = { method: 'GET', path: '/resources/public-data/' };

/** @type {Asked} */
const postHere = {
  method: 'POST',
  path: '/resources/post-here/',
  headers: { 'X-PINGOTHER': 'pingpong', 'Content-Type': 'application/xml' },
  body: '<?xml version="1.0"?><person><name>Arun</name></person>',
};

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    name: 'simple',
    title: 'Simple requests',
    text: 'Some requests need no preflight. The browser sends them at once, with the origin of the page, and the answer decides whether the page may read it.',
    experiments: [
      {
        name: 'public-data',
        title: 'Open to everyone',
        text: 'The answer is for any page, so the policy is “*”.',
        asked: publicData,
      },
      {
        name: 'restricted-data',
        title: 'For one origin only',
        text: 'This handler has no @Cors, so the policy of the whole application applies. It names one origin.',
        asked: { method: 'GET', path: '/resources/restricted-data/' },
      },
    ],
  },
  {
    name: 'preflighted',
    title: 'Preflighted requests',
    text: 'A custom header, or a body that no form could send, makes the browser ask first: an OPTIONS request announces the method and the headers. The actual request follows only if the answer allows it.',
    experiments: [
      {
        name: 'post-here',
        title: 'Ask, then send',
        text: 'X-PINGOTHER and the XML body each require a preflight.',
        asked: postHere,
      },
      {
        name: 'post-here-again',
        title: 'Ask once, send twice',
        text: 'The same call again, to the same URL. Access-Control-Max-Age says for how many seconds the browser may remember the answer to the preflight.',
        asked: postHere,
        again: 'post-here',
      },
    ],
  },
  {
    name: 'credentials',
    title: 'Requests with credentials',
    text: 'Cookies go to another origin only if the page asks for it. Then the answer has to name the origin and to allow credentials.',
    experiments: [
      {
        name: 'credentialed-content',
        title: 'With a cookie',
        text: 'The API counts visits in the cookie pageAccess. It is 2 when the first of the two requests is sent.',
        asked: { method: 'GET', path: '/resources/credentialed-content/', credentials: true },
        cookie: 'pageAccess=2',
      },
      {
        name: 'wildcard',
        title: 'Credentials and the wildcard',
        text: 'The open resource of the first scenario, asked for with credentials.',
        asked: { ...publicData, credentials: true },
        cookie: 'pageAccess=2',
      },
    ],
  },
  {
    name: 'refusals',
    title: 'Where it goes wrong',
    text: 'Four refusals that most projects meet one day. The page and the console show little difference; the API knows the reason, and what to change.',
    experiments: [
      {
        name: 'unlisted-header',
        title: 'A header that is not allowed',
        text: 'Now the page also sends X-Trace. The handler’s policy lists two headers, and X-Trace is not one of them.',
        asked: { ...postHere, headers: { ...postHere.headers, 'X-Trace': '7f3a' } },
      },
      {
        name: 'unserved-method',
        title: 'A method that is not served',
        text: 'The page sends PUT, but the API has only a handler for POST. A policy cannot allow a method that no handler serves.',
        asked: { method: 'PUT', path: postHere.path },
        cure: 'Send POST, or write a handler for PUT. Changing the policy does not help.',
      },
      {
        name: 'closed-route',
        title: 'A closed route',
        text: 'This handler is closed to other origins on purpose. The request arrives, but no page of another origin can read the answer.',
        asked: { method: 'GET', path: '/resources/internal-data/' },
        cure: 'Nothing, as long as no page needs the answer.',
      },
      {
        name: 'proxy',
        title: 'An error of a proxy',
        text: 'The first request of this page, sent to a proxy whose API is down. The 502 is the proxy’s own, and has no CORS headers.',
        asked: { ...publicData, via: 'proxy' },
        cure: 'Find out why the API does not answer. The policy is not the cause.',
      },
    ],
  },
];
