/** A chat on socket.io and a ticker on ws. */

/** @import { Asked, Scenario } from '../../01-quick-start/page/types.js' */

/** @type {Asked} */
const chat = { method: 'GET', path: '/socket.io/', namespace: '/chat' };

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    name: 'chat',
    title: 'A chat on socket.io',
    text: 'socket.io opens its sessions over a WebSocket, or over plain requests that take turns. The policy of the gateway is for both: whoever is refused here gets no session at all.',
    experiments: [
      {
        name: 'chat-websocket',
        title: 'Over a WebSocket',
        text: 'The browser sends this handshake for any page, and would let that page have the socket.',
        asked: { ...chat, transport: 'websocket' },
      },
      {
        name: 'chat-polling',
        title: 'Over polling',
        text: 'Requests like any other, so the answers carry CORS headers. A refused one is not only unreadable: it opens nothing.',
        asked: { ...chat, transport: 'polling' },
      },
    ],
  },
  {
    name: 'ticker',
    title: 'A ticker on ws',
    text: 'No gateway, but a listener for upgrades, as subscriptions and proxies have one. The policy of the whole application holds for it.',
    experiments: [
      {
        name: 'ticker-cookie',
        title: 'With the visitor’s cookie',
        text: 'No page has to ask for it: cookies go along with every handshake, whoever sends it. That is why the server has to look at the origin.',
        asked: { method: 'GET', path: '/ticker' },
        cookie: 'pageAccess=2',
      },
    ],
  },
];

export const experiments = scenarios.flatMap((scenario) => scenario.experiments);
