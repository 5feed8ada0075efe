/** A chat on socket.io and a ticker on ws. */

/** @import { Asked, Scenario } from '../../01-quick-start/page/types.js' */

/** @type {Asked} */
const chat = { method: 'GET', path: '/socket.io/', namespace: '/chat' };

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    name: 'chat',
    title: 'A chat on socket.io',
    text: 'socket.io opens its sessions over a WebSocket, or by polling with ordinary requests. The gateway’s policy applies to both: a page that it refuses gets no session.',
    experiments: [
      {
        name: 'chat-websocket',
        title: 'Over a WebSocket',
        text: 'The browser sends this handshake for any page, and would let any page use the socket.',
        asked: { ...chat, transport: 'websocket' },
      },
      {
        name: 'chat-polling',
        title: 'Over polling',
        text: 'These are ordinary requests, so the answers have CORS headers. If one is refused, the page cannot read the answer, and no session is opened.',
        asked: { ...chat, transport: 'polling' },
      },
    ],
  },
  {
    name: 'ticker',
    title: 'A ticker on ws',
    text: 'This is not a gateway but a listener for upgrades, as subscriptions and proxies use. The policy of the whole application applies to it.',
    experiments: [
      {
        name: 'ticker-cookie',
        title: 'With the visitor’s cookie',
        text: 'No page has to ask for it: the browser sends cookies with every handshake, from any page. That is why the server has to check the origin.',
        asked: { method: 'GET', path: '/ticker' },
        cookie: 'pageAccess=2',
      },
    ],
  },
];

export const experiments = scenarios.flatMap((scenario) => scenario.experiments);
