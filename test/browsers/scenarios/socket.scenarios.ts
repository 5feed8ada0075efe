import { PAGE_NAMES, type PageName } from './page-name.js';
import { isAdmitted, SOCKET_POLICY_NAMES, type SocketPolicyName } from './policies.js';
import type { Scenario, Step } from './scenario.js';

type Kind = readonly [title: string, call: Step['call'], path: (policy: string) => string];

const KINDS: readonly Kind[] = [
  ['opens a WebSocket', 'web-socket', (policy) => `/ws/${policy}`],
  ['joins by WebSocket', 'socket-io-websocket', (policy) => `/io/${policy}/?EIO=4&transport=websocket`],
  ['joins by polling', 'socket-io-polling', (policy) => `/io/${policy}/?EIO=4&transport=polling`],
];

/** Every policy, every page: who gets a socket. */
export const socketScenarios: readonly Scenario[] = [
  ...SOCKET_POLICY_NAMES.flatMap((policy) =>
    PAGE_NAMES.flatMap((page) =>
      KINDS.map(([title, call = 'web-socket', path]) => ({
        group: 'sockets',
        title: `${page} ${title} under ${policy}`,
        page,
        steps: [{ call, path: path(policy), expected: mayOpen(policy, page, call) ? 'readable' : 'blocked' } as const],
      })),
    ),
  ),
  {
    group: 'sockets',
    title: 'the server chooses a protocol',
    page: 'app',
    steps: [{ call: 'web-socket', path: '/ws/own', protocols: ['chat.v2', 'chat.v1'], expected: 'readable' }],
  },
];

/** Where no policy says anything, sockets are open, as they always were; and polling is still a matter of CORS. */
function mayOpen(policy: SocketPolicyName, page: PageName, call: Step['call']): boolean {
  return isAdmitted(policy, page) || (policy === 'none' && call !== 'socket-io-polling');
}
